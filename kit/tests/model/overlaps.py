"""Combine turns that overlap or not, and compare who hears what with the model.

The replayer is the real one. Its bus answers an utterance at once with a match, and
later with replies and the end of the turn.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import count, islice, product
from typing import TypeAlias

from model.disagreement import Disagreement
from model.meaning import Course, heard_in
from support.dialogues import dialogue

from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.bus import Caught, Heard
from ovos_dialogue_kit.replayer.dialect import Dialect
from ovos_dialogue_kit.replayer.replay import Replayer, replay_case
from ovos_dialogue_kit.replayer.rules import Rules

__all__ = ["disagreements_of_overlaps", "overlapping_turns"]

Turns: TypeAlias = "tuple[Course, ...]"

_SKILL = "a.skill"


def overlapping_turns() -> Iterator[Turns]:
    """Yield up to four turns of one or two sessions."""
    kinds = [
        Course(session, delay, replies, overlap)
        for session, delay, replies, overlap in product(
            ("kitchen", "bedroom"), (0.0, 3.0), (1, 2), (False, True)
        )
    ]
    for number in (1, 2, 3, 4):
        yield from product(kinds, repeat=number)


def disagreements_of_overlaps(
    every: int, tried: Counter[str]
) -> Iterator[Disagreement]:
    """Yield the turns in which kit and model hear different replies.

    Args:
        every: 1 for all dialogues, N for each N-th.
        tried: counts the dialogues, also by what is in them.

    """
    for turns in islice(overlapping_turns(), 0, None, every):
        keys = tuple(
            sorted(
                {f"{len({turn.session for turn in turns})} sessions"}
                | {f"{turn.replies} replies" for turn in turns}
                | {"overlap" if turn.overlap else "no overlap" for turn in turns}
            )
        )
        tried["combinations"] += 1
        tried.update(keys)
        kit, model = _heard(turns), heard_in(turns)
        if kit != model:
            yield Disagreement(keys, str(kit), str(model), str(turns))


def _heard(turns: Turns) -> list[tuple[str, ...]]:
    """Return the intent of each turn and the replies to it, as the kit has them."""
    overlaps = [index for index, turn in enumerate(turns) if turn.overlap]
    said = [(turn.session, f"turn {index}") for index, turn in enumerate(turns)]
    fixture = dialogue(_SKILL, *said, overlap=overlaps)
    rules = Rules(Dialect((_SKILL,)), lambda _: [])
    case = fixture.cases[0]
    done = replay_case(fixture, case, Replayer(case, _Bus(turns), rules))
    assert not done.strays
    assert not done.crash
    return [
        (str(turn.intent), *(reply.text for reply in turn.replies))
        for turn in done.turns
    ]


class _Bus:
    """A bus in virtual time, with a skill that follows the course of the turns."""

    is_shared = False

    def __init__(self, turns: Turns) -> None:
        self.now = 0.0
        self._turns = iter(enumerate(turns))
        self._waiting: list[tuple[float, int, str]] = []
        self._numbers = count()

    def send(self, message: Mapping[str, Json]) -> None:
        self._post(self.now, message)
        if message["type"] != "recognizer_loop:utterance":
            return
        index, turn = next(self._turns)
        context = mapping_in(message, "context")
        swapped = {**context, "source": "skills", "destination": context["source"]}

        def answer(at: float, topic: str, **data: Json) -> None:
            self._post(at, {"type": topic, "data": data, "context": swapped})

        answer(self.now, f"{_SKILL}:intent {index}", utterance="")
        at = self.now + turn.delay
        for number in range(turn.replies):
            words = f"reply {number} to turn {index}"
            answer(at + number, "speak", utterance=words, lang="en-US")
        answer(at + turn.replies - 1, "ovos.utterance.handled")

    def _post(self, at: float, message: Mapping[str, Json]) -> None:
        heapq.heappush(
            self._waiting, (at, next(self._numbers), json.dumps(dict(message)))
        )

    def advance(self, until: float, *, is_settling: bool = False) -> list[Heard]:  # noqa: ARG002
        if not self._waiting or self._waiting[0][0] > until:
            self.now = until
            return []
        self.now = self._waiting[0][0]
        found = []
        while self._waiting and self._waiting[0][0] == self.now:
            found.append(Heard(self.now, heapq.heappop(self._waiting)[2]))
        return found

    def speak(self) -> None:
        """Speak in no time."""

    def faults(self) -> list[Caught]:
        return []

    def traceback_of(self, error: str) -> None:
        """Know of no error."""
