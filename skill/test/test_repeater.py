from __future__ import annotations

import pytest
from ovos_bus_client.session import Session

REPEAT_STT = "handle_repeat_stt"
REPEAT_TTS = "handle_repeat_tts"
AFTER_ME = "handle_repeat_after_me"
TOLD = "speak"


def test_repeats_what_was_said_before_the_question(alone) -> None:
    """The question itself is not the answer."""
    alone.say("kitchen", "the sky is blue")
    alone.say("kitchen", "what did i just say")
    assert alone.ask("kitchen", REPEAT_STT) == "you said the sky is blue"


def test_each_session_its_own_words(alone) -> None:
    """Sessions in between do not change the answer."""
    alone.say("kitchen", "the sky is blue")
    alone.say("bedroom", "grass is green")
    for session in ("kitchen", "bedroom"):
        alone.say(session, "what did i just say")
    answers = [alone.ask(session, REPEAT_STT) for session in ("kitchen", "bedroom")]
    assert answers == ["you said the sky is blue", "you said grass is green"]


def test_nothing_said_yet(alone) -> None:
    """When the question is a session's first utterance, nothing was said before."""
    alone.say("bedroom", "grass is green")
    alone.say("kitchen", "what did i just say")
    assert alone.ask("kitchen", REPEAT_STT) == "you have not said anything yet"


def test_nothing_is_a_dialog_of_its_own(alone) -> None:
    """The word for nothing is no utterance that is repeated."""
    alone.say("kitchen", "what did i just say")
    alone.ask("kitchen", REPEAT_STT)
    assert alone.heard[-1].data["meta"]["dialog"] == "nothing"


def test_nothing_right_after_a_stop(alone) -> None:
    """A stop leaves nothing that was said before the question."""
    alone.say("kitchen", "the sky is blue")
    alone.say("kitchen", "stop")
    alone.skill.stop_session(Session("kitchen"))
    alone.say("kitchen", "what did i just say")
    assert alone.ask("kitchen", REPEAT_STT) == "you have not said anything yet"


def test_handler_before_listener(alone) -> None:
    """On a bus that delivers depth-first the answer is one late, and no error."""
    answers = []
    for utterance in ("what did i just say", "what did i just say now"):
        answers.append(alone.ask("kitchen", REPEAT_STT))
        alone.say("kitchen", utterance)
    answers.append(alone.ask("kitchen", REPEAT_STT))
    assert answers == [
        "you have not said anything yet",
        "you have not said anything yet",
        "you said what did i just say",
    ]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({}, id="none"),
        pytest.param({"utterances": None}, id="null"),
        pytest.param({"utterances": []}, id="empty"),
        pytest.param({"utterances": [""]}, id="empty text"),
        pytest.param({"utterances": ["   "]}, id="blank"),
        pytest.param({"utterances": [None]}, id="no text"),
        pytest.param({"utterances": [["hello", "hello"]]}, id="old style pair"),
    ],
)
def test_not_an_utterance(alone, data) -> None:
    """A message without a text in it is not something said."""
    alone.skill.on_utterance(alone.message("recognizer_loop:utterance", "kitchen"))
    alone.skill.on_utterance(alone.message("x", "kitchen", **data))
    alone.say("kitchen", "what did i just say")
    assert alone.ask("kitchen", REPEAT_STT) == "you have not said anything yet"


def test_first_transcription_counts(alone) -> None:
    """Of several transcriptions the first one was said."""
    utterances = ["i would like that", "I'd like that"]
    alone.skill.on_utterance(alone.message("x", "kitchen", utterances=utterances))
    alone.say("kitchen", "what did i just say")
    assert alone.ask("kitchen", REPEAT_STT) == "you said i would like that"


def test_later_changes_of_the_message_do_not_matter(alone) -> None:
    """Transformers that change a message in place do not change what was heard."""
    message = alone.message("x", "kitchen", utterances=["the sky is blue"])
    alone.skill.on_utterance(message)
    message.data["utterances"][0] = "the sky is green"
    alone.say("kitchen", "what did i just say")
    assert alone.ask("kitchen", REPEAT_STT) == "you said the sky is blue"


def test_repeats_what_it_told(alone) -> None:
    """What the skill said last to the session, not to another one."""
    alone.ask("kitchen", "handle_repeat_words", phrase="hello world")
    alone.ask("bedroom", "handle_repeat_words", phrase="grass is green")
    assert alone.ask("kitchen", REPEAT_TTS) == "i said hello world"


def test_a_repetition_is_not_repeated(alone) -> None:
    """Asked twice, the answer is the same."""
    alone.ask("kitchen", "handle_repeat_words", phrase="hello world")
    alone.ask("kitchen", REPEAT_TTS)
    assert alone.ask("kitchen", REPEAT_TTS) == "i said hello world"


def test_nothing_told_yet(alone) -> None:
    """A session that was told nothing hears so."""
    alone.say("kitchen", "the sky is blue")
    assert alone.ask("kitchen", REPEAT_TTS) == "i have not said anything yet"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"utterance": "hello"}, id="nobody's"),
        pytest.param({"utterance": "hello", "meta": None}, id="null"),
        pytest.param({"utterance": "hello", "meta": {"skill": "x.y"}}, id="other"),
        pytest.param({"meta": {"skill": "ovos-skill-repeater.kit"}}, id="no text"),
    ],
)
def test_not_told_by_this_skill(alone, data) -> None:
    """What others tell a session is not what this skill told it."""
    alone.skill.on_speak(alone.message(TOLD, "kitchen", **data))
    assert alone.ask("kitchen", REPEAT_TTS) == "i have not said anything yet"


