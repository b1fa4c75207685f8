"""Leaks as scripts: what is expected, and that nothing of the dialogue is lost."""

# ruff: noqa: ARG001  # every toy skill has the same arguments

from __future__ import annotations

from dataclasses import replace

from support.actors import fixtures
from support.searches import searched, second
from support.toys import Answer, Skill, Stage, Toy

from ovos_dialogue_kit.isolate.as_script import script_of
from ovos_dialogue_kit.replayer.transcript import Reply


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
