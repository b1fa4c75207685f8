"""``kit matrix``: show what changes for users between versions of ovos-core."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovos_dialogue_kit.cli.click_options import WritesHelp
from ovos_dialogue_kit.cli.exit_codes import FAILED, SUCCESS
from ovos_dialogue_kit.cli.output import tell

if TYPE_CHECKING:
    from ovos_dialogue_kit.matrix.compare import Matrix

__all__ = ["matrix_command"]


@click.command(
    "matrix",
    cls=WritesHelp,
    epilog="Example: kit matrix before.jsonl after.jsonl --html matrix.html",
)
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option(
    "--against",
    metavar="CELL",
    help="Compare with this cell; by default one with the newest ovos-core that is not "
    "a pre-release.",
)
@click.option(
    "--all", "every", is_flag=True, help="Also list dialogues without differences."
)
@click.option(
    "--html",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a self-contained HTML page.",
)
def matrix_command(
    *, files: tuple[Path, ...], against: str | None, every: bool, html: Path | None
) -> int:
    """Compare the results of dialogues across versions.

    FILE is the output of "kit replay -o FILE", or a tox environment that contains it;
    by default every environment in .tox. A dialogue is the same, differs (in replies,
    routes, intents or slots), fails, was skipped, cannot run, is missing or is only
    here. Exit code 1: a dialogue fails, or a cell has not run, not to its end, or has
    nothing in common with the others.
    """
    from ovos_dialogue_kit.cli.console import Printer
    from ovos_dialogue_kit.errors import KitError
    from ovos_dialogue_kit.matrix.cell_files import read_cells
    from ovos_dialogue_kit.matrix.compare import compare_cells
    from ovos_dialogue_kit.matrix.text import matrix_lines
    from ovos_dialogue_kit.matrix.tox import find_cells

    paths = files or find_cells(Path())
    if not paths:
        raise KitError(
            "there are no transcripts in .tox",
            hint='name the files that "kit replay -o FILE" wrote',
        )
    found = compare_cells(read_cells(paths), against)
    Printer().show(matrix_lines(found, every=every))
    if html:
        _write_page(found, html)
    return FAILED if found.is_bad else SUCCESS


def _write_page(found: Matrix, path: Path) -> None:
    from ovos_dialogue_kit.matrix.html import matrix_page
    from ovos_dialogue_kit.project.drafts import remove_dead_drafts
    from ovos_dialogue_kit.project.paths import find_root
    from ovos_dialogue_kit.project.text_files import write_text

    write_text(path, matrix_page(found), str(path), find_root(Path()))
    remove_dead_drafts(path.parent, path.name)
    tell(f"wrote {path}")
