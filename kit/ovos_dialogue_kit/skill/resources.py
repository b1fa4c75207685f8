"""Find a skill's resource files by language, and read their lines.

A skill keeps them in ``locale/<lang>/``; skills from before 2021 in ``vocab/<lang>/``,
``dialog/<lang>/`` and ``regex/<lang>/``. A language's folder is named in any case,
with ``-`` or ``_``, with or without a country.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ovos_dialogue_kit.errors import Mark
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
    "language_tag",
    "read_lines",
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
    """Return the languages in all resource folders in a skill's folder and below."""
    tops = (top for name in _FOLDERS for top in sorted(skill.rglob(name)))
    return [folder for top in tops for folder in find_language_folders(top)]


def in_language(folders: Iterable[LanguageFolder], lang: str) -> list[LanguageFolder]:
    """Return the folders of a language: those of its country first, then of others.

    Args:
        folders: the folders to choose from.
        lang: a language tag; ``en``, ``en-us`` and ``en_US`` are alike ``en-US`` or
            near it.

    """
    wanted = language_tag(lang)
    near = (each for each in folders if _language(each.lang) == _language(wanted))
    return sorted(near, key=lambda each: (each.lang != wanted, each.lang, each.path))


def _language(tag: str) -> str:
    return tag.partition("-")[0]


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
