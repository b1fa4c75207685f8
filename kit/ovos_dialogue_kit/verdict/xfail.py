"""What ``skip``, ``xfail`` and ``requires`` mean on the versions that are installed.

Versions are those of a transcript or of the environment: a mapping of distributions to
version strings. Pre-releases count like any other version: alphas are what some users
of the kit are here for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.script.model import Xfail
from ovos_dialogue_kit.verdict.exchange import blank_mismatch
from ovos_dialogue_kit.verdict.mismatch import Mismatch
from ovos_dialogue_kit.verdict.versions import xfail_applies

__all__ = [
    "Verdict",
    "judge",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a dialogue's mismatches come to.

    ``outcome`` is passed, failed, xfailed (it fails as announced) or xpassed (it passes
    although it need not). ``reason`` is that of the xfail. ``mismatches`` are those
    that make it fail; a strict xfail that passed is one of them.
    """

    outcome: str
    mismatches: tuple[Mismatch, ...] = ()
    reason: str | None = None


def judge(
    fixture: Fixture,
    case: Case,
    mismatches: Iterable[Mismatch],
    versions: Mapping[str, str],
) -> Verdict:
    """Return what mismatches come to where failures are announced.

    An xfail of a turn stands for the mismatches of that turn, one of the dialogue for
    all. Each that is strict must be needed: if nothing fails, that is a mismatch, which
    names the reason and stands where the xfail does.
    """
    remaining = list(mismatches)
    unneeded: list[Mismatch] = []
    used: list[str] = []
    passed: list[str] = []
    for index, xfail in _xfails(fixture, case):
        if not xfail_applies(xfail, versions):
            continue
        left = [m for m in remaining if index is not None and m.turn != index]
        if len(left) < len(remaining):
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


def _xfails(fixture: Fixture, case: Case) -> list[tuple[int | None, Xfail]]:
    """Return the xfails of the turns, with their index, then that of the dialogue."""
    announced: list[tuple[int | None, Xfail | None]] = [
        (index, turn.marks.xfail) for index, turn in enumerate(case.turns)
    ]
    announced.append((None, fixture.marks.xfail))
    return [(index, xfail) for index, xfail in announced if xfail is not None]


def _passed(fixture: Fixture, case: Case, index: int | None, xfail: Xfail) -> Mismatch:
    """Return the mismatch of a strict xfail that passed."""
    problem = f'passes, though marked xfail: "{xfail.reason}"'
    notes = (("edit", _edit(xfail)),)
    if index is None:
        mark = xfail.mark
        return Mismatch(mark, None, "", "", "xfail", problem, notes=notes)
    return replace(
        blank_mismatch(fixture, case, index, "xfail", problem),
        mark=xfail.mark,
        notes=notes,
    )


def _edit(xfail: Xfail) -> str:
    if xfail.when is None:
        return 'take the xfail away, or say for which versions it is ("when:")'
    return f'take the xfail away, or narrow its "when: {xfail.when}"'
