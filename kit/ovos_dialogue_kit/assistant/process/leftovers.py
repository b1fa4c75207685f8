"""Find what a boot leaves that forks of its process would lack or share.

A fork keeps only the thread that forked, and the processes that the boot has started
are not its children. What is open it shares with all other forks: the position in a
file, the contents of a pipe, shared memory. Then each dialogue boots for itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from ovos_dialogue_kit.assistant.system.descendants import children, has_children

__all__ = ["Leftovers"]

_PROCESS = Path("/proc/self")
_PATIENCE = 0.5
"""Seconds that threads have to end which are no longer needed."""


@dataclass(frozen=True, slots=True)
class Leftovers:
    """The state of this process at a moment; ``new`` compares it with now."""

    threads: frozenset[str]
    files: frozenset[tuple[int, str]]
    maps: frozenset[str]
    processes: frozenset[int]

    @classmethod
    def now(cls) -> Leftovers:
        """Look at this process now."""
        return cls(_threads(), _files(), _maps(), _processes())

    def new(self, home: Path) -> list[str]:
        """Return in words what this process has that it had not then.

        Args:
            home: the folder whose path is left out of those of files.

        """
        until = time.monotonic() + _PATIENCE
        while (threads := _threads() - self.threads) and time.monotonic() < until:
            time.sleep(0.001)  # some are about to end
        files = [target for _, target in sorted(_files() - self.files)]
        found = [
            *(["a thread that threading does not know"] if threads else []),
            *(["a process"] if _processes() - self.processes else []),
            *(_in_words(each).replace(f"{home}/", "") for each in files),
            *(["shared memory"] if _maps() - self.maps else []),
        ]
        return list(dict.fromkeys(found))


def _threads() -> frozenset[str]:
    return frozenset(os.listdir(_PROCESS / "task"))  # noqa: PTH208  # only names


def _processes() -> frozenset[int]:
    return children() if has_children() else frozenset()


def _files() -> frozenset[tuple[int, str]]:
    """Return number and target of each open file whose state forks would share."""
    found = set()
    for name in os.listdir(_PROCESS / "fd"):  # noqa: PTH208  # only names
        with contextlib.suppress(OSError):  # it was open only for the listing
            if _has_state(int(name)):
                target = os.readlink(_PROCESS / "fd" / name)  # noqa: PTH115  # a text
                found.add((int(name), target))
    return frozenset(found)


def _has_state(number: int) -> bool:
    """Return False for devices, and for files that are only added to, such as logs."""
    mode = os.fstat(number).st_mode
    flags = fcntl.fcntl(number, fcntl.F_GETFL)
    is_log = flags & os.O_APPEND and flags & os.O_ACCMODE == os.O_WRONLY
    return not (stat.S_ISCHR(mode) or (stat.S_ISREG(mode) and is_log))


def _in_words(target: str) -> str:
    """Describe an open file in words that are the same in every run."""
    kind, colon, _ = target.partition(":")
    if colon and not target.startswith("/"):  # such as "socket:[4711]"
        return "an open " + ("event loop" if kind == "anon_inode" else kind)
    if target.endswith(" (deleted)"):
        return "an open file without a name"
    return f'the open file "{target}"'


def _maps() -> frozenset[str]:
    """Return the addresses of all memory that is shared and writable."""
    lines = (_PROCESS / "maps").read_text("utf-8", "replace").splitlines()
    return frozenset(line.partition(" ")[0] for line in lines if " rw-s " in line)
