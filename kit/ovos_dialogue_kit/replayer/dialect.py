"""Interpret the bus messages of one generation of ovos-core, without any state.

The terms are those of the draft specifications (``OpenVoiceOS/architecture``). If a
version uses a new topic for the same thing, ``canonical`` returns its old, common name,
for which every version has a bridge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ovos_dialogue_kit.fixture.model import LANG_KEYS
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.script.model import Route

__all__ = ["DENIED", "Dialect", "Match", "canonical"]

_CANONICAL = {
    "ovos.utterance.handle": "recognizer_loop:utterance",
    "ovos.utterance.speak": "speak",
    "ovos.intent.unmatched": "complete_intent_failure",
    "ovos.mic.listen": "mycroft.mic.listen",
    "ovos.stop": "mycroft.stop",
}
DENIED = "hive.policy.denied"
"""The message with which a HiveMind hub tells a satellite that it refuses one of its.

It is ``hive.policy.denied {denied_type, code, reason, data}``, from hivemind-core 4.3
on."""

_FALLBACK = "ovos.skills.fallback."
_INTENT_DATA = frozenset({"utterance", "utterances", "intent_type"})
"""Keys in the data of an intent that the data of a skill's own event lack."""

_ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("", ".converse.get_response", "response"),
    ("", ".converse.request", "converse"),
    (_FALLBACK, ".request", "fallback"),
    ("", ".stop", "stop"),
)
_TWINS = ("_intent_compat_twin", "_namespace_compat_twin")
_ROUTE_TOPICS: Mapping[str, Route] = {
    "converse:skill": "converse",
    "mycroft.stop": "stop",
    "ovos.utterance.cancelled": "cancelled",
    "question:action": "common_query",
    "skill.converse.request": "converse",
    "stop:global": "stop",
    "stop:skill": "stop",
}
_ROUTE_PREFIXES: tuple[tuple[str, Route], ...] = (
    ("ocp:", "ocp"),
    ("persona:", "persona"),
    ("question:action.", "common_query"),
)
_TOPICS = frozenset(
    {
        "complete_intent_failure",
        DENIED,
        "mycroft.mic.listen",
        "mycroft.skill.handler.complete",
        "mycroft.skill.handler.error",
        "ovos.intent.handler.error",
        "ovos.utterance.handled",
        "skill.converse.get_response.disable",
        "skill.converse.get_response.enable",
        "skill.converse.response",
        "speak",
        *_ROUTE_TOPICS,
    }
)
_TO_CLIENT = ("gui.", "mycroft.audio.", "ovos.common_play.", "enclosure.")
"""Prefixes of what a screen, a player or a face listens to, wherever that runs."""

_OF_TURN = (
    "intent.service.",
    "mycroft.skill.handler.",
    "mycroft.skills.",
    "ovos.common_query.",
    "ovos.session.",
    "ovos.skills.",
    "ovos.utterance.",
    "skill.",
)
"""Prefixes of what skills and core tell each other, whether or not anybody listens."""

_OWNERS: Mapping[Route, str] = {"ocp": "ovos.common_play"}
"""The skill id of a plugin that answers itself (``OCP_ID`` of ovos-utils)."""

_PREFIXES = tuple(prefix for prefix, _ in _ROUTE_PREFIXES)
_NOT_SLOTS = frozenset(
    {
        "__tags__",
        "confidence",
        "conf",
        "intent_name",
        "lang",
        "skill_id",
        "utterance",
        "utterances",
        "utterance_remainder",
    }
)


@dataclass(frozen=True, slots=True)
class Match:
    """The route of an utterance and, for an intent, its name and slots.

    ``is_sure`` is False if a skill has only been asked, and may decline.
    """

    route: Route
    skill: str | None = None
    intent: str | None = None
    slots: Mapping[str, Json] = field(default_factory=dict)
    is_sure: bool = True


