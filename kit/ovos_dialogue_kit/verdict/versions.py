"""Decide which ``skip``, ``requires`` and ``xfail`` apply to the installed versions.

Versions are those of a transcript or of the environment: a mapping of distributions to
version strings. Pre-releases count like any other version.

``packaging`` is imported late: most scripts name no version, and it takes 10 ms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.script.model import RunMarks, Xfail

__all__ = ["is_installed", "named_versions", "skip_reason", "xfail_applies"]


def is_installed(when: str, versions: Mapping[str, str]) -> bool:
    """Return True if a distribution is installed in one of the versions.

    Args:
        when: ``<distribution> <specifiers>`` (PEP 440), such as ``ovos-core <1.0``; no
            specifiers stand for every version.
        versions: the installed distributions and their versions.

    Raises:
        KitError: ``when`` does not have this form.

    """
    from packaging.requirements import (  # noqa: PLC0415
        InvalidRequirement,
        Requirement,
    )

    try:
        wanted = Requirement(when)
    except InvalidRequirement as error:
        raise KitError(
            f'"{when}" does not name a distribution and its versions',
            hint='write it like "ovos-core >=1.3,<2.0"',
        ) from error
    installed = _installed(wanted.name, versions)
    return installed is not None and wanted.specifier.contains(
        installed, prereleases=True
    )


def skip_reason(marks: RunMarks, versions: Mapping[str, str]) -> str | None:
    """Return why something is skipped, ``None`` if it is not.

    ``skip`` comes first, then the first of ``requires`` that is not fulfilled:
    ``needs ovos-core >=1.3, but 1.2.0 is installed``.
    """
    if marks.skip is not None:
        return marks.skip
    for name, specifiers in marks.requires.items():
        if not is_installed(f"{name} {specifiers}", versions):
            installed = _installed(name, versions)
            found = f"{installed} is" if installed else "it is not"
            return f"needs {name} {specifiers}, but {found} installed"
    return None


def xfail_applies(xfail: Xfail | None, versions: Mapping[str, str]) -> bool:
    """Return True if a failure is expected on the versions."""
    return xfail is not None and (
        xfail.when is None or is_installed(xfail.when, versions)
    )


def _installed(name: str, versions: Mapping[str, str]) -> str | None:
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    wanted = canonicalize_name(name)
    for distribution, found in versions.items():
        if canonicalize_name(distribution) == wanted:
            return found
    return None


def named_versions(fixture: Fixture, case: Case) -> dict[str, str]:
    """Return the installed versions of the distributions that the marks name."""
    found = {}
    for marks in (fixture.marks, *(turn.marks for turn in case.turns)):
        for name in _distributions(marks):
            try:
                found[name] = version(name)
            except PackageNotFoundError:  # noqa: PERF203  # a few names
                continue
    return found


def _distributions(marks: RunMarks) -> Iterable[str]:
    yield from marks.requires
    if marks.xfail and marks.xfail.when:
        from packaging.requirements import (  # noqa: PLC0415
            InvalidRequirement,
            Requirement,
        )

        try:
            yield Requirement(marks.xfail.when).name
        except InvalidRequirement:
            return
