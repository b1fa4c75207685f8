"""The modules that decide verdicts and tell them, and which are to be tried."""

from __future__ import annotations

import difflib
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

MODULES = (
    "verdict",
    "replayer",
    "isolate/judging",
    "isolate/dialogues",
    "isolate",
    "conversation.py",
    "fixture",
    "matrix/compare.py",
    "matrix/diff.py",
    "script/canary.py",
    "script/slots.py",
    "script/templates.py",
    "assistant/transports/hub.py",
    "assistant/transports/listeners.py",
    "assistant/transports/memory_bus.py",
    "assistant/transports/memory_sockets.py",
    "assistant/virtual_time/deadlines.py",
    "assistant/virtual_time/outside.py",
    "assistant/virtual_time/scheduler.py",
    "assistant/virtual_time/stand_ins.py",
    "assistant/virtual_time/timeline.py",
    "run",
    "render",
    "pytest_plugin",
    "cli/exit_codes.py",
    "cli/generate.py",
    "cli/isolate.py",
    "cli/matrix.py",
    "cli/replay.py",
)
"""Files, and folders with all their files, below the package."""

Parts: TypeAlias = "dict[str, Callable[[range], bool]]"
"""By module, what says which of its lines are to be tried."""

_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")


class BadChoiceError(Exception):
    """An argument or a file does not say what to try."""


def all_modules(package: Path) -> list[str]:
    """Return the paths of all modules that can be tried, below the package."""
    found = []
    for name in MODULES:
        path = package / name
        files = [path] if path.suffix else sorted(path.glob("*.py"))
        found += [each.relative_to(package).as_posix() for each in files]
    return [each for each in found if not each.endswith("__init__.py")]


def chosen(names: Sequence[str], package: Path) -> Parts:
    """Return the whole modules that some names stand for; all, if there are none.

    Raises:
        BadChoiceError: if a name stands for none.

    """
    modules = all_modules(package)
    wanted: list[str] = [] if names else modules
    for name in names:
        place = re.sub(r"^(.*/)?ovos_dialogue_kit/", "", name).strip("/")
        own = [
            each for each in modules if each == place or each.startswith(f"{place}/")
        ]
        if not own:
            folders = {each.rpartition("/")[0] for each in modules}
            near = difflib.get_close_matches(place, [*modules, *sorted(folders)], 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise BadChoiceError(f'"{name}" is no module that decides verdicts{hint}')
        wanted += own
    return {each: lambda _: True for each in modules if each in wanted}


def touched(revision: str, parts: Parts, root: Path, package: Path) -> Parts:
    """Return the changed lines of modules since a revision.

    A module is tried as a whole if its tests have changed: those of
    ``verdict/judge.py`` are ``tests/verdict/test_judge.py``.

    Raises:
        BadChoiceError: if Git does not know the revision.

    """
    lines: dict[str, set[int]] = {}
    name = ""
    found: Parts = {}
    for line in _diff(revision, root):
        if line.startswith("+++ "):
            name = line[4:].removeprefix("b/")
            test = re.fullmatch(r"kit/tests/(.*/)test_(\w+\.py)", name)
            if test and f"{test[1]}{test[2]}" in parts:
                found[f"{test[1]}{test[2]}"] = lambda _: True
        elif hunk := _HUNK.match(line):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            # where lines were removed, those around them are looked at
            own = range(first, first + count) if count else range(first, first + 2)
            lines.setdefault(name, set()).update(own)
    for module in parts:
        own_lines = lines.get((package / module).relative_to(root).as_posix())
        if own_lines and module not in found:
            found[module] = lambda each, own=own_lines: not own.isdisjoint(each)  # type: ignore[misc]
    return {module: found[module] for module in parts if module in found}


def _diff(revision: str, root: Path) -> list[str]:
    done = subprocess.run(
        ["git", "diff", "-U0", revision, "--", "kit"],  # noqa: S607  # any that is there
        check=False,
        cwd=root,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BadChoiceError(f'Git has no revision "{revision}"')
    return done.stdout.splitlines()
