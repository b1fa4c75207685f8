"""How to read the bus of one generation of ovos-core: pure knowledge about messages.

The words are those of the draft specifications (``OpenVoiceOS/architecture``); where a
version uses another topic for the same thing, ``canonical`` gives it its old, common
name, which every version bridges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Route

__all__ = ["Dialect", "Match"]

_CANONICAL = {
    "ovos.utterance.handle": "recognizer_loop:utterance",
    "ovos.utterance.speak": "speak",
    "ovos.intent.unmatched": "complete_intent_failure",
    "ovos.mic.listen": "mycroft.mic.listen",
    "ovos.stop": "mycroft.stop",
}
_FALLBACK = "ovos.skills.fallback."
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
    "question:query": "common_query",
    "question:action": "common_query",
    "skill.converse.request": "converse",
    "stop:global": "stop",
    "stop:skill": "stop",
}
_TOPICS = frozenset(
    {
        "complete_intent_failure",
        "mycroft.mic.listen",
        "mycroft.skill.handler.error",
        "ovos.utterance.handled",
        "skill.converse.get_response.disable",
        "skill.converse.get_response.enable",
        "speak",
        *_ROUTE_TOPICS,
    }
)
_NOT_SLOTS = frozenset(
    {
        "__tags__",
        "confidence",
        "conf",
        "intent_name",
        "intent_type",
        "lang",
        "skill_id",
        "utterance",
        "utterances",
        "utterance_remainder",
    }
)


@dataclass(frozen=True, slots=True)
class Match:
    """Where an utterance went: the route, and for an intent its name and slots."""

    route: Route
    skill: str | None = None
    intent: str | None = None
    slots: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the messages of one generation mean.

    Args:
        stop_response_ends: after a targeted "stop" there is no
            ``ovos.utterance.handled``; the skill's ``<skill>.stop.response`` ends the
            turn (ovos-core 2.0 and 2.1).
        lang: how it writes a language tag; it takes no other.
        reserved: names that a skill's intents cannot have, as ``<skill>:<name>`` is how
            an utterance is sent there, and the route that each stands for
            (OVOS-PIPELINE-1 §7; ovos-core 2.2 and newer).

    """

    stop_response_ends: bool = False
    lang: Callable[[str], str] = str
    reserved: Mapping[str, Route] = field(default_factory=dict)

    def canonical(self, topic: str) -> str:
        """Return the common name of a topic."""
        return _CANONICAL.get(topic, topic)

    def in_lang(self, wire: Mapping[str, Json]) -> dict[str, Json]:
        """Return wire data with its language, if it has one, as it must be written."""
        lang = wire.get("lang")
        return {**wire, "lang": self.lang(lang)} if isinstance(lang, str) else {**wire}

    def is_twin(self, context: Mapping[str, Json]) -> bool:
        """Return whether a message repeats the one before it, under its old topic.

        ovos-bus-client 2.8 and newer sends such twins for the sake of older ones.
        """
        return any(context.get(key) for key in _TWINS)

    def matters(self, topic: str, skills: Iterable[str]) -> bool:
        """Return whether a message of a (canonical) topic says anything of a turn."""
        return topic in _TOPICS or any(
            topic.startswith((f"{skill}:", f"{skill}.", f"{_FALLBACK}{skill}."))
            for skill in skills
        )

    def match(
        self, topic: str, data: Mapping[str, Json], skills: Iterable[str]
    ) -> Match | None:
        """Return where a message sends an utterance, ``None`` if it does not."""
        route = _ROUTE_TOPICS.get(topic)
        if route:
            skill = data.get("skill_id")
            return Match(route, str(skill) if skill else None)
        for skill in skills:
            if topic.startswith(f"{skill}:"):
                name = topic[len(skill) + 1 :].removesuffix(".intent")
                if name in self.reserved:
                    return Match(self.reserved[name], skill)
                return Match("intent", skill, name, _slots(data, skill))
            for prefix, suffix, route in _ROUTES:
                if topic == prefix + skill + suffix:
                    return Match(route, skill)
        return None


def _slots(data: Mapping[str, Json], skill: str) -> dict[str, Json]:
    """Return the slots among the data of an intent message.

    Adapt puts the skill's id, letters and digits only, before its keywords. ``name`` is
    a slot like others, unless it is the intent's.
    """
    prefix = "".join(c if c.isalnum() else "_" for c in skill)
    is_adapt = "intent_type" in data
    return {
        key.removeprefix(prefix): value
        for key, value in data.items()
        if key not in _NOT_SLOTS
        and (not is_adapt or key.startswith(prefix))
        and not (key == "name" and str(value).startswith(f"{skill}:"))
    }
