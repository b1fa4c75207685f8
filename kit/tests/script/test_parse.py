"""From the text of a script to what it says, or to one error with its place."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from support.codes import without_codes

from ovos_dialogue_kit.errors import Mark, ScriptError
from ovos_dialogue_kit.script.model import (
    Conditions,
    Dialogue,
    Emit,
    Expansion,
    Expectation,
    ReplyExpectation,
    RunMarks,
    Satellite,
    Say,
    Script,
    SessionSpec,
    Silence,
    Text,
    Turn,
    Xfail,
)
from ovos_dialogue_kit.script.parse import load_script, parse_script


def at(line: int, column: int) -> Mark:
    """Return a place in the script of a test."""
    return Mark("a.yaml", line, column)


def error(text: str) -> str:
    """Return what is said about a script, without its path."""
    with pytest.raises(ScriptError) as caught:
        parse_script(text, "a.yaml")
    return without_codes(str(caught.value)).removeprefix("a.yaml:")


def turns(text: str) -> tuple[Turn, ...]:
    """Return the turns of a dialogue whose turns are given, from line three on."""
    return parse_script(f"dialogues:\n  d:\n{text}", "a.yaml").dialogues[0].turns


def turn_error(text: str) -> str:
    """Return what is said about a turn, which stands on line one, column 18 on."""
    return error(f"dialogues: {{d: [{{{text}}}]}}")


def expected(text: str) -> Expectation:
    """Return an expectation written on line one, column 36 on."""
    script = parse_script(f"dialogues: {{d: [{{k: hello, expect: {text}}}]}}", "a.yaml")
    expectation = script.dialogues[0].turns[0].expect
    assert expectation is not None
    return expectation


def expect_error(text: str) -> str:
    """Return what is said about an expectation on line one, column 36 on."""
    return turn_error(f"k: hello, expect: {text}")


# What a script says


def test_shortest_script() -> None:
    """A speaker and a text are enough; all else has its default."""
    assert parse_script("dialogues:\n  d:\n    - k: hello\n", "a.yaml") == Script(
        path="a.yaml",
        mark=at(1, 1),
        dialogues=(
            Dialogue(
                "d",
                at(2, 3),
                (Turn(at(3, 7), "k", Say(Text("hello", at(3, 10)))),),
            ),
        ),
        sessions={"k": SessionSpec("k", at(3, 7))},
    )


def test_axes_of_a_script() -> None:
    """Languages and engines can be axes."""
    text = "matrix: {lang: [en-US, pt-PT], engine: adapt}\ndialogues: {d: [{k: a}]}"
    assert parse_script(text, "a.yaml").matrix == {
        "lang": ("en-US", "pt-PT"),
        "engine": ("adapt",),
    }


def test_places_of_merged_turns() -> None:
    """A turn from an alias or a merge key is where it is used, not where it is from."""
    text = """\
dialogues:
  d:
    - &ask {k: hello, expect: hi}
    - *ask
    - <<: *ask
      expect: wrong
    - expect: ho
      k: hello
"""
    turns = parse_script(text, "a.yaml").dialogues[0].turns
    assert [turn.mark for turn in turns] == [at(3, 13), at(4, 7), at(5, 7), at(8, 7)]


def test_every_key_of_a_script() -> None:
    """Each key of a script arrives where it belongs."""
    script = parse_script(
        """\
skill: [a.b, c.d]
lang: pt-PT
engine: [padacioso, padatious+adapt]
sessions: {k: {}}
phrases: {ask: "what {thing}", more: [x, y]}
with: {thing: [lamp, fan]}
matrix: {room: [bath, attic]}
transformers: ovos-utterance-normalizer
clock: real
isolate: true
expand: {cap: 7, sample: 3, seed: x}
tags: [smoke, slow-1]
skip: not now
xfail: known
requires: {ovos-core: ">=1.3,<3"}
allow: {raised: it does}
dialogues: {d: [{k: "<ask> {room}"}]}
""",
        "a.yaml",
    )
    assert script == Script(
        path="a.yaml",
        mark=at(1, 1),
        dialogues=script.dialogues,
        skills=("a.b", "c.d"),
        lang="pt-PT",
        engines=("padacioso", "padatious+adapt"),
        sessions={"k": SessionSpec("k", at(4, 12))},
        phrases={
            "ask": (Text("what {thing}", at(5, 16)),),
            "more": (Text("x", at(5, 39)), Text("y", at(5, 42))),
        },
        values={"thing": ("lamp", "fan")},
        matrix={"room": ("bath", "attic")},
        transformers=("ovos-utterance-normalizer",),
        clock="real",
        isolate=True,
        expansion=Expansion(7, 3, "x"),
        marks=RunMarks(
            tags=("smoke", "slow-1"),
            skip="not now",
            xfail=Xfail("known", at(14, 8)),
            requires={"ovos-core": ">=1.3,<3"},
            allow={"raised": "it does"},
        ),
    )


def test_every_key_of_a_dialogue() -> None:
    """Each key of a dialogue arrives; its expansion adds to that of the script."""
    script = parse_script(
        """\
expand: {cap: 7, seed: x}
dialogues:
  d:
    lang: pt-PT
    engine: adapt
    with: {thing: lamp}
    matrix: {room: [bath, attic]}
    expand: {sample: 3}
    isolate: false
    xfail: {reason: known, when: ovos-core <1.0, strict: false}
    turns: [{k: "{thing} {room}"}]
