"""Read one line of the output of ``kit replay -o``: a result, or the mark of an end.

``run/result_json.py`` writes them. Files of older versions of the kit lack some keys.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import cast

from packaging.version import InvalidVersion, Version

from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.jsondata import Json, from_json, is_shallow
from ovos_dialogue_kit.matrix.cells import CORE, Replayed
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.verdict.outcome import NOT_REPLAYED, Outcome
from ovos_dialogue_kit.visible import visible

__all__ = ["Interrupted", "read_line"]

_HINT = 'create it with "kit replay -o FILE"'


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The last line of a run that ended early: the replays it has, and should have."""

    replays: int
    planned: int


@dataclass(frozen=True, slots=True)
class _LastLine:
    incomplete: Interrupted


@dataclass(frozen=True, slots=True)
class _Mismatch:
    at: str
    kind: str
    problem: str
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class _SkippedTurn:
    turn: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Result:
    """A result; the fields have the names of the keys."""

    script: str
    dialogue: str
    case: str
    engine: str
    outcome: Outcome
    skills: tuple[str, ...] = ()
    fixture: str | None = None
    reason: str | None = None
    error: str | None = None
    report: str | None = None
    mismatches: tuple[_Mismatch, ...] = ()
    skipped: tuple[_SkippedTurn, ...] = ()
    transcript: Transcript | None = None


def read_line(text: str, mark: Mark) -> Replayed | Interrupted:
    """Return the replay of a line, or the mark of a run that ended early.

    Numbers that JSON has no words for (NaN, Infinity) are read as text.

    Raises:
        KitError: the line is of neither kind; with the place where it is not.

    """
    try:
        data = cast("Json", json.loads(text, parse_constant=str))
    except (ValueError, RecursionError) as error:
        raise _foreign(mark) from error
    if not isinstance(data, dict) or not data.keys() & {"outcome", "incomplete"}:
        raise _foreign(mark)
    if not is_shallow(data):
        raise _foreign(mark)
    try:
        if "incomplete" in data:
            return from_json(_LastLine, data, text, mark.path).incomplete
        return _replayed(from_json(_Result, data, text, mark.path))
    except KitError as error:
        column = error.mark.column if error.mark else mark.column
        place = Mark(mark.path, mark.line, column)
        hint = "it was written by a different version of the kit, or edited; " + _HINT
        raise KitError(visible(error.problem), place, hint) from error


def _foreign(mark: Mark) -> KitError:
    return KitError('this is not output of "kit replay"', mark, _HINT)


def _replayed(result: _Result) -> Replayed:
    core = result.transcript.versions.get(CORE) if result.transcript else None
    if core is not None:
        _require_version(core)
    is_replayed = result.outcome not in NOT_REPLAYED
    if is_replayed != (result.transcript is not None):
        has = "no" if is_replayed else "a"
        raise KitError(f"a replay that is {result.outcome} has {has} transcript")
    return Replayed(
        key=(result.script, result.dialogue, result.case, result.engine),
        outcome=result.outcome,
        why=result.error or result.report or result.reason,
        transcript=result.transcript,
        fixture=result.fixture,
        skills=result.skills,
        failures=tuple((each.turn, each.kind) for each in result.mismatches),
        skipped_turns={each.turn: each.reason for each in result.skipped},
    )


def _require_version(text: str) -> None:
    """Raise if a text is not a version as PEP 440 has them."""
    try:
        Version(text)
    except InvalidVersion as error:
        raise KitError(f'"{text}" is not a version of {CORE}') from error
