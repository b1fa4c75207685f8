"""Read pytest's settings, as far as the command line has to agree with pytest.

They determine the project's root, and the folders below it that pytest does not enter
(``norecursedirs``): where pytest finds no dialogues, ``kit`` finds none either.
"""

from __future__ import annotations

import configparser
import re
import sys
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.project.text_files import read_text

if sys.version_info >= (3, 11):  # pragma: no cover  # one of the two, by version
    import tomllib
else:  # pragma: no cover  # pytest itself needs it before Python 3.11
    import tomli as tomllib

__all__ = ["find_norecursedirs", "has_pytest_settings", "is_pruned"]

_SECTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "pytest.toml": ("", ("pytest",)),
    ".pytest.toml": ("", ("pytest",)),
    "pytest.ini": ("", ("pytest",)),
    ".pytest.ini": ("", ("pytest",)),
    "pyproject.toml": (r"^\[tool\.pytest\b", ("tool", "pytest")),
    "tox.ini": (r"^\[pytest\]", ("pytest",)),
    "setup.cfg": (r"^\[tool:pytest\]", ("tool:pytest",)),
}
"""Files that may hold the settings, a line that shows they do, and the section."""


def has_pytest_settings(folder: Path) -> bool:
    """Return True if a folder holds pytest's settings."""
    return _file_in(folder) is not None


def find_norecursedirs(root: Path) -> tuple[str, ...]:
    """Return the patterns of folders that pytest does not enter.

    Raises:
        KitError: the settings cannot be read.

    """
    name = _file_in(root)
    if name is None:
        return ()
    text = read_text(root / name, name)
    try:
        found = _settings(name, text).get("norecursedirs", ())
    except (configparser.Error, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise _unreadable(reason, Mark(name, *_place_of(error))) from error
    if isinstance(found, str):
        return tuple(found.split())
    if isinstance(found, (list, tuple)) and all(isinstance(p, str) for p in found):
        return tuple(found)
    raise _unreadable('"norecursedirs" is not a list of texts', Mark(name))


def _unreadable(reason: str, mark: Mark) -> KitError:
    problem = f"pytest's settings cannot be read: {reason}"
    return KitError(problem, mark, code=Code.INVALID_SETTINGS)


def _place_of(error: Exception) -> tuple[int, int]:
    """Return line and column of an error, as far as a parser tells them."""
    listed = getattr(error, "errors", None)  # configparser.ParsingError
    line = listed[0][0] if listed else getattr(error, "lineno", None)
    found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    if found:
        return int(found[1]), int(found[2])
    return line or 1, 1


def is_pruned(folder: Path, patterns: tuple[str, ...]) -> bool:
    """Return True if pytest does not enter a folder.

    A pattern matches the folder's name or, with a ``/``, the end of its path.
    """
    return any(
        fnmatch(folder.as_posix(), f"*/{pattern}")
        if "/" in pattern
        else fnmatch(folder.name, pattern)
        for pattern in patterns
    )


def _file_in(folder: Path) -> str | None:
    for name, (line, _) in _SECTIONS.items():
        path = folder / name
        if path.is_file() and re.search(
            line, read_text(path, name, "replace"), re.MULTILINE
        ):
            return name
    return None


def _settings(name: str, text: str) -> Mapping[str, Any]:  # strings and lists of TOML
    if not name.endswith(".toml"):
        parser = configparser.ConfigParser(strict=False, interpolation=None)
        parser.read_string(text)
        (section,) = _SECTIONS[name][1]
        return dict(parser[section]) if section in parser else {}
    found = tomllib.loads(text)
    for part in _SECTIONS[name][1]:
        found = _table(found, part)
    return _table(found, "ini_options") or found


def _table(tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:  # as above
    """Return a table in another, an empty one if there is none of that name."""
    found = tables.get(name, {})
    if not isinstance(found, dict):
        raise ValueError(f'"{name}" is not a table')  # noqa: TRY004  # as of the parser
    return found
