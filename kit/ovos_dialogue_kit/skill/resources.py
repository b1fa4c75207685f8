"""Find a skill's resource files by language, and read their lines.

A skill keeps them in ``locale/<lang>/``; skills from before 2021 in ``vocab/<lang>/``,
``dialog/<lang>/`` and ``regex/<lang>/``. A language's folder is named in any case,
with ``-`` or ``_``, with or without a country.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.project.paths import is_skipped
from ovos_dialogue_kit.project.text_files import read_text
from ovos_dialogue_kit.script.model import Text

__all__ = [
    "MOST_SENTENCES",
    "LanguageFolder",
    "content_lines",
    "find_language_folders",
    "find_resources",
    "in_language",
    "is_content",
    "is_same_language",
    "language_tag",
    "own_folders",
    "read_lines",
    "skill_lines",
]

MOST_SENTENCES = 10_000
"""How many sentences, or values of a slot, one line of a file may stand for."""

_FOLDERS = ("locale", "vocab", "dialog", "regex")


@dataclass(frozen=True, slots=True)
class LanguageFolder:
    """A folder of resource files; ``lang`` is its language as a tag: ``en-US``."""

    lang: str
    path: Path

    def files(self, suffix: str, name: str | None = None) -> list[Path]:
        """Return the files of a kind (``.intent``) in it and below, sorted by path.

        ``name``, if given, is the one that they have before the suffix.
        """
        found = sorted(self.path.rglob(f"*{suffix}"))
        wanted = f"{name}{suffix}"
        return [file for file in found if name is None or file.name == wanted]


def language_tag(name: str) -> str:
    """Return a language as it is usually written: ``en-US`` for ``en_us``."""
    language, _, country = name.replace("_", "-").partition("-")
    return f"{language.lower()}-{country.upper()}" if country else language.lower()


def find_language_folders(parent: Path) -> list[LanguageFolder]:
    """Return the languages in a ``locale`` folder, sorted by path; none without it."""
    if not parent.is_dir():
        return []
    folders = sorted(path for path in parent.iterdir() if path.is_dir())
    return [LanguageFolder(language_tag(path.name), path) for path in folders]


def find_resources(skill: Path) -> list[LanguageFolder]:
    """Return the languages in all resource folders of a skill, in its own folders."""
    folders = sorted(own_folders(skill))
    tops = (folder / name for name in _FOLDERS for folder in folders)
    return [folder for top in tops for folder in find_language_folders(top)]


def own_folders(skill: Path) -> Iterator[Path]:
    """Yield the folders of a skill: its own, and if it is a package, those below.

    What stands beside a single module is not the skill's, nor are the virtual
    environments and builds in a skill whose package is its whole repository.
    """
    if not (skill / "__init__.py").is_file():
        yield skill
        return
    for parent, folders, _ in os.walk(skill):
        yield Path(parent)
        folders[:] = [each for each in folders if not is_skipped(Path(parent, each))]


def in_language(folders: Iterable[LanguageFolder], lang: str) -> list[LanguageFolder]:
    """Return the folders of a language: those of its country first, then of others.

    Args:
        folders: the folders to choose from.
        lang: a language tag; ``en``, ``en-us`` and ``en_US`` are alike ``en-US`` or
            near it.

    """
    wanted = language_tag(lang)
    near = (each for each in folders if is_same_language(each.lang, wanted))
    return sorted(near, key=lambda each: (each.lang != wanted, each.lang, each.path))


def is_same_language(first: str, second: str) -> bool:
    """Return True if two languages are the same, but perhaps for the country."""
    return _language(first) == _language(second)


def _language(tag: str) -> str:
    return language_tag(tag).partition("-")[0]


def skill_lines(
    skill: Path, folders: Iterable[LanguageFolder], suffix: str
) -> Iterator[tuple[str, Text]]:
    """Yield the lines of an installed skill's files, each after the name of its file.

    Files that cannot be read are left out, and bytes that are not UTF-8 are replaced:
    published skills have both. Places show a file's path below the skill's parent.

    Args:
        skill: the skill's folder.
        folders: of the language.
        suffix: of the files, such as ``.intent``.

    """
    for folder in folders:
        for file in folder.files(suffix):
            shown = file.relative_to(skill.parent).as_posix()
            try:
                text = read_text(file, shown, errors="replace")
            except (FileNotFoundError, KitError):
                continue
            for line in content_lines(text, shown):
                yield file.stem, line


def read_lines(file: Path, shown: str) -> list[Text]:
    """Return a resource file's lines, each with its place; see ``content_lines``.

    Args:
        file: the file.
        shown: what the places and errors call it.

    Raises:
        KitError: the file cannot be read or is not UTF-8.

    """
    return list(content_lines(read_text(file, shown), shown))


def content_lines(text: str, shown: str) -> Iterator[Text]:
    """Yield the lines of a resource file without white space around them.

    Empty lines and lines that begin with ``#`` are left out, as OVOS does.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if is_content(line):
            yield Text(line.strip(), Mark(shown, number))


def is_content(line: str) -> bool:
    """Return True unless a line of a resource file is empty or a comment."""
    content = line.strip()
    return bool(content) and not content.startswith("#")