""",
        "a.yaml",
    )
    assert script.dialogues == (
        Dialogue(
            name="d",
            mark=at(3, 3),
            turns=(Turn(at(11, 14), "k", Say(Text("{thing} {room}", at(11, 17)))),),
            marks=RunMarks(
                xfail=Xfail("known", at(10, 12), "ovos-core <1.0", strict=False)
            ),
            engines=("adapt",),
            lang="pt-PT",
            matrix={"room": ("bath", "attic")},
            values={"thing": ("lamp",)},
            expansion=Expansion(7, 3, "x"),
            isolate=False,
        ),
    )


def test_every_key_of_a_session() -> None:
    """Each key of a session arrives; a session without any has the defaults."""
    script = parse_script(
        """\
sessions:
  garden:
  bedroom:
    session_id: "1"
    lang: pt-PT
    site_id: bedroom
    location: {city: {name: Lisboa}, coordinate: [38.7, -9, "38.7"]}
    prefs: {system_unit: imperial, time_format: half, date_format: MDY}
    pipeline: [converse, engine_high, padatious_low, stop_medium]
    blacklisted_skills: x.y
    blacklisted_intents: ["x.y:z"]
    context: {guest: true, device: null}
dialogues: {d: [{garden: hello}]}
""",
        "a.yaml",
    )
    assert script.sessions == {
        "garden": SessionSpec("garden", at(2, 3)),
        "bedroom": SessionSpec(
            name="bedroom",
            mark=at(3, 3),
            session_id="1",
            lang="pt-PT",
            site_id="bedroom",
            location={
                "city": {"name": "Lisboa"},
                "coordinate": [38.7, -9, "38.7"],
            },
            prefs={
                "system_unit": "imperial",
                "time_format": "half",
                "date_format": "MDY",
            },
            pipeline=("converse", "engine_high", "padatious_low", "stop_medium"),
            blacklisted_skills=("x.y",),
            blacklisted_intents=("x.y:z",),
            context={"guest": True, "device": None},
        ),
    }


def test_every_key_of_a_turn() -> None:
    """Each key of a turn arrives, in whatever order; its place is its speaker's."""
    assert turns(
        """\
    - overlap: true
      kitchen: turn on the {thing}
      with: {thing: lamp}
      within: 1.5s
      tags: slow
      skip: not now
""",
    ) == (
        Turn(
            mark=at(4, 7),
            session="kitchen",
            action=Say(Text("turn on the {thing}", at(4, 16))),
            overlap=True,
            within=1.5,
            marks=RunMarks(tags=("slow",), skip="not now"),
            values={"thing": ("lamp",)},
        ),
    )


def test_what_else_a_speaker_does() -> None:
    """A turn may send any bus message, or say nothing."""
    emit, bare, silence = turns(
        """\
    - k: {emit: {type: mycroft.stop, data: {n: 1, t: "1"}, context: {a: [true]}}}
    - k: {emit: {type: mycroft.stop}}
    - k: {silence: 2s}
""",
    )
    kind = Text("mycroft.stop", at(3, 24))
    assert emit.action == Emit(kind, {"n": 1, "t": "1"}, {"a": [True]})
    assert bare.action == Emit(Text("mycroft.stop", at(4, 24)))
    assert silence.action == Silence(2.0)


def test_fields_of_the_session_for_one_message() -> None:
    """What is said or sent may have fields of the session of its own."""
    said, sent = turns(
        """\
    - k: {say: hi, session: {lang: pt-PT, active_skills: x, prefs: {time_format: half}}}
    - k: {emit: {type: x}, session: {intent_context: {a: b}, response_mode: y}}
"""
    )
    assert isinstance(said.action, Say)
    assert said.action.session == SessionSpec(
        "k",
        at(3, 20),
        lang="pt-PT",
        active_skills=("x",),
        prefs={"time_format": "half"},
    )
    assert isinstance(sent.action, Emit)
    assert sent.action.session == SessionSpec(
        "k", at(4, 28), intent_context={"a": "b"}, response_mode="y"
    )


def test_a_client_without_a_session_has_no_fields_of_one() -> None:
    """Each key that would not be sent is an error; its language and context are."""
    told = error(
        "sessions:\n  k: {client: sessionless, lang: en, context: {a: 1}, site_id: x}\n"
        "dialogues: {d: [{k: hi}]}"
    )
    assert told == (
        '2:55: "site_id" cannot be combined with "client: sessionless"\n'
        "  the client sends no session; OVOS uses the one of the device"
    )
    assert error("sessions: {k: {client: x}}\ndialogues: {d: [{k: hi}]}") == (
        '1:24: unknown client "x"\n  known: stateful, stateless, sessionless'
    )


def test_a_satellite() -> None:
    """It has the rights that its hub gives it."""
    rights = "{allowed: [a.b, c], blacklisted_skills: d, admin: true, key: e}"
    session = "{session_id: s, satellite: %s}"
    script = parse_script(
        f"sessions: {{k: {session % rights}, l: {session % rights}}}\n"
        "dialogues: {d: [{k: hi}]}",
        "a.yaml",
    )
    assert script.sessions["k"].satellite == Satellite(
        allowed=("a.b", "c"), blacklisted_skills=("d",), admin=True, key="e"
    )
    assert error(
        "sessions: {k: {satellite: {alowed: x}}}\ndialogues: {d: [{k: hi}]}"
    ) == (
        '1:28: unknown key "alowed" in a satellite (did you mean "allowed"?)\n'
        "  known: allowed, blacklisted_skills, blacklisted_intents, admin, key, "
        "connection"
    )


def test_keys_of_mycroft_conf() -> None:
    """They are JSON, of the script and of a dialogue."""
    script = parse_script(
        "config: {a: {b: 1}}\ndialogues: {d: {config: {c: [x]}, turns: [{k: hi}]}}",
        "a.yaml",
    )
    assert script.config == {"a": {"b": 1}}
    assert script.dialogues[0].config == {"c": ["x"]}


