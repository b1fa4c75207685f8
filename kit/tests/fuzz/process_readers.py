"""Readers of what comes from an assistant's process, which a skill may have written."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

from fuzz.project import Project, Reader, words
from support.dialogues import dialogue

from ovos_dialogue_kit.assistant.process.answers import told_turns
from ovos_dialogue_kit.assistant.process.channel import HANG, LOADING
from ovos_dialogue_kit.assistant.process.failed_boot import failed_boot, last_lines
from ovos_dialogue_kit.assistant.process.frames import (
    FrameReader,
    GarbledError,
    framed,
    parse,
)
from ovos_dialogue_kit.assistant.process.shell_limits import limits_behind
from ovos_dialogue_kit.assistant.process.stacks import as_traceback, holder
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system.shared_memory import (
    noted_shared_memory,
    remove_shared_memory,
)
from ovos_dialogue_kit.assistant.transports.hivemind.satellites import (
    Household,
    bus_message_in,
    satellites_of,
)
from ovos_dialogue_kit.jsondata import Json, from_json
from ovos_dialogue_kit.replayer.bus import Caught, Heard
from ovos_dialogue_kit.replayer.dialect import Dialect
from ovos_dialogue_kit.replayer.replay import Replayer, replay_case
from ovos_dialogue_kit.replayer.rules import Rules
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["PROCESS_READERS", "read_answer"]

SKILL = "fuzzed.test"
MESSAGES = dialogue(SKILL, ("kitchen", "hi"), ("bedroom", "hello"), ("kitchen", "bye"))

_AT_ONCE = 3
"""Messages that are heard after one that is sent."""


def read_answer(data: bytes, project: Project) -> None:
    """Read what comes from the process of an assistant, framed and not."""
    project.texts = {}
    with contextlib.suppress(GarbledError):
        FrameReader(1).feed(data)
    with contextlib.suppress(GarbledError):
        content = FrameReader(1).feed(framed(1, data))
        from_json(Transcript, parse(content or b""), "", "transcript")


class _Chatter:
    """A bus on which something is heard after each message that is sent."""

    is_shared = True

    def __init__(self, heard: Iterable[Heard]) -> None:
        self.now = 0.0
        self._coming = list(heard)
        self._heard: list[Heard] = []

    def send(self, _: Mapping[str, Json]) -> None:
        """Let a few more of the messages be heard."""
        coming = self._coming[:_AT_ONCE]
        self._heard += [replace(each, at=self.now) for each in coming]
        del self._coming[:_AT_ONCE]

    def advance(self, until: float, *, is_settling: bool = False) -> list[Heard]:  # noqa: ARG002
        """Return what is heard; if that is nothing, the time is over."""
        found, self._heard = self._heard, []
        self.now = self.now if found else until
        return found

    def speak(self) -> None:
        """Take no time."""

    def faults(self) -> list[Caught]:
        """Return none."""
        return []

    def traceback_of(self, _: str) -> None:
        """Return none."""


def read_messages(data: bytes, project: Project) -> None:
    """Replay a dialogue on a bus where anybody may say anything, one message a line."""
    project.texts = {}
    _replay(Heard(0.0, line) for line in words(data).splitlines())


def _replay(heard: Iterable[Heard]) -> None:
    """Replay a dialogue in which something is heard."""
    case = MESSAGES.cases[0]
    rules = Rules(Dialect((SKILL,)), lambda stages: stages or [], is_traced=True)
    replay_case(MESSAGES, case, Replayer(case, _Chatter(heard), rules))


def read_frames(data: bytes, project: Project) -> None:
    """Replay a dialogue behind a hub whose frames may hold anything, one a line."""
    project.texts = {}
    household = Household(satellites_of(MESSAGES.cases[0]))
    household.learn({"kitchen": "kit::1::kitchen", "bedroom": "kit::2::bedroom"})
    kitchen, heard = household.by_name["kitchen"], list[Heard]()
    for frame in words(data).splitlines():
        message = bus_message_in(frame)
        if message is not None:
            payload = json.dumps(message)
            household.sender_of(message)
            for caught in household.faults_in(kitchen, message, payload):
                caught.fault.detail.encode()
            client = kitchen.client_of(message)
            heard += [Heard(0.0, payload, given_to=each) for each in (client, "")]
    _replay(replace(each, is_missed=not each.given_to) for each in heard)


def frame_seeds() -> Iterable[bytes]:
    frames = (line for seed in message_seeds() for line in seed.splitlines())
    yield b"\n".join(b'{"msg_type": "bus", "payload": %s}' % line for line in frames)
    yield b'{"msg_type": "hello", "payload": {"peer": "kit::1::kitchen"}}'


def message_seeds() -> Iterable[bytes]:
    session_id = MESSAGES.cases[0].sessions["kitchen"]["session_id"]
    context = {"session": {"session_id": session_id, "lang": "en-US"}}
    messages = (
        ("speak", {"utterance": "hello", "meta": {"dialog": "hi", "data": {}}}),
        (f"{SKILL}:hi", {}),
        ("mycroft.skill.handler.complete", {"handler": "hi"}),
        ("ovos.session.sync", {"session": {"session_id": session_id, "x": 1}}),
        ("mycroft.skill.handler.error", {"exception": "ValueError"}),
        ("ovos.utterance.handled", {}),
    )
    yield "\n".join(
        json.dumps({"type": topic, "data": data, "context": context})
        for topic, data in messages
    ).encode()


def read_dump(data: bytes, project: Project) -> None:
    """Read what is left of an assistant that crashed: stacks, and its turns so far."""
    project.texts = {}
    text = words(data)
    for is_fatal in (False, True):
        as_traceback(text, is_fatal=is_fatal).encode()
    holder(text)
    limits_behind(text)
    with project.put("diary", data).open("rb") as diary:
        told_turns(diary, text)
        last_lines(diary)


DUMP = b"""Fatal Python error: Aborted

Current thread 0x00007f532967db80 (most recent call first):
  File "/tmp/skill.py", line 3 in do
  File "/usr/lib/python3.11/threading.py", line 331 in wait

[{"index": 0, "session": "a", "said": "hi", "at": 0.0, "end": "handled"}]
"""


def read_notes(data: bytes, project: Project) -> None:
    """Read what a process notes in its home: a skill, stacks, shared memory."""
    project.texts = {}
    for name in (LOADING, HANG, "shared_memory"):
        project.put(name, data)
    for skill in (SKILL, words(data).strip()):
        error = failed_boot(Setup((skill,)), project.folder, "it ended", words(data))
        str(error).encode()
    home = os.open(project.folder, os.O_RDONLY)
    try:
        remove_shared_memory(noted_shared_memory(home))
    finally:
        os.close(home)


NOTES = (SKILL.encode(), b"12 psm_0123\n13 sem.mp-x\n", DUMP)

PROCESS_READERS: Mapping[str, Reader] = {
    "message": Reader(message_seeds, read_messages),
    "frame": Reader(frame_seeds, read_frames),
    "dump": Reader(lambda: [DUMP], read_dump),
    "notes": Reader(lambda: NOTES, read_notes),
}
"""The readers by their names, but that of answers, whose seeds are transcripts."""
