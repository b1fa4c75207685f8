"""Find the project's root, its scripts, and the place of a fixture.

Paths in fixtures and results are relative to the project's root and POSIX, so they read
the same from every folder and on every machine. What people read has them as seen from
the current folder.

Two scripts of one name in different folders share a folder of fixtures; that is an
error only if two of their dialogues share a name, too (see ``committed``).
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TypeVar

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import KitError, near_name
from ovos_dialogue_kit.project.pytest_settings import (
    find_norecursedirs,
    has_pytest_settings,
    is_pruned,
)

__all__ = [
    "SUFFIX",
    "error_from_here",
    "find_projects",
    "find_root",
    "find_scripts",
    "fixture_path",
    "is_skipped",
    "no_scripts",
    "path_from_here",
    "quoted_path",
    "real_path",
    "relative_path",
    "root_of",
    "safe_name",
    "script_path",
]

E = TypeVar("E", bound=KitError)

SUFFIX = ".dialogue.yaml"
"""The end of a script's file name."""

_REPOSITORY = (".git", ".hg")
_PROJECT = ("pyproject.toml", "setup.py", "setup.cfg", "tox.ini")
_SKIPPED = {"__pycache__", "build", "dist", "node_modules", "site-packages", "venv"}
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)")
_LONGEST = 100
"""Bytes of a file name before its suffix; longer ones are cut and get a hash."""


def find_root(start: Path) -> Path:
    """Return the root of the project to which a file or folder belongs.

    It is the nearest folder upwards with settings for pytest, so that the command line
    and pytest agree; else the repository's; else the nearest with a Python project's
    file. The search ends at the repository's folder. Without any of these, it is the
    current folder or, for what lies elsewhere, the folder itself.
    """
    start = real_path(start)
    folders = list(_upwards(start if start.is_dir() else start.parent))
    tests: tuple[Callable[[Path], bool], ...] = (
        has_pytest_settings,
        lambda folder: _has_any(folder, _REPOSITORY),
        lambda folder: _has_any(folder, _PROJECT),
    )
    for is_root in tests:
        for folder in folders:
            if is_root(folder):
                return folder
    here = real_path(Path.cwd())
    return here if folders[0].is_relative_to(here) else folders[0]


def root_of(path: Path) -> Path:
    """Return the root of the project that a script, fixture or folder belongs to."""
    return find_root(path if path.is_dir() else path.absolute().parent)