@dataclass(frozen=True)
class Dialect:
    """The meaning of the messages of one generation.

    Args:
        skills: ids of the skills under test.
        stop_response_ends: after a targeted "stop" there is no
            ``ovos.utterance.handled``; the skill's ``<skill>.stop.response`` ends the
            turn (ovos-core 2.0 and 2.1).
        may_decline: a skill is sent the utterance to find out whether it takes it, in
            ``converse`` and as a fallback (before ovos-core 2.0).
        answers_late: a common query ends before the skill speaks; its end is the end of
            the skill's handler (before ovos-core 0.2).
        lang: converts a language tag to the only form that it accepts.
        reserved: names that intents of skills cannot have, each with the route that
            ``<skill>:<name>`` stands for (OVOS-PIPELINE-1 §7; ovos-core 2.2 and newer).

    """

    skills: tuple[str, ...] = ()
    stop_response_ends: bool = False
    may_decline: bool = False
    answers_late: bool = False
    lang: Callable[[str], str] = str
    reserved: Mapping[str, Route] = field(default_factory=dict)

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        """The beginnings of the topics that matter."""
        own = (
            prefix
            for skill in self.skills
            for prefix in (f"{skill}:", f"{skill}.", f"{_FALLBACK}{skill}.")
        )
        return (*_PREFIXES, *own)

    @cached_property
    def _routes(self) -> Mapping[str, tuple[Route, str]]:
        """The topics that ask a skill, each with the route and the skill."""
        return {
            f"{prefix}{skill}{suffix}": (route, skill)
            for skill in self.skills
            for prefix, suffix, route in _ROUTES
        }

    @cached_property
    def _answers(self) -> frozenset[str]:
        """The topics of the skills' answers to questions of OVOS."""
        stops = (f"{skill}.stop.response" for skill in self.skills)
        fallbacks = (f"{_FALLBACK}{skill}.response" for skill in self.skills)
        return frozenset({"skill.converse.response", *stops, *fallbacks})

    def in_lang(self, wire: Mapping[str, Json]) -> dict[str, Json]:
        """Return wire data with its languages in the form of this generation."""
        langs = {key: wire.get(key) for key in ("lang", *LANG_KEYS)}
        return {
            **wire,
            **{
                k: self.lang(lang) for k, lang in langs.items() if isinstance(lang, str)
            },
        }

    def is_twin(self, context: Mapping[str, Json]) -> bool:
        """Return True if a message repeats the one before it, under its old topic.

        ovos-bus-client 2.8 and newer sends such twins for older versions.
        """
        return any(context.get(key) for key in _TWINS)

    def matters(self, topic: str) -> bool:
        """Return True if messages of a (canonical) topic matter to a turn."""
        return topic in _TOPICS or topic.startswith(self._prefixes)

    def leaves(self, topic: str, *, is_unheard: bool) -> bool:
        """Return True if a message of a topic is for somebody outside the assistant.

        That is what is spoken, shown or played, and whatever else nobody in the
        assistant listens to, but for what skills and the intent service tell each
        other of a turn.
        """
        if topic == "speak":
            return True
        is_for_client = is_unheard or topic.startswith(_TO_CLIENT)
        is_known = topic.startswith(_OF_TURN) or self.matters(topic)
        return is_for_client and not is_known

    def match(self, topic: str, data: Mapping[str, Json]) -> Match | None:
        """Return the match that a message reports, or ``None`` if it reports none."""
        for prefix, route in _ROUTE_PREFIXES:
            if topic.startswith(prefix):
                return Match(route, _text(data.get("skill_id")) or _OWNERS.get(route))
        if topic in _ROUTE_TOPICS:
            route = _ROUTE_TOPICS[topic]
            is_sure = topic != "skill.converse.request"
            return Match(route, _text(data.get("skill_id")), is_sure=is_sure)
        if topic in self._routes:
            route, skill = self._routes[topic]
            may_decline = route in ("converse", "fallback") and self.may_decline
            return Match(route, skill, is_sure=not may_decline)
        for skill in self.skills:
            if topic.startswith(f"{skill}:") and _INTENT_DATA & data.keys():
                name = topic[len(skill) + 1 :].removesuffix(".intent")
                if name in self.reserved:
                    return Match(self.reserved[name], skill)
                return Match("intent", skill, name, _slots(data, skill))
        return None

    def is_answer(self, topic: str) -> bool:
        """Return True if a topic is that of a skill's answer to a question of OVOS."""
        return topic in self._answers

    def answer(self, topic: str, data: Mapping[str, Json]) -> tuple[Route, bool] | None:
        """Return the route of a skill's answer, and True if it took the utterance.

        ``None`` if the message is not such an answer.
        """
        if topic == "skill.converse.response":
            return "converse", data.get("result") is True
        if topic.startswith(_FALLBACK) and topic.endswith(".response"):
            return "fallback", data.get("result") is True
        return None


def canonical(topic: str) -> str:
    """Return the common name of a topic."""
    return _CANONICAL.get(topic, topic)


def _slots(data: Mapping[str, Json], skill: str) -> dict[str, Json]:
    """Return the slots among the data of an intent message.

    Adapt prefixes keywords with the letters and digits of the skill's id. ``name`` is a
    slot like others, unless it is the name of the intent.
    """
    prefix = "".join(c if c.isalnum() else "_" for c in skill)
    is_adapt = "intent_type" in data
    return {
        key.removeprefix(prefix): value
        for key, value in data.items()
        if key not in _NOT_SLOTS
        and (not is_adapt or key.startswith(prefix))
        and not (key == "name" and str(value).startswith(f"{skill}:"))
        and not key.startswith(f"{skill}:")
    }


def _text(value: Json) -> str | None:
    return str(value) if value else None
