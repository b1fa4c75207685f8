"""Conversations from Python; an actor stands in for the assistant."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Literal, get_args, get_type_hints

import pytest
from support.actors import Actor

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.conversation import Conversation, Preferences
from ovos_dialogue_kit.errors import AssistantError, KitError
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.jsondata import mapping_in
from ovos_dialogue_kit.replayer.transcript import Fault, Transcript
from ovos_dialogue_kit.script.model import EngineName, Satellite


class Line:
    """The actor that replays a conversation, and a list of the fixtures it received."""

    def __init__(self) -> None:
        self.fixtures: list[Fixture] = []
        self.crash: Fault | None = None
        self.error: BaseException | None = None

    def __call__(self, fixture: Fixture) -> Transcript:
        if self.error:
            raise self.error
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
    assert line.fixtures[-1].config == {}


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
    conversation.wait("kitchen", 0.5)
    assert [turn.silence for turn in line.fixtures[1].cases[0].turns] == [2.5, 0.5]


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
        config={"system_unit": "imperial"},
    ).say("kitchen", "hallo")
    fixture = line.fixtures[0]
    assert (fixture.langs, fixture.engines) == (("de-DE",), ("adapt",))
    assert (fixture.transformers, fixture.clock) == (("x",), "real")
    assert fixture.config == {"system_unit": "imperial"}
    assert fixture.cases[0].sessions["kitchen"]["lang"] == "de-DE"


def test_a_conversation_without_settings(line: Line) -> None:
    """It is the first line of a script of its own; ids are the same each time."""
    conversation = Conversation(line, ["actor"], config={})
    conversation.session("bath", site_id="here", intent_context={}, context={})
    conversation.say("kitchen", "hi")
    conversation.emit("bath", "x.y")
    fixture = line.fixtures[-1]
    assert (fixture.config, fixture.langs, fixture.line) == ({}, ("en-US",), 1)
    [case] = fixture.cases
    assert [turn.overlap for turn in case.turns] == [False, False]
    assert case.sessions["kitchen"]["session_id"] == (
        "360d851e-5f73-58e1-bf00-1bc13064a9b7"
    )
    sent = case.turns[1].message or {}
    assert sent["data"] == {}
    assert case.sessions["bath"].keys() == {"session_id", "lang", "site_id"}


def test_state_with_which_a_session_begins(
    line: Line, conversation: Conversation
) -> None:
    """All that a script may say of a session may be said here."""
    conversation.session(
        "kitchen",
        active_skills=["x.y"],
        response_mode="x.y",
        intent_context={"x.y:Name": "z"},
        context={"wakeword": "hey"},
        satellite={"admin": "true"},
    )
    conversation.say("kitchen", "hi")
    [case] = line.fixtures[0].cases
    wire = case.sessions["kitchen"]
    assert wire["active_skills"] == ["x.y"]
    assert wire["response_mode"] == "x.y"
    assert wire["intent_context"] == {"x.y:Name": "z"}
    assert case.satellites == {"kitchen": Satellite(admin=True)}
    context = mapping_in(case.turns[0].message or {}, "context")
    assert context["wakeword"] == "hey"


@pytest.mark.parametrize(
    ("error", "is_cut"),
    [
        (AssistantError("no"), True),
        (KeyboardInterrupt(), True),
        (ValueError("unexpected"), False),
    ],
)
def test_where_an_error_comes_from(
    error: BaseException,
    is_cut: bool,  # noqa: FBT001
    line: Line,
    conversation: Conversation,
) -> None:
    """One that is told, or an interrupt, shows nothing of the kit; others do."""
    line.error = error
    with pytest.raises(type(error)) as caught:
        conversation.say("kitchen", "hi")
    names = [each.name for each in caught.traceback]
    assert ("__call__" not in names) == is_cut


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
    with pytest.raises(KitError) as caught:
        conversation.emit("kitchen", "a.b", {}, {"session": {}})
    assert str(caught.value) == (
        'the context has a "session", which only the kit may set\n'
        '  set it up with `session("kitchen", …)`'
    )
    for error in (AssistantError("it does not start"), ValueError("unexpected")):
        line.error = error
        with pytest.raises(type(error)):
            conversation.say("kitchen", "hi")
    line.error = None
    conversation.say("kitchen", "hi")
    assert len(line.fixtures[-1].cases[0].turns) == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param(
            {"engine": "padaciosso"},
            'unknown engine "padaciosso" (did you mean "padacioso"?)  [KIT107]\n'
            "  known: padacioso, padatious, adapt, auto",
            id="engine",
        ),
        pytest.param(
            {"engine": ["adapt", "padaciosso"]},
            'unknown engine "padaciosso" (did you mean "padacioso"?)  [KIT107]\n'
            "  known: padacioso, padatious, adapt, auto",
            id="one of several engines",
        ),
        pytest.param(
            {"clock": "rael"},
            'unknown clock "rael" (did you mean "real"?)  [KIT107]\n'
            "  known: virtual, real",
            id="clock",
        ),
        pytest.param(
            {"lang": "en_us !"},
            '"lang" must be a language tag, not "en_us !"  [KIT106]\n'
            "  for example en-US",
            id="lang",
        ),
        pytest.param(
            {"lang": ""},
            '"lang" is empty  [KIT104]',
            id="empty",
        ),
        pytest.param(
            {"transformers": [5]},
            '"transformers" takes text, not 5  [KIT105]',
            id="transformers",
        ),
        pytest.param(
            {"config": {"lang": "de-DE"}},
            '"config" cannot set "lang"  [KIT106]\n'
            '  use "lang" of the script or of a dialogue',
            id="config",
        ),
        pytest.param(
            {"clock": "rael", "lang": 5},
            '"lang" takes text, not 5  [KIT105]\n'
            'unknown clock "rael" (did you mean "real"?)  [KIT107]\n'
            "  known: virtual, real",
            id="two at once",
        ),
    ],
)
def test_wrong_settings(line: Line, arguments: dict[str, Any], problem: str) -> None:
    """Settings are checked as those of a script are, before anybody speaks."""
    with pytest.raises(KitError) as caught:
        Conversation(line, ["actor"], **arguments)
    assert str(caught.value) == problem


def test_settings_have_types() -> None:
    """A type checker finds a name that does not exist, too."""
    types = get_type_hints(Conversation.__init__)
    assert types["clock"] == Literal["virtual", "real"]
    assert get_args(types["engine"])[0] == EngineName
    assert Preferences.__required_keys__ == frozenset()


def test_engines_together(line: Line) -> None:
    """Several engines are used together."""
    Conversation(line, ["actor"], engine=["adapt", "padacioso"]).say("kitchen", "hi")
    assert line.fixtures[0].engines == ("adapt+padacioso",)


def test_a_text_for_a_list(line: Line) -> None:
    """A text in the place of a list is one name, not its letters."""
    Conversation(line, "actor", transformers="ab").say("kitchen", "hi")
    assert (line.fixtures[0].skills, line.fixtures[0].transformers) == (
        ("actor",),
        ("ab",),
    )


def test_hosts(line: Line) -> None:
    """A test allows hosts as a script does."""
    for hosts in (["a.b"], "*"):
        Conversation(line, ["actor"], hosts=hosts).say("kitchen", "hi")
    assert [fixture.marks.hosts for fixture in line.fixtures] == [("a.b",), ("*",)]
    for fixture in line.fixtures:
        assert fixture.marks.allow == {"network": "the test allows it"}
    with pytest.raises(KitError) as caught:
        Conversation(line, ["actor"], hosts=["http://a.b"])
    assert str(caught.value).startswith('"hosts" must be a host, not "http://a.b"')


def test_no_skill(line: Line) -> None:
    """A conversation needs a skill."""
    with pytest.raises(KitError) as caught:
        Conversation(line, [])
    assert str(caught.value) == "no skill is named\n  give the id of a skill"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param(
            {"client": "statefull"},
            'unknown client "statefull" (did you mean "stateful"?)  [KIT107]\n'
            "  known: stateful, stateless, sessionless",
            id="client",
        ),
        pytest.param(
            {"prefs": {"system_unit": "imperail"}},
            'unknown unit system "imperail" (did you mean "imperial"?)  [KIT107]\n'
            "  known: metric, imperial",
            id="prefs",
        ),
        pytest.param(
            {"pipeline": ["stop_hihg"]},
            'unknown pipeline stage "stop_hihg" (did you mean "stop_high"?)  [KIT107]',
            id="pipeline",
        ),
        pytest.param(
            {"location": {"city": {1, 2}}},
            '"location" takes JSON, not {1, 2}  [KIT105]',
            id="location",
        ),
        pytest.param(
            {"client": "sessionless", "site_id": "here"},
            '"site_id" cannot be combined with "client: sessionless"  [KIT113]\n'
            "  the client sends no session; OVOS uses the one of the device",
            id="a contradiction",
        ),
    ],
)
def test_wrong_session(
    conversation: Conversation, arguments: dict[str, Any], problem: str
) -> None:
    """The settings of a session are checked as those of a script are."""
    with pytest.raises(KitError) as caught:
        conversation.session("kitchen", **arguments)
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        pytest.param(
            lambda talk: talk.say("kitchen", " "),
            '"text" is empty  [KIT104]\n'
            "  for a turn in which nobody speaks, use `wait`",
            id="empty text",
        ),
        pytest.param(
            lambda talk: talk.say("kitchen", "hi", 5),
            '"text" takes text, not 5  [KIT105]',
            id="no text",
        ),
        pytest.param(
            lambda talk: talk.say("", "hi"), '"session" is empty  [KIT104]', id="nobody"
        ),
        pytest.param(
            lambda talk: talk.say("kitchen", "hi", lang="en_us"),
            '"lang" must be a language tag, not "en_us"  [KIT106]\n  for example en-US',
            id="lang",
        ),
        pytest.param(
            lambda talk: talk.emit("kitchen", "a.b", {"x": b"y"}),
            "\"data\" takes JSON, not b'y'  [KIT105]",
            id="data",
        ),
        *(
            pytest.param(
                lambda talk, seconds=seconds: talk.wait("kitchen", seconds),
                f'"seconds" must be a number above 0, not "{seconds}"',
                id=f"seconds-{seconds}",
            )
            for seconds in (-1, -0.5, 0, math.inf)
        ),
        pytest.param(
            lambda talk: talk.wait("", 1), '"session" is empty  [KIT104]', id="silent"
        ),
        pytest.param(
            lambda talk: talk.session(""), '"session" is empty  [KIT104]', id="no name"
        ),
        pytest.param(
            lambda talk: talk.emit("", "a.b"),
            '"session" is empty  [KIT104]',
            id="nobody sends",
        ),
        pytest.param(
            lambda talk: talk.emit("kitchen", ""),
            '"topic" is empty  [KIT104]',
            id="no topic",
        ),
        pytest.param(
            lambda talk: talk.emit("kitchen", "a.b", context={"x": b"y"}),
            "\"context\" takes JSON, not b'y'  [KIT105]",
            id="context",
        ),
        pytest.param(
            lambda talk: talk.say("kitchen", "hi", context={"x": b"y"}),
            "\"context\" takes JSON, not b'y'  [KIT105]",
            id="context of words",
        ),
        pytest.param(
            lambda talk: talk.say("kitchen", "hi", context={"session": {}}),
            'the context has a "session", which only the kit may set\n'
            '  set it up with `session("kitchen", …)`',
            id="session",
        ),
    ],
)
def test_wrong_turn(
    line: Line,
    conversation: Conversation,
    call: Callable[[Conversation], object],
    problem: str,
) -> None:
    """The arguments of a turn are checked, too, and the turn is not taken."""
    with pytest.raises(KitError) as caught:
        call(conversation)
    assert str(caught.value) == problem
    conversation.emit("kitchen", "a.b", {"x": [1, 2.5, None, True]})
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


def test_a_crash_is_not_repeated(line: Line, conversation: Conversation) -> None:
    """After a crash the conversation goes on without the turn that crashed."""
    conversation.say("kitchen", "hello")
    line.crash = Fault("crash", "it went away")
    with pytest.raises(AssistantError):
        conversation.say("kitchen", "crash")
    line.crash = None
    assert conversation.say("kitchen", "bye").index == 1
    assert [turn.said for turn in line.fixtures[-1].cases[0].turns] == ["hello", "bye"]
