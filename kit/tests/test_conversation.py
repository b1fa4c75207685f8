"""Conversations from Python; an actor stands in for the assistant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from support.actors import Actor

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.conversation import Conversation
from ovos_dialogue_kit.errors import AssistantError, KitError, ScriptError
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.replayer.transcript import Fault, Transcript


class Line:
    """The actor that replays a conversation, and a list of the fixtures it received."""

    def __init__(self) -> None:
        self.fixtures: list[Fixture] = []
        self.crash: Fault | None = None

    def __call__(self, fixture: Fixture) -> Transcript:
        self.fixtures.append(fixture)
        actor = Actor(Setup.of(fixture, fixture.engines[0]))
        transcript = actor.replay(fixture, fixture.cases[0])
        return replace(transcript, crash=self.crash)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def conversation(line: Line) -> Conversation:
    return Conversation(line, ["actor"])


def test_each_turn_replays_all(line: Line, conversation: Conversation) -> None:
    """A turn is the last of a replay from the beginning."""
    conversation.say("kitchen", "one")
    turn = conversation.say("bedroom", "two")
    assert [turn.said for turn in line.fixtures[-1].cases[0].turns] == ["one", "two"]
    assert (turn.index, turn.replies[0].text) == (1, "TWO")
    assert [turn.said for turn in conversation.transcript.turns] == ["one", "two"]


def test_nothing_in_a_text_is_a_template(conversation: Conversation) -> None:
    """A text is said exactly as it is written."""
    said = "(a|b) [c] {d} <e>"
    assert conversation.say("kitchen", said).said == said


def test_messages(line: Line, conversation: Conversation) -> None:
    """A client can send any message, with data and context of its own."""
    conversation.emit("kitchen", "a.b", {"x": 1}, {"y": 2})
    (turn,) = line.fixtures[0].cases[0].turns
    assert turn.message
    assert turn.message["type"] == "a.b"
    assert turn.message["data"] == {"x": 1}
    assert turn.message["context"]["y"] == 2  # type: ignore[index, call-overload]


def test_transcriptions(line: Line, conversation: Conversation) -> None:
    """An utterance can have other transcriptions, a language and context."""
    conversation.say("kitchen", "olá {a}", "ola", lang="pt-PT", context={"y": 2})
    (turn,) = line.fixtures[0].cases[0].turns
    assert turn.message
    assert turn.message["data"] == {"utterances": ["olá {a}", "ola"], "lang": "pt-PT"}
    assert turn.message["context"]["y"] == 2  # type: ignore[index, call-overload]
    assert line.fixtures[0].langs == ("en-US", "pt-PT")


def test_silence(line: Line, conversation: Conversation) -> None:
    """Time can pass."""
    conversation.wait("kitchen", 2.5)
    assert line.fixtures[0].cases[0].turns[0].silence == 2.5


def test_overlap(line: Line, conversation: Conversation) -> None:
    """A turn need not wait for the end of the one before."""
    conversation.say("kitchen", "one", overlap=True)
    assert line.fixtures[0].cases[0].turns[0].overlap


def test_settings(line: Line) -> None:
    """Settings of the assistant are those at the top of a script."""
    Conversation(
        line,
        ["actor"],
        lang="de-DE",
        engine="adapt",
        transformers=["x"],
        clock="real",
    ).say("kitchen", "hallo")
    fixture = line.fixtures[0]
    assert (fixture.langs, fixture.engines) == (("de-DE",), ("adapt",))
    assert (fixture.transformers, fixture.clock) == (("x",), "real")
    assert fixture.cases[0].sessions["kitchen"]["lang"] == "de-DE"


def test_sessions(line: Line, conversation: Conversation) -> None:
    """The settings of a session go into its wire data."""
    conversation.session(
        "kitchen",
        session_id="k",
        lang="pt-PT",
        site_id="here",
        location={"city": "Porto"},
        prefs={"system_unit": "imperial"},
        pipeline=["converse"],
        blacklisted_skills=["x.y"],
        blacklisted_intents=["x.y:z"],
    )
    conversation.say("kitchen", "hi")
    assert line.fixtures[0].langs == ("en-US", "pt-PT")
    assert line.fixtures[0].cases[0].sessions == {
        "kitchen": {
            "session_id": "k",
            "lang": "pt-PT",
            "site_id": "here",
            "location": {"city": "Porto"},
            "system_unit": "imperial",
            "pipeline": ["converse"],
            "blacklisted_skills": ["x.y"],
            "blacklisted_intents": ["x.y:z"],
        }
    }


def test_session_that_has_spoken(conversation: Conversation) -> None:
    """A session is as it is from its first turn on."""
    conversation.say("kitchen", "hi")
    with pytest.raises(KitError) as caught:
        conversation.session("kitchen", lang="pt-PT")
    assert str(caught.value) == (
        'the session "kitchen" has spoken already\n  set it up before its first turn'
    )


def test_typing_error(conversation: Conversation) -> None:
    """A name that is nearly one that was declared is no new session."""
    conversation.session("kitchen", site_id="here")
    with pytest.raises(KitError) as caught:
        conversation.say("kitchn", "hi")
    problem = 'unknown session "kitchn" (did you mean "kitchen"?)'
    assert str(caught.value) == problem


def test_nobody_has_spoken(conversation: Conversation) -> None:
    """There is no transcript of nothing."""
    with pytest.raises(KitError, match=r"^nobody has spoken in this conversation$"):
        _ = conversation.transcript


def test_turn_that_cannot_be(line: Line, conversation: Conversation) -> None:
    """A turn that raises is not part of the conversation."""
    with pytest.raises(ScriptError):
        conversation.say("kitchen", " ")
    conversation.say("kitchen", "hi")
    assert len(line.fixtures[-1].cases[0].turns) == 1


def test_threads(line: Line, conversation: Conversation) -> None:
    """Threads take their turns one after another, and each gets its own."""
    words = [f"word {number}" for number in range(20)]
    with ThreadPoolExecutor(4) as pool:
        turns = list(pool.map(lambda word: conversation.say("kitchen", word), words))
    assert [turn.said for turn in turns] == words
    assert [len(fixture.cases[0].turns) for fixture in line.fixtures] == [*range(1, 21)]


def test_crash(line: Line, conversation: Conversation) -> None:
    """An assistant that does not survive a turn is an error."""
    line.crash = Fault("crash", "it went away", "Traceback …")
    with pytest.raises(AssistantError) as caught:
        conversation.say("kitchen", "hi")
    assert str(caught.value) == ("the assistant crashed: it went away\n  Traceback …")
