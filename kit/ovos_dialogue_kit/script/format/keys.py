"""The format of scripts: every key, what it takes, where it may stand, what it is for.

This is the only place that says so. ``parse`` checks scripts against it, ``schema``
makes the JSON Schema from it and ``reference`` the script reference in ``docs/``.
"""

from __future__ import annotations

import re

from ovos_dialogue_kit.errors import ScriptError, near_name, similarity
from ovos_dialogue_kit.script.format.expect_keys import EXPECTATION
from ovos_dialogue_kit.script.format.kinds import AnyMapping, Kind, OneOf, Template
from ovos_dialogue_kit.script.format.nodes import MapNode
from ovos_dialogue_kit.script.format.scalars import (
    CHECKS,
    DURATION,
    ENGINE,
    FLAG,
    LANG,
    NUMBER,
    STAGE,
    TAG,
    TEXT,
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

__all__ = ["DIALOGUE", "SCRIPT", "TURN", "list_sections"]

_SLOT_NAME = "[a-z][a-z0-9_]*"
_SLOT_HINT = "lowercase letters, digits and _, not beginning with a digit"

_TEXTS = OneOrMore(TEXT, "a text or a list of texts")
_ENGINES = OneOrMore(ENGINE, "an engine or a list of engines")
_VALUES = MapOf(_TEXTS, "slot", "a mapping of names to values", _SLOT_NAME, _SLOT_HINT)


def _check_axes(node: MapNode) -> None:
    for name, mark in node.marks.items():
        if not re.fullmatch(_SLOT_NAME, name):
            raise ScriptError(f'"{name}" cannot name an axis', mark, _SLOT_HINT)


_MATRIX = Section(
    "matrix",
    "a matrix",
    (
        KeySpec(
            "lang",
            OneOrMore(LANG, "a language or a list of them"),
            "The main language.",
        ),
        KeySpec("engine", _ENGINES, "The engine, or several joined by `+`."),
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
            "when", WHEN, "On which versions: `ovos-core <1.0`. Always, if left out."
        ),
        KeySpec("strict", FLAG, "Whether passing is a failure, too. Default: `true`."),
    ),
)

_MARKS = (
    KeySpec(
        "tags",
        OneOrMore(TAG, "a tag or a list of tags"),
        "Names to select by: pytest marks (`-m smoke`).",
    ),
    KeySpec("skip", TEXT, "Why this is not run."),
    KeySpec(
        "xfail",
        Either(text=Template(), map=_XFAIL),
        "A failure that is known: its reason, or [more](#xfail).",
    ),
    KeySpec(
        "requires",
        MapOf(
            VERSIONS,
            "distribution",
            "a mapping of distributions to versions",
            r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?",
            "such as ovos-core",
        ),
        "Distributions and versions without which this is skipped: "
        '`ovos-core: ">=1.3"`.',
    ),
    KeySpec(
        "allow",
        MapOf(TEXT, "check", "a mapping of checks to reasons", known=CHECKS),
        "Checks that are switched off, each with the reason: "
        + ", ".join(f"`{name}`" for name in CHECKS)
        + ".",
    ),
)

_EXPAND = Section(
    "expand",
    "an expansion",
    (
        KeySpec("cap", NUMBER, "How many variants are allowed. Default: 100."),
        KeySpec("sample", NUMBER, "Take so many variants, if there are more."),
        KeySpec("seed", TEXT, "Another text gives another sample. Default: `0`."),
    ),
)

_EXPANSION = (
    KeySpec("with", _VALUES, "Values of `{slots}`: `with: {thing: [lamp, fan]}`."),
    KeySpec(
        "matrix",
        _MATRIX,
        "[Axes](#matrix): the dialogue is run with each value of each.",
    ),
    KeySpec("expand", _EXPAND, "How many [variants](#expand) are made, and which."),
)

_PREFS = Section(
    "prefs",
    "the preferences",
    (
        KeySpec("system_unit", OneOf("unit system", ("metric", "imperial")), "Units."),
        KeySpec(
            "time_format", OneOf("time format", ("half", "full")), "12 or 24 hours."
        ),
        KeySpec("date_format", OneOf("date format", ("DMY", "MDY", "YMD")), "Dates."),
    ),
)

_SESSION = Section(
    "session",
    "a session",
    (
        KeySpec("session_id", TEXT, "Its id on the bus. Default: made from its name."),
        KeySpec("lang", LANG, "Its language. Default: that of the dialogue."),
        KeySpec("site_id", TEXT, "Where the speaker is: a room, a device."),
        KeySpec(
            "location",
            AnyMapping(),
            "Where on earth, as OVOS keeps it: city, timezone …",
        ),
        KeySpec("prefs", _PREFS, "Its [preferences](#prefs)."),
        KeySpec(
            "pipeline",
            OneOrMore(STAGE, "a stage or a list of stages"),
            "Its pipeline: " + ", ".join(f"`{name}`" for name in STAGE.names) + ". "
            "`engine_high` is that stage of the engine under test.",
        ),
        KeySpec("blacklisted_skills", _TEXTS, "Ids of skills that must not answer it."),
        KeySpec(
            "blacklisted_intents", _TEXTS, "Intents (`skill:intent`) it must not get."
        ),
        KeySpec(
            "context",
            AnyMapping(),
            "What the context of each of its messages contains.",
        ),
    ),
    empty=True,
)

