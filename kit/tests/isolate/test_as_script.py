"""Leaks as scripts: what is expected, and that nothing of the dialogue is lost."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest
import yaml
from support.actors import fixtures
from support.scenes import happened, message, transcript

from ovos_dialogue_kit.isolate.as_script import Solos, script_of
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.observation import Oracle, ValueKey
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Fault, Reply, TurnTranscript


def test_every_kind_of_turn_is_written() -> None:
    """A script that is written generates the same fixture again."""
    script = """
        skill: [a.b, c.d]
        clock: real
        transformers: x
        config: {a: {b: 1}}
        sessions:
          a: {pipeline: [converse, engine_high], session_id: me, context: {own: 1}}
          c: {active_skills: [c.d, a.b], response_mode: c.d, intent_context: {"k": v}}
          d: {client: sessionless, satellite: {allowed: [x.y], admin: true}}
        dialogues:
          all of it:
            - a: {silence: 1.5s}
            - {b: "{word} is here", with: {word: ["a (b|c)"]}, within: 5s}
            - {a: {emit: {type: x.y, data: {n: 1, t: "1"}}}, overlap: true}
            - {b: hello, allow: {solo: on purpose}}
            - {b: hello, allow: {network: {reason: on purpose, hosts: [a.b, "*.c"]}}}
            - {b: hello, allow: {network: on purpose}}
            - a: {emit: {type: x.z, context: {room: 1}}, session: {lang: pt-PT}}
              until: x.done
            - c: {say: hi, session: {prefs: {time_format: half}, site_id: attic}}
            - d: hi
            - d: {disconnect: true}
            - d: {connect: true}
            - b: {say: [hello, "halo {x}"], lang: pt-PT, context: {stt_lang: pt-PT}}
              with: {x: "(a)"}
    """
    (fixture,) = fixtures(script)
    (again,) = fixtures(script_of(fixture, fixture.cases[0], "padacioso"))
    for old, new in zip(fixture.cases[0].turns, again.cases[0].turns, strict=True):
        assert replace(old, line=1, column=1) == replace(new, line=1, column=1)
    assert fixture.cases[0].sessions == again.cases[0].sessions
    assert fixture.cases[0].clients == again.cases[0].clients
    assert fixture.cases[0].satellites == again.cases[0].satellites
    for name in ("skills", "clock", "transformers", "langs", "config"):
        assert getattr(fixture, name) == getattr(again, name)


def test_no_more_is_written_than_is_needed() -> None:
    """What all messages of a session have in common stands there, and once."""
    own_id = "8e2c9f64-3c1d-4f57-9a51-0d4c5c0b7a11"  # of version 4, so not the kit's
    script = f"""
        skill: a.b
        lang: pt-PT
        allow: {{lang: on purpose}}
        sessions:
          a:
            lang: en-US
            location: {{city: {{name: Porto}}}}
            prefs: {{system_unit: metric, time_format: half, date_format: DMY}}
            blacklisted_skills: [x.y]
            blacklisted_intents: ["x.y:z"]
            context: {{own: "1", more: "2"}}
          b: {{session_id: {own_id}}}
        dialogues:
          x:
            - c: {{say: hi, context: {{room: hall}}}}
            - a: one
            - c: bye
            - a: {{say: two, context: {{more: "3", extra: "4"}}}}
            - b: {{silence: 2s}}
            - b: {{emit: {{type: x.y}}}}
            - a: three
            - d: {{silence: 1s}}
    """
    (fixture,) = fixtures(script)
    [case] = fixture.cases
    found = yaml.safe_load(script_of(fixture, case, "adapt"))
    spec = yaml.safe_load(script)["sessions"]["a"]
    turns = [
        {"c": {"say": "hi", "context": {"room": "hall"}}},
        {"a": {"say": "one", "context": {"more": "2"}}},
        {"c": "bye"},
        {"a": {"say": "two", "context": {"more": "3", "extra": "4"}}},
        {"b": {"silence": "2s"}},
        {"b": {"emit": {"type": "x.y"}}},
        {"a": {"say": "three", "context": {"more": "2"}}},
        {"d": {"silence": "1s"}},
    ]
    sessions = {
        "c": {},
        "a": {**spec, "context": {"own": "1"}},
        "b": {"session_id": own_id},
        "d": {},
    }
    assert found == {
        "skill": "a.b",
        "lang": "pt-PT",
        "engine": "adapt",
        "sessions": sessions,
        "allow": {"lang": "on purpose"},
        "dialogues": {"x": turns},
    }
    other = yaml.safe_load(script_of(fixture, replace(case, lang="de-DE"), "adapt"))
    assert other["lang"] == "de-DE"
    assert other["sessions"] == {
        "c": {"lang": "pt-PT"},
        "a": sessions["a"],
        "b": {"lang": "pt-PT", "session_id": own_id},
        "d": {"lang": "pt-PT"},
    }


# -- what is expected -----------------------------------------------------------------

TURN = 2


def reply(text: str, **parts: object) -> Reply:
    return replace(Reply("b", text, 0.0, TURN), **parts)  # type: ignore[arg-type]


def own(*replies: str | Reply, **parts: object) -> TurnTranscript:
    """Return the second turn of the second session."""
    return happened(TURN, "b", *replies, **parts)


def leak(*key: str | int, oracle: Oracle = "solo", **parts: Any) -> Leak:
    return Leak(oracle, "b", TURN, (TURN, *key), **parts)


def expected(
    leaks: list[Leak],
    alone: TurnTranscript | None,
    company: TurnTranscript | None = None,
    random: Collection[ValueKey] = (),
) -> Json:
    """Return what the script expects of that turn; of no other one it expects any."""
    (fixture,) = fixtures(
        "skill: a.b\ndialogues:\n  x: [a: hi, b: hello, b: go, a: bye]\n"
    )
    solos = Solos(
        {
            "a": transcript(happened(0, "a", "hi"), happened(3, "a", "bye")),
            "b": transcript(happened(1, "b", "oh"), *([alone] if alone else ())),
        },
        random,
        company=transcript(happened(1, "b"), company or own("psst")),
    )
    text = script_of(fixture, fixture.cases[0], "padacioso", leaks, solos)
    turns = yaml.safe_load(text)["dialogues"]["x"]
    assert [turn for turn in turns if "expect" in turn] in ([], [turns[TURN]])
    found: Json = turns[TURN].get("expect")
    return found


TEXT = leak("reply", 0, "text")


@pytest.mark.parametrize("key", ["intent", "route"])
def test_the_way_that_an_utterance_takes_alone(key: str) -> None:
    """It is expected if it is what differs, and if there is one."""
    alone = own("sure", intent="greet", route="converse", slots={"n": "1"})
    assert expected([leak(key)], alone) == {key: getattr(alone, key)}
    assert expected([leak(key), TEXT], alone) == [
        {"text": "sure"},
        {key: getattr(alone, key)},
    ]


def test_slots_and_the_state_of_the_session() -> None:
    """All slots, and of the session the fields that differ."""
    after = {"lang": "pt-PT", "active_skills": ["a.b"], "site_id": "attic"}
    alone = own("sure", slots={"n": "1", "m": "2"}, session_after=after)
    assert expected([leak("slot", "n")], alone) == {"slots": {"n": "1", "m": "2"}}
    assert expected([leak("session", "lang"), leak("session", "gone")], alone) == {
        "session": {"lang": "pt-PT", "gone": None}
    }
    state = [leak("session", name) for name in ("lang", "active_skills")]
    assert expected([*state, leak("slot", "m")], alone) == {
        "session": {"lang": "pt-PT", "active_skills": ["a.b"]},
        "slots": {"n": "1", "m": "2"},
    }


@pytest.mark.parametrize(
    "key", [("slot", "n"), ("intent",), ("skill",), ("end",), ("session",)]
)
def test_what_a_script_cannot_say_of_a_turn(key: tuple[str, ...]) -> None:
    """Then it expects the only reply; of several, any words of each."""
    assert expected([leak(*key)], own("sure")) == {"text": "sure"}
    assert expected([leak(*key)], own("sure", "nope")) == [{"regex": ".*"}] * 2
    assert expected([leak(*key)], own()) == {"no_reply": True}


def test_replies_that_do_not_differ_may_have_any_words() -> None:
    """What else differs comes after them."""
    alone = own("one", "two", "three", intent="greet")
    second = leak("reply", 1, "text")
    words = [{"regex": ".*"}, {"text": "two"}, {"regex": ".*"}]
    assert expected([second], alone) == words
    assert expected([second, leak("intent")], alone) == [*words, {"intent": "greet"}]
    assert expected([leak("replies")], alone) == [{"regex": ".*"}] * 3
    assert expected([leak("order")], own("one", reply("x", dialog="two"))) == [
        {"text": "one"},
        {"dialog": "two", "text": "x"},
    ]
    assert expected([leak("replies"), leak("intent")], own(intent="greet")) == {
        "intent": "greet",
        "no_reply": True,
    }
    for key in ("end", "order"):
        text = {"regex": ".*"} if key == "end" else {"text": "one"}
        assert expected(
            [leak(key), leak("intent")], own("one", "one", intent="greet")
        ) == [text, text, {"intent": "greet"}]


def test_messages_are_expected_too() -> None:
    """Beside what is said."""
    sent = message("lamp.on", room="hall")
    alone = own("sure", messages=(sent,))
    pattern = {"type": "lamp.on", "data": {"room": "hall"}}
    wanted = {"messages": [{**pattern, "context": {"source": "skills"}}]}
    assert expected([leak("message", 0, "type")], alone) == wanted
    assert expected([leak("message", 0, "type"), TEXT], alone) == [
        {"text": "sure"},
        wanted,
    ]


def test_each_turn_expects_its_own() -> None:
    """What leaks in one of them is no matter in another."""
    (fixture,) = fixtures("skill: a.b\ndialogues:\n  x: [a: hi, b: hello, b: go]\n")
    turns = [happened(1, "b", "one", intent="greet"), own("two", intent="leave")]
    leaks = [Leak("solo", "b", 1, (1, "intent")), TEXT]
    solos = Solos({"b": transcript(*turns)}, company=transcript(*turns))
    text = script_of(fixture, fixture.cases[0], "padacioso", leaks, solos)
    assert [turn.get("expect") for turn in yaml.safe_load(text)["dialogues"]["x"]] == [
        None,
        {"intent": "greet"},
        {"text": "two"},
    ]


def test_a_dialog_is_expected_by_its_name() -> None:
    """With its data, and with its words if only these differ."""
    alone = own(reply("fine", dialog="mood", data={"who": "b", "n": 1}))
    known = {"dialog": "mood", "data": {"who": "b", "n": 1}}
    assert expected([TEXT], alone) == {**known, "text": "fine"}
    for name in ("dialog", "data"):
        assert expected([TEXT, leak("reply", 0, name)], alone) == known
    assert expected([leak("intent")], alone) == known


def test_what_chance_decides_is_left_out() -> None:
    """Of the data, or the words; a text in its place must not be the one of company."""
    at = (TURN, "reply", 0)
    alone = own(reply("fine", dialog="mood", data={"who": "b", "n": 1}))
    assert expected([TEXT], alone, random=[(*at, "data", "n"), (*at, "text")]) == {
        "dialog": "mood",
        "data": {"who": "b"},
    }
    spoken = leak("reply", 0, "text", company="not so fine")
    assert expected([spoken], alone, random=[(*at, "dialog")]) == {"text": "fine"}
    random = [(*at, "dialog"), (*at, "text")]
    for beside in ([], [leak("reply", 0, "lang", company="de-DE")]):
        assert expected([*beside, spoken], alone, random=random) == {
            "not": {"text": "not so fine"}
        }
    assert expected([leak("intent")], alone, random=random) == {"regex": ".*"}


def test_the_folder_of_an_assistant_is_left_out() -> None:
    """It has another name each time."""
    home = f"{tempfile.gettempdir()}/ovos-kit-1234/x"
    assert expected([TEXT], own(f"see {home}")) == {"regex": ".*"}
    alone = own(reply("fine", dialog="mood", data={"who": "b", "at": [home]}))
    assert expected([leak("reply", 0, "data", "who")], alone) == {
        "dialog": "mood",
        "data": {"who": "b"},
    }


def test_nothing_is_expected_of_a_turn_that_was_not_taken() -> None:
    """Nor of one in which another's random value is heard."""
    assert expected([TEXT], None) is None
    assert expected([TEXT], own("sure"), happened(3, "a", "x")) is None
    assert expected([TEXT, leak("echo", oracle="echo")], own("sure")) is None
    assert expected([Leak("stray", "b", None, (-1, "stray", 0))], own("sure")) is None


