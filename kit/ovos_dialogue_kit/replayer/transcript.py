"""Define the transcript of a replay: what each session said and heard, and when.

``replay`` writes it in the assistant's process, and ``compare`` reads it anywhere: it
contains no objects of OVOS and can be converted to JSON and back without loss. Times
are seconds of the assistant's clock since the dialogue began.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.script.model import FaultKind, Route

__all__ = [
    "FOREIGN",
    "UNKNOWN_ADDRESS",
    "End",
    "Fault",
    "Reply",
    "Transcript",
    "TurnTranscript",
]

UNKNOWN_ADDRESS = "an unknown address"
"""Stands for the address in a fault of the network if only the kernel has seen it."""

FOREIGN = "is_foreign"
"""The key that marks a message of another session of the dialogue."""

End: TypeAlias = Literal[
    "handled",
    "asked",
    "stopped",
    "refused",
    "silence",
    "quiet",
    "until",
    "connection",
    "deadline",
    "lost",
]
"""The way a turn ended.

The assistant said that it was handled; it asked a question; a stop ended it; a HiveMind
hub refused its message; a silence was over; nothing was left to do after a message
without an end signal (quiet), or the message was heard for which the script waits
(until); its satellite has connected or disconnected, which takes no time (connection);
it missed its deadline; the assistant was lost.
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """Something spoken to a session.

    ``dialog`` and ``data`` are the name and the values of the ``.dialog`` file it was
    rendered from, if the skill says so. ``asks`` is True if the microphone is opened
    afterwards. ``turn`` is the index of the turn during which it was heard.
    """

    session: str
    text: str
    at: float
    turn: int
    lang: str | None = None
    dialog: str | None = None
    data: Mapping[str, Json] | None = None
    skill: str | None = None
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that must not happen in any turn, whatever its script expects.

    ``detail`` describes it in one line; ``trace`` is a Python traceback, if any.
    ``is_of_nobody`` is True for an error of code that works for no known session.
    """

    kind: FaultKind
    detail: str
    trace: str | None = None
    is_of_nobody: bool = False


@dataclass(frozen=True, slots=True)
class TurnTranscript:
    """The events of one turn.

    ``ended`` is the time when the turn ended, ``None`` if it did not. ``intent`` is the
    name of the intent without skill id and file suffix. ``session_after`` is the wire
    data of the session with which its client continues. ``messages`` are the bus
    messages of the turn, if they were asked for; those of other sessions of the
    dialogue, which are there only if the turn expects some, are marked ``FOREIGN``. If
    only those that leave the assistant were asked for, their sessions are left out.
    ``nearest`` and ``words`` are lines, each with a label: the nearest sentences where
    nothing matched, and what the skills printed and logged, with OVOS's warnings about
    them.
    """

    index: int
    session: str
    said: str
    at: float
    end: End
    ended: float | None = None
    replies: tuple[Reply, ...] = ()
    route: Route | None = None
    intent: str | None = None
    skill: str | None = None
    slots: Mapping[str, Json] = field(default_factory=dict)
    matched: bool | None = None
    session_after: Mapping[str, Json] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    messages: tuple[Mapping[str, Json], ...] = ()
    nearest: tuple[tuple[str, str], ...] = ()
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """The events of one replayed case.

    ``versions`` maps relevant distributions to their installed versions. ``strays`` are
    replies that reached a session without an open turn. ``dialogs`` maps a dialog name
    and a language (``nothing/en-US``) to the lines of its ``.dialog`` file, for the
    names that the fixture expects. ``crash`` is the reason why the replay stopped
    early, if it did: then the last turn is the one in which it stopped, without its
    replies. ``skipped`` are the indices of turns that were left out on purpose.
    ``leftovers`` is what the boot left, for which each case boots for itself.
    """

    script: str
    dialogue: str
    case: str
    engine: str
    bus: str
    turns: tuple[TurnTranscript, ...]
    strays: tuple[Reply, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    dialogs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    crash: Fault | None = None
    skipped: tuple[int, ...] = ()
    leftovers: tuple[str, ...] = ()
