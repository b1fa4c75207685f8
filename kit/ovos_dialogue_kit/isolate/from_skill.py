"""Dialogues for a skill that has no script, made from its own files.

Each thing that the skill can be told is told by several sessions: before and after
others did, twice, with a stop in between, and with answers to what it asks. What leaks
does not depend on words, so one utterance stands for all of an intent; a slot without
an ``.entity`` file gets a canary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.isolate.as_script import flow
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.script.canary import CANARY
from ovos_dialogue_kit.script.parse import parse_script
from ovos_dialogue_kit.script.templates import fill_slots, find_slots
from ovos_dialogue_kit.skill.texts import SkillTexts, read_skill

__all__ = ["BUILT", "Phrase", "candidates", "dialogues_of", "script_for"]

BUILT = "kit-isolate/"
"""How the paths of scripts begin that stand in no file."""

_STOP = {"de": "stopp", "es": "para", "fr": "arrête", "it": "ferma", "pt": "para"}
_MOST_PAIRS = 40
_ANSWER = "$canary"

_LONG = 1.0
"""Seconds of the assistant's time that leave some to say stop."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something that a skill can be told.

    ``name`` is the file that it comes from; ``asks`` says that the skill asks back,
    ``lasts`` that it takes its time.
    """

    name: str
    text: str
    asks: bool = False
    lasts: bool = False


def dialogues_of(
    skill: str, engine: str = "padacioso", lang: str | None = None
) -> list[Fixture]:
    """Return dialogues that use what an installed skill can do.

    Args:
        skill: its id.
        engine: the intent engine; with Adapt, pairs of ``.voc`` words are tried, too.
        lang: the language; by default ``en-US``, or else the first that it has.

    Raises:
        KitError: the skill is not installed, or has nothing that the engine matches.
        AssistantError: it cannot be loaded.

    """
    texts = read_skill(skill, lang)
    wanted = candidates(texts, with_words="adapt" in engine)
    with Assistants() as assistants:
        known = list(_probed(skill, engine, texts.lang, wanted, assistants))
    if not known:
        raise KitError(
            f'nothing in the files of "{skill}" is matched by {engine}',
            hint="try another --engine, or write a script",
        )
    return _fixtures(script_for(skill, engine, texts.lang, known), skill)


def _fixtures(script: str, skill: str) -> list[Fixture]:
    return list(generate(parse_script(script, f"{BUILT}{skill}.dialogue.yaml"), Path()))


def candidates(texts: SkillTexts, *, with_words: bool) -> list[Phrase]:
    """Return what may be said to a skill: of each intent one without and with slots.

    ``with_words`` adds those of the ``.voc`` files, alone and in pairs.
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
    """Return a sentence with its slots filled: with an entity's value, or a canary."""
    values = {
        name: next(iter(texts.entities.get(name, ())), CANARY)
        for name in find_slots(text)
    }
    return fill_slots(text, values)


def _probed(
    skill: str,
    engine: str,
    lang: str,
    phrases: Sequence[Phrase],
    assistants: Assistants,
) -> Iterator[Phrase]:
    """Yield the phrases that the skill takes, one for each intent that they match."""
    seen = set()
    for phrase in phrases:
        (fixture,) = _fixtures(
            _head(skill, engine, lang) + _dialogue("x", [_turn("a", phrase.text)]),
            skill,
        )
        assistant = assistants.get(Setup.of(fixture, engine))
        (turn,) = assistant.replay(fixture, fixture.cases[0]).turns
        what = (turn.skill, turn.intent, tuple(turn.slots))
        if turn.matched and turn.skill == skill and what not in seen:
            seen.add(what)
            asks = turn.end == "asked"
            lasts = not asks and (turn.ended or 0.0) - turn.at >= _LONG
            yield Phrase(phrase.name, phrase.text, asks, lasts)


def script_for(skill: str, engine: str, lang: str, phrases: Sequence[Phrase]) -> str:
    """Return a script in which several sessions use each phrase, and each two."""
    stop = _STOP.get(lang.casefold().partition("-")[0], "stop")
    named = {_name(phrase): phrase for phrase in phrases}
    text = _head(skill, engine, lang)
    for name, phrase in named.items():
        text += _dialogue(name, _alike(phrase, stop))
    for first, second in pairwise([*named, *named][: len(named) + (len(named) > 1)]):
        turns = _mixed(named[first], named[second], stop)
        text += _dialogue(f"{first} and {second}", turns)
    return text


def _name(phrase: Phrase) -> str:
    """Return what a dialogue with a phrase is called."""
    return f"{phrase.name} with words" if CANARY in phrase.text else phrase.name


def _head(skill: str, engine: str, lang: str) -> str:
    head = f"skill: {flow(skill)}\nlang: {flow(lang)}\nengine: {flow(engine)}\n"
    return f"{head}dialogues:\n"


def _dialogue(name: str, turns: Sequence[str]) -> str:
    lines = (f"    - {turn}\n" for turn in turns)
    return f"  {flow(name)}:\n{''.join(lines)}"


def _alike(phrase: Phrase, stop: str) -> list[str]:
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


def _mixed(first: Phrase, second: Phrase, stop: str) -> list[str]:
    """Return a dialogue in which two want two things, each in another order."""
    return [
        *_told("kitchen", first),
        *_told("kitchen", second),
        *_told("bedroom", second),
        _turn("bedroom", first.text, overlap=first.lasts),
        _turn("bedroom", stop),
    ]


def _told(speaker: str, phrase: Phrase) -> list[str]:
    """Return a phrase, and an answer if the skill asks back."""
    said = [_turn(speaker, phrase.text)]
    return [*said, _turn(speaker, _ANSWER)] if phrase.asks else said


def _turn(speaker: str, text: str, *, overlap: bool = False) -> str:
    """Return a turn as YAML on one line."""
    if not overlap:
        return f"{speaker}: {flow(text)}"
    return f"{{{speaker}: {flow(text)}, overlap: true}}"