def find_projects(path: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the root of the project that a path belongs to, and the path.

    In a folder there may be scripts of other projects, such as skills with settings for
    pytest of their own: their roots follow, each with itself as the path.
    """
    root = root_of(path)
    yield root, path
    if path.is_dir():
        folders = {file.parent for file in _scripts_below(path, root)}
        inner = {_inner_root(folder, root) for folder in folders} - {root}
        yield from ((each, each) for each in sorted(inner))


def _inner_root(folder: Path, root: Path) -> Path:
    """Return the root of a project within another one, or that of the other one."""
    found = find_root(folder)
    is_inner = found.is_relative_to(real_path(root)) and (
        has_pytest_settings(found) or _has_any(found, (*_REPOSITORY, *_PROJECT))
    )
    return found if is_inner else root


def _upwards(start: Path) -> Iterator[Path]:
    for folder in (start, *start.parents):
        yield folder
        if _has_any(folder, _REPOSITORY):
            return


def _has_any(folder: Path, names: Iterable[str]) -> bool:
    return any((folder / name).exists() for name in names)


def real_path(path: Path) -> Path:
    """Return an absolute path, its links followed, be they broken.

    ``Path.resolve`` raises for a link to itself.
    """
    return Path(os.path.realpath(path))


def relative_path(path: Path, root: Path) -> str:
    """Return a path relative to the project's root, POSIX, its links followed.

    Raises:
        KitError: it lies outside the root.

    """
    place = real_path(path)
    if place.is_relative_to(real_path(root)):
        return place.relative_to(real_path(root)).as_posix()
    link = f'a link to "{place}", ' if path.is_symlink() else ""
    raise KitError(
        f'"{path}" is {link}outside the project, whose root is "{root}"',
        hint="run the command in the project that it belongs to",
        code=Code.OUTSIDE_PROJECT,
    )


def path_from_here(path: str, root: Path) -> str:
    """Return a path below the project's root as one from the current folder.

    An absolute one, which lies outside, stays as it is.
    """
    if Path(path).is_absolute():
        return path
    return Path(os.path.relpath(root / path)).as_posix()


def error_from_here(error: E, root: Path) -> E:
    """Return an error whose places are seen from the current folder."""
    mark = error.mark
    if mark is not None:
        mark = replace(mark, path=path_from_here(mark.path, root))
    others = tuple(error_from_here(other, root) for other in error.others)
    return type(error)(error.problem, mark, error.hint, error.code, others)


def no_scripts(paths: Iterable[Path]) -> KitError:
    """Return the error that there are no scripts in some folders."""
    where = " and ".join(f'"{path}"' for path in paths)
    problem = f"there are no dialogue scripts in {where}"
    return KitError(problem, hint=f'scripts are named "<name>{SUFFIX}"')


def quoted_path(path: str) -> str:
    """Return a path as an argument of a command that is copied into a shell."""
    return shlex.quote(f"./{path}" if path.startswith("-") else path)


def find_scripts(paths: Iterable[Path], root: Path) -> tuple[Path, ...]:
    """Return the scripts among some paths, and those in folders among them.

    Hidden folders, virtual environments, build products, folders that pytest does not
    enter and projects within this one are skipped, and links to folders are not
    followed; a path that is named itself is never skipped.

    Args:
        paths: scripts and folders.
        root: the project's root.

    Returns:
        absolute paths, each once, sorted by their place below the root.

    Raises:
        KitError: a path does not exist, is not a script or lies outside the root; or
            pytest's settings cannot be read. A script that is a link out of the project
            is an error only when it is loaded, unless it is named itself.

    """
    found = {
        script_path(script, root)
        for path in paths
        for script in _scripts_of(path, root)
    }
    return tuple(real_path(root) / script for script in sorted(found))


def script_path(path: Path, root: Path) -> str:
    """Return ``relative_path`` of a script; of a link that is broken, its own place.

    A link out of the project is broken, too, so that it is the one script that cannot
    be read.

    Raises:
        KitError: the folder lies outside the root.

    """
    place = real_path(path)
    is_whole = place.exists() and place.is_relative_to(real_path(root))
    if is_whole or not path.is_symlink():
        return relative_path(path, root)
    folder = PurePosixPath(relative_path(path.absolute().parent, root))
    return (folder / path.name).as_posix()


def _scripts_of(path: Path, root: Path) -> Iterator[Path]:
    if not path.exists() and not path.is_symlink():
        siblings = path.parent.iterdir() if path.parent.is_dir() else ()
        near = near_name(path.name, (sibling.name for sibling in siblings))
        raise KitError(f'"{path}" does not exist{near}')
    if path.exists():
        relative_path(path, root)
    if path.is_dir():
        roots: dict[Path, Path] = {}
        for script in _scripts_below(path, root):
            folder = script.parent
            if folder not in roots:
                roots[folder] = _inner_root(folder, root)
            if roots[folder] == root:
                yield script
    elif path.name.endswith(SUFFIX):
        yield path
    else:
        problem = f'"{path}" is not a dialogue script'
        raise KitError(problem, hint=f'scripts are named "<name>{SUFFIX}"')


def _scripts_below(top: Path, root: Path) -> Iterator[Path]:
    barred = find_norecursedirs(root)
    for folder, subfolders, names in os.walk(top):
        subfolders[:] = [
            name
            for name in subfolders
            if not is_skipped(Path(folder, name))
            and not is_pruned(Path(folder, name).absolute(), barred)
        ]
        for name in names:
            if name.endswith(SUFFIX) and not name.startswith("."):
                yield Path(folder, name)


def is_skipped(folder: Path) -> bool:
    """Return True if a folder below the project's root is not project source."""
    return (
        folder.name.startswith(".")
        or folder.name in _SKIPPED
        or folder.name.endswith(".egg-info")
        or (folder / "pyvenv.cfg").exists()
    )


def fixture_path(script: str, dialogue: str) -> str:
    """Return the path of a dialogue's fixture in the folder of fixtures, POSIX.

    ``skill/test/repeat.dialogue.yaml`` and ``nothing was said yet`` give
    ``repeat/nothing_was_said_yet.json``.
    """
    folder = script.rpartition("/")[2].removesuffix(SUFFIX)
    return f"{safe_name(folder)}/{safe_name(dialogue)}.json"


def safe_name(name: str) -> str:
    """Return a name that every file system accepts; only an empty one stays empty.

    Letters of every language with their marks, digits and ``-`` stay; a run of anything
    else becomes one ``_``. Names that are too long are cut and get a hash, those of
    which nothing is left are one; those that are reserved on some system get a ``_``.
    """
    text = unicodedata.normalize("NFC", name)
    kept = (c if c in "_-" or c.isalnum() or _is_mark(c) else " " for c in text)
    safe = re.sub(" +", "_", "".join(kept)).strip("_")
    if _RESERVED.fullmatch(safe):
        return f"{safe}_"
    if name and not safe:
        return _hash(text)
    if len(safe.encode()) <= _LONGEST:
        return safe
    start = safe.encode()[: _LONGEST - 9].decode(errors="ignore")
    return f"{start}-{_hash(safe)}"


def _is_mark(character: str) -> bool:
    """Return True for a mark, of which vowels of Hindi and tones of Thai are made."""
    return unicodedata.category(character) in ("Mc", "Mn")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