def test_keys_of_mycroft_conf_that_the_kit_sets() -> None:
    """They are refused at any depth, each with what to use instead."""
    told = error(
        "config: {lang: pt, intents: {x: 1, pipeline: []}, websocket: {}}\n"
        "dialogues: {d: [{k: hi}]}",
    )
    assert told.replace("a.yaml:", "") == (
        '1:10: "config" cannot set "lang"\n'
        '  use "lang" of the script or of a dialogue\n'
        '1:36: "config" cannot set "intents.pipeline"\n'
        '  use "engine", or "pipeline" of a session\n'
        '1:51: "config" cannot set "websocket"\n'
        "  the bus is chosen on the command line: --bus"
    )
    assert error("config: x\ndialogues: {d: [{k: hi}]}") == (
        '1:9: "config" must be a mapping, not "x"'
    )
    assert error("config: {}\ndialogues: {d: [{k: hi}]}") == '1:9: "config" is empty'


def test_several_transcriptions_of_an_utterance() -> None:
    """An utterance may have other transcriptions, a language and context of its own."""
    (said,) = turns("    - k: {say: [hi, ho], lang: pt-PT, context: {n: 1}}\n")
    hi, ho = Text("hi", at(3, 17)), Text("ho", at(3, 21))
    assert said.action == Say(hi, (ho,), "pt-PT", {"n": 1})
    (bare,) = turns("    - k: {say: hi}\n")
    assert bare.action == Say(Text("hi", at(3, 16)))


@pytest.mark.parametrize(
    "said", ["yes", "no", "on", "7:30", "1_000", "~", "null", "42"]
)
def test_utterance_stays_text(said: str) -> None:
    """An utterance always stays the text that was written."""
    (turn,) = turns(f"    - k: {said}\n      expect: {said}\n")
    assert isinstance(turn.action, Say)
    assert turn.action.text.value == said
    assert turn.expect is not None
    assert turn.expect.replies == (ReplyExpectation(at(4, 15), text=said),)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2s", 2.0),
        ("500ms", 0.5),
        ("700ms", 0.7),
        ("1.5s", 1.5),
        ("10m", 600.0),
        ("1h", 3600.0),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    """A duration is a number and its unit; it is kept in seconds."""
    assert turns(f"    - k: {{silence: {text}}}\n")[0].action == Silence(seconds)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("1", 1),
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        ("0.30000000000000004", 0.1 + 0.2),
        ("5e-324", 5e-324),
        ('"true"', "true"),
        ("'1'", "1"),
        ("yes", "yes"),
        ("~", "~"),
        ("007", "007"),
        ("7:30", "7:30"),
        ("1_000", "1_000"),
        (".5", ".5"),
        ("NaN", "NaN"),
        ("1e999", "1e999"),
        ("12345678901234567890", "12345678901234567890"),
        ("", ""),
        ("[1, [x]]", [1, ["x"]]),
        ("{a: {b: 2}}", {"a": {"b": 2}}),
    ],
)
def test_free_form_data_is_json(text: str, value: object) -> None:
    """In bus data alone, what JSON calls a number or a constant is one, unquoted."""
    (turn,) = turns(
        f"    - k:\n        emit:\n          type: t\n          data: {{v: {text}}}\n"
    )
    assert isinstance(turn.action, Emit)
    assert turn.action.data == {"v": value}


# What must come of a turn


def test_expected_text() -> None:
    """A text is the only reply, in these words."""
    assert expected("you said hello") == Expectation(
        at(1, 36), (ReplyExpectation(at(1, 36), text="you said hello"),)
    )


def test_every_key_of_an_expectation() -> None:
    """Keys about a reply make one reply of it, the others conditions on the turn."""
    assert expected(
        "{dialog: d, data: {x: 1}, text: t, regex: r, contains: c, skill: s, "
        "lang: en-US, asks: true, within: 2s, any_of: [u, {skill: v}], route: intent, "
        "no_match: true, messages: {type: m, data: {y: 2}}, session: {lang: en-US}}"
    ) == Expectation(
        at(1, 36),
        replies=(
            ReplyExpectation(
                mark=at(1, 36),
                dialog="d",
                data={"x": 1},
                text="t",
                regex="r",
                contains="c",
                any_of=(
                    ReplyExpectation(at(1, 150), text="u"),
                    ReplyExpectation(at(1, 153), skill="v"),
                ),
                skill="s",
                lang="en-US",
                asks=True,
                within=2.0,
            ),
        ),
        holds=Conditions(
            route="intent",
            no_match=True,
            messages=({"type": "m", "data": {"y": 2}},),
            session={"lang": "en-US"},
        ),
    )


def test_only_conditions_on_the_turn() -> None:
    """Without a key about a reply, replies are not looked at."""
    assert expected(
        "{intent: i, slots: {a: 1}, slots_include: {b: yes}, skill: s, "
        "messages: [{type: m}, {type: m}]}"
    ) == Expectation(
        at(1, 36),
        holds=Conditions(
            intent="i",
            slots={"a": "1"},
            slots_include={"b": "yes"},
            skill="s",
            messages=({"type": "m"}, {"type": "m"}),
        ),
    )


def test_no_reply() -> None:
    """That nothing is said is an empty sequence of replies."""
    assert expected("{no_reply: true, no_match: true}") == Expectation(
        at(1, 36), replies=(), holds=Conditions(no_match=True)
    )


