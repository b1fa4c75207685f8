"""Collect what an installed skill understands, and says, in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ovos_dialogue_kit.errors import KitError, ScriptError, near_name
from ovos_dialogue_kit.script.model import Text
from ovos_dialogue_kit.script.templates import expand_template
from ovos_dialogue_kit.skill.installed import find_skill_folder
from ovos_dialogue_kit.skill.resources import (
    MOST_SENTENCES,
    find_resources,
    in_language,
    skill_lines,
)

__all__ = ["SkillTexts", "read_skill", "read_skill_folder"]

_DEFAULT_LANG = "en-US"


@dataclass(frozen=True, slots=True)
class SkillTexts:
    """The texts of a skill in one language, by the names of their files.

    ``intents`` and ``entities`` are sentences with ``{slots}``, ``words`` those of
    ``.voc`` files, all expanded. ``dialogs`` are the lines of ``.dialog`` files, as
    written. ``langs`` are all languages that the skill has, sorted.
    """

    lang: str
    intents: Mapping[str, Sequence[str]] = field(default_factory=dict)
    entities: Mapping[str, Sequence[str]] = field(default_factory=dict)
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    dialogs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    langs: tuple[str, ...] = ()


def read_skill(skill_id: str, lang: str | None = None) -> SkillTexts:
    """Return the texts of an installed skill.

    A line that cannot be expanded, or stands for more than ``MOST_SENTENCES``, is left
    out, and bytes that are not UTF-8 are replaced: published skills have all of these.
    In a skill under test, beside its script, they are errors (``fixture/entities``).

    Args:
        skill_id: the skill.
        lang: the language; default: ``en-US``, or else the first that the skill has.

    Raises:
        KitError: the skill is not installed, or has no texts in the language.

    """
    return read_skill_folder(find_skill_folder(skill_id), skill_id, lang)


def read_skill_folder(
    folder: Path, skill_id: str, lang: str | None = None
) -> SkillTexts:
    """Return the texts of the skill in a folder; see ``read_skill``."""
    folders = find_resources(folder)
    langs = tuple(sorted({folder.lang for folder in folders}))
    near = in_language(folders, _DEFAULT_LANG if lang is None else lang)
    if lang is None and langs and not near:
        near = [folder for folder in folders if folder.lang == langs[0]]
    if not near:
        what = "any language" if lang is None else f'"{lang}"'
        raise KitError(
            f'the skill "{skill_id}" has no texts in {what}'
            + (near_name(lang, langs) if lang else "")
        )
    chosen = [folder for folder in near if folder.lang == near[0].lang]

    def read(
        suffix: str, sentences: Callable[[Text], Iterable[str]]
    ) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, line in skill_lines(folder, chosen, suffix):
            found.setdefault(name, []).extend(sentences(line))
        return found

    return SkillTexts(
        lang=near[0].lang,
        intents=read(".intent", _sentences),
        entities=read(".entity", _sentences),
        words=read(".voc", _sentences),
        dialogs=read(".dialog", lambda line: [line.value]),
        langs=langs,
    )


def _sentences(line: Text) -> Iterator[str]:
    try:
        yield from expand_template(line, {}, MOST_SENTENCES)
    except ScriptError:
        return
