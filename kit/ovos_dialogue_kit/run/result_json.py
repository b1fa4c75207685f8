"""Report results as JSON lines, one object for each replay, for programs to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.fixture.serialize import fixture_to_json
from ovos_dialogue_kit.jsondata import Json, as_json, json_line
from ovos_dialogue_kit.render.lines import render_mismatches
from ovos_dialogue_kit.run.jobs import Result
from ovos_dialogue_kit.run.reporter import report
from ovos_dialogue_kit.run.select import Plan
from ovos_dialogue_kit.verdict.mismatch import Mismatch

__all__ = ["OPENINGS", "JsonReporter", "json_lines", "result_line"]

OPENINGS = '{"case":', '{"incomplete":'
"""The texts of which one begins each line, as the keys of an object are sorted."""


class JsonReporter:
    """Writes each result as a line of JSON as soon as it is there.

    Args:
        write: takes a line without its end.

    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._written = 0

    def started(self, plan: Plan) -> None:
        """Write nothing yet."""
        self._planned = len(plan.jobs)

    def result(self, result: Result) -> None:
        """Write a line."""
        self._write(result_line(result))
        self._written += 1

    def finished(self, seconds: float, *, is_complete: bool) -> None:  # noqa: ARG002  # the counts say so
        """Write a last line if results are missing."""
        if self._written < self._planned:
            counts: dict[str, Json] = {
                "planned": self._planned,
                "replays": self._written,
            }
            self._write(json_line({"incomplete": counts}))


def json_lines(plan: Plan, results: Sequence[Result]) -> str:
    """Return the text of a file with a line for each result.

    If results are missing, because the run ended early, a last line says so.
    """
    lines: list[str] = []
    report(plan, results, [JsonReporter(lines.append)])
    return "".join(f"{line}\n" for line in lines)


def result_line(result: Result) -> str:
    """Return a result as one line of JSON, without its end.

    Its keys: ``script``, ``dialogue``, ``case``, ``engine``, ``outcome``, and where
    there is one ``fixture`` (the SHA-256 digest of the generated fixture, as
    ``sha256sum`` prints it for the committed file), ``reason``, ``error``,
    ``mismatches`` (each with ``at``, ``kind``, ``problem`` and, if it concerns one,
    ``turn``, its index in the script from 0; with ``without_hub``, the turn's replies
    on the bus in memory, if a HiveMind hub makes a difference), ``report`` (the
    mismatches in words), ``skills`` (the ids of those that were loaded), ``skipped``
    (the turns that were left out, each with ``turn`` and ``reason``) and ``transcript``
    (see ``replayer.transcript``; fields with their default are left out). A number that
    JSON cannot write is a text: ``"NaN"``, ``"Infinity"``, ``"-Infinity"``.
    """
    job = result.job
    parts: dict[str, Json] = {
        "script": job.fixture.script,
        "dialogue": job.fixture.dialogue,
        "case": job.case.name,
        "engine": job.engine,
        "outcome": result.outcome,
        "fixture": _digest(job.generated) if result.transcript else None,
        "skills": [*job.fixture.skills],
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
    return json_line({name: part for name, part in parts.items() if part is not None})


def _digest(fixture: Fixture) -> str:
    return sha256(fixture_to_json(fixture).encode()).hexdigest()


def _mismatch(mismatch: Mismatch) -> Mapping[str, Json]:
    at: dict[str, Json] = {"at": str(mismatch.mark), "kind": mismatch.kind}
    turn: dict[str, Json] = {} if mismatch.turn is None else {"turn": mismatch.turn}
    plain = mismatch.without_hub
    replies: dict[str, Json] = (
        {} if plain is None else {"without_hub": [as_json(each) for each in plain]}
    )
    return {**at, **turn, "problem": mismatch.problem, **replies}