def test_list_of_replies() -> None:
    """A list has one reply per item that is about one; others add conditions."""
    assert expected("[a, {text: b}, {route: stop}, {skill: s}]") == Expectation(
        at(1, 28),
        replies=(
            ReplyExpectation(at(1, 37), text="a"),
            ReplyExpectation(at(1, 40), text="b"),
        ),
        holds=Conditions(route="stop", skill="s"),
    )


@pytest.mark.parametrize(
    ("text", "replies", "denied"),
    [
        (
            "{not: x}",
            (
                ReplyExpectation(
                    at(1, 36), denied=ReplyExpectation(at(1, 42), text="x")
                ),
            ),
            Conditions(),
        ),
        ("{not: {intent: i, skill: s}}", None, Conditions(intent="i", skill="s")),
        (
            "{not: {contains: x, skill: s, route: stop}}",
            (
                ReplyExpectation(
                    at(1, 36),
                    denied=ReplyExpectation(at(1, 42), contains="x", skill="s"),
                ),
            ),
            Conditions(route="stop"),
        ),
        (
            "{text: y, not: {skill: s}}",
            (
                ReplyExpectation(
                    at(1, 36),
                    text="y",
                    denied=ReplyExpectation(at(1, 51), skill="s"),
                ),
            ),
            Conditions(),
        ),
        (
            "{no_reply: true, not: {skill: s}}",
            (),
            Conditions(skill="s"),
        ),
        (
            "[{text: y, not: {skill: s}}, {text: z, not: {skill: t}}]",
            (
                ReplyExpectation(
                    at(1, 37),
                    text="y",
                    denied=ReplyExpectation(at(1, 52), skill="s"),
                ),
                ReplyExpectation(
                    at(1, 65),
                    text="z",
                    denied=ReplyExpectation(at(1, 80), skill="t"),
                ),
            ),
            Conditions(),
        ),
    ],
)
def test_not(
    text: str, replies: tuple[ReplyExpectation, ...] | None, denied: Conditions
) -> None:
    """``not`` applies to the reply or to the turn, like expectations."""
    mark = at(1, 28 if text.startswith("[") else 36)
    assert expected(text) == Expectation(mark, replies, denied=denied)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{no_reply: true, dialog: d}",
            '1:53: "dialog" cannot be combined with "no_reply"',
        ),
        ("[a, {no_reply: true}]", '1:41: "no_reply" and a reply contradict each other'),
        (
            "{no_reply: true, not: x}",
            '1:37: "no_reply" and a reply contradict each other',
        ),
        (
            "{no_match: true, intent: i}",
            '1:53: "intent" cannot be combined with "no_match"',
        ),
        ("[{intent: i}, {intent: j}]", '1:51: "intent" is expected twice'),
        ("[]", '1:36: "expect" is empty'),
        ("{}", '1:36: "expect" is empty'),
        ("{not: {}}", '1:42: "not" is empty'),
        (
            "{no_reply: false}",
            (
                '1:47: "no_reply" must be true, not "false"\n'
                "  to switch it off, leave out the key"
            ),
        ),
        (
            "{asks: yes}",
            '1:43: "asks" must be true or false, not "yes"',
        ),
        (
            "{regex: (a}",
            (
                '1:44: "regex" must be a regular expression, not "(a": '
                "missing ), unterminated subpattern at position 0"
            ),
        ),
        (
            "{route: intents}",
            (
                '1:44: unknown route "intents" (did you mean "intent"?)\n'
                "  known: intent, converse, response, stop, fallback, common_query, "
                "ocp, persona, cancelled"
            ),
        ),
        (
            "{text: what, now}",
            (
                '1:49: unknown key "now" in an expectation (did you mean "not"?)\n'
                '  put a text in quotes if it begins with "{" or, in braces, '
                'contains ","'
            ),
        ),
        (
            "{any_of: x}",
            '1:45: "any_of" must be a list of replies, not "x"',
        ),
        ("{data: x}", '1:43: "data" must be a mapping, not "x"'),
        ("{messages: [{data: {a: 1}}]}", '1:48: "messages" needs the key "type"'),
        (
            "{messages: x}",
            '1:47: "messages" must be a list of bus messages or a mapping, not "x"',
        ),
        ("{slots: {}}", '1:44: "slots" is empty'),
        (
            "{not: {intent: a.intent}}",
            (
                '1:51: "intent" must be the name of an intent, not "a.intent"\n'
                "  name the intent without its skill and its file suffix"
            ),
        ),
        ("{data: {}}", '1:43: "data" is empty'),
        ("{session: {}}", '1:46: "session" is empty'),
        ("{not: {session: {}}}", '1:52: "session" is empty'),
        ("{messages: {type: a, context: {}}}", '1:66: "context" is empty'),
    ],
)
def test_expectation_that_means_nothing(text: str, message: str) -> None:
    """A contradiction or a wrong type is refused at its place."""
    assert expect_error(text) == message


