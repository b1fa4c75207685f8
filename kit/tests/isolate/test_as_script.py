"""Leaks as scripts: what is expected, and that nothing of the dialogue is lost."""

# ruff: noqa: ARG001  # every toy skill has the same arguments

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest
import yaml
from support.actors import fixtures
from support.scenes import happened, transcript
from support.searches import searched, second
from support.toys import Answer, Skill, Stage, Toy

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


def test_several_replies_are_expected_in_order() -> None:
    """All replies are expected in order, then the conditions that differ."""

    def make() -> Skill:
        seen: set[str] = set()

        def answer(stage: Stage, session: str, said: str) -> Answer:
            seen.add(session)
            if len(seen) > 1:
                return Answer(intent="other")
            dialog = Reply(session, "x", 0.0, stage.index, dialog="hi")
            return Answer(dialog, "two", intent="greet", matched=True)

        return answer

    result = searched(Toy(make), "a: hello", "b: hello", oracles=("solo",))
    assert result.findings
    script = result.findings.leaks[0].script
    assert "expect: [{dialog: hi}, {text: two}, {intent: greet}]" in script


def test_silence_is_expected_where_there_is_silence() -> None:
    """A session that hears nothing when alone expects no reply."""
    result = searched(second(lambda _: Answer("psst")), "a: hello", "b: hello")
    assert result.findings
    assert "expect: " in result.findings.leaks[0].script

    def make() -> Skill:
        seen: set[str] = set()

        def answer(stage: Stage, session: str, said: str) -> Answer:
            seen.add(session)
            return Answer("psst", intent="x") if len(seen) > 1 else Answer(intent="y")

        return answer

    quiet = searched(Toy(make), "a: hello", "b: hello", oracles=("solo",))
    assert quiet.findings
    assert "expect: {intent: y, no_reply: true}" in quiet.findings.leaks[0].script


def test_the_line_of_a_dialog_is_expected_if_it_is_what_leaks() -> None:
    """A dialog is expected by its name, and by its words if only these differ."""

    def make() -> Skill:
        kept: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            kept.append(session)
            text = "well" if len(set(kept)) > 1 else "fine"
            return Answer(Reply(session, text, 0.0, stage.index, dialog="mood"))

        return answer

    (found,) = searched(Toy(make), "a: x", "b: y").findings.leaks  # type: ignore[union-attr]
    assert "expect: {dialog: mood, text: fine}" in found.script


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


@pytest.mark.parametrize("key", [("slot", "n"), ("intent",), ("skill",), ("end",)])
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
    assert expected([spoken], alone, random=random) == {"not": {"text": "not so fine"}}
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
