"""Hold a ``*.dialogue.yaml`` as plain data: the parse tree.

``parse`` makes it from YAML, ``generate`` makes fixtures from it. Texts are still
templates here; nothing is expanded, and nothing of OVOS is known. Every part carries
the ``Mark`` of the place where it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.jsondata import Json

__all__ = [
    "ANY_HOST",
    "AUTO_ENGINE",
    "ClientKind",
    "ClockKind",
    "Conditions",
    "Connection",
    "Dialogue",
    "Emit",
    "EngineName",
    "Expansion",
    "Expectation",
    "FaultKind",
    "ReplyExpectation",
    "ReplyOrder",
    "Route",
    "RunMarks",
    "Satellite",
    "Say",
    "Script",
    "SessionSpec",
    "Silence",
    "Text",
    "Turn",
    "Xfail",
]


AUTO_ENGINE: Literal["auto"] = "auto"
"""The engines that a device with these skills would use of what is installed."""

Route: TypeAlias = Literal[
    "intent",
    "converse",
    "response",
    "stop",
    "fallback",
    "common_query",
    "ocp",
    "persona",
    "cancelled",
]
"""Which part of the intent service took an utterance; a transformer may cancel it."""

FaultKind: TypeAlias = Literal[
    "raised",
    "no_end",
    "two_ends",
    "stray",
    "session",
    "lang",
    "dialog",
    "network",
    "hub",
    "refused",
    "crash",
]
"""A check that ``allow:`` can switch off.

A handler raised; a turn did not end, or ended twice; something was said to a session
that did not speak; a field of the session did not survive, or a reply is in another
language; a skill spoke a dialog that does not exist; a connection to another machine or
process was refused; a HiveMind hub told a satellite what is not for it, or dropped a
message without a word; it refused a message; the assistant's process ended.
"""

ClientKind: TypeAlias = Literal["stateful", "stateless", "sessionless"]
"""The session that a client sends.

The session as it was last received; with each message, the session of the beginning; no
session, so that OVOS uses the one of the device itself.
"""

ANY_HOST = "*"
"""The host in ``RunMarks.hosts`` that stands for all."""

ClockKind: TypeAlias = Literal["virtual", "real"]
"""The clock of the assistant: waiting takes no real time, or it does."""

EngineName: TypeAlias = Literal["padacioso", "padatious", "adapt", "auto"]
"""An intent engine, by the kit's name; ``auto`` stands for those of a device."""

ReplyOrder: TypeAlias = Literal["exact", "any", "include"]
"""How the replies of a turn are compared with the expected ones.

They are exactly these, in this order; exactly these, in any order; or these are among
them, in any order.
"""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the script (often a template) and its place."""

    value: str
    mark: Mark

    def __str__(self) -> str:
        """Return the text."""
        return self.value


@dataclass(frozen=True, slots=True)
class Say:
    """Something that is said: a template in the sentence grammar of OVOS-INTENT-1.

    ``others`` are further transcriptions of the same utterance, the likeliest first.
    ``lang`` is the language of the utterance, by default that of the session.
    ``session`` sets fields of the session for this message alone.
    """

    text: Text
    others: tuple[Text, ...] = ()
    lang: str | None = None
    context: Mapping[str, Json] = field(default_factory=dict)
    session: SessionSpec | None = None


@dataclass(frozen=True, slots=True)
class Emit:
    """Any other bus message that the session's client sends."""

    type: Text
    data: Mapping[str, Json] = field(default_factory=dict)
    context: Mapping[str, Json] = field(default_factory=dict)
    session: SessionSpec | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """The session says nothing for this many seconds of the assistant's time."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Connection:
    """The session's satellite connects to its hub again, or loses its connection."""

    opens: bool