# Scripts that mean nothing


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "# nothing\n",
            (
                "1:1: the script is empty\n"
                '  it needs "dialogues:" with at least one dialogue'
            ),
        ),
        ("hello\n", '1:1: "script" must be a mapping, not "hello"'),
        ("- k: hello\n", '1:1: "script" must be a mapping, not a list'),
        ("lang: en-US\n", '1:1: "script" needs the key "dialogues"'),
        ("dialogues:\n", '1:11: "dialogues" is empty'),
        ("dialogues: {}\n", '1:12: "dialogues" is empty'),
        ("dialogues: {d: []}\n", '1:16: "d" is empty'),
        ("dialogues: {d: {}}\n", '1:16: "d" is empty'),
        ("dialogues: {d: {tags: x}}\n", '1:16: "d" needs the key "turns"'),
        (
            "dialogues: [a]\n",
            '1:12: "dialogues" must be a mapping of names to dialogues, not a list',
        ),
        (
            "dialogues: {d: hello}\n",
            '1:16: "d" must be a list of turns or a mapping, not "hello"',
        ),
        (
            "dialogues: {d: [hello]}\n",
            (
                '1:17: "d" must be a mapping of a speaker to what is said, not '
                '"hello"\n  name the speaker: "kitchen: what did i just say"'
            ),
        ),
        (
            'dialogues: {" ": [{k: a}]}\n',
            (
                '1:13: " " cannot name a dialogue\n'
                "  a name must be a single non-empty line"
            ),
        ),
        (
            "dialogues: {d: [{k: a}]}\nsesions: {}\n",
            (
                '2:1: unknown key "sesions" in a script (did you mean "sessions"?)\n'
                "  known: skill, lang, engine, sessions, phrases, with, "
                "matrix, expand, "
                "transformers, clock, isolate, config, tags, skip, xfail, requires, "
                "allow, dialogues"
            ),
        ),
        (
            "dialogues:\n  d:\n    - k: a\n  d:\n    - k: b\n",
            '4:3: duplicate key "d" (first on line 2)',
        ),
    ],
)
def test_script_that_means_nothing(text: str, message: str) -> None:
    """A missing, unknown or wrong value is reported at its place."""
    assert error(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "k: ",
            (
                '1:21: "k" is empty\n'
                '  for a turn in which nobody speaks, write "{silence: 2s}"'
            ),
        ),
        (
            "k: ''",
            (
                '1:21: "k" is empty\n'
                '  for a turn in which nobody speaks, write "{silence: 2s}"'
            ),
        ),
        (
            "k: '  '",
            (
                '1:21: "k" is empty\n'
                '  for a turn in which nobody speaks, write "{silence: 2s}"'
            ),
        ),
        (
            "k: [what|which]",
            (
                '1:21: "k" must be a text or a mapping, not a list\n'
                '  put a text that begins with "[" in quotes'
            ),
        ),
        (
            "k: {thing}",
            (
                '1:22: unknown key "thing" in a speaker\'s action\n'
                '  put a text in quotes if it begins with "{" or, in braces, '
                'contains ","'
            ),
        ),
        (
            "k: {sing: hello}",
            (
                '1:22: unknown key "sing" in a speaker\'s action\n'
                "  known: say, lang, context, session, emit, silence, disconnect, "
                "connect"
            ),
        ),
        (
            "k: {lang: en-US}",
            (
                "1:21: the speaker does nothing\n"
                "  it needs one of: say, emit, silence, disconnect, connect"
            ),
        ),
        (
            "k: {say: hello, emit: {type: x}, silence: 2s}",
            (
                '1:21: a turn cannot have both "say" and "emit"\n'
                "  use a separate turn for each"
            ),
        ),
        (
            "k: {silence: 2s, session: {lang: en-US}}",
            '1:35: "session" needs "say" or "emit" beside it',
        ),
        (
            "k: {say: hi, session: {session_id: x}}",
            (
                '1:41: unknown key "session_id" in the session of a message\n'
                "  known: lang, site_id, location, prefs, pipeline, "
                "blacklisted_skills, blacklisted_intents, active_skills, "
                "response_mode, intent_context"
            ),
        ),
        ("k: {say: hi, session: {}}", '1:40: "session" is empty'),
        (
            "k: {silence: 2s, lang: en-US}",
            '1:35: "lang" needs "say" beside it',
        ),
        ("k: {say: []}", '1:27: "say" is empty'),
        ("k: {say: [a, '']}", '1:31: "say" is empty'),
        (
            "k: {say: a, lang: english please}",
            (
                '1:36: "lang" must be a language tag, not "english please"\n'
                "  for example en-US"
            ),
        ),
        (
            "k: {emit: {type: t}, silence: 2s}",
            (
                '1:21: a turn cannot have both "emit" and "silence"\n'
                "  use a separate turn for each"
            ),
        ),
        (
            "k: {silence: 2}",
            (
                '1:31: "silence" must be a duration, not "2"\n'
                "  for example 500ms, 2s, 1.5s, 10m or 1h"
            ),
        ),
        (
            "k: {silence: 99999h}",
            (
                '1:31: "silence" must be a duration, not "99999h": it is longer than '
                "ten years\n  for example 500ms, 2s, 1.5s, 10m or 1h"
            ),
        ),
        (
            "k: {silence: 0s}",
            (
                '1:31: "silence" must be a duration, not "0s"\n'
                "  for example 500ms, 2s, 1.5s, 10m or 1h"
            ),
        ),
        (
            "expect: hello",
            (
                "1:17: a reply is expected, but nobody speaks\n"
                '  name the speaker: "kitchen: what did i just say"'
            ),
        ),
        (
            "tags: x",
            ('1:17: nobody speaks\n  name the speaker: "kitchen: what did i just say"'),
        ),
        ("", '1:17: "d" is empty'),
        (
            "k: hello, until: x.y",
            (
                '1:28: "until" needs an "emit"\n  an utterance ends once it is '
                "handled, a silence once its time is over"
            ),
        ),
        (
            "k: {silence: 2s}, within: 5s",
            (
                '1:36: "within" cannot be combined with "silence"\n'
                "  a silence ends once its time is over"
            ),
        ),
        (
            "k: hello, expct: hi",
            (
                '1:28: unknown key "expct" in a turn (did you mean "expect"?)\n'
                "  known: expect, with, overlap, within, until, tags, skip, xfail, "
                "requires, allow"
            ),
        ),
        (
            "kitchen: hello, expekt: hi",
            (
                '1:34: unknown key "expekt" in a turn (did you mean "expect"?)\n'
                "  known: expect, with, overlap, within, until, tags, skip, xfail, "
                "requires, allow"
            ),
        ),
        (
            "k: hello, m: hi",
            (
                '1:28: two speakers in one turn: "k" and "m"\n'
                "  use a separate turn for each; the other keys are: "
                "expect, with, overlap, within, until, tags, skip, xfail, requires, "
                "allow"
            ),
        ),
        (
            "k: hello, tags: [smoke, 1st]",
            (
                '1:42: "tags" must be a tag, not "1st"\n'
                '  use letters, digits, "_", "-" and ".", beginning with a letter'
            ),
        ),
        ("k: hello, tags: [a, b, a]", '1:41: "tags" contains "a" twice'),
        (
            "k: hello, tags: {a: b}",
            (
                '1:34: "tags" must be a tag, not a mapping\n'
                '  put a text that begins with "{" in quotes'
            ),
        ),
        (
            "k: hello, overlap: on",
            '1:37: "overlap" must be true or false, not "on"',
        ),
        (
            "k: hello, allow: {strays: x}",
            (
                '1:36: unknown check "strays" (did you mean "stray"?)\n'
                "  known: raised, no_end, two_ends, stray, session, lang, dialog, "
                "network, hub, refused, crash, echo, sent, solo, state, taint"
            ),
        ),
        (
            "k: hello, allow: {network: {hosts: a.b}}",
            '1:45: "network" needs the key "reason"',
        ),
        (
            "k: hello, allow: {network: {reason: x, hosts: 'http://a.b'}}",
            (
                '1:64: "hosts" must be a host, not "http://a.b"\n'
                "  for example api.example.org, *.example.org, or 127.0.0.1:8080 with "
                "a port"
            ),
        ),
        (
            "k: hello, allow: {raised: {reason: x}}",
            (
                '1:44: "raised" must be a text, not a mapping\n'
                '  put a text that begins with "{" in quotes'
            ),
        ),
        ("k: hello, allow: {stray: }", '1:43: "stray" is empty'),
        (
            "k: hello, allow: [stray]",
            '1:35: "allow" must be a mapping of checks to reasons, not a list',
        ),
        (
            "k: hello, requires: {ovos-core: 1.3}",
            (
                '1:50: "ovos-core" must be version specifiers, not "1.3"\n'
                '  for example ">=1.3,<2.0"'
            ),
        ),
        (
            "k: hello, requires: {ovos core: '>1'}",
            '1:39: "ovos core" cannot name a distribution\n  for example ovos-core',
        ),
        ("k: hello, xfail: {when: ovos-core}", '1:35: "xfail" needs the key "reason"'),
        (
            "k: hello, xfail: {reason: x, when: ovos-core 1.0}",
            (
                '1:53: "when" must be a distribution with version specifiers, not '
                '"ovos-core 1.0"\n'
                "  for example ovos-core <1.0"
            ),
        ),
        (
            "k: hello, xfail: {reason: x, when: 'ovos-core[all] <1.0'}",
            (
                '1:53: "when" must be a distribution with version specifiers, '
                'not "ovos-core[all] <1.0"\n  for example ovos-core <1.0'
            ),
        ),
        (
            "k: hello, with: {Thing: x}",
            (
                '1:35: "Thing" cannot name a slot\n'
                "  use lowercase letters, digits and _, not beginning with a digit"
            ),
        ),
    ],
)
def test_turn_that_means_nothing(text: str, message: str) -> None:
    """An impossible turn is refused at its place, with a hint."""
    assert turn_error(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "engine: padacoso",
            (
                '2:9: unknown engine "padacoso" (did you mean "padacioso"?)\n'
                "  known: padacioso, padatious, adapt, auto"
            ),
        ),
        (
            "engine: [adapt, padacioso+]",
            '2:17: unknown engine ""\n  known: padacioso, padatious, adapt, auto',
        ),
        (
            "matrix: {engine: [adapt, nebulento]}",
            (
                '2:26: unknown engine "nebulento"\n'
                "  known: padacioso, padatious, adapt, auto"
            ),
        ),
        (
            "matrix: {lang: en_US}",
            '2:16: "lang" must be a language tag, not "en_US"\n  for example en-US',
        ),
        (
            "matrix: {Room: bath}",
            (
                '2:10: "Room" cannot name an axis\n'
                "  use lowercase letters, digits and _, not beginning with a digit"
            ),
        ),
        (
            "lang: english",
            '2:7: "lang" must be a language tag, not "english"\n  for example en-US',
        ),
        (
            "clock: fake",
            '2:8: unknown clock "fake"\n  known: virtual, real',
        ),
        (
            "expand: {cap: many}",
            '2:15: "cap" must be a whole number above 0, not "many"',
        ),
        ("expand: {}", '2:9: "expand" is empty'),
        (
            "phrases: {ask: {a: b}}",
            (
                '2:16: "ask" must be a text, not a mapping\n'
                '  put a text that begins with "{" in quotes'
            ),
        ),
        ("phrases: {ask: []}", '2:16: "ask" is empty'),
        (
            "phrases:\n  ask:\n    - (a",
            '4:7: "(a" has an unmatched bracket',
        ),
        (
            "phrases:\n  ask:\n    a: b",
            '4:5: "ask" must be a text, not a mapping',
        ),
        (
            "phrases: {ask: <more>}",
            ('2:16: unknown phrase "<more>"\n  define it: "phrases: {more: […]}"'),
        ),
        (
            "sessions: {k: {pipeline: [convers]}}",
            (
                '2:27: unknown pipeline stage "convers" (did you mean "converse"?)\n'
                "  known: converse, common_qa, stop_high, stop_medium, stop_low, "
                "engine_high, engine_medium, engine_low, padacioso_high, "
                "padacioso_medium, padacioso_low, padatious_high, padatious_medium, "
                "padatious_low, adapt_high, adapt_medium, adapt_low, ocp_high, "
                "ocp_medium, ocp_low, fallback_high, fallback_medium, fallback_low"
            ),
        ),
        (
            "sessions: {k: {prefs: {system_unit: feet}}}",
            '2:37: unknown unit system "feet"\n  known: metric, imperial',
        ),
        ("sessions: {k: kitchen}", '2:15: "k" must be a mapping, not "kitchen"'),
        (
            "sessions: {tags: {}}",
            (
                '2:12: "tags" cannot name a speaker, because it is a key of a turn\n'
                "  choose a different name"
            ),
        ),
        (
            "sessions: {k: {site: x}}",
            (
                '2:16: unknown key "site" in a session (did you mean "site_id"?)\n'
                "  known: session_id, lang, site_id, location, prefs, pipeline, "
                "blacklisted_skills, blacklisted_intents, active_skills, "
                "response_mode, intent_context, client, context, satellite"
            ),
        ),
    ],
)
def test_setting_that_means_nothing(text: str, message: str) -> None:
    """An unknown setting is refused at its place, with the known ones."""
    assert error(f"dialogues: {{d: [{{k: hello}}]}}\n{text}\n") == message


