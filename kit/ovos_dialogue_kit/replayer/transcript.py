"""What really happened when a case was replayed, as plain data.

``replay`` writes it next to the assistant, ``compare`` reads it anywhere: it holds no
object of OVOS and survives a trip through JSON unchanged. Times are seconds of the
assistant's clock since the dialogue began.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.script.model import FaultKind, Route

__all__ = [
    "End",
    "Fault",
    "FaultKind",
    "Reply",
    "Route",
    "Transcript",
    "TurnTranscript",
]


End: TypeAlias = Literal[
    "handled", "asked", "stopped", "silence", "quiet", "deadline", "lost"
]
"""How a turn ended.

The assistant said that it was handled; it asked a question; a stop ended it; a silence
was over; nothing was left to do after a message without an end signal (quiet); it
missed its deadline; the assistant was lost.
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """Something spoken to a session.

    ``dialog`` and ``data`` are the name and the values of the ``.dialog`` it was
    rendered from, where the skill told. ``asks`` says that the microphone is opened
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
    """Something that no turn may show, asked for or not.

    ``detail`` says what, in a line; ``trace`` is a Python traceback where there is one.
    """

    kind: FaultKind
    detail: str
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class TurnTranscript:
    """What one turn led to.

    ``ended`` is when the turn ended, ``None`` if it did not. ``intent``
    is the name that the skill gave its intent, without skill id and file suffix.
    ``session_after`` is the session's wire data that the client carries on.
    ``messages`` are the bus messages seen, only where the caller asked for them.
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


@dataclass(frozen=True, slots=True)
class Transcript:
    """One case, replayed.

    ``versions`` maps the distributions that matter to what was installed. ``strays``
    are replies that reached a session which had no turn open. ``dialogs`` maps a dialog
    name and a language (``nothing/en-US``) to the lines of its ``.dialog`` file, for
    the names that the fixture expects. ``crash`` says why the replay broke off, in
    which case the turns end early: the last one is the one during which it did, without
    what was heard then.
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