@dataclass(frozen=True, slots=True)
class ReplyExpectation:
    """An expected reply; every part that is not ``None`` must hold.

    ``within`` is in seconds of the assistant's time after the turn began. ``asks`` says
    whether the microphone is opened again. ``denied`` (``not:`` in a script) are parts
    of which none may hold.
    """

    mark: Mark
    dialog: str | None = None
    data: Mapping[str, Json] | None = None
    text: str | None = None
    regex: str | None = None
    contains: str | None = None
    any_of: tuple[ReplyExpectation, ...] | None = None
    skill: str | None = None
    lang: str | None = None
    asks: bool | None = None
    within: float | None = None
    denied: ReplyExpectation | None = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions on a turn besides its replies; ``None`` is not checked.

    ``route`` is a ``Route`` of transcripts: intent, converse, response and so on.
    ``messages`` are bus messages (``{type, data, context}``, each a partial match) that
    must be sent in this order. ``session`` is a partial match of the session's wire
    data after the turn; its key ``active_skills`` is a list of skill ids.
    """

    intent: str | None = None
    slots: Mapping[str, Json] | None = None
    slots_include: Mapping[str, Json] | None = None
    skill: str | None = None
    route: str | None = None
    no_match: bool | None = None
    messages: tuple[Mapping[str, Json], ...] | None = None
    session: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """The expected outcome of a turn.

    ``replies`` are the replies; ``()`` means that there is none (``no_reply``),
    ``None`` that they are not checked. ``order`` says how they are compared.
    ``denied`` are conditions of which none may hold, ``denied_replies`` are replies
    that must not be among those of the turn.
    """

    mark: Mark
    replies: tuple[ReplyExpectation, ...] | None = None
    holds: Conditions = field(default_factory=Conditions)
    denied: Conditions = field(default_factory=Conditions)
    order: ReplyOrder = "exact"
    denied_replies: tuple[ReplyExpectation, ...] = ()


@dataclass(frozen=True, slots=True)
class Xfail:
    """A known failure: its reason, its versions, and whether passing is a failure.

    ``when`` is ``<distribution> <specifiers>`` (``ovos-core <1.0``); ``None`` is
    always.
    """

    reason: str
    mark: Mark
    when: str | None = None
    strict: bool = True


@dataclass(frozen=True, slots=True)
class RunMarks:
    """The marks of a script, dialogue or turn: when it runs, and what is checked.

    ``requires`` maps a distribution to version specifiers (PEP 440). ``allow`` names
    the checks of every turn that are switched off, each with its reason. ``hosts`` are
    those that a skill may connect to, each with or without a port; see ``ANY_HOST``.
    """

    tags: tuple[str, ...] = ()
    skip: str | None = None
    xfail: Xfail | None = None
    requires: Mapping[str, str] = field(default_factory=dict)
    allow: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expansion:
    """The number of variants of a dialogue, and their choice.

    More than ``cap`` is an error, unless ``sample`` chooses that many with ``seed``.
    """

    cap: int = 100
    sample: int | None = None
    seed: str = "0"


@dataclass(frozen=True, slots=True)
class Satellite:
    """A session's client in the database of a HiveMind hub.

    ``allowed`` are the types of bus messages that it may send, by default those that
    the script and the kit send. ``key`` is its access key, ``connection`` a name for
    its connection; by default it has one of its own.
    """

    allowed: tuple[str, ...] | None = None
    blacklisted_skills: tuple[str, ...] = ()
    blacklisted_intents: tuple[str, ...] = ()
    admin: bool = False
    key: str | None = None
    connection: str | None = None


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """One speaker; whatever is ``None`` is left to the installed bus client.

    ``pipeline`` holds stage names of the kit: ``converse``, ``stop_high``,
    ``padacioso_high`` …, and ``engine_high`` for the engine under test. The session
    begins with ``active_skills`` (the most recent first), with a skill that waits for
    an answer (``response_mode``) and with ``intent_context``. ``context`` is added to
    the context of each of the session's messages.
    """

    name: str
    mark: Mark
    session_id: str | None = None
    lang: str | None = None
    site_id: str | None = None
    location: Mapping[str, Json] | None = None
    prefs: Mapping[str, str] = field(default_factory=dict)
    pipeline: tuple[str, ...] | None = None
    blacklisted_skills: tuple[str, ...] = ()
    blacklisted_intents: tuple[str, ...] = ()
    active_skills: tuple[str, ...] = ()
    response_mode: str | None = None
    intent_context: Mapping[str, str] = field(default_factory=dict)
    client: ClientKind = "stateful"
    context: Mapping[str, Json] = field(default_factory=dict)
    satellite: Satellite | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange: who does what, and the expected outcome.

    With ``overlap`` the next turn begins before this one has ended. A reply always
    belongs to the last turn of the session that hears it. ``within`` is the deadline
    for the end of the turn in seconds of the assistant's time. ``values`` (``with:``)
    are the values of slots from this turn on.
    """

    mark: Mark
    session: str
    action: Say | Emit | Silence | Connection
    expect: Expectation | None = None
    overlap: bool = False
    within: float | None = None
    until: str | None = None
    marks: RunMarks = field(default_factory=RunMarks)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One test: its turns, and the values of its slots and matrix."""

    name: str
    mark: Mark
    turns: tuple[Turn, ...]
    marks: RunMarks = field(default_factory=RunMarks)
    engines: tuple[str, ...] | None = None
    lang: str | None = None
    matrix: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expansion: Expansion | None = None
    isolate: bool | None = None
    config: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """A whole ``*.dialogue.yaml``.

    ``engines`` holds engine names, each possibly joined by ``+`` (``padacioso+adapt``);
    every entry is run separately; one may be ``AUTO_ENGINE``. ``transformers`` are the
    transformers (plugin names) that are active; no others are. ``clock`` is ``virtual``
    or ``real``.
    """

    path: str
    mark: Mark
    dialogues: tuple[Dialogue, ...]
    skills: tuple[str, ...] = ()
    lang: str = "en-US"
    engines: tuple[str, ...] = (AUTO_ENGINE,)
    sessions: Mapping[str, SessionSpec] = field(default_factory=dict)
    phrases: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)
    matrix: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    transformers: tuple[str, ...] = ()
    clock: str = "virtual"
    config: Mapping[str, Json] = field(default_factory=dict)
    isolate: bool = False
    expansion: Expansion = field(default_factory=Expansion)
    marks: RunMarks = field(default_factory=RunMarks)
