"""Decide the outcome of a dialogue: compare it, and account for expected failures.

``judge`` is the only place where a verdict is made; all front ends show what it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.script.model import Xfail
from ovos_dialogue_kit.verdict.compare import compare
from ovos_dialogue_kit.verdict.exchange import mismatch_at
from ovos_dialogue_kit.verdict.faults import unreplayed_mismatches, unreplayed_turns
from ovos_dialogue_kit.verdict.mismatch import Mismatch
from ovos_dialogue_kit.verdict.outcome import Outcome
from ovos_dialogue_kit.verdict.versions import named_versions, xfail_applies

__all__ = ["Verdict", "judge"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a dialogue.

    ``reason`` is that of the xfail. ``mismatches`` are those that make it fail; a
    strict xfail that passed is one of them.
    """

    outcome: Outcome
    mismatches: tuple[Mismatch, ...] = ()
    reason: str | None = None


def judge(
    fixture: Fixture,
    case: Case,
    transcript: Transcript,
    versions: Mapping[str, str] | None = None,
) -> Verdict:
    """Return the outcome of a dialogue in which some failures may be expected.

    An xfail of a turn accounts for the mismatches of that turn, one of the dialogue for
    all that are left. A strict one must be needed: if nothing fails, that is a mismatch
    at the place of the xfail, with its reason. An xfail of a turn that was not replayed
    is ignored; and one that accounts for a crash does not account for the turns that
    were not replayed after it.

    Args:
        fixture: the dialogue.
        case: the variant of it that was replayed.
        transcript: what happened.
        versions: the installed distributions and their versions; by default those of
            this environment.

    """
    if versions is None:
        versions = named_versions(fixture, case)
    remaining = list(compare(fixture, case, transcript))
    unneeded: list[Mismatch] = []
    used: list[str] = []
    passed: list[str] = []
    for index, xfail in _xfails(fixture, case, transcript):
        if not xfail_applies(xfail, versions):
            continue
        left = [m for m in remaining if index is not None and m.turn != index]
        if len(left) < len(remaining):
            if index is not None and any(
                m.kind == "crash" for m in remaining if m.turn == index
            ):
                rest = unreplayed_turns(case, transcript)
                left += unreplayed_mismatches(fixture, case, rest)
            used.append(xfail.reason)
        elif xfail.strict:
            unneeded.append(_passed(fixture, case, index, xfail))
        else:
            passed.append(xfail.reason)
        remaining = left
    failing = (*remaining, *unneeded)
    if failing:
        return Verdict("failed", failing)
    if used:
        return Verdict("xfailed", reason="; ".join(used))
    if passed:
        return Verdict("xpassed", reason="; ".join(passed))
    return Verdict("passed")


def _xfails(
    fixture: Fixture, case: Case, transcript: Transcript
) -> list[tuple[int | None, Xfail]]:
    """Return the xfails of the turns replayed, with indices, then the dialogue's."""
    found: list[tuple[int | None, Xfail | None]] = [
        (turn.index, case.turns[turn.index].marks.xfail) for turn in transcript.turns
    ]
    found.append((None, fixture.marks.xfail))
    return [(index, xfail) for index, xfail in found if xfail is not None]


def _passed(fixture: Fixture, case: Case, index: int | None, xfail: Xfail) -> Mismatch:
    """Return the mismatch of a strict xfail that passed."""
    problem = f'passes although it is marked xfail: "{xfail.reason}"'
    notes = (("edit", _edit(xfail)),)
    if index is None:
        mark = xfail.mark
        return Mismatch(mark, None, "", "", "xfail", problem, notes=notes)
    return replace(
        mismatch_at(fixture, case, index, "xfail", problem),
        mark=xfail.mark,
        notes=notes,
    )


def _edit(xfail: Xfail) -> str:
    if xfail.when is None:
        return 'remove the xfail, or limit it to some versions ("when:")'
    return f'remove the xfail, or narrow its "when: {xfail.when}"'
