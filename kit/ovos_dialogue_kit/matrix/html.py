"""Render a matrix as one self-contained page of HTML."""

from __future__ import annotations

from importlib.resources import files
from itertools import groupby

from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.matrix.cells import EntryState, Matrix
from ovos_dialogue_kit.matrix.upgrades import upgrades_of

__all__ = ["matrix_page"]

_TEMPLATE = "page.html.jinja"
_STATES: tuple[EntryState, ...] = ("same", "differs", "cannot run", "fails")


def matrix_page(matrix: Matrix) -> str:
    """Return the page, the same bytes for the same matrix.

    Raises:
        KitError: jinja2 is not installed.

    """
    try:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise KitError(
            "`--html` needs Jinja2, which is not installed",
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
        upgrades=upgrades_of(matrix.cells),
    )
