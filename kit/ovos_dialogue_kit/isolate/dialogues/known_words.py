"""Let sessions say other words that a skill knows, where it does not take any word.

A skill may know colours from an ``.entity`` file, take keywords from a ``.voc`` file,
or look at the sentence itself. As long as all sessions say the same, none of them can
hear another's words.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.fixture.model import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.isolate.dialogues.alone import Play
from ovos_dialogue_kit.isolate.dialogues.case_edit import is_utterance
from ovos_dialogue_kit.isolate.dialogues.other_words import (
    heard_alone,
    places_of,
    with_texts_alike,
)
from ovos_dialogue_kit.isolate.dialogues.speakers import sessions_by_speaker
from ovos_dialogue_kit.replayer.transcript import TurnTranscript
from ovos_dialogue_kit.skill.texts import read_skill

__all__ = ["KnownWords", "known_words", "with_other_words"]

_MOST = 3
"""Other texts that are tried for a turn."""


@dataclass(frozen=True, slots=True)
class KnownWords:
    """Words that skills know: values by the names of slots, sentences by intents.

    ``dialogs`` has the lines of ``.dialog`` files, by their names.
    """

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sentences: Mapping[str, Sequence[str]] = field(default_factory=dict)
    dialogs: Mapping[str, Sequence[str]] = field(default_factory=dict)


def known_words(fixture: Fixture, case: Case) -> KnownWords:
    """Return what the skills of a dialogue know in its language."""
    values: dict[str, list[str]] = {}
    sentences: dict[str, list[str]] = {}
    dialogs: dict[str, list[str]] = {}
    for skill in fixture.skills:
        with contextlib.suppress(KitError):  # not installed, or without such texts
            texts = read_skill(skill, case.lang or fixture.langs[0])
            for found in (texts.entities, texts.words):
                for name, words in found.items():
                    values.setdefault(name, []).extend(words)
            for name, lines in texts.intents.items():
                sentences.setdefault(name, []).extend(lines)
            for name, lines in texts.dialogs.items():
                dialogs.setdefault(name, []).extend(lines)
    return KnownWords(values, sentences, dialogs)


def with_other_words(case: Case, play: Play, known: KnownWords) -> Case:
    """Return a case in which all but the first session say other known words.

    A word is replaced where the session alone then still hears the same dialogs.
    """
    names = sessions_by_speaker(case)
    sessions = dict.fromkeys(names[turn.session] for turn in case.turns)
    said = {turn.said for turn in case.turns}
    for session in [*sessions][1:]:
        own = [i for i, turn in enumerate(case.turns) if names[turn.session] == session]
        before = heard_alone(case, own, play)
        texts = {
            turn.index: found
            for turn in before
            if (found := [*islice(_others(case, turn, known, said), _MOST)])
        }
        case = with_texts_alike(case, texts, own, play, before)
        said.update(case.turns[index].said for index in own)
    return case


def _others(
    case: Case, happened: TurnTranscript, known: KnownWords, said: Collection[str]
) -> Iterator[str]:
    """Yield texts for a turn that differ in words that the skill knows."""
    turn = case.turns[happened.index]
    if not is_utterance(turn):
        return
    texts = dict.fromkeys(_with_other_values(turn, happened, known))
    if not happened.slots:
        sentences = known.sentences.get(str(happened.intent), ())
        texts |= dict.fromkeys(text for text in sentences if "{" not in text)
    yield from (text for text in texts if text not in said)


def _with_other_values(
    turn: FixtureTurn, happened: TurnTranscript, known: KnownWords
) -> Iterator[str]:
    """Yield the text of a turn with another value for one of its slots."""
    for name, value in happened.slots.items():
        places = places_of(value, turn.said) if isinstance(value, str) else []
        for other in known.values.get(name, ()) if places else ():
            begin, end = places[-1]
            yield turn.said[:begin] + other + turn.said[end:]
