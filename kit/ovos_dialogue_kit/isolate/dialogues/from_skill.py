"""Make dialogues for a skill that has no script, from the skill's own files.

Several sessions say each thing that the skill understands: before and after others
did, twice, with a stop in between, and with answers to the skill's questions. A leak
does not depend on the words, so one utterance stands for all of an intent; a slot
without an ``.entity`` file gets a canary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import TypeAlias

from ovos_dialogue_kit.assistant.device import chosen_engine
from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Settings, jobs_of
from ovos_dialogue_kit.script.canary import CANARY
from ovos_dialogue_kit.script.model import AUTO_ENGINE
from ovos_dialogue_kit.script.parse import parse_script
from ovos_dialogue_kit.script.templates import fill_slots, find_slots
from ovos_dialogue_kit.script.write import write_script
from ovos_dialogue_kit.skill.texts import SkillTexts, read_skill

__all__ = ["BUILT", "Phrase", "candidates", "dialogues_of", "script_for"]

BUILT = "kit-isolate/"
"""Prefix of the paths of generated scripts, which are in no file."""

_STOP = {"de": "stopp", "es": "para", "fr": "arrête", "it": "ferma", "pt": "para"}
_MOST_PAIRS = 40
_ANSWER = "$canary"

_Turn: TypeAlias = "dict[str, Json]"

_LONG = 1.0
"""Seconds of the assistant's clock in which another turn can say stop."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """An utterance that a skill may understand.

    ``name`` is that of the file it comes from. ``asks`` is true if the skill asks back,
    ``lasts`` if its answer takes time.
    """

    name: str
    text: str
    asks: bool = False
    lasts: bool = False


def dialogues_of(
    skill: str, settings: Settings, lang: str | None = None
) -> list[Fixture]:
    """Return dialogues that use the intents of an installed skill.

    Args:
        skill: the skill's id.
        settings: those of the run. Of its engines, the first is used; with Adapt, pairs
            of ``.voc`` words are tried, too.
        lang: the language; default: ``en-US``, or else the skill's first one.

    Raises:
        KitError: the engine matches none of the skill's intents.
        AssistantError: the skill is not installed or cannot be loaded.

    """
    texts = read_skill(skill, lang)
    named = next(iter(settings.engines), AUTO_ENGINE)
    engine = chosen_engine(named, (skill,))
    settings = replace(settings, engines=(engine,), skills=(skill,))
    wanted = candidates(texts, with_words="adapt" in engine)
    with Assistants() as assistants:
        known = list(_probed(settings, texts.lang, wanted, assistants))
    if not known:
        raise KitError(
            f'{engine} matches none of the intents in the files of "{skill}"',
            hint="try another --engine, or write a script",
        )
    return _fixtures(script_for(skill, engine, texts.lang, known), skill)


def _fixtures(script: str, skill: str) -> list[Fixture]:
    return list(generate(parse_script(script, f"{BUILT}{skill}.dialogue.yaml"), Path()))


def candidates(texts: SkillTexts, *, with_words: bool) -> list[Phrase]:
    """Return utterances for a skill: for each intent one without and one with slots.

    ``with_words`` adds the words of the ``.voc`` files, alone and in pairs.
    """
    found = []
    for name, sentences in texts.intents.items():
        for has_slots in (False, True):
            fitting = [
                text for text in sentences if bool(find_slots(text)) == has_slots
            ]
            if fitting:
                text = min(fitting, key=len)
                found.append(Phrase(name, _filled(text, texts)))
    if with_words:
        first = {
            name: min(words, key=len) for name, words in texts.words.items() if words
        }
        found += [Phrase(name, word) for name, word in first.items()]
        pairs = list(combinations(first, 2))[:_MOST_PAIRS]
        found += [Phrase(f"{a} {b}", f"{first[a]} {first[b]}") for a, b in pairs]
    return list({phrase.text: phrase for phrase in reversed(found)}.values())[::-1]


def _filled(text: str, texts: SkillTexts) -> str:
    """Return a sentence with each slot filled with an entity's value or a canary."""
    values = {
        name: next(iter(texts.entities.get(name, ())), CANARY)
        for name in find_slots(text)
    }
    return fill_slots(text, values)


def _probed(
    settings: Settings, lang: str, phrases: Sequence[Phrase], assistants: Assistants
) -> Iterator[Phrase]:
    """Yield the phrases that the skill understands, one for each intent."""
    (skill,), (engine,) = settings.skills, settings.engines
    seen = set()
    for phrase in phrases:
        script = _script(skill, engine, lang, {"x": [_turn("a", phrase.text)]})
        (fixture,) = _fixtures(script, skill)
        (job,) = jobs_of(fixture, settings)
        assistant = assistants.get(job.setup(settings.bus, settings.limits))
        (turn,) = assistant.replay(job.fixture, job.case).turns
        what = (turn.intent, tuple(turn.slots))
        if turn.matched and turn.skill == skill and what not in seen:
            seen.add(what)
            asks = turn.end == "asked"
            ended = turn.at if turn.ended is None else turn.ended
            lasts = not asks and ended - turn.at >= _LONG
            yield Phrase(phrase.name, phrase.text, asks, lasts)


def script_for(skill: str, engine: str, lang: str, phrases: Sequence[Phrase]) -> str:
    """Return a script in which several sessions use each phrase, and each two."""
    stop = _STOP.get(lang.casefold().partition("-")[0], "stop")
    named = {_name(phrase): phrase for phrase in phrases}
    dialogues = {name: _alike(phrase, stop) for name, phrase in named.items()}
    for first, second in pairwise([*named, *named][: len(named) + (len(named) > 1)]):
        turns = _mixed(named[first], named[second], stop)
        dialogues[f"{first} and {second}"] = turns
    return _script(skill, engine, lang, dialogues)


def _name(phrase: Phrase) -> str:
    """Return the name of a phrase's dialogue."""
    return f"{phrase.name} with words" if CANARY in phrase.text else phrase.name


def _script(
    skill: str, engine: str, lang: str, dialogues: Mapping[str, Sequence[_Turn]]
) -> str:
    listed: dict[str, Json] = {
        name: [dict(turn) for turn in turns] for name, turns in dialogues.items()
    }
    return write_script(
        {"skill": skill, "lang": lang, "engine": engine, "dialogues": listed}
    )


def _alike(phrase: Phrase, stop: str) -> list[_Turn]:
    """Return a dialogue in which all want the same, and one stops in between."""
    return [
        _turn("kitchen", _ANSWER),
        *_told("kitchen", phrase),
        *_told("bedroom", phrase),
        _turn("kitchen", phrase.text, overlap=phrase.lasts),
        _turn("kitchen", stop),
        *_told("hall", phrase),
        *_told("kitchen", phrase),
    ]


def _mixed(first: Phrase, second: Phrase, stop: str) -> list[_Turn]:
    """Return a dialogue in which two sessions want two things, in opposite order."""
    return [
        *_told("kitchen", first),
        *_told("kitchen", second),
        *_told("bedroom", second),
        _turn("bedroom", first.text, overlap=first.lasts),
        _turn("bedroom", stop),
    ]


def _told(speaker: str, phrase: Phrase) -> list[_Turn]:
    """Return a phrase, and an answer if the skill asks back."""
    said = [_turn(speaker, phrase.text)]
    return [*said, _turn(speaker, _ANSWER)] if phrase.asks else said


def _turn(speaker: str, text: str, *, overlap: bool = False) -> _Turn:
    return {speaker: text, "overlap": True} if overlap else {speaker: text}
