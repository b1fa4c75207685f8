"""Find out if a script allows a leak: ``allow:`` in it names an oracle, or a fault."""

from __future__ import annotations

from collections import Counter

from ovos_dialogue_kit.isolate.dialogues.speakers import speakers_of
from ovos_dialogue_kit.isolate.judging.leak import NOBODY, Leak
from ovos_dialogue_kit.isolate.judging.outgoing import message_values, sent_to_session
from ovos_dialogue_kit.isolate.judging.scene import Scene
from ovos_dialogue_kit.jsondata import json_line
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["is_meant"]


def is_meant(leak: Leak, scene: Scene) -> bool:
    """Return True if a script says that something is meant to be so."""
    names: set[str] = {leak.oracle}
    if leak.key[1:2] == ("fault",):
        names.add(str(leak.key[2]))
    if leak.oracle == "sent" and _is_of_speech(leak, scene):
        names.add("solo")
    turns, index = scene.case.turns, _turn_of_allow(leak, scene)
    marks = [scene.fixture.marks]
    marks += [turns[index].marks] if index is not None and index < len(turns) else []
    return any(not names.isdisjoint(each.allow) for each in marks)


def _turn_of_allow(leak: Leak, scene: Scene) -> int | None:
    """Return the index of the turn whose ``allow:`` counts, as ``kit replay`` has it.

    That is the turn of the leak; for a crash, the last turn; for an error of nobody,
    the turn that it was noted in; for a stray, the turn during which it was heard.
    There is none for a stray that is missing.
    """
    if leak.turn is not None:
        return leak.turn
    if leak.key[1] == "crash":
        return scene.taken[-1]
    if leak.session == NOBODY:
        turns = scene.company.turns
        noted = (turn.index for turn in turns for f in turn.faults if f.is_of_nobody)
        return next(noted, None)
    strays = scene.company.strays
    if leak.oracle != "taint":
        speakers = speakers_of(scene.case, leak.session)
        strays = tuple(stray for stray in strays if stray.session in speakers)
    number = next((part for part in leak.key[1:] if isinstance(part, int)), -1)
    return strays[number].turn if strays and number < len(strays) else None


def _is_of_speech(leak: Leak, scene: Scene) -> bool:
    """Return True if all that is sent, but not alone, is that more or less is said.

    Where and by whom something is said is another matter.
    """
    here, there = (
        _sent(each, leak.turn) for each in (scene.company, scene.alone(leak.session))
    )
    more, less = here - there, there - here
    topics = {topic for topic, _ in (*more, *less)}
    return topics == {"speak"} and more.total() != less.total()


def _sent(transcript: Transcript, turn: int | None) -> Counter[tuple[str, str]]:
    """Return the messages of a turn, each with its type, and how often it is sent."""
    return Counter(
        (
            str(message.get("type")),
            json_line({".".join(at): value for at, value in message_values(message)}),
        )
        for each in transcript.turns
        if each.index == turn
        for message in sent_to_session(each)
    )
