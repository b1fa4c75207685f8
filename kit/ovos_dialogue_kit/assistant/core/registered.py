"""Read what the skills of a running assistant have registered for the engines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ovos_dialogue_kit.assistant.core.boot import RunningCore
from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.script.model import Text
from ovos_dialogue_kit.skill.resources import (
    find_resources,
    in_language,
    is_same_language,
    skill_lines,
)

__all__ = [
    "Keywords",
    "Sentences",
    "registered_keywords",
    "registered_sentences",
]


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sample sentences of an intent."""

    intent: str
    lines: Sequence[Text]


@dataclass(frozen=True, slots=True)
class Keywords:
    """An intent of Adapt: the parser, and the words of its skill by their type."""

    parser: Any  # an Intent of ovos-workshop
    words: Mapping[str, Sequence[Text]]
    prefix: str


def _registered(core: RunningCore) -> Iterator[tuple[Any, str, Any]]:
    """Yield skill, name and definition of each intent."""
    for skill in core.skills.values():
        for name, what in list(skill.intent_service.registered_intents):
            yield skill, str(name).rpartition(":")[2], what


def registered_sentences(core: RunningCore, lang: str) -> Iterator[Sentences]:
    """Yield the sample sentences of each intent in a language."""
    for skill, name, what in _registered(core):
        if isinstance(what, dict) and is_same_language(str(what.get("lang")), lang):
            lines = list(_lines_of(skill, name, lang, ".intent"))
            samples = what.get("samples") or ()
            lines = lines or [Text(str(each), Mark(skill.skill_id)) for each in samples]
            yield Sentences(name.removesuffix(".intent"), lines)


def registered_keywords(core: RunningCore, lang: str) -> Iterator[Keywords]:
    """Yield the intents of Adapt, with the words of their skills in a language."""
    words: dict[str, dict[str, list[Text]]] = {}
    for skill, _, what in _registered(core):
        if isinstance(what, dict):
            continue
        prefix = re.sub(r"[^a-zA-Z0-9]", "_", skill.skill_id)
        if prefix not in words:
            found = words[prefix] = {}
            for stem, line in _files_of(skill, lang, ".voc"):
                found.setdefault(f"{prefix}{stem}", []).append(line)
        yield Keywords(what, words[prefix], prefix)


def _lines_of(skill: Any, name: str, lang: str, suffix: str) -> Iterator[Text]:
    wanted = name.removesuffix(suffix)
    return (line for stem, line in _files_of(skill, lang, suffix) if stem == wanted)


def _files_of(skill: Any, lang: str, suffix: str) -> Iterator[tuple[str, Text]]:
    root = Path(skill.root_dir)
    return skill_lines(root, in_language(find_resources(root), lang), suffix)
