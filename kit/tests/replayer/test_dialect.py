"""What the messages of an assistant with several skills mean."""

from __future__ import annotations

import pytest

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.dialect import Dialect, Match, canonical
from ovos_dialogue_kit.script.model import Route

REPEATER = "ovos-skill-repeater.kit"
PARROT = "skill-parrot.kit"
SKILLS = (REPEATER, PARROT)


def new_dialect() -> Dialect:
    """Return one that has remembered nothing yet."""
    return Dialect(SKILLS)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("ovos.utterance.handle", "recognizer_loop:utterance"),
        ("ovos.utterance.speak", "speak"),
        ("ovos.intent.unmatched", "complete_intent_failure"),
        ("ovos.mic.listen", "mycroft.mic.listen"),
        ("ovos.stop", "mycroft.stop"),
        ("ovos.utterance.handled", "ovos.utterance.handled"),
        ("anything.else", "anything.else"),
    ],
)
def test_a_new_topic_has_an_old_name(new: str, old: str) -> None:
    """Each topic that ovos-core 3 has renamed is read by its name before."""
    assert old == canonical(new)


@pytest.mark.parametrize(
    "topic",
    [
        "complete_intent_failure",
        "hive.policy.denied",
        "converse:skill",
        "mycroft.mic.listen",
        "mycroft.skill.handler.complete",
        "mycroft.skill.handler.error",
        "mycroft.stop",
        "ocp:play",
        "ovos.intent.handler.error",
        "ovos.utterance.cancelled",
        "ovos.utterance.handled",
        "persona:query",
        "question:action",
        "question:action.skill-parrot.kit",
        "skill.converse.get_response.disable",
        "skill.converse.get_response.enable",
        "skill.converse.request",
        "skill.converse.response",
        "speak",
        "stop:global",
        "stop:skill",
        *(f"{skill}:say.hello.intent" for skill in SKILLS),
        *(f"{skill}.stop" for skill in SKILLS),
        *(f"ovos.skills.fallback.{skill}.request" for skill in SKILLS),
    ],
)
def test_a_topic_that_matters(topic: str) -> None:
    """Core's own, and those of each skill, whichever it is."""
    assert new_dialect().matters(topic)
    assert not new_dialect().matters(f"x{topic}")


@pytest.mark.parametrize("skill", SKILLS)
@pytest.mark.parametrize(
    ("topic", "route", "is_sure", "is_sure_before_2"),
    [
        ("{}.converse.get_response", "response", True, True),
        ("{}.converse.request", "converse", True, False),
        ("ovos.skills.fallback.{}.request", "fallback", True, False),
        ("{}.stop", "stop", True, True),
    ],
)
def test_a_skill_that_is_asked(
    topic: str, route: Route, skill: str, *, is_sure: bool, is_sure_before_2: bool
) -> None:
    """It may decline to converse and as a fallback, before ovos-core 2.0."""
    asked = topic.format(skill)
    assert new_dialect().match(asked, {}) == Match(route, skill, is_sure=is_sure)
    old = Dialect(SKILLS, may_decline=True)
    assert old.match(asked, {}) == Match(route, skill, is_sure=is_sure_before_2)


@pytest.mark.parametrize(
    ("topic", "route", "owner"),
    [
        ("converse:skill", "converse", None),
        ("mycroft.stop", "stop", None),
        ("ovos.utterance.cancelled", "cancelled", None),
        ("question:action", "common_query", None),
        ("question:action.parrot", "common_query", None),
        ("stop:global", "stop", None),
        ("stop:skill", "stop", None),
        ("ocp:play", "ocp", "ovos.common_play"),
        ("persona:query", "persona", None),
    ],
)
def test_a_stage_that_takes_an_utterance(
    topic: str, route: Route, owner: str | None
) -> None:
    """It may name a skill; media have one of their own."""
    assert new_dialect().match(topic, {}) == Match(route, owner)
    assert new_dialect().match(topic, {"skill_id": PARROT}) == Match(route, PARROT)


def test_a_request_to_converse_is_not_sure() -> None:
    """The skill that is asked may decline, on every version."""
    match = Match("converse", PARROT, is_sure=False)
    assert new_dialect().match("skill.converse.request", {"skill_id": PARROT}) == match


@pytest.mark.parametrize("skill", SKILLS)
@pytest.mark.parametrize("key", ["utterance", "utterances", "intent_type"])
def test_an_intent_of_any_skill(skill: str, key: str) -> None:
    """Its name has no suffix; the data of a skill's own event lack each of these."""
    topic = f"{skill}:say.hello.intent"
    assert new_dialect().match(topic, {key: "x"}) == Match("intent", skill, "say.hello")
    assert new_dialect().match(topic, {"other": "x"}) is None
    assert new_dialect().match(f"x{topic}", {key: "x"}) is None


def test_a_reserved_name_is_no_intent() -> None:
    """It stands for a route, from ovos-core 2.2 on; another name does not."""
    dialect = Dialect(SKILLS, reserved={"stop": "stop"})
    said: dict[str, Json] = {"utterance": "stop"}
    assert dialect.match(f"{PARROT}:stop", said) == Match("stop", PARROT)
    assert dialect.match(f"{PARROT}:halt", said) == Match("intent", PARROT, "halt")


