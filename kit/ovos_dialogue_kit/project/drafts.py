"""Write a file beside its place before it is moved there, and leave no drafts behind.

A draft is locked (``flock``) for as long as its writer lives, so that the next run can
remove those of writers that were killed, and no others.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import stat
from pathlib import Path
from typing import IO

from ovos_dialogue_kit.project.locks import is_abandoned, is_at, lock

__all__ = ["remove_dead_drafts", "write_draft"]

_DRAFT = re.compile(r"\.(.+)\.\d+\.tmp", re.DOTALL)
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def write_draft(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all; a link in its place is replaced.

    Raises:
        OSError: it cannot be written; then nothing has changed.

    """
    for number in itertools.count(os.getpid()):  # pragma: no branch  # it has no end
        draft = path.with_name(f".{path.name}.{number}.tmp")
        with contextlib.suppress(FileExistsError), draft.open("xb") as file:
            try:
                if _write(draft, file, content):
                    draft.replace(path)
                    return
            except BaseException:  # an interrupt leaves no litter either
                draft.unlink(missing_ok=True)
                raise


def _write(draft: Path, file: IO[bytes], content: bytes) -> bool:
    """Write a draft, unless another run has just taken it for one of a dead process."""
    lock(file.fileno())
    if not is_at(draft, file.fileno()):
        return False
    file.write(content)
    file.flush()
    os.fsync(file.fileno())
    return True


def remove_dead_drafts(folder: Path, name: str | None = None) -> None:
    """Remove what writers have left in a folder that were killed.

    It lists the folder, so a run does this once for all files that it writes there.

    Args:
        folder: the folder; it need not exist.
        name: that of the file that was being written; by default any.

    """
    with contextlib.suppress(OSError):
        for entry in list(folder.iterdir()):
            found = _DRAFT.fullmatch(entry.name)
            if found and name in (None, found[1]):
                _remove_dead(entry)


def _remove_dead(draft: Path) -> None:
    with contextlib.suppress(OSError):  # a link, or gone, or of another user
        file = os.open(draft, _READ)
        try:
            is_file = stat.S_ISREG(os.fstat(file).st_mode)
            if is_file and is_abandoned(file) and is_at(draft, file):
                draft.unlink()
        finally:
            os.close(file)
