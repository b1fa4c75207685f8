"""What ``skip``, ``xfail`` and ``requires`` mean on the versions that are installed.

Versions are those of a transcript or of the environment: a mapping of distributions to
version strings. Pre-releases count like any other version: alphas are what some users
of the kit are here for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.exchange import blank_mismatch
from ovos_dialogue_kit.fixture import Case, Fixture
from ovos_dialogue_kit.mismatch import Mismatch
from ovos_dialogue_kit.script import Marks, Xfail

__all__ = ["Verdict", "applies", "judge", "skip_reason", "xfail_applies"]


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


def applies(when: str, versions: Mapping[str, str]) -> bool:
    """Say whether a distribution is installed in one of the versions.

    Args:
        when: ``<distribution> <specifiers>`` (PEP 440), such as ``ovos-core <1.0``; no
            specifiers stand for every version.
        versions: what is installed.

    Raises:
        KitError: ``when`` has another form.

    """
    try:
        wanted = Requirement(when)
    except InvalidRequirement as error:
        raise KitError(
            f'"{when}" is not a distribution and its versions',
            hint='write it like "ovos-core >=1.3,<2.0"',
        ) from error
    installed = _installed(wanted.name, versions)
    return installed is not None and wanted.specifier.contains(
        installed, prereleases=True
    )


def skip_reason(marks: Marks, versions: Mapping[str, str]) -> str | None:
    """Return why something is skipped, ``None`` if it is not.

    ``skip`` comes first, then the first of ``requires`` that is not fulfilled:
    ``needs ovos-core >=1.3, installed is 1.2.0``.
    """
    if marks.skip is not None:
        return marks.skip
    for name, specifiers in marks.requires.items():
        if not applies(f"{name} {specifiers}", versions):
            installed = _installed(name, versions)
            has = f"installed is {installed}" if installed else "which is not installed"
            return f"needs {name} {specifiers}, {has}"
    return None


def xfail_applies(xfail: Xfail | None, versions: Mapping[str, str]) -> bool:
    """Say whether a failure is expected on the versions."""
    return xfail is not None and (xfail.when is None or applies(xfail.when, versions))


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


def _installed(name: str, versions: Mapping[str, str]) -> str | None:
    wanted = canonicalize_name(name)
    for distribution, version in versions.items():
        if canonicalize_name(distribution) == wanted:
            return version
    return None