def test_an_error_that_is_spared_is_no_expectation() -> None:
    """What is heard only in company must not be heard."""
    spared = leak("fault", "raised", oracle="crash", alone="x")
    company = own("sure", "nope", "well")
    assert expected([spared, TEXT], own("nope"), company) == {
        "not": {"replies_include": [{"text": "sure"}, {"text": "well"}]}
    }
    assert expected([spared], own("sure", "nope", "well"), company) is None
    raised = leak("fault", "raised", oracle="crash", company="x")
    assert expected([raised], own("nope"), company) == {"text": "nope"}


def test_what_goes_wrong_alone_too_is_allowed() -> None:
    """In each turn what goes wrong there, but for the network, which is refused."""
    (fixture,) = fixtures(
        """
        skill: a.b
        sessions: {c: {session_id: home}, a: {session_id: home}}
        dialogues:
          x:
            - a: hi
            - b: hello
            - c: go
            - {b: bye, allow: {lang: on purpose}}
        """
    )
    faults = [Fault(kind, "x") for kind in ("raised", "network", "lang")]  # type: ignore[arg-type]
    solos = Solos(
        {
            "a": transcript(happened(0, "a"), happened(2, "c", end="deadline")),
            "b": transcript(happened(1, "b"), happened(3, "b", faults=tuple(faults))),
        },
        strays={1, 2},
    )
    text = script_of(fixture, fixture.cases[0], "padacioso", (), solos)
    turns = yaml.safe_load(text)["dialogues"]["x"]
    same = "it is the same when the session is alone"
    assert [turn.get("allow") for turn in turns] == [
        None,
        {"stray": same},
        {"stray": same, "no_end": same},
        {"raised": same, "lang": "on purpose"},
    ]
