"""Render a matrix as one self-contained page of HTML."""

from __future__ import annotations

from importlib.resources import files
from itertools import groupby

from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.matrix.compare import Matrix
from ovos_dialogue_kit.matrix.gaps import gaps_of
from ovos_dialogue_kit.matrix.totals import dates, heading, total_sentences
from ovos_dialogue_kit.matrix.upgrades import upgrade_words, upgrades_of
from ovos_dialogue_kit.visible import visible_lines

__all__ = ["matrix_page"]

_TEMPLATE = "page.html.jinja"


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
        finalize=_visible,
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
        dates=dates(matrix),
        gaps=gaps_of(matrix),
        heading=heading(matrix),
        sentences=list(total_sentences(matrix)),
        upgrade_words=upgrade_words,
        upgrades=upgrades_of(matrix.cells),
    )


def _visible(value: object) -> object:
    """Return a text with escapes for control characters, but with its line breaks."""
    return visible_lines(value) if isinstance(value, str) else value
