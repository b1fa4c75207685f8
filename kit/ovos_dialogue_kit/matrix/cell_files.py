"""Read the cells of a matrix from the files that ``kit replay -o`` writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.matrix.cases import variant_of
from ovos_dialogue_kit.matrix.cells import Cell, Replayed, ReplayKey
from ovos_dialogue_kit.matrix.lines import Interrupted, read_line
from ovos_dialogue_kit.matrix.names import cell_names, cell_place
from ovos_dialogue_kit.matrix.tox import TRANSCRIPTS, last_failure
from ovos_dialogue_kit.project.paths import real_path
from ovos_dialogue_kit.project.text_files import read_text
from ovos_dialogue_kit.visible import visible

__all__ = ["read_cells"]

_ONE_RUN = "a cell is one run; give each a file of its own"


def read_cells(paths: Sequence[Path]) -> list[Cell]:
    """Return the cell of each tox environment or file of transcripts, each once.

    In the ``log`` of a tox environment is how its last run ended: a file that an
    earlier one left there is not used.

    Raises:
        KitError: a file does not exist, or is not output of ``kit replay``; where.

    """
    places = list({real_path(cell_place(path)): path for path in paths}.values())
    return [
        replace(_read_cell(path), name=name)
        for path, name in zip(places, cell_names(places), strict=True)
    ]


def _read_cell(path: Path) -> Cell:
    """Return a cell, still without a name."""
    is_folder = path.is_dir()
    file = path / TRANSCRIPTS if is_folder else path
    is_tox = file.name == TRANSCRIPTS
    failure = last_failure(file.parent) if is_tox else None
    if is_folder and not file.exists():
        words = failure.words if failure else "no transcripts were written"
        return Cell("", problem=words)
    cell = _read_file(file)
    if failure is None:
        return cell
    if cell.is_complete and not failure.has_replayed:
        return Cell("", problem=failure.words)
    trouble = filter(None, (cell.trouble, failure.words))
    return replace(cell, trouble="\n".join(trouble))


def _read_file(path: Path) -> Cell:
    """Return the cell of a file, still without a name."""
    try:
        text = read_text(path, str(path))
        written = path.stat().st_mtime
    except FileNotFoundError as error:
        raise KitError(f'"{path}" does not exist') from error
    replays: dict[ReplayKey, Replayed] = {}
    trouble = None
    for number, line in enumerate(text.split("\n"), start=1):
        mark = Mark(str(path), number)
        found = read_line(line, mark) if line.strip() else None
        if isinstance(found, Interrupted):
            replays_of = counted(found.planned, "replay")
            trouble = f"interrupted after {found.replays} of {replays_of}"
        elif found:
            _require_fit(found, replays, mark)
            replays[found.key] = found
    return Cell(
        "",
        replays,
        trouble=trouble,
        is_complete=trouble is None,
        written=datetime.fromtimestamp(written, tz=timezone.utc),
    )


def _require_fit(
    found: Replayed, replays: Mapping[ReplayKey, Replayed], mark: Mark
) -> None:
    """Raise if a replay cannot be of the same run as those before it."""
    if replays.get(found.key, found) != found:
        _, dialogue, _, _ = found.key
        variant = variant_of(found.key)
        name = visible(f'"{dialogue}" [{variant}]')
        raise KitError(f"{name} has two results in this file", mark, _ONE_RUN)
    cores = {each.core for each in (*replays.values(), found) if each.core}
    if len(cores) > 1:
        names = " and ".join(sorted(cores))
        raise KitError(f"results on ovos-core {names} are in one file", mark, _ONE_RUN)
