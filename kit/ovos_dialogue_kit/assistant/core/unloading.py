"""Unload the skills after the last turn of a replay, and tell what goes wrong.

ovos-core's ``SkillManager`` unloads them, and calls their ``shutdown`` and ``stop``. It
only logs what they raise, and waits for them without end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ovos_dialogue_kit.assistant.core.boot import RunningCore
from ovos_dialogue_kit.assistant.core.generations import installed_generation
from ovos_dialogue_kit.assistant.core.raised import Raised
from ovos_dialogue_kit.assistant.core.skill_output import Words
from ovos_dialogue_kit.jsondata import mapping_in
from ovos_dialogue_kit.replayer.bus import Bus
from ovos_dialogue_kit.replayer.dialect import canonical
from ovos_dialogue_kit.replayer.transcript import Fault, Transcript

__all__ = ["UNLOADING", "unloaded"]

UNLOADING = 30.0
"""Seconds of the assistant's clock in which all skills must be unloaded."""

_ENDINGS = ("default_shutdown", "on_stopping_status", "settings", "shutdown", "stop")
"""The parts of a skill that OVOS uses to unload it."""

_WHEN = "when unloaded after the last turn"


def unloaded(  # noqa: PLR0913, PLR0917  # what one replay has
    transcript: Transcript,
    core: RunningCore,
    bus: Bus,
    raised: Raised,
    words: Words,
    note: Callable[[BaseException], object],
    run: Callable[[Callable[[], object]], int | None],
) -> Transcript:
    """Unload the skills, and return the transcript with their faults.

    What they raise is a fault of the last turn, what they say is among its words. What
    they change is not in the transcript, whose turns are complete. Skills that have
    no code for their end are left alone.

    Args:
        transcript: what was replayed.
        core: the assistant.
        bus: the bus that it was replayed on.
        raised: knows the code of the skills.
        words: takes what they say.
        note: gets what even the manager does not catch; ``bus`` returns it then.
        run: calls a function in a thread; returns the thread's id if it does not end
            within ``UNLOADING``.

    """
    if not any(map(_has_ending, core.skills.values())):
        return transcript
    bus.advance(bus.now)  # what was said before
    bus.faults()
    words.has_warnings = False  # it warns of what every skill lacks
    *turns, last = transcript.turns
    ending = run(lambda: core.unload(note))
    faults = (_at_the_end(caught.fault) for caught in bus.faults())
    last = replace(last, faults=(*last.faults, *faults))
    for text in _said(bus):
        words.add(last.index, "says", f'"{text}", {_WHEN}')
    transcript = replace(transcript, turns=(*turns, last))
    calls = raised.calls_of(ending) if ending else None
    return replace(transcript, crash=_hang(*calls)) if calls else transcript


def _has_ending(skill: object) -> bool:
    """Return True if unloading a skill runs code that its base class has not."""
    from ovos_workshop.skills.ovos import OVOSSkill

    kind = type(skill)
    return any(
        name in vars(skill)
        or getattr(kind, name, None) is not getattr(OVOSSkill, name, None)
        for name in _ENDINGS
    )


def _at_the_end(fault: Fault) -> Fault:
    """Return a fault of a skill that was being unloaded, for no session."""
    name, _, what = fault.detail.partition(": ")
    detail = f"{fault.detail}, {_WHEN}"
    if fault.kind == "raised":
        detail = f"{name}, {_WHEN}: {what}"
    return replace(fault, detail=detail, is_of_nobody=True)


def _hang(name: str, trace: str) -> Fault:
    """Return the crash that a skill is not unloaded in time."""
    limit = f"no end within {UNLOADING:g} s"
    return Fault("crash", f"it hung: {name}, {_WHEN}: {limit}", trace)


def _said(bus: Bus) -> Iterator[str]:
    """Yield what has been said since the bus was last asked."""
    dialect = installed_generation().dialect
    for heard in bus.advance(bus.now):
        if canonical(heard.topic) == "speak":
            message = heard.message
            if not dialect.is_twin(mapping_in(message, "context")):
                yield str(mapping_in(message, "data").get("utterance", ""))