# Names


def test_speaker_that_looks_misspelt() -> None:
    """A speaker who is nearly a declared one is taken for a typing error."""
    assert error(
        "sessions: {kitchen: {}}\ndialogues:\n  d:\n    - kichen: hello\n"
    ) == (
        '4:7: unknown session "kichen" (did you mean "kitchen"?)\n'
        '  if a different speaker is meant, declare it: "sessions: {kichen: {}}"'
    )


def test_speaker_that_is_only_used() -> None:
    """A speaker unlike the declared ones has the defaults, and so have all without."""
    script = parse_script(
        "sessions: {kitchen: {}}\ndialogues: {d: [{bath: a}, {bath: b}]}", "a.yaml"
    )
    assert list(script.sessions) == ["kitchen", "bath"]
    free = parse_script("dialogues: {d: [{alice: a}, {alicia: b}]}", "a.yaml")
    assert list(free.sessions) == ["alice", "alicia"]


def test_template_of_an_utterance() -> None:
    """A malformed template is found when the script is read, wherever it stands."""
    assert error("dialogues:\n  d:\n    - k: hello\n    - k: turn (on|off\n") == (
        '4:10: "turn (on|off" has an unmatched bracket'
    )


def test_unknown_phrase() -> None:
    """A phrase that is not there is named where it is used."""
    assert error("phrases: {ask: x}\ndialogues:\n  d:\n    - k: <aks> it\n") == (
        '4:10: unknown phrase "<aks>" (did you mean "ask"?)\n'
        '  define it: "phrases: {aks: […]}"'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "with: {thing: lamp}\ndialogues: {d: [{k: 'the {thin}'}]}",
            (
                '1:8: "thing" of "with" is never used (did you mean "thin"?)\n'
                '  use it as "{thing}" in a text that is said or expected'
            ),
        ),
        (
            "matrix: {lang: pt-PT, room: bath}\ndialogues: {d: [{k: hello}]}",
            (
                '1:23: "room" of "matrix" is never used\n'
                '  use it as "{room}" in a text that is said or expected'
            ),
        ),
        (
            "dialogues:\n  d: [{k: '{x}'}]\n  e: {turns: [{k: a}], with: {x: 1}}",
            (
                '3:31: "x" of "with" is never used\n'
                '  use it as "{x}" in a text that is said or expected'
            ),
        ),
        (
            "dialogues: {d: [{k: 'the {x}'}, {k: a, with: {x: 1}}]}",
            (
                '1:47: "x" of "with" is never used\n'
                '  use it as "{x}" in a text that is said or expected'
            ),
        ),
        (
            "lang: pt-PT\nmatrix: {lang: pt-PT}\ndialogues: {d: [{k: a}]}",
            '1:1: "lang" is set both by itself and in "matrix"\n  remove one of them',
        ),
        (
            "dialogues: {d: {engine: adapt, matrix: {engine: adapt}, turns: [{k: a}]}}",
            (
                '1:17: "engine" is set both by itself and in "matrix"\n'
                "  remove one of them"
            ),
        ),
        (
            "with: {x: 1}\nmatrix: {x: 1}\ndialogues: {d: [{k: 'the {x}'}]}",
            '2:10: "x" is in both "with" and "matrix"\n  remove one of them',
        ),
    ],
)
def test_values_that_nothing_uses(text: str, message: str) -> None:
    """A name that is given values for nothing is a typing error."""
    assert error(text) == message


