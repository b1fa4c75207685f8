"""Describe what an assistant is started with; equal setups can share one assistant."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from ovos_dialogue_kit.assistant.device import chosen_engine, optional_stages
from ovos_dialogue_kit.assistant.transports.registry import Transport, transport_of
from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.fixture.model import Fixture

__all__ = [
    "Limits",
    "Setup",
    "default_pipeline",
    "limit_hint",
    "pipeline_for",
    "require_skills",
]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that an assistant may take.

    ``boot`` is for a boot, in real time; ``training`` is for the engines, on the
    assistant's clock, and part of the boot. ``dialogue`` is the time that a replay may
    use without progress (see ``process/watch``).
    """

    boot: float = 60.0
    training: float = 60.0
    dialogue: float = 60.0


@dataclass(frozen=True, slots=True)
class Setup:
    """Skills, languages and engines of one assistant.

    ``engine`` is an engine's name or several joined by ``+``. ``langs`` begins with the
    main language. ``clock`` is ``virtual`` or ``real``. ``bus`` is ``memory``, ``real``
    (an ``ovos-messagebus`` that the kit starts) or the ``ws://`` address of one.
    ``stages`` are pipeline stages that sessions ask for beyond the default pipeline,
    and ``optional`` those that it has because the skills need them, without their
    levels.
    ``hosts`` are those that the skills may connect to while they are loaded;
    ``is_online`` if there are any, then or in a turn.
    ``limits`` are those of its time.
    ``config`` are keys of ``mycroft.conf`` as JSON, so that setups can be compared.
    """

    skills: tuple[str, ...]
    langs: tuple[str, ...] = ("en-US",)
    engine: str = "padacioso"
    transformers: tuple[str, ...] = ()
    clock: str = "virtual"
    bus: str = "memory"
    stages: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    is_online: bool = False
    limits: Limits = Limits()
    config: str = "{}"

    @classmethod
    def of(
        cls,
        fixture: Fixture,
        engine: str,
        bus: str = "memory",
        lang: str | None = None,
    ) -> Setup:
        """Return the setup that ``fixture`` needs to be replayed with ``engine``.

        Args:
            fixture: the dialogue.
            engine: an engine's name, several, or ``auto``.
            bus: the transport.
            lang: the main language; by default that of the fixture.

        Raises:
            KitError: the fixture names no skill, or there is no such bus.

        """
        require_skills(fixture)
        transport = transport_of(bus)
        return cls(
            skills=fixture.skills,
            langs=tuple(dict.fromkeys((lang or fixture.langs[0], *fixture.langs))),
            engine=chosen_engine(engine, fixture.skills),
            transformers=fixture.transformers,
            clock=fixture.clock if transport.is_virtual_time else "real",
            bus=bus,
            stages=tuple(sorted(_stages(fixture))),
            optional=optional_stages(fixture.skills),
            hosts=fixture.marks.hosts,
            is_online=_is_online(fixture),
            config=json.dumps(fixture.config, sort_keys=True),
        )

    @property
    def transport(self) -> Transport:
        """The transport that ``bus`` stands for.

        Raises:
            KitError: there is no such bus.

        """
        return transport_of(self.bus)

    @property
    def engines(self) -> tuple[str, ...]:
        """The names of the engines under test."""
        return tuple(self.engine.split("+"))


def limit_hint(name: str) -> str:
    """Return how a user raises one of the ``Limits``."""
    return f"raise the limit with --{name}-timeout (in pytest: --kit-{name}-timeout)"


def require_skills(fixture: Fixture) -> None:
    """Raise unless a fixture names a skill.

    Raises:
        KitError: it names none.

    """
    if not fixture.skills:
        raise KitError(
            "the script does not name a skill",
            Mark(fixture.script, fixture.line),
            hint="add `skill: <skill id>` to the script, or pass --skill (in pytest: "
            "--kit-skill)",
        )


def _is_online(fixture: Fixture) -> bool:
    """Return True if a skill may connect to a host at some time."""
    turns = (turn for case in fixture.cases for turn in case.turns)
    return bool(fixture.marks.hosts) or any(turn.marks.hosts for turn in turns)


def _stages(fixture: Fixture) -> set[str]:
    """Return the stages that the sessions of a fixture name."""
    return {
        str(stage)
        for case in fixture.cases
        for session in (*case.sessions.values(), *(t.overrides for t in case.turns))
        for stage in _as_list(session.get("pipeline"))
    }


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def default_pipeline(engine: str, optional: Collection[str] = ()) -> list[str]:
    """Return the stages of a session that names none, in order.

    It is that of ovos-core with the engines under test in the place of all engines, and
    with those optional stages that the skills need. Adapt scores how much of an
    utterance is keywords, so it also gets its low stage; the low stage of the others
    matches nonsense.
    """
    engines = engine.split("+")
    is_ocp = "ocp" in optional
    return [
        "stop_high",
        "converse",
        *(["ocp_high"] if is_ocp else []),
        *(f"{name}_high" for name in engines),
        *(["ocp_medium"] if is_ocp else []),
        "fallback_high",
        "stop_medium",
        *(f"{name}_medium" for name in engines),
        *(f"{name}_low" for name in engines if name == "adapt"),
        *(["common_qa"] if "common_qa" in optional else []),
        "fallback_medium",
        "fallback_low",
    ]


def pipeline_for(
    stages: list[str] | None, engine: str, optional: Collection[str] = ()
) -> list[str]:
    """Return the stage ids to put into a session: ``stages``, or the default.

    ``engine_high`` and its kin stand for the stages of the engines under test. The
    names are the ones that every ovos-core from 0.0.8 on understands.
    """
    if stages is None:
        return default_pipeline(engine, optional)
    pipeline: list[str] = []
    for stage in stages:
        name, _, level = stage.partition("_")
        names = engine.split("+") if name == "engine" else [name]
        pipeline.extend(f"{name}_{level}" if level else name for name in names)
    return pipeline
