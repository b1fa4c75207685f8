"""Cases with other words, other settings, and twins of their speakers."""

from __future__ import annotations

from support.toys import dialogue

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.case_edit import (
    is_of_one_session,
    twin_of,
    with_settings,
    with_speaker,
    with_text,
    with_texts,
)
from ovos_dialogue_kit.jsondata import mapping_in

HEAD = """\
sessions:
  a: {session_id: home, site_id: hall_7, prefs: {system_unit: metric}}
  a_2: {session_id: mine, context: {wakeword: hey}}
  b_1: {site_id: attic}
"""
TURNS = (
    "a: {say: [hello, hallo], lang: pt-PT}",
    "a_2: {emit: {type: x.y, data: {n: 1}}}",
    "b_1: {silence: 2s}",
    "a_2: bye",
)


def case_of(*turns: str) -> Case:
    return dialogue(*(turns or TURNS), head=HEAD).cases[0]


def test_one_session_may_have_several_speakers() -> None:
    """They count as one; two sessions do not."""
    head = "sessions: {a: {session_id: home}, b: {session_id: home}}\n"
    turns = "a: hello", "b: hello", "a: bye"
    assert is_of_one_session(dialogue(*turns, head=head).cases[0])
    assert not is_of_one_session(dialogue(*turns).cases[0])


def test_a_twin_has_a_name_an_id_and_a_room_of_its_own() -> None:
    """All else is that of its original; the id is the same each time."""
    case = case_of()
    assert twin_of("a", case) == (
        "a_3",
        {
            **case.sessions["a"],
            "session_id": "db6603ec-764d-55c0-9a37-d4298d1e29a9",
            "site_id": "hall_3",
        },
    )
    name, wire = twin_of("a_2", case)
    assert (name, wire.keys()) == ("a_3", case.sessions["a_2"].keys())
    name, wire = twin_of("b_1", case)
    assert (name, wire["site_id"]) == ("b_1_2", "attic_2")


def test_another_speaker_keeps_the_context_of_the_message() -> None:
    """All but whose it is, and the session."""
    case = case_of()
    wire = {"session_id": "mine", "lang": "de-DE"}
    for turn in (case.turns[1], case.turns[3]):
        again = with_speaker(turn, "c", wire)
        old, new = turn.message or {}, again.message or {}
        assert again.session == "c"
        assert mapping_in(new, "context") == {
            "wakeword": "hey",
            "source": "kit.c",
            "destination": ["skills"],
            "session": wire,
        }
        assert new == {**old, "context": new["context"]}
    silence = with_speaker(case.turns[2], "c", wire)
    assert (silence.session, silence.message) == ("c", None)


def test_another_text_is_the_only_one_of_the_utterance() -> None:
    """The same one keeps its transcriptions; nothing else has a text."""
    case = case_of()
    spoken, emitted, silence, _ = case.turns
    other = with_text(spoken, "good day")
    old, new = spoken.message or {}, other.message or {}
    assert other.said == "good day"
    assert new["data"] == {"utterances": ["good day"], "lang": "pt-PT"}
    assert new == {**old, "data": new["data"]}
    assert with_text(spoken, "hello") is spoken
    assert with_text(emitted, "good day") is emitted
    assert with_text(silence, "good day") is silence
    changed = with_texts(case, {3: "good night", 1: "x", 2: "x"})
    assert [each.said for each in changed.turns] == ["hello", "x.y", "2s", "good night"]
    assert changed.turns[:3] == case.turns[:3]


def test_settings_are_in_the_messages_too() -> None:
    """Those of other speakers stay as they are."""
    case = case_of()
    wire = {**case.sessions["a_2"], "time_format": "half"}
    changed = with_settings(case, {"a_2": wire})
    assert changed.sessions == {**case.sessions, "a_2": wire}
    sent = [mapping_in(turn.message or {}, "context") for turn in changed.turns]
    assert [context.get("session") for context in sent] == [
        case.sessions["a"],
        wire,
        None,
        wire,
    ]
