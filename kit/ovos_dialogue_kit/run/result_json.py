"""Results as JSON, one object on each line, for machines that read what was heard."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.fixture.serialize import fixture_to_json
from ovos_dialogue_kit.jsondata import Json, as_json
from ovos_dialogue_kit.render.lines import render_mismatches
from ovos_dialogue_kit.run.jobs import Result
from ovos_dialogue_kit.verdict.mismatch import Mismatch

__all__ = ["dumps"]


def dumps(result: Result) -> str:
    """Return a result as one line of JSON, without its end.

    Its keys: ``script``, ``dialogue``, ``case``, ``engine``, ``outcome``, and where
    there is one ``fixture`` (the SHA-256 digest of the bytes of the fixture that was
    replayed, as ``sha256sum`` tells it of the committed file), ``reason``, ``error``,
    ``mismatches`` (each with ``at``, ``kind``, ``problem`` and, if it concerns one,
    ``turn``, which counts from 0), ``report`` (the mismatches in words) and
    ``transcript``, which is as ``transcript_json`` has it.
    """
    job = result.job
    parts: dict[str, Json] = {
        "script": job.fixture.script,
        "dialogue": job.fixture.dialogue,
        "case": job.case.name,
        "engine": job.engine,
        "outcome": result.outcome,
        "fixture": _digest(job.fixture) if result.transcript else None,
        "reason": result.reason,
        "error": str(result.error) if result.error else None,
        "mismatches": [dict(_mismatch(each)) for each in result.mismatches] or None,
        "report": render_mismatches(result.mismatches, job.place) or None,
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