def slots(data: dict[str, Json], topic: str = f"{REPEATER}:say.intent") -> object:
    match = new_dialect().match(topic, data)
    assert match is not None
    return match.slots


def test_slots_are_what_else_an_intent_has() -> None:
    """What OVOS adds for itself is none, nor is what it repeats of an entity."""
    own = dict.fromkeys(
        (
            "__tags__",
            "confidence",
            "conf",
            "intent_name",
            "lang",
            "skill_id",
            "utterance",
            "utterances",
            "utterance_remainder",
        ),
        "x",
    )
    said = {"name": "bob", "place": "the kitchen", f"{REPEATER}:place_0123": "kitchen"}
    assert slots({"utterance": "x", "name": f"{REPEATER}:say.intent"}) == {}
    assert slots({**own, **said}) == {"name": "bob", "place": "the kitchen"}
    place: dict[str, Json] = {"place": f"{REPEATER}:say.intent"}
    assert slots({**own, **place}) == place


def test_keywords_of_adapt_are_slots_without_the_skills_letters() -> None:
    """Others are none: Adapt repeats each under its own name."""
    data: dict[str, Json] = {
        "intent_type": "x",
        "ovos_skill_repeater_kitPlace": "kitchen",
        "ovos_skill_repeater_kitThing": "lamp",
        "skill_parrot_kitOther": "x",
        "Place": "x",
    }
    assert slots(data) == {"Place": "kitchen", "Thing": "lamp"}


@pytest.mark.parametrize("key", ["lang", "stt_lang", "request_lang", "detected_lang"])
def test_every_language_has_the_form_of_the_version(key: str) -> None:
    """Those of an utterance, too, and nothing else."""
    wire: dict[str, Json] = {key: "pt-PT", "site_id": "KITCHEN", "n": 1}
    found = Dialect(lang=str.lower).in_lang(wire)
    assert found == {key: "pt-pt", "site_id": "KITCHEN", "n": 1}


def test_the_newest_versions_are_the_usual_ones() -> None:
    """Peculiarities of older ones are off unless they are asked for."""
    assert new_dialect() == Dialect(
        SKILLS, stop_response_ends=False, may_decline=False, answers_late=False
    )


def test_a_twin_is_marked_by_either_bus() -> None:
    """Both marks of ovos-bus-client are known, and no other one."""
    for mark in ("_intent_compat_twin", "_namespace_compat_twin"):
        assert new_dialect().is_twin({mark: True, "n": 1})
        assert not new_dialect().is_twin({mark: False})
    assert not new_dialect().is_twin({"x": True})


@pytest.mark.parametrize("skill", SKILLS)
def test_the_answer_of_any_skill(skill: str) -> None:
    """To a stop, as a fallback, and to converse: the latter two may decline."""
    fallback = f"ovos.skills.fallback.{skill}.response"
    assert new_dialect().is_answer(f"{skill}.stop.response")
    assert new_dialect().is_answer(fallback)
    assert new_dialect().is_answer("skill.converse.response")
    assert not new_dialect().is_answer("other.skill.stop.response")
    for took in (True, False):
        result: dict[str, Json] = {"result": took}
        assert new_dialect().answer(fallback, result) == ("fallback", took)
        assert new_dialect().answer("skill.converse.response", result) == (
            "converse",
            took,
        )
    assert new_dialect().answer(fallback, {"result": "yes"}) == ("fallback", False)
    assert new_dialect().answer("skill.converse.response", {}) == ("converse", False)
    assert new_dialect().answer(f"{skill}.stop.response", {"result": True}) is None
    assert new_dialect().answer(f"{skill}.fallback.response", {"result": True}) is None
    asked = f"ovos.skills.fallback.{skill}.request"
    assert new_dialect().answer(asked, {"result": True}) is None


@pytest.mark.parametrize(
    ("topic", "heard", "unheard"),
    [
        ("speak", True, True),
        ("gui.value.set", True, True),
        ("mycroft.audio.play", True, True),
        ("ovos.common_play.play", True, True),
        ("enclosure.eyes.blink", True, True),
        ("home.light.on", False, True),
        ("intent.service.x", False, False),
        ("mycroft.skill.handler.start", False, False),
        ("mycroft.skills.loaded", False, False),
        ("ovos.common_query.question", False, False),
        ("ovos.session.sync", False, False),
        ("ovos.skills.x", False, False),
        ("ovos.utterance.x", False, False),
        ("skill.converse.x", False, False),
        (f"{PARROT}.x", False, False),
    ],
)
def test_what_leaves_the_assistant(topic: str, *, heard: bool, unheard: bool) -> None:
    """What is spoken, shown or played; whatever else nobody listens to."""
    assert new_dialect().leaves(topic, is_unheard=False) is heard
    assert new_dialect().leaves(topic, is_unheard=True) is unheard
