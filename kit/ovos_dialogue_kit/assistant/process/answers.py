"""Check what an assistant's process answers, which a skill may have written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import IO, Any

from ovos_dialogue_kit.assistant.process.frames import GarbledError, parse
from ovos_dialogue_kit.errors import AssistantError, EngineMissingError, KitError
from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.jsondata import from_json
from ovos_dialogue_kit.replayer.transcript import Transcript, TurnTranscript

__all__ = ["require_assistant", "told_turns", "transcript_of"]


def require_assistant(answer: Mapping[str, Any]) -> None:  # JSON
    """Raise the error that an answer is, if it is one."""
    if "problem" in answer:
        kind = EngineMissingError if answer["engine"] else AssistantError
        raise kind(answer["problem"], hint=answer["hint"])


def transcript_of(data: Any, case: Case) -> Transcript:  # JSON, yet to be checked
    """Return the transcript of a case from JSON.

    Raises:
        KitError: it is none.

    """
    transcript = from_json(Transcript, data, "", "transcript")
    indices = [turn.index for turn in transcript.turns]
    replies = (reply for turn in transcript.turns for reply in turn.replies)
    indices += [reply.turn for reply in (*replies, *transcript.strays)]
    if not all(0 <= index < len(case.turns) for index in indices):
        raise KitError("there is no such turn")
    return transcript


def told_turns(diary: IO[bytes], printed: str = "") -> list[TurnTranscript]:
    """Return the turns of a case that did not end; of each, the last report counts.

    ``printed`` is what its process wrote, past Python's streams, in the last turn.
    """
    turns = {}
    size = os.fstat(diary.fileno()).st_size
    for line in os.pread(diary.fileno(), size, 0).splitlines():
        try:
            told = parse(b'{"turns":%b}' % line)["turns"]
            listed = [from_json(TurnTranscript, turn, "", "turn") for turn in told]
        except (GarbledError, KitError, TypeError):  # it was cut off
            continue
        turns.update({turn.index: turn for turn in listed})
    found = [turns[index] for index in sorted(turns)]
    if found and printed:
        lines = (("prints", line) for line in printed.rstrip("\n").split("\n"))
        found[-1] = replace(found[-1], words=(*found[-1].words, *lines))
    return found
