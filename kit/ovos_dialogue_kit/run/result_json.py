"""Report results as JSON lines, one object for each replay, for programs to read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.fixture.serialize import fixture_to_json
from ovos_dialogue_kit.jsondata import Json, as_json
from ovos_dialogue_kit.render.lines import render_mismatches
from ovos_dialogue_kit.run.jobs import Result
from ovos_dialogue_kit.run.select import Plan
from ovos_dialogue_kit.verdict.mismatch import Mismatch

__all__ = ["JsonReporter", "json_lines", "result_line"]


class JsonReporter:
    """Writes each result as a line of JSON as soon as it is there.

    Args:
        write: takes a line without its end.

    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def started(self, plan: Plan) -> None:
        """Write nothing yet."""

    def result(self, result: Result) -> None:
        """Write a line."""
        self._write(result_line(result))

    def finished(self, seconds: float, *, is_complete: bool) -> None:
        """Write nothing more."""


def json_lines(_: Plan, results: Sequence[Result]) -> str:
    """Return the text of a file with a line for each result."""
    return "".join(f"{result_line(result)}\n" for result in results)


def result_line(result: Result) -> str:
    """Return a result as one line of JSON, without its end.

    Its keys: ``script``, ``dialogue``, ``case``, ``engine``, ``outcome``, and where
    there is one ``fixture`` (the SHA-256 digest of the generated fixture, as
    ``sha256sum`` prints it for the committed file), ``reason``, ``error``,
    ``mismatches`` (each with ``at``, ``kind``, ``problem`` and, if it concerns one,
    ``turn``, its index in the script from 0), ``report`` (the mismatches in words),
    ``skipped`` (the turns that were left out, each with ``turn`` and ``reason``) and
    ``transcript`` (see ``replayer.transcript``; fields with their default are left
    out).
    """
    job = result.job
    parts: dict[str, Json] = {
        "script": job.fixture.script,
        "dialogue": job.fixture.dialogue,
        "case": job.case.name,
        "engine": job.engine,
        "outcome": result.outcome,
        "fixture": _digest(job.generated or job.fixture) if result.transcript else None,
        "reason": result.reason,
        "error": str(result.error) if result.error else None,
        "mismatches": [dict(_mismatch(each)) for each in result.mismatches] or None,
        "report": render_mismatches(result.mismatches, job.place) or None,
        "skipped": [
            {"turn": each.index, "reason": each.reason} for each in result.skipped_turns
        ]
        or None,
        "transcript": as_json(result.transcript) if result.transcript else None,
    }
    given = {name: value for name, value in parts.items() if value is not None}
    return json.dumps(given, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _digest(fixture: Fixture) -> str:
    return sha256(fixture_to_json(fixture).encode()).hexdigest()


def _mismatch(mismatch: Mismatch) -> Mapping[str, Json]:
    at: dict[str, Json] = {"at": str(mismatch.mark), "kind": mismatch.kind}
    turn: dict[str, Json] = {} if mismatch.turn is None else {"turn": mismatch.turn}
    return {**at, **turn, "problem": mismatch.problem}
