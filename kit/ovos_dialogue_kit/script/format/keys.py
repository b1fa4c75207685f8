"""Define the format of scripts: every key, its place, its values and its purpose.

This is the single source: ``parse`` checks scripts against it, and the generators of
the project make the JSON Schema and ``docs/script.md`` from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import ScriptError, similarity
from ovos_dialogue_kit.script.format.expect_keys import EXPECTATION
from ovos_dialogue_kit.script.format.kinds import AnyMapping, OneOf, Template
from ovos_dialogue_kit.script.format.nodes import MapNode, Node, TextNode
from ovos_dialogue_kit.script.format.ovos_config import OvosConfig
from ovos_dialogue_kit.script.format.scalars import (
    CHECKS,
    DURATION,
    ENGINE,
    FLAG,
    HOST,
    LANG,
    NUMBER,
    STAGE,
    TAG,
    TEXT,
    TRUE,
    VERSIONS,
    WHEN,
)
from ovos_dialogue_kit.script.format.sections import (
    Either,
    KeySpec,
    ListOf,
    MapOf,
    OneOrMore,
    Section,
)
from ovos_dialogue_kit.script.model import ClientKind, ClockKind

__all__ = ["ACTION", "DIALOGUE", "EMIT", "NETWORK", "SCRIPT", "SESSION", "TURN"]

_MISSPELT = 0.75
"""The similarity to a key above which a second speaker is a misspelt key."""

_SLOT_NAME = "[a-z][a-z0-9_]*"
_SLOT_HINT = "use lowercase letters, digits and _, not beginning with a digit"

_TEXTS = OneOrMore(TEXT, "a text or a list of texts")
_ENGINES = OneOrMore(ENGINE, "an engine or a list of engines")
_VALUES = MapOf(_TEXTS, "slot", "a mapping of names to values", _SLOT_NAME, _SLOT_HINT)


def _check_axes(node: MapNode) -> Iterator[ScriptError]:
    """Yield an error for each axis that is not named like a slot."""
    for name, mark in node.marks.items():
        if not re.fullmatch(_SLOT_NAME, name):
            problem = f'"{name}" cannot name an axis'
            yield ScriptError(problem, mark, _SLOT_HINT, Code.INVALID_NAME)


_MATRIX = Section(
    "matrix",
    "a matrix",
    (
        KeySpec(
            "lang",
            OneOrMore(LANG, "a language or a list of them"),
            "The language of the dialogue.",
        ),
        KeySpec("engine", _ENGINES, "The intent engine, or several joined by `+`."),
    ),
    free=_TEXTS,
    check=_check_axes,
)
_XFAIL = Section(
    "xfail",
    "an xfail",
    (
        KeySpec("reason", TEXT, "Why it fails; shown in reports.", required=True),
        KeySpec(
            "when",
            WHEN,
            "The versions on which it fails: `ovos-core <1.0`. Default: all.",
        ),
        KeySpec(
            "strict", FLAG, "Whether it is a failure if it passes. Default: `true`."
        ),
    ),
)

NETWORK = Section(
    "network",
    "an allowed network",
    (
        KeySpec("reason", TEXT, "Why it is needed.", required=True),
        KeySpec(
            "hosts",
            OneOrMore(HOST, "a host or a list of hosts"),
            "The hosts that may be reached, by name or address, and perhaps by port: "
            "`[api.example.org, '*.example.com', '127.0.0.1:8080']`. Default: all.",
        ),
    ),
)

_MARKS = (
    KeySpec(
        "tags",
        OneOrMore(TAG, "a tag or a list of tags"),
        "Names by which tests are selected; in pytest they are marks (`-m smoke`).",
    ),
    KeySpec("skip", TEXT, "Skip this, for the given reason."),
    KeySpec(
        "xfail",
        Either(text=Template(), map=_XFAIL),
        "The reason of a known failure, or a [mapping](#xfail) with more.",
    ),
    KeySpec(
        "requires",
        MapOf(
            VERSIONS,
            "distribution",
            "a mapping of distributions to versions",
            r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?",
            "for example ovos-core",
        ),
        "Distributions, with the versions that this needs; it is skipped otherwise: "
        '`ovos-core: ">=1.3"`.',
    ),
    KeySpec(
        "allow",
        MapOf(
            TEXT,
            "check",
            "a mapping of checks to reasons",
            known=CHECKS,
            others={"network": Either(text=TEXT, map=NETWORK)},
        ),
        "Checks that are switched off, each with the reason: "
        + ", ".join(f"`{name}`" for name in CHECKS)
        + ". `network` also takes a [mapping](#network) with the hosts.",
    ),
)

_EXPAND = Section(
    "expand",
    "an expansion",
    (
        KeySpec("cap", NUMBER, "The largest number of variants allowed. Default: 100."),
        KeySpec(
            "sample", NUMBER, "The number of variants to choose if there are more."
        ),
        KeySpec("seed", TEXT, "Each text chooses a different sample. Default: `0`."),
    ),
)

_EXPANSION = (
    KeySpec("with", _VALUES, "Values of `{slots}`: `with: {thing: [lamp, fan]}`."),
    KeySpec(
        "matrix",
        _MATRIX,
        "[Axes](#matrix): the dialogue is run with every combination of their values.",
    ),
    KeySpec(
        "expand", _EXPAND, "How many [variants](#expand) are generated, and which."
    ),
)

_PREFS = Section(
    "prefs",
    "the preferences",
    (
        KeySpec(
            "system_unit",
            OneOf("unit system", ("metric", "imperial")),
            "Units of measurement.",
        ),
        KeySpec(
            "time_format",
            OneOf("time format", ("half", "full")),
            "12-hour (`half`) or 24-hour (`full`) clock.",
        ),
        KeySpec(
            "date_format",
            OneOf("date format", ("DMY", "MDY", "YMD")),
            "The order of day, month and year.",
        ),
    ),
)

_SESSION_FIELDS = (
    KeySpec("lang", LANG, "The session's language. Default: that of the dialogue."),
    KeySpec("site_id", TEXT, "The speaker's room or device."),
    KeySpec(
        "location",
        AnyMapping(),
        "The speaker's location as OVOS stores it: city, timezone …",
    ),
    KeySpec("prefs", _PREFS, "The session's [preferences](#prefs)."),
    KeySpec(
        "pipeline",
        OneOrMore(STAGE, "a stage or a list of stages"),
        "The session's pipeline: "
        + ", ".join(f"`{name}`" for name in STAGE.names)
        + ". `engine_high` stands for that stage of the engine under test. A stage "
        "of any other plugin has the name by which ovos-core knows it: "
        "`ovos-persona-pipeline-plugin-high`.",
    ),
    KeySpec(
        "blacklisted_skills",
        _TEXTS,
        "Ids of skills that must not answer the session.",
    ),
    KeySpec(
        "blacklisted_intents",
        _TEXTS,
        "Intents (`skill:intent`) that must not match.",
    ),
    KeySpec(
        "active_skills",
        _TEXTS,
        "Ids of the skills that are active, the most recent first.",
    ),
    KeySpec("response_mode", TEXT, "The id of a skill that waits for an answer."),
    KeySpec(
        "intent_context",
        MapOf(TEXT, "key", "a mapping of keys to texts"),
        "Context for intents, by its keys: `my.skill:Name` is the skill's own "
        "`Name`, and a key without `:` belongs to all skills.",
    ),
)


_SATELLITE = Section(
    "satellite",
    "a satellite",
    (
        KeySpec(
            "allowed",
            _TEXTS,
            "The types of bus messages that it may send. Default: those that the "
            "script and the kit send.",
        ),
        KeySpec(
            "blacklisted_skills",
            _TEXTS,
            "Ids of skills that the hub keeps from answering it.",
        ),
        KeySpec(
            "blacklisted_intents",
            _TEXTS,
            "Intents (`skill:intent`) that the hub keeps from matching.",
        ),
        KeySpec("admin", FLAG, "Whether it is an administrator. Default: `false`."),
        KeySpec(
            "key",
            TEXT,
            "Its access key; those with one key are one client of the hub. Default: a "
            "key of its own.",
        ),
        KeySpec(
            "connection",
            TEXT,
            "A name for its connection: sessions with one name are the users of one "
            "bridge. Default: a connection of its own.",
        ),
    ),
)


_SENT_ANYWAY = ("lang", "context", "client", "satellite")


def _check_client(node: MapNode) -> Iterator[ScriptError]:
    """Yield an error for each key of a session that its client does not send."""
    client = node.values.get("client")
    if not (isinstance(client, TextNode) and client.text == "sessionless"):
        return
    for key, mark in node.marks.items():
        if key not in _SENT_ANYWAY:
            yield ScriptError(
                f'"{key}" cannot be combined with "client: sessionless"',
                mark,
                "the client sends no session; OVOS uses the one of the device",
                Code.CONTRADICTION,
            )


SESSION = Section(
    "session",
    "a session",
    (
        KeySpec(
            "session_id",
            TEXT,
            "The session's id on the bus. Default: derived from its name.",
        ),
        *_SESSION_FIELDS,
        KeySpec(
            "client",
            OneOf("client", get_args(ClientKind)),
            "A `stateful` client sends the session as it was last received, a "
            "`stateless` one always that of the beginning, a `sessionless` one none: "
            "then OVOS uses the session of the device itself. Default: `stateful`.",
        ),
        KeySpec(
            "context",
            AnyMapping(),
            "Context that is added to each message of the session.",
        ),
        KeySpec(
            "satellite",
            _SATELLITE,
            "What a [HiveMind hub](hivemind.md) knows of the session's "
            "[client](#satellite). On a bus without a hub, the dialogue is skipped.",
        ),
    ),
    check=_check_client,
    empty=True,
)

_OVERRIDES = Section("overrides", "the session of a message", _SESSION_FIELDS)

EMIT = Section(
    "emit",
    "an emitted message",
    (
        KeySpec("type", Template(), "The message's type.", required=True),
        KeySpec("data", AnyMapping(), "The message's data."),
        KeySpec("context", AnyMapping(), "The message's context, besides the session."),
    ),
)


_ACTIONS = ("say", "emit", "silence", "disconnect", "connect")
_NEEDED = {"lang": ("say",), "context": ("say",), "session": ("say", "emit")}
"""Keys beside an action, and the actions that they can stand beside."""


def _check_action(node: MapNode) -> Iterator[ScriptError]:
    """Yield an error if there is not exactly one action, or a key of another one."""
    given = [key for key in node.values if key in _ACTIONS]
    if len(given) > 1:
        names = " and ".join(f'"{name}"' for name in given[:2])
        yield ScriptError(
            f"a turn cannot have both {names}",
            node.mark,
            "use a separate turn for each",
            Code.TWO_ACTIONS,
        )
    if not given:
        yield ScriptError(
            "the speaker does nothing",
            node.mark,
            f"it needs one of: {', '.join(_ACTIONS)}",
            Code.MISSING_KEY,
        )
        return
    for key, mark in node.marks.items():
        needed = _NEEDED.get(key, given)
        if not set(needed).intersection(given):
            names = " or ".join(f'"{name}"' for name in needed)
            problem = f'"{key}" needs {names} beside it'
            yield ScriptError(problem, mark, code=Code.CONTRADICTION)


ACTION = Section(
    "action",
    "a speaker's action",
    (
        KeySpec(
            "say",
            OneOrMore(Template(), "a text or a list of texts"),
            "What is said, or several transcriptions of it, as speech recognition "
            "returns them: the likeliest first. In the others, only `{slots}` are "
            "filled in.",
            vital=True,
        ),
        KeySpec(
            "lang",
            LANG,
            "The language of this utterance. Default: that of the session.",
        ),
        KeySpec(
            "context",
            AnyMapping(),
            "Context of this message alone: `{stt_lang: pt-PT}` is what speech "
            "recognition says of the language.",
        ),
        KeySpec(
            "session",
            _OVERRIDES,
            "[Fields of the session](#overrides) for this message alone.",
        ),
        KeySpec("emit", EMIT, "Send a [bus message](#emit).", vital=True),
        KeySpec("silence", DURATION, "Say nothing for this long: `2s`.", vital=True),
        KeySpec(
            "disconnect",
            TRUE,
            "The session's [satellite](#satellite) loses its connection to the hub: "
            "what it is sent is lost, and it cannot say anything.",
            vital=True,
        ),
        KeySpec(
            "connect", TRUE, "The satellite connects to the hub again.", vital=True
        ),
    ),
    check=_check_action,
)


def _check_until(node: MapNode, action: Node) -> Iterator[ScriptError]:
    """Yield an error if ``until`` is set for a turn that has an end of its own."""
    is_emit = isinstance(action, MapNode) and "emit" in action.values
    if "until" in node.values and not is_emit:
        yield ScriptError(
            '"until" needs an "emit"',
            node.marks["until"],
            "an utterance ends once it is handled, a silence once its time is over",
            Code.CONTRADICTION,
        )


_TIMELESS = {
    "silence": "a silence ends once its time is over",
    "disconnect": "it takes no time",
    "connect": "it takes no time",
}
"""Actions whose turns need no deadline, and why."""


def _check_within(node: MapNode, action: Node) -> Iterator[ScriptError]:
    """Yield an error if a turn has a deadline that could not change it."""
    given = action.values if isinstance(action, MapNode) else ()
    for name, ends in _TIMELESS.items():
        if "within" in node.values and name in given:
            yield ScriptError(
                f'"within" cannot be combined with "{name}"',
                node.marks["within"],
                ends,
                Code.CONTRADICTION,
            )


_NAME_THE_SPEAKER = 'name the speaker: "kitchen: what did i just say"'


def _check_turn(node: MapNode) -> Iterator[ScriptError]:
    """Yield an error if not exactly one key is left to be the speaker."""
    names = [key.name for key in TURN.keys]
    free = [key for key in node.values if key not in names]
    if len(free) == 1:
        yield from _check_until(node, node.values[free[0]])
        yield from _check_within(node, node.values[free[0]])
        return
    if not free:
        expected = "expect" in node.values
        yield ScriptError(
            f"{'a reply is expected, but ' if expected else ''}nobody speaks",
            node.mark,
            _NAME_THE_SPEAKER,
            Code.NO_SPEAKER,
        )
        return
    likeliest = max(free, key=lambda key: similarity(key, names))
    if similarity(likeliest, names) > _MISSPELT:
        yield TURN.unknown(likeliest, node)
        return
    yield ScriptError(
        f'two speakers in one turn: "{free[0]}" and "{free[1]}"',
        node.marks[free[1]],
        f"use a separate turn for each; the other keys are: {', '.join(names)}",
        Code.TWO_SPEAKERS,
    )


TURN = Section(
    "turn",
    "a turn",
    (
        KeySpec(
            "expect",
            Either(
                text=Template(),
                list=ListOf(
                    Either(text=Template(), map=EXPECTATION), "a list of replies"
                ),
                map=EXPECTATION,
            ),
            "The expected reply: its exact words, an [expectation](#expectation), or "
            "a list of these, one for each reply in order. Default: not checked.",
        ),
        KeySpec("with", _VALUES, "Values of `{slots}`, from this turn on."),
        KeySpec(
            "overlap",
            FLAG,
            "Whether the next turn begins before this one has ended. A reply belongs "
            "to the turn that its session took last, of those that have not ended; "
            "intent, route, slots and messages to the turn that caused them.",
        ),
        KeySpec("within", DURATION, "The time within which the turn must end."),
        KeySpec(
            "until",
            TEXT,
            "The type of the bus message that ends the turn of an `emit`. By default "
            "the turn ends when the assistant has nothing left to do.",
        ),
        *_MARKS,
    ),
    free=Either(
        text=Template(hint='for a turn in which nobody speaks, write "{silence: 2s}"'),
        map=ACTION,
    ),
    check=_check_turn,
    words="a mapping of a speaker to what is said",
    hint=_NAME_THE_SPEAKER,
)

_TURNS = ListOf(TURN, "a list of turns")

_CONFIG = KeySpec(
    "config",
    OvosConfig(),
    "Keys of `mycroft.conf`, which are merged into the assistant's configuration; "
    "those of a dialogue come before those of the script.",
)

DIALOGUE = Section(
    "dialogue",
    "a dialogue",
    (
        KeySpec(
            "turns",
            _TURNS,
            "The [turns](#turn) of the dialogue, in order.",
            required=True,
        ),
        KeySpec("lang", LANG, "The dialogue's language. Default: that of the script."),
        KeySpec(
            "engine", _ENGINES, "The dialogue's engines. Default: those of the script."
        ),
        *_EXPANSION,
        KeySpec(
            "isolate",
            FLAG,
            "Whether other orders of the turns are explored for leaks. Default: that "
            "of the script.",
        ),
        _CONFIG,
        *_MARKS,
    ),
)

SCRIPT = Section(
    "script",
    "a script",
    (
        KeySpec("skill", _TEXTS, "The id of the skill under test, or several ids."),
        KeySpec("lang", LANG, "The language of the script. Default: `en-US`."),
        KeySpec(
            "engine",
            _ENGINES,
            "The intent engine: `padacioso`, `padatious`, `adapt`, or several at once "
            "(`padacioso+adapt`). With a list, each dialogue is run with every engine. "
            "Default: `auto`, [the engines that a device would use](#engines).",
        ),
        KeySpec(
            "sessions",
            MapOf(SESSION, "session", "a mapping of speakers to sessions"),
            "The [sessions](#session) of speakers that differ from the default of the "
            "installed OVOS.",
        ),
        KeySpec(
            "phrases",
            MapOf(
                OneOrMore(Template(), "a text or a list of texts"),
                "phrase",
                "a mapping of phrases to texts",
                _SLOT_NAME,
                _SLOT_HINT,
            ),
            "Templates that are used as `<name>`.",
        ),
        *_EXPANSION,
        KeySpec(
            "transformers",
            _TEXTS,
            "Transformers (plugin names) that are active, of any kind that ovos-core "
            "runs: utterance, metadata, intent or typed slots. Default: none.",
        ),
        KeySpec(
            "clock",
            OneOf("clock", get_args(ClockKind)),
            "With `virtual`, waiting takes no real time. Default: `virtual`.",
        ),
        KeySpec(
            "isolate",
            FLAG,
            "Whether other orders of the sessions' turns are explored for leaks. "
            "Default: `false`.",
        ),
        _CONFIG,
        *_MARKS,
        KeySpec(
            "dialogues",
            MapOf(
                Either(list=_TURNS, map=DIALOGUE),
                "dialogue",
                "a mapping of names to dialogues",
                hint="a name must be a single non-empty line",
            ),
            "The dialogues by name, each a list of [turns](#turn) or a "
            "[mapping](#dialogue) with more.",
            required=True,
        ),
    ),
)
