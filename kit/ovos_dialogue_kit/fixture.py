"""One dialogue as committed JSON: sessions and messages, ready to go over a bus.

A fixture is made by ``generate`` and read by ``replay`` and ``compare``. It knows
neither an ovos-core version nor an engine: pipelines hold the kit's stage names and a
session holds only what its script sets, so the same bytes serve every version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ovos_dialogue_kit.script import Expectation, Json, Marks

__all__ = ["FORMAT", "Case", "Fixture", "FixtureTurn"]

FORMAT = 1
"""Version of the fixture format that this kit writes, and the newest it reads."""


@dataclass(frozen=True, slots=True)
class FixtureTurn:
    """One exchange, ready to be sent.

    ``message`` is the bus message as it goes over the wire (``type``, ``data``,
    ``context`` with the session's start state), ``None`` for a silence. ``silence`` is
    in seconds. ``said`` is what a person would call it: the utterance, the message type
    or the length of the silence.
    """

    session: str
    line: int
    column: int
    said: str
    message: Mapping[str, Json] | None = None
    silence: float | None = None
    overlap: bool = False
    within: float | None = None
    expect: Expectation | None = None
    marks: Marks = field(default_factory=Marks)


@dataclass(frozen=True, slots=True)
class Case:
    """One variant of a dialogue: one expansion of its templates, one matrix row.

    ``name`` is empty for the only case of a dialogue, else what tells it from the
    others (``what did i say-pt-PT``). ``sessions`` maps a speaker's name to the wire
    data of its ``Session`` (OVOS-SESSION-1), with a deterministic ``session_id``.
    """

    name: str
    sessions: Mapping[str, Mapping[str, Json]]
    turns: tuple[FixtureTurn, ...]


@dataclass(frozen=True, slots=True)
class Fixture:
    """A dialogue, generated; ``script`` and ``path`` are relative and POSIX.

    ``line`` is where the dialogue stands in its script. ``langs`` are the languages
    that the assistant is set up for, the main one first.
    """

    script: str
    dialogue: str
    line: int
    skills: tuple[str, ...]
    engines: tuple[str, ...]
    cases: tuple[Case, ...]
    langs: tuple[str, ...] = ("en-US",)
    transformers: tuple[str, ...] = ()
    clock: str = "virtual"
    isolate: bool = False
    marks: Marks = field(default_factory=Marks)