@pytest.mark.parametrize(
    "use",
    [
        "k: 'the {x}'",
        "k: <about>",
        "k: a, expect: 'the {x}'",
        "k: a, expect: {not: {session: {site_id: '{x}'}}}",
        "k: {emit: {type: t, data: {a: ['{x}']}}}",
        "guest: a",
    ],
)
@pytest.mark.parametrize("scope", ["script", "dialogue", "turn", "earlier turn"])
def test_values_that_are_used(use: str, scope: str) -> None:
    """Wherever a name is used, its values may stand there or further out or before."""
    given = "with: {x: [1, 2]}"
    turn = f"{{{use}, {given}}}" if scope == "turn" else f"{{{use}}}"
    if scope == "earlier turn":
        turn = f"{{k: first, {given}}}, {turn}"
    extra = f", {given}" if scope == "dialogue" else ""
    outer = given if scope == "script" else "lang: en-US"
    script = parse_script(
        f"{outer}\nphrases: {{about: 'about {{x}}'}}\n"
        f"sessions: {{guest: {{site_id: '{{x}}'}}}}\n"
        f"dialogues: {{d: {{turns: [{turn}]{extra}}}}}",
        "a.yaml",
    )
    assert script.dialogues


@pytest.mark.parametrize("said", ["hello", "{silence: 2s}"])
def test_a_speaker_may_have_the_name_of_an_outer_key(said: str) -> None:
    """A turn has no matrix, so "matrix" is a speaker like any other."""
    turn = f"{{matrix: {said}, expect: {{text: '{{x}}'}}, with: {{x: 1}}}}"
    script = parse_script(f"dialogues: {{d: [{turn}]}}", "a.yaml")
    assert list(script.sessions) == ["matrix"]


