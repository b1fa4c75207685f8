"""A matrix as one page of HTML that needs no other file and no network."""

from __future__ import annotations

from importlib.resources import files
from itertools import groupby

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.matrix.cells import Matrix, State
from ovos_dialogue_kit.matrix.steps import steps_of
from ovos_dialogue_kit.matrix.text import counted, title

__all__ = ["page"]

_TEMPLATE = "page.html.jinja"
_STATES = (State.SAME, State.DIFFERS, State.CANNOT, State.FAILS)


def page(matrix: Matrix) -> str:
    """Return the page; the same bytes for the same matrix.

    Raises:
        KitError: jinja2 is not installed.

    """
    try:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise KitError(
            "a page needs jinja2, which is not installed",
            hint='pip install "ovos-dialogue-kit[html]"',
        ) from error
    environment = Environment(
        autoescape=True,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    source = files(__package__).joinpath(_TEMPLATE).read_text(encoding="utf-8")
    template = environment.from_string(source)
    return template.render(
        matrix=matrix,
        cores=[
            (core, len(list(cells)))
            for core, cells in groupby(matrix.cells, key=lambda cell: cell.core)
        ],
        counted=counted,
        states=_STATES,
        steps=steps_of(matrix.cells),
        title=title,
    )
