"""Which skills are unloaded after the last turn."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from ovos_workshop.skills.ovos import OVOSSkill

from ovos_dialogue_kit.assistant.core.boot import RunningCore
from ovos_dialogue_kit.assistant.core.raised import Raised
from ovos_dialogue_kit.assistant.core.skill_output import Words
from ovos_dialogue_kit.assistant.core.unloading import unloaded
from ovos_dialogue_kit.assistant.system.call_stack import SkillCode
from ovos_dialogue_kit.replayer.bus import Caught, Heard
from ovos_dialogue_kit.replayer.transcript import Fault, Transcript, TurnTranscript

pytestmark = pytest.mark.ovos

Kind = type[Any]


class Plain(OVOSSkill):  # type: ignore[misc]  # untyped
    def __del__(self) -> None:
        """Do nothing: it was never loaded."""


class Stopped(Plain):
    def stop(self) -> None:
        """Stop."""


class ShutDown(Plain):
    def shutdown(self) -> None:
        """Shut down."""


class Configured(Plain):
    settings = SimpleNamespace()


class Independent:
    """A skill of another base class."""


def was_unloaded(*skills: object) -> bool:
    """Return True if unloading was begun for an assistant with these skills."""
    begun: list[object] = []

    def run(end: Callable[[], object]) -> None:
        begun.append(end)

    raised, code = Raised(SkillCode()), SkillCode()
    turn = TurnTranscript(0, "kitchen", "hi", 0.0, "handled", 0.0)
    unloaded(
        Transcript("s", "d", "", "padacioso", "memory", (turn,)),
        RunningCore(None, None, {str(id(each)): each for each in skills}),
        SimpleNamespace(now=0.0, advance=lambda _: [], faults=list),  # type: ignore[arg-type]
        raised,
        Words((), code, lambda: None),
        lambda _: None,
        run,
    )
    return bool(begun)


def made(kind: Kind) -> object:
    """Return a skill that was not loaded."""
    return kind.__new__(kind)


@pytest.mark.parametrize("kind", [Stopped, ShutDown, Configured, Independent])
def test_a_skill_with_an_end_of_its_own(kind: Kind) -> None:
    """It is unloaded, and the others with it."""
    assert was_unloaded(made(Plain), made(kind))


def test_a_skill_that_gets_its_end_later() -> None:
    """A function that a skill sets on itself is such an end, too."""
    skill: Any = made(Plain)
    skill.shutdown = print
    assert was_unloaded(skill)


def test_a_skill_without_an_end() -> None:
    """Unloading would run nothing but OVOS's own code, so it is left out."""
    assert not was_unloaded(made(Plain), made(Plain))


def test_what_skills_do_while_they_are_unloaded() -> None:
    """Faults of any kind are of the last turn, and words too, each once."""
    last = TurnTranscript(1, "kitchen", "hi", 0.0, "handled", 0.0)
    noted = [
        Fault("raised", "Skill.stop: ValueError: no"),
        Fault("network", "api.example:443, on line 3"),
    ]
    said = [
        Heard(0.0, json.dumps({"type": topic, "data": data, "context": context}))
        for topic, data, context in (
            ("speak", {"utterance": "bye"}, {}),
            ("speak", {"utterance": "bye"}, {"_namespace_compat_twin": True}),
            ("mycroft.stop", {"utterance": "stop"}, {}),
        )
    ]
    moments = iter([[], said])
    caught = iter([[Caught(Fault("raised", "before"))], [*map(Caught, noted)]])
    told: list[tuple[int, str, str]] = []
    found = unloaded(
        Transcript("s", "d", "", "", "memory", (replace(last, index=0), last)),
        RunningCore(None, None, {"a.test": made(Stopped)}),
        SimpleNamespace(  # type: ignore[arg-type]  # what is used of it
            now=0.0, advance=lambda _: next(moments), faults=lambda: next(caught)
        ),
        Raised(SkillCode()),
        SimpleNamespace(add=lambda *words: told.append(words)),  # type: ignore[arg-type]
        lambda _: None,
        lambda _: None,
    )
    when = "when unloaded after the last turn"
    assert [[fault.detail for fault in turn.faults] for turn in found.turns] == [
        [],
        [
            f"Skill.stop, {when}: ValueError: no",
            f"api.example:443, on line 3, {when}",
        ],
    ]
    assert found.crash is None
    assert told == [(1, "says", f'"bye", {when}')]