@pytest.mark.long
def test_ten_thousand_turns() -> None:
    """A script of ten thousand turns is read in seconds."""
    lines = [
        f"    - k: what did i say {n}\n      expect: {{dialog: d, data: {{n: {n}}}}}\n"
        for n in range(10_000)
    ]
    began = time.process_time()
    assert len(turns("".join(lines))) == 10_000
    assert time.process_time() - began < 10


# Files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the root of a project."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def load_error(path: Path, root: Path) -> str:
    """Return what is said about a file that cannot be read."""
    with pytest.raises(ScriptError) as caught:
        load_script(path, root)
    return without_codes(str(caught.value))


def test_path_is_relative_to_the_root(root: Path) -> None:
    """A script is called by its place in the project, in the form of POSIX."""
    path = root / "test" / "ä.dialogue.yaml"
    path.parent.mkdir()
    path.write_bytes("\ufeffdialogues:\r\n  d:\r\n    - k: grüß dich\r\n".encode())
    script = load_script(path, root)
    assert script.path == "test/ä.dialogue.yaml"
    assert script.dialogues[0].turns[0].action == Say(
        Text("grüß dich", Mark("test/ä.dialogue.yaml", 3, 10))
    )


def test_root_is_the_current_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a root, the path is relative to where the person is."""
    (root / "a.dialogue.yaml").write_text("dialogues: {d: [{k: a}]}", encoding="utf-8")
    monkeypatch.chdir(root)
    assert load_script(Path("a.dialogue.yaml")).path == "a.dialogue.yaml"


def test_a_path_that_is_no_text(root: Path) -> None:
    """A script whose name is not UTF-8 is one script that cannot be read."""
    path = root / os.fsdecode(b"caf\xe9.dialogue.yaml")
    path.write_text("skill: a.test\ndialogues: {d: [k: hi]}\n")
    assert load_error(path, root) == (
        r"caf\udce9.dialogue.yaml:1:1: the name of the file, or of its folder, is not "
        "text in this locale\n"
        '  rename it, or set the locale that it is from: "export LC_ALL=C.UTF-8"'
    )


def test_path_out_of_the_tree(root: Path) -> None:
    """A script outside of the project is refused."""
    path = root / ".." / "a.dialogue.yaml"
    assert load_error(path, root) == (
        f'"{path}" is outside the project, whose root is "{root}"\n'
        "  run the command in the project that it belongs to"
    )


def test_no_such_file(root: Path) -> None:
    """A file that is not there is named."""
    assert load_error(root / "a.dialogue.yaml", root) == (
        "a.dialogue.yaml:1:1: there is no such file"
    )


def test_folder(root: Path) -> None:
    """A folder is no script."""
    (root / "a.dialogue.yaml").mkdir()
    assert load_error(root / "a.dialogue.yaml", root) == (
        "a.dialogue.yaml:1:1: the file cannot be read: is a directory"
    )


def test_not_utf8(root: Path) -> None:
    """A byte that the file is not UTF-8 is found at its line and column."""
    path = root / "a.dialogue.yaml"
    path.write_bytes("dialogues:\n  ü: ".encode() + b"gr\xfc\xdf\n")
    assert load_error(path, root) == (
        "a.dialogue.yaml:2:8: the file is not UTF-8\n  save it as UTF-8"
    )


def test_large_file(root: Path) -> None:
    """A script of ten megabytes is refused at once."""
    path = root / "a.dialogue.yaml"
    path.write_text("# a comment\n" * 1_000_000, encoding="utf-8")
    assert load_error(path, root) == (
        "a.dialogue.yaml:1:1: the script is too large: 12000000 characters; "
        "the limit is 4194304\n"
        "  split it into several scripts"
    )


@pytest.mark.parametrize(
    ("written", "hosts"),
    [
        ("on purpose", ("*",)),
        ("{reason: on purpose}", ("*",)),
        ("{reason: on purpose, hosts: a.b}", ("a.b",)),
        (
            "{reason: on purpose, hosts: [a.b, '*.c:80', '[::1]']}",
            ("a.b", "*.c:80", "[::1]"),
        ),
    ],
)
def test_allowed_network(written: str, hosts: tuple[str, ...]) -> None:
    """A network is allowed as any other check is, or with its hosts."""
    text = f"allow: {{network: {written}}}\ndialogues: {{a: [k: hi]}}\n"
    marks = parse_script(text, "a.dialogue.yaml").marks
    assert (marks.allow, marks.hosts) == ({"network": "on purpose"}, hosts)
