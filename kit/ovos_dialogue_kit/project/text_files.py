"""Read and write text files, with errors that users understand.

A file is written beside its place and then moved there, so whoever looks, and whatever
interrupts, finds the old file or the new one, never half of either.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.project.drafts import write_draft

__all__ = [
    "leads_out",
    "read_text",
    "remove_file",
    "require_inside",
    "words_of",
    "write_text",
]

_LARGEST = 256 << 20
"""The largest file in bytes; scripts must be much smaller (see ``nodes``)."""

_HINTS = {
    errno.EACCES: "make its folder writable, or choose a different one",
    errno.EPERM: "make its folder writable, or choose a different one",
    errno.EROFS: "choose a folder that is not mounted read-only",
    errno.ENOSPC: "free some space, or choose a folder on a different disk",
    errno.EDQUOT: "free some space, or choose a folder on a different disk",
    errno.ENOTDIR: "a part of the path is a file; choose a different one",
    errno.EEXIST: "a part of the path is a file; choose a different one",
    errno.ELOOP: "a part of the path is a link to itself; choose a different one",
    errno.EISDIR: "there is a folder of that name; choose a different one",
}
"""What helps if a file cannot be written or removed."""

_NO_NAME = "this locale has no such file names"
_UTF8 = 'set one that has: "export LC_ALL=C.UTF-8"'


def read_text(path: Path, shown: str, errors: str = "strict") -> str:
    """Return a UTF-8 file's text, its line ends as one LF.

    Args:
        path: the file.
        shown: the name of the file in errors.
        errors: as for ``bytes.decode``; with ``replace``, any bytes are text.

    Raises:
        FileNotFoundError: there is no such file; callers differ in what that means.
        KitError: it cannot be read, is too large, or is not UTF-8 (with the place of
            the bad byte).

    """
    try:
        _require_readable(path.stat(), shown)
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except UnicodeEncodeError as error:
        raise _unreadable(_NO_NAME, shown, _UTF8) from error
    except OSError as error:
        raise _unreadable(words_of(error), shown) from error
    try:
        text = content.decode("utf-8-sig", errors)
    except UnicodeDecodeError as error:
        before = content[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        line_start = before.rfind(b"\n") + 1
        codec = "utf-8" if line_start else "utf-8-sig"
        column = len(before[line_start:].decode(codec, "replace")) + 1
        mark = Mark(shown, before.count(b"\n") + 1, column)
        problem, hint = "the file is not UTF-8", "save it as UTF-8"
        raise KitError(problem, mark, hint, Code.NOT_UTF8) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _require_readable(found: os.stat_result, shown: str) -> None:
    """Raise if a file would take for ever to read: a pipe, a device, gigabytes."""
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        raise _unreadable("it is a pipe or a device", shown)
    if found.st_size > _LARGEST:
        raise KitError(
            f"the file is too large: {found.st_size} bytes; the limit is {_LARGEST}",
            Mark(shown),
            code=Code.FILE_TOO_LARGE,
        )


def _unreadable(reason: str, shown: str, hint: str | None = None) -> KitError:
    problem = f"the file cannot be read: {reason}"
    return KitError(problem, Mark(shown), hint, Code.UNREADABLE_FILE)


def write_text(path: Path, text: str, shown: str, root: Path) -> None:
    """Write a text to a file, as a whole or not at all, and create its folders.

    Args:
        path: the file, new or old. A link in its place is replaced, not followed.
        text: its new content, written as UTF-8.
        shown: the name of the file in errors.
        root: the project's folder, out of which no link may lead.

    Raises:
        KitError: the folder or file cannot be written; then nothing has changed.

    """
    require_inside(path, root, shown)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_draft(path, text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise KitError(
            f'"{shown}" cannot be written: {_NO_NAME}', hint=_UTF8
        ) from error
    except OSError as error:
        raise KitError(
            f'"{shown}" cannot be written: {words_of(error)}',
            hint=_HINTS.get(error.errno or 0),
        ) from error


def require_inside(path: Path, root: Path, shown: str) -> None:
    """Refuse a path in a project that leads out of it through the link of a folder.

    Such a link may be part of what somebody else has committed.

    Raises:
        KitError: it does; with the link.

    """
    if not leads_out(path, root):
        return
    link = next(each for each in path.absolute().parents if each.is_symlink())
    problem = f'"{shown}" would be outside the project: "{link.name}" is a link to'
    raise KitError(
        f'{problem} "{link.readlink()}"',
        hint="remove the link, or name the folder that it leads to",
        code=Code.OUTSIDE_PROJECT,
    )


def leads_out(path: Path, root: Path) -> bool:
    """Return True if the folder of a path is in a project by name, but not in fact."""
    top = Path(os.path.realpath(root))
    place = Path(os.path.abspath(path))  # noqa: PTH100  # without the steps upwards
    if not (place.is_relative_to(top) or place.is_relative_to(root.absolute())):
        return False
    return not Path(os.path.realpath(path.parent)).is_relative_to(top)


def remove_file(path: Path, shown: str, root: Path) -> None:
    """Remove a file, and its folder if that is empty now.

    Args:
        path: the file; a link is removed, and not followed.
        shown: the name of the file in errors.
        root: the project's folder, out of which no link may lead.

    Raises:
        KitError: the file cannot be removed.

    """
    require_inside(path, root, shown)
    try:
        path.unlink()
    except OSError as error:
        problem = f'"{shown}" cannot be removed: {words_of(error)}'
        raise KitError(problem, hint=_HINTS.get(error.errno or 0)) from error
    with suppress(OSError):  # it is not empty
        path.parent.rmdir()


def words_of(error: OSError) -> str:
    """Return what is wrong, without number and file."""
    return (error.strerror or str(error)).lower()
