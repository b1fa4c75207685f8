"""Compare transports: on all of our dialogues, or on one of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from support.places import ROOT

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import EngineMissingError
from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Job, Settings, jobs_of
from ovos_dialogue_kit.run.load import load
from ovos_dialogue_kit.script.model import EngineName
from ovos_dialogue_kit.skill.installed import installed_skills

__all__ = [
    "SOME",
    "both",
    "our_jobs",
    "twenty",
    "without_place",
    "without_site",
    "without_time",
]

SCRIPTS = ROOT / "skill" / "test"
PUBLISHED = ROOT / "examples" / "published" / "test"
"""Scripts of skills from PyPI; they are compared, too, where those are installed."""


def without_time(transcript: Transcript) -> Transcript:
    """Return a transcript as it would be if nothing took time.

    On a real bus a stop races with the handler that it ends. The messages of the stop
    carry a session in which ``stop.openvoiceos`` is active, and no skill waits for an
    answer. The last messages of the handler, which ends within 0.1 s of it, carry the
    session from before the stop. The client's session is the one that it hears last,
    and some are heard only with the next turn. So from a stop on, active skills and the
    skills that wait for an answer are left out. So is what was printed and logged: in
    real time OVOS may warn of a settings file that is just being written.
    """
    turns = []
    is_stopped = False
    for turn in transcript.turns:
        is_stopped = is_stopped or turn.end == "stopped"
        after = dict(turn.session_after)
        if is_stopped:
            after.pop("active_skills", None)
            after.pop("utterance_states", None)
        turns.append(
            replace(
                turn,
                words=(),
                at=0.0,
                ended=None if turn.ended is None else 0.0,
                replies=tuple(_without_chance(reply) for reply in turn.replies),
                session_after=after,
                messages=(),
            )
        )
    strays = [replace(stray, at=0.0) for stray in transcript.strays]
    return replace(transcript, turns=tuple(turns), strays=tuple(strays), bus="")


def _without_chance(reply: Reply) -> Reply:
    """Return a reply without its time, and without the line that chance has chosen."""
    text = "" if reply.dialog and not reply.data else reply.text
    return replace(reply, at=0.0, text=text)


_RACES = {"another one's stop leaves the question open, while being asked, too"}
"""Dialogues with no single answer on a real bus.

When one session is stopped, ovos-workshop aborts the questions to all of them, each in
a thread that looks every 0.1 s. The answer of the other session comes before or after
that: it is the answer, or too late.
"""

_IS_WHOLE = os.environ.get("KIT_TRANSPORTS") == "whole"
"""Whether all of our dialogues are compared: each boots on a bus of its own."""

SOME = "one is asked while another goes on"
"""The dialogue that is compared by default."""


def our_jobs(engine: EngineName | None = None, *, races: bool = False) -> list[Job]:
    """Return a job for each case of our scripts, with the first of its engines.

    Args:
        engine: to use instead of the scripts' own.
        races: also the dialogues with no single answer in real time.

    """
    settings = Settings(engines=(engine,) if engine else ())
    fixtures = [*load(SCRIPTS)]
    if _IS_WHOLE:
        known = installed_skills()
        found = load(PUBLISHED)
        fixtures += [each for each in found if known.keys() >= {*each.skills}]
    return [
        jobs_of(replace(fixture, cases=(case,)), settings)[0]
        for fixture in fixtures
        if _is_compared(fixture.dialogue, races=races)
        for case in fixture.cases[: None if _IS_WHOLE else 1]
    ]


def _is_compared(dialogue: str, *, races: bool) -> bool:
    if not _IS_WHOLE:
        return dialogue == SOME
    return races or dialogue not in _RACES


def twenty() -> str:
    """Return a script in which twenty satellites all ask before one is answered."""
    names = [f"room{number}" for number in range(20)]
    turns = [f"    - {name}: the number {name}" for name in names]
    for name in names:
        turns.append(f"    - {name}: what did i just say")
        if name != names[-1]:
            turns.append("      overlap: true")
    return "\n".join(["dialogues:", "  d:", *turns, ""])


def both(
    job: Job, assistants: Assistants, bus: str, options: Options | None = None
) -> tuple[Transcript, Transcript]:
    """Return the transcripts of a job on the bus in memory, and on another one.

    The test is skipped if the job's engine is not installed.
    """
    try:
        here = assistants.get(Setup.of(job.fixture, job.engine))
        there = assistants.get(Setup.of(job.fixture, job.engine, bus))
    except EngineMissingError as error:
        pytest.skip(str(error))
    expected = here.replay(job.fixture, job.case, options)
    return expected, there.replay(job.fixture, job.case, options)


def without_site(transcript: Transcript) -> Transcript:
    """Return a transcript without the site that the hub adds where there is none."""
    return _with_sessions(
        transcript,
        lambda name, value, _: name == "site_id" and value == "unknown",
    )


def without_place(transcript: Transcript, case: Case) -> Transcript:
    """Return a transcript without what the hub adds to a session that has no place.

    It is the site, and the location in the shape of the hub's own ovos-bus-client.
    """

    def is_added(name: str, _: Json, session: str) -> bool:
        return name in {"site_id", "location"} and name not in case.sessions[session]

    return _with_sessions(transcript, is_added)


def _with_sessions(
    transcript: Transcript, is_added: Callable[[str, Json, str], bool]
) -> Transcript:
    """Return a transcript without its bus, and some fields of its sessions.

    Raw messages are left out, too, as the hub says who they are from, and to whom; and
    what was logged, as the session may have another id there.
    """
    turns = []
    for turn in transcript.turns:
        after = {
            name: value
            for name, value in turn.session_after.items()
            if not is_added(name, value, turn.session)
        }
        turns.append(replace(turn, session_after=after, messages=(), words=()))
    return replace(transcript, turns=tuple(turns), bus="")
