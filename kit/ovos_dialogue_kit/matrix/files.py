"""Read the cells of a matrix from the files that ``kit replay -o`` and tox write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.jsondata import Json, from_json, mapping_in, parse_json
from ovos_dialogue_kit.matrix.cells import Cell, Replayed, ReplayKey
from ovos_dialogue_kit.project.text_files import read_text
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.verdict.outcome import OUTCOMES, Outcome

__all__ = ["TRANSCRIPTS", "find_cells", "read_cell"]

TRANSCRIPTS = "transcripts.jsonl"
"""The file in a tox environment that ``kit replay -o`` wrote there."""

_CELL = re.compile(r"core\d+\.\d+(-.*)?|channel-.*")
_EXIT = re.compile(r"^exit_code: (?P<code>-?\d+)$", re.MULTILINE)
_TAIL = 30
"""Number of lines of a failed command that are shown."""


def find_cells(project: Path) -> list[Path]:
    """Return the tox environments of a project that are cells, ``.tox/*``.

    A cell has transcripts, or it has the name of a cell (``core2.1-py311``) and failed.
    """
    return [
        folder
        for folder in sorted((project / ".tox").glob("*"))
        if (folder / TRANSCRIPTS).exists() or _CELL.fullmatch(folder.name)
    ]


def read_cell(path: Path) -> Cell:
    """Return the cell of a tox environment, or of a file of transcripts.

    It is named after the file, or after its folder if that is ``transcripts.jsonl``.

    Raises:
        KitError: the file does not exist, or is not output of ``kit replay``; where.

    """
    if path.is_dir():
        if not (path / TRANSCRIPTS).exists():
            return Cell(path.name, problem=_failure(path))
        path /= TRANSCRIPTS
    name = path.absolute().parent.name if path.name == TRANSCRIPTS else path.stem
    try:
        text = read_text(path, str(path))
    except FileNotFoundError as error:
        raise KitError(f'"{path}" does not exist') from error
    replays = [
        _replayed(line, Mark(str(path), number))
        for number, line in enumerate(text.splitlines(), start=1)
    ]
    return Cell(name, {replayed.key: replayed for replayed in replays})


def _replayed(line: str, mark: Mark) -> Replayed:
    """Return a replay from its line."""
    try:
        data = mapping_in({"line": parse_json(line, mark.path)}, "line")
        return Replayed(
            key=_key(data),
            outcome=_outcome(data),
            why=_why(data),
            transcript=_heard(data),
            fixture=_fixture(data),
        )
    except (KitError, KeyError) as error:
        problem = 'this is not output of "kit replay"'
        hint = 'create it with "kit replay -o FILE"'
        raise KitError(problem, mark, hint) from error


def _key(data: Mapping[str, Json]) -> ReplayKey:
    return (
        str(data["script"]),
        str(data["dialogue"]),
        str(data["case"]),
        str(data["engine"]),
    )


def _outcome(data: Mapping[str, Json]) -> Outcome:
    known: dict[str, Outcome] = {outcome: outcome for outcome in OUTCOMES}
    return known[str(data["outcome"])]


def _why(data: Mapping[str, Json]) -> str | None:
    told = data.get("error") or data.get("report") or data.get("reason")
    return None if told is None else str(told)


def _fixture(data: Mapping[str, Json]) -> str | None:
    digest = data.get("fixture")
    return None if digest is None else str(digest)


def _heard(data: Mapping[str, Json]) -> Transcript | None:
    transcript = data.get("transcript")
    if transcript is None:
        return None
    return from_json(Transcript, transcript, json.dumps(transcript), "transcript")


def _failure(folder: Path) -> str:
    """Return the output of the last command that failed in a tox environment."""
    for log in sorted((folder / "log").glob("*.log"), key=_number, reverse=True):
        text = "\n".join(_said(log))
        if text:
            return text
    return "no transcripts were written"


def _number(log: Path) -> int:
    return int("0" + log.name.partition("-")[0])


def _said(log: Path) -> Iterator[str]:
    """Yield the last lines of a failed command, none of one that succeeded.

    tox writes a head of ``name: value`` lines, of which ``exit_code`` is the last, and
    below it the output of the command.
    """
    text = log.read_text(encoding="utf-8", errors="replace")
    found = _EXIT.search(text)
    if found and found["code"] != "0":
        lines = (line.rstrip() for line in text[found.end() :].splitlines())
        yield from [line for line in lines if line][-_TAIL:]
