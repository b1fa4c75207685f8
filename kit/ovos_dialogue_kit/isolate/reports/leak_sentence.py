"""Tell a leak in one sentence: who hears or gets what, and whose words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ovos_dialogue_kit.isolate.finding import Finding
from ovos_dialogue_kit.isolate.judging.leak import NOBODY, Leak
from ovos_dialogue_kit.isolate.judging.observation import Oracle
from ovos_dialogue_kit.isolate.judging.outgoing import sent_to_session
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript

__all__ = ["leak_sentence", "message_of", "replies_of", "speaker_at"]

_HEARS_DIFFERENT = " hears something different from what it hears alone"


_UNDERSTOOD = " is understood differently than when it is alone"


_DIFFERENT = {
    "stray": " hears something while it is not speaking",
    "missing": " misses a reply that it gets when alone",
    "order": " hears its replies in a different order than when it is alone",
    "end": "'s turn ends differently than when it is alone",
    "fault": " is treated differently than when it is alone",
    "intent": _UNDERSTOOD,
    "route": _UNDERSTOOD,
    "skill": " is answered by a different skill than when it is alone",
    "slot": _UNDERSTOOD,
}


_TAINTED = {
    "message": "is sent",
    "screen": "shows on the device",
    "slot": "gets as a slot",
    "session": "has in its session data",
}


def leak_sentence(finding: Finding, leak: Leak) -> str:
    """Return a leak as a sentence: who hears what, and whose words if that is known."""
    if leak.source is not None:
        how = _TAINTED.get(str(leak.key[1]), "hears")
        return f"{leak.session} {how} what {speaker_at(finding, leak.source)} said"
    return _SENTENCES.get(leak.oracle, _heard_sentence)(finding, leak)


def _heard_sentence(finding: Finding, leak: Leak) -> str:
    kind = "missing" if _is_missing(finding, leak) else str(leak.key[1])
    return f"{leak.session}{_DIFFERENT.get(kind, _HEARS_DIFFERENT)}"


def _stray_sentence(finding: Finding, leak: Leak) -> str:
    if leak.session not in finding.case.sessions:
        return f'something is said to "{leak.session}", a session that takes no part'
    return _heard_sentence(finding, leak)


def _state_sentence(_: Finding, leak: Leak) -> str:
    what = leak.key[-1]
    return f"{leak.session}'s session data differ from when it is alone: {what}"


def _sent_sentence(finding: Finding, leak: Leak) -> str:
    who, number = leak.session, leak.key[2]
    if leak.key[1] == "screen":
        name = f" {leak.key[3]}" if leak.key[3] else ""
        what = f"{leak.key[2]}{name}"
        return f"{who} shows on the device what it does not show there alone: {what}"
    sent = (
        message_of(each, leak.turn, number) for each in (finding.company, finding.alone)
    )
    topic = next((message["type"] for message in sent if message), "")
    place = ".".join(map(str, leak.key[len((0, "message", 0)) :]))
    what = f"{place} of {topic}"
    return f"{who} is sent something different from what it is sent alone: {what}"


def _echo_sentence(_: Finding, leak: Leak) -> str:
    how = "is sent" if leak.key[2] == "message" else "hears"
    return f"{leak.session} {how} a random value that another session was told"


def _crash_sentence(_: Finding, leak: Leak) -> str:
    """Return in words what is raised, or not raised, only in company."""
    if leak.key[1] == "crash":
        return "the assistant crashes when these sessions take turns"
    if leak.session == NOBODY:
        return "an error is raised that is not raised when each session is alone"
    if leak.company is None:
        return f"{leak.session} is spared an error that is raised when it is alone"
    return f"an error is raised that is not raised when {leak.session} is alone"


def _is_missing(finding: Finding, leak: Leak) -> bool:
    """Return True if a session hears less while it does not speak than when alone."""
    if leak.key[1] != "stray" or finding.alone is None:
        return False
    here, alone = (replies_of(each, leak) for each in (finding.company, finding.alone))
    return len(here) < len(alone)


_SENTENCES: Mapping[Oracle, Callable[[Finding, Leak], str]] = {
    "stray": _stray_sentence,
    "crash": _crash_sentence,
    "state": _state_sentence,
    "sent": _sent_sentence,
    "echo": _echo_sentence,
}


def speaker_at(finding: Finding, turn: int) -> str:
    """Return who speaks in a turn."""
    return finding.case.turns[turn].session


def message_of(
    transcript: Transcript | None, turn: int | None, number: str | int
) -> Mapping[str, Json] | None:
    """Return a message of a turn by its number, if there is one."""
    turns = (each for each in (transcript.turns if transcript else ()))
    sent = [m for each in turns if each.index == turn for m in sent_to_session(each)]
    return dict(enumerate(sent)).get(int(number))


def replies_of(transcript: Transcript, leak: Leak) -> list[Reply]:
    """Return what was heard in the turn of a leak, or in no turn."""
    if leak.turn is None:
        return [each for each in transcript.strays if each.session == leak.session]
    turns = [turn for turn in transcript.turns if turn.index == leak.turn]
    return [reply for turn in turns for reply in turn.replies]