_EMIT = Section(
    "emit",
    "an emitted message",
    (
        KeySpec("type", Template(), "The message's type.", required=True),
        KeySpec("data", AnyMapping(), "Its data."),
        KeySpec(
            "context", AnyMapping(), "What its context contains besides the session."
        ),
    ),
)


def _check_action(node: MapNode) -> None:
    if len(node.values) != 1:
        raise ScriptError(
            'a turn has either "emit" or "silence"',
            node.mark,
            "two things are two turns",
        )


_ACTION = Section(
    "action",
    "what a speaker does",
    (
        KeySpec("emit", _EMIT, "Send a [bus message](#emit)."),
        KeySpec("silence", DURATION, "Say nothing for this long: `2s`."),
    ),
    check=_check_action,
)


def _check_turn(node: MapNode) -> None:
    """Raise if not exactly one key is left to be the speaker."""
    names = [key.name for key in TURN.keys]
    free = [key for key in node.values if key not in names]
    if len(free) == 1:
        return
    if not free:
        expected = "expect" in node.values
        raise ScriptError(
            f"{'a reply is expected, but ' if expected else ''}nobody speaks",
            node.mark,
            'name the speaker: "kitchen: what did i just say"',
        )
    likeliest = max(free, key=lambda key: similarity(key, names))
    if near_name(likeliest, names):
        raise TURN.unknown(likeliest, node)
    raise ScriptError(
        f'two speakers in one turn: "{free[0]}" and "{free[1]}"',
        node.marks[free[1]],
        f"make it two turns; other keys are: {', '.join(names)}",
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
            "What must come of it: the exact words, an [expectation](#expectation), or "
            "a list of them, one for each reply in order. Nothing, if left out.",
        ),
        KeySpec("with", _VALUES, "Values of `{slots}`, from this turn on."),
        KeySpec("overlap", FLAG, "Whether the next turn begins before this one's end."),
        KeySpec("within", DURATION, "The turn's deadline."),
        *_MARKS,
    ),
    free=Either(
        text=Template(hint='a turn in which nobody speaks is "{silence: 2s}"'),
        map=_ACTION,
    ),
    check=_check_turn,
)

_TURNS = ListOf(TURN, "a list of turns")

DIALOGUE = Section(
    "dialogue",
    "a dialogue",
    (
        KeySpec("turns", _TURNS, "Its [turns](#turn), in order.", required=True),
        KeySpec("lang", LANG, "Its language. Default: that of the script."),
        KeySpec("engine", _ENGINES, "Its engines. Default: those of the script."),
        *_EXPANSION,
        KeySpec("isolate", FLAG, "Whether other schedules are explored."),
        *_MARKS,
    ),
)

SCRIPT = Section(
    "script",
    "a script",
    (
        KeySpec("skill", _TEXTS, "The id of the skill under test, or several."),
        KeySpec("lang", LANG, "The language. Default: `en-US`."),
        KeySpec(
            "engine",
            _ENGINES,
            "The intent engine: `padacioso`, `padatious`, `adapt`, or several at once "
            "(`padacioso+adapt`). A list is run with each. Default: `padacioso`.",
        ),
        KeySpec(
            "sessions",
            MapOf(_SESSION, "session", "a mapping of speakers to sessions"),
            "The speakers that are not as the installed OVOS makes them: their "
            "[sessions](#session).",
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
            "Templates to use as `<name>`.",
        ),
        *_EXPANSION,
        KeySpec(
            "transformers",
            _TEXTS,
            "Utterance transformers (plugin names) that take part. Default: none.",
        ),
        KeySpec(
            "clock",
            OneOf("clock", ("virtual", "real")),
            "Whether waiting takes time. Default: `virtual`.",
        ),
        KeySpec(
            "isolate",
            FLAG,
            "Whether other schedules of the sessions are explored. Default: `false`.",
        ),
        *_MARKS,
        KeySpec(
            "dialogues",
            MapOf(
                Either(list=_TURNS, map=DIALOGUE),
                "dialogue",
                "a mapping of names to dialogues",
                hint="a name is one line with something in it",
            ),
            "The dialogues by name: a list of [turns](#turn), or a "
            "[mapping](#dialogue) that says more.",
            required=True,
        ),
    ),
)


def list_sections() -> tuple[Section, ...]:
    """Return the sections of the format, each once, the script first."""
    found: dict[str, Section] = {}
    _collect(SCRIPT, found)
    return tuple(found.values())


def _collect(kind: Kind, found: dict[str, Section]) -> None:
    if isinstance(kind, Section):
        if kind.name in found:
            return
        found[kind.name] = kind
    for part in kind.parts():
        _collect(part, found)