@pytest.mark.parametrize(
    "words",
    ["(a|b)", "[maybe]", "{stt}", "{ more }", "{{x}}", "(unbalanced", "<voc>", "a  b"],
)
def test_words_are_no_template(alone, words) -> None:
    """An utterance that looks like a template is repeated as it is."""
    alone.say("kitchen", words)
    alone.say("kitchen", "what did i just say")
    assert alone.ask("kitchen", REPEAT_STT) == f"you said {words}"


def test_tells_the_dialog_and_its_words(alone) -> None:
    """The message says what was spoken the way `speak_dialog` does."""
    alone.ask("kitchen", "handle_repeat_words", phrase="hello world")
    meta = alone.heard[-1].data["meta"]
    assert meta == {
        "dialog": "words",
        "data": {"phrase": "hello world"},
        "skill": "ovos-skill-repeater.kit",
    }


def test_asks_and_repeats_the_answer(alone, monkeypatch) -> None:
    """The answer to the question is repeated."""
    monkeypatch.setattr(alone.skill, "get_response", lambda *_, **__: "hello world")
    assert alone.ask("kitchen", AFTER_ME) == "hello world"


def test_asks_through_response_mode(alone) -> None:
    """The answer comes as an utterance of the session that was asked."""

    def answer(message) -> None:
        if message.data["expect_response"]:
            for session in ("bedroom", "kitchen"):
                reply = alone.message("x", session, utterances=[f"this is {session}"])
                reply.msg_type = f"{alone.skill.skill_id}.converse.get_response"
                alone.bus.emit(reply)

    alone.bus.on("speak", answer)
    alone.ask("kitchen", AFTER_ME)
    alone.bus.remove("speak", answer)
    assert alone.spoken("kitchen") == ["what shall i repeat", "this is kitchen"]


def test_no_answer_is_confirmed(alone, monkeypatch) -> None:
    """After a "cancel", or silence, the session hears that nothing is repeated."""
    monkeypatch.setattr(alone.skill, "get_response", lambda *_, **__: None)
    alone.say("kitchen", "repeat after me")
    assert alone.ask("kitchen", AFTER_ME) == "alright, i repeat nothing"


def test_a_stopped_question_ends_in_silence(alone, monkeypatch) -> None:
    """After a stop in the middle of the question nothing more is said."""

    def stopped(*_, **__) -> None:
        alone.skill.stop_session(Session("kitchen"))

    monkeypatch.setattr(alone.skill, "get_response", stopped)
    alone.say("kitchen", "repeat after me")
    assert alone.ask("kitchen", AFTER_ME) is None


def test_a_stopped_question_is_silent_while_talk_goes_on(alone, monkeypatch) -> None:
    """A session may say more before the stopped question has ended."""

    def stopped(*_, **__) -> None:
        alone.skill.stop_session(Session("kitchen"))
        alone.say("kitchen", "the sky is blue")

    monkeypatch.setattr(alone.skill, "get_response", stopped)
    alone.say("kitchen", "repeat after me")
    assert alone.ask("kitchen", AFTER_ME) is None


def test_asks_only_once(alone, monkeypatch) -> None:
    """No answer does not open the microphone again, for ever."""
    asked = {}
    monkeypatch.setattr(
        alone.skill, "get_response", lambda *_, **given: asked.update(given)
    )
    alone.ask("kitchen", AFTER_ME)
    assert asked == {"num_retries": 0}


@pytest.mark.parametrize(
    ("site_id", "expected"),
    [
        pytest.param("kitchen", "this is kitchen", id="known"),
        pytest.param("unknown", "i do not know where you are", id="unknown"),
        pytest.param(None, "i do not know where you are", id="none"),
    ],
)
def test_which_site(alone, site_id, expected) -> None:
    """The answer is the site of the session, if it has one."""
    message = alone.message("x", "anywhere")
    message.context["session"]["site_id"] = site_id
    alone.skill.handle_which_site(message)
    assert alone.last("anywhere") == expected


def test_stop_is_truthful(alone) -> None:
    """The second of two stops has nothing to forget."""
    alone.say("kitchen", "the sky is blue")
    stops = [alone.skill.stop_session(Session("kitchen")) for _ in range(2)]
    assert stops == [True, False]


def test_stop_of_one_session_alone(alone) -> None:
    """What another session said survives."""
    alone.say("kitchen", "the sky is blue")
    alone.say("bedroom", "grass is green")
    alone.skill.stop_session(Session("kitchen"))
    alone.say("bedroom", "what did i just say")
    assert alone.ask("bedroom", REPEAT_STT) == "you said grass is green"


def test_stop_of_the_bus_reports_what_was_stopped(alone) -> None:
    """The answer to a stop names the session's result, as core asks for it."""
    reports = []
    alone.bus.on(f"{alone.skill.skill_id}.stop.response", reports.append)
    alone.say("kitchen", "the sky is blue")
    for session in ("bedroom", "kitchen", "kitchen"):
        alone.bus.emit(alone.message(f"{alone.skill.skill_id}.stop", session))
    alone.bus.remove(f"{alone.skill.skill_id}.stop.response", reports.append)
    assert [report.data["result"] for report in reports] == [False, True, False]


def test_can_stop_says_what_stop_would_do(alone) -> None:
    """Only a session with a history can be stopped."""
    alone.say("kitchen", "the sky is blue")
    messages = [alone.message("x", session) for session in ("kitchen", "bedroom")]
    assert [alone.skill.can_stop(message) for message in messages] == [True, False]


def test_nothing_needs_a_network(alone) -> None:
    """An assistant without a network loads the skill."""
    needs = type(alone.skill).runtime_requirements
    assert [needs.internet_before_load, needs.network_before_load] == [False, False]
