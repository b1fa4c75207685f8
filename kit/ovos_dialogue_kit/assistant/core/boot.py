"""Start ovos-core's real intent service with real skills on a bus."""

from __future__ import annotations

import contextlib
import errno
import json
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from ovos_dialogue_kit.assistant.core.contracts import require_contracts
from ovos_dialogue_kit.assistant.core.generations import (
    Generation,
    installed_generation,
)
from ovos_dialogue_kit.assistant.core.manager import INITIALIZED, start_manager
from ovos_dialogue_kit.assistant.core.raised import Raised
from ovos_dialogue_kit.assistant.core.transformers import (
    transformer_entries,
    transformer_settings,
)
from ovos_dialogue_kit.assistant.device import missing_engine
from ovos_dialogue_kit.assistant.setup import Setup, default_pipeline, limit_hint
from ovos_dialogue_kit.assistant.system.sandbox import NO_PORT
from ovos_dialogue_kit.errors import AssistantError, near_name
from ovos_dialogue_kit.jsondata import merged
from ovos_dialogue_kit.script.format.scalars import ENGINES, STAGE
from ovos_dialogue_kit.skill.installed import find_skill, installed_skills
from ovos_dialogue_kit.skill.resources import (
    LanguageFolder,
    find_language_folders,
    language_tag,
    read_lines,
)

__all__ = [
    "RunningCore",
    "boot",
    "configuration",
    "packages_of",
    "require_installed_skills",
    "scheduler_maker",
    "start_scheduler",
]

_ANYTHING = (Exception, SystemExit)
"""The exceptions of a skill that loading it has to survive."""

_NO_RERANKER: dict[str, object] = {"reranker": ""}
"""Settings of common query: an installed plugin does not choose among the answers."""


class RunningCore:
    """A started intent service and its skills; ``Any`` because OVOS is untyped.

    ``manager`` is the ``SkillManager`` that has loaded them.
    """

    def __init__(
        self, bus: Any, service: Any, skills: dict[str, Any], manager: Any = None
    ) -> None:
        self.bus = bus
        self.service = service
        self.skills = skills
        self._manager = manager

    def dialog_lines(self, name: str, lang: str) -> tuple[str, ...]:
        """Return the lines of ``<name>.dialog`` of all skills in a language.

        A skill's folder is the one that OVOS takes for this language, which may be that
        of another country: for ``en-GB``, ``en-us``.
        """
        lines: list[str] = []
        for skill in self.skills.values():
            folders = (LanguageFolder(lang, path) for path in _folders(skill, lang))
            files = (file for each in folders for file in each.files(".dialog", name))
            first = next(files, None)
            if first is not None:
                lines += (line.value for line in read_lines(first, first.name))
        return tuple(lines)

    def shutdown(self) -> None:
        """Shut down the skills and the service, and ignore their errors."""
        self.unload(lambda _: None)
        with contextlib.suppress(Exception):  # foreign code, at its end
            self.service.shutdown()

    def unload(self, note: Callable[[BaseException], object]) -> None:
        """Unload the skills as ovos-core's ``SkillManager`` does.

        It calls ``shutdown`` and ``stop`` of each, and only logs what they raise.
        ``note`` gets what even that does not catch.
        """
        for skill_id in self.skills:
            try:
                self._manager._unload_plugin_skill(skill_id)  # noqa: SLF001  # required
            except BaseException as error:  # noqa: BLE001, PERF203  # of a skill
                note(error)


def _folders(skill: Any, lang: str) -> Iterator[Path]:
    """Yield the folders of a skill's dialogs in a language, the likeliest first."""
    for folder in find_language_folders(Path(skill.root_dir, "locale")):
        if folder.lang == language_tag(lang):
            yield folder.path
    for tag in (lang, lang.lower()):  # ovos-core 0.0.8 knows only lower case
        found = skill.load_lang(lang=tag).types.dialog.base_directory
        if found:
            yield Path(found)


def packages_of(setup: Setup) -> frozenset[str]:
    """Return the top-level packages of a setup's skills and transformers."""
    wanted = {*setup.skills, *setup.transformers}
    entries = list(installed_skills().values())
    if setup.transformers:
        entries += transformer_entries()
    modules = (entry.module for entry in entries if entry.name in wanted)
    return frozenset(module.partition(".")[0] for module in modules)


def require_installed_skills(setup: Setup) -> None:
    """Raise if a skill is not installed, before OVOS is imported, which takes time.

    Raises:
        AssistantError: a skill is not installed.

    """
    for skill_id in setup.skills:
        find_skill(skill_id)


def configuration(setup: Setup) -> dict[str, object]:
    """Return the ``mycroft.conf`` for a setup.

    Raises:
        AssistantError: a transformer of the setup is not installed, or not run by the
            installed ovos-core.

    """
    generation = installed_generation()
    langs = [generation.dialect.lang(lang) for lang in setup.langs]
    settings = generation.settings
    intents = settings.get("intents")
    made: dict[str, Any] = {
        "lang": langs[0],
        "secondary_langs": langs[1:],
        "log_level": "ERROR",
        "websocket": {"host": "127.0.0.1", "port": NO_PORT},
        "gui": {"port": NO_PORT},
        "gui_websocket": {"base_port": NO_PORT},
        **settings,
        "intents": {
            **(intents if isinstance(intents, dict) else {}),
            "pipeline": default_pipeline(setup.engine, setup.optional),
            "common_query": _NO_RERANKER,
            "ovos-common-query-pipeline-plugin": _NO_RERANKER,
        },
        **transformer_settings(setup.transformers, generation.transformers),
    }
    return {**merged(made, json.loads(setup.config))}


def boot(
    setup: Setup,
    bus: Any,  # a MessageBusClient
    settle: Callable[[Callable[[], bool], float], bool],
    raised: Raised,
    loading: Callable[[str], None] = lambda _: None,
) -> RunningCore:
    """Start the intent service, load the skills and train the engines.

    Args:
        setup: the skills, languages and engines.
        bus: the bus client of ovos-core.
        settle: called with a function ``done`` and a number of seconds; lets the bus
            deliver its messages until none is left and ``done()`` is true. Returns
            False if it was not in that time.
        raised: collects the exceptions of the skills.
        loading: is told the id of the skill that is being loaded, "" after the last.

    Raises:
        AssistantError: an engine or a pipeline stage is not installed, a skill does not
            load, training takes too long, or the installed OVOS lacks something that
            the kit relies on.

    """
    require_contracts()
    entries = {skill_id: find_skill(skill_id) for skill_id in setup.skills}
    generation = installed_generation()
    stages = (*default_pipeline(setup.engine, setup.optional), *setup.stages)
    service = generation.start(bus, stages)
    if not settle(lambda: generation.is_ready(service), setup.limits.boot):
        raise AssistantError(  # pragma: no cover  # in no known ovos-core
            "ovos-core did not become ready"
        )
    _require_stages(setup, generation, generation.engines(service))
    _require_other_stages(setup, partial(generation.has_stage, service))
    classes = {}
    for skill_id, entry in entries.items():
        loading(skill_id)
        classes[skill_id] = _import(skill_id, entry, raised)
    manager = start_manager(bus, classes)
    skills = {}
    for skill_id in classes:
        loading(skill_id)
        skills[skill_id] = _load(skill_id, classes, manager, raised)
        settle(lambda: True, setup.limits.boot)
    loading("")
    for topic in generation.train:
        bus.emit(_message(topic))
    _await_training(setup, lambda: generation.is_trained(service), settle)
    manager.status.set_ready()
    bus.emit(_message(INITIALIZED))
    _await_training(setup, lambda: generation.is_trained(service), settle)
    return RunningCore(bus, service, skills, manager)


def _await_training(
    setup: Setup,
    is_trained: Callable[[], bool],
    settle: Callable[[Callable[[], bool], float], bool],
) -> None:
    seconds = setup.limits.training
    if not settle(is_trained, seconds):
        raise AssistantError(
            f"the intent engines were not trained within {seconds:g} s",
            hint=limit_hint("training"),
        )


def _message(topic: str) -> Any:  # a Message
    from ovos_bus_client.message import Message

    return Message(topic)


def _require_stages(
    setup: Setup, generation: Generation, found: frozenset[str]
) -> None:
    """Raise if no engine or plugin provides a stage of the setup.

    ovos-core itself only logs that it skips such a stage.
    """
    named = {stage: re.sub("_(high|medium|low)$", "", stage) for stage in setup.stages}
    engines = [name for name in named.values() if name in ENGINES]
    for engine in (*setup.engines, *engines):
        if engine not in found:
            raise missing_engine(engine, generation)
    for stage, name in named.items():
        if name in generation.plugins and name not in found:
            raise AssistantError(
                f'the pipeline stage "{stage}" is not installed',
                hint=f"pip install {generation.plugins[name]}",
            )


def _require_other_stages(setup: Setup, has_stage: Callable[[str], bool]) -> None:
    """Raise if the service lacks a stage that the kit does not know."""
    for stage in setup.stages:
        if stage not in STAGE.names and not has_stage(stage):
            raise AssistantError(
                f'the pipeline stage "{stage}" is not installed, or ovos-core could '
                f"not load it{near_name(stage, STAGE.names)}",
                hint="install the plugin that provides it, and name the stage as "
                "ovos-core does: <plugin>-high",
            )


def _import(
    skill_id: str, entry: EntryPoint, raised: Raised
) -> Any:  # should be a class of an OVOSSkill
    """Import a skill."""
    try:
        return entry.load()
    except _ANYTHING as error:
        raise _not_loaded(skill_id, error, raised) from error


def _load(
    skill_id: str, classes: Mapping[str, Any], manager: Any, raised: Raised
) -> Any:  # an OVOSSkill
    """Load a skill as ovos-core's ``SkillManager`` does."""
    raised.last = None
    try:
        loader = manager._load_plugin_skill(skill_id, classes[skill_id])  # noqa: SLF001  # required
    except _ANYTHING as error:
        raise _not_loaded(skill_id, error, raised) from error
    if loader is not None:
        return loader.instance
    if not _is_skill(classes[skill_id]):
        raise AssistantError(
            f'the skill "{skill_id}" did not load: its entry point is not a skill',
            hint="a skill is a class derived from ovos_workshop.skills.OVOSSkill",
        )
    raise _not_loaded(skill_id, raised.last, raised)


def _is_skill(found: object) -> bool:
    from ovos_workshop.skills.ovos import OVOSSkill

    return isinstance(found, type) and issubclass(found, OVOSSkill)


def _not_loaded(
    skill_id: str, error: BaseException | None, raised: Raised
) -> AssistantError:
    problem = f'the skill "{skill_id}" did not load'
    if error is None:
        return AssistantError(problem)
    if isinstance(error.__context__, SystemExit):  # over which ovos-core 3.7 stumbles
        error = error.__context__
    *place, reason = "".join(traceback.format_exception_only(error)).splitlines()
    lines = [raised.lines_of(error), *place]  # a syntax error has a place of its own
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        lines.append("make room for temporary files, or set TMPDIR to another folder")
    return AssistantError(
        f"{problem}: {reason}", hint="\n".join(filter(None, lines)) or None
    )


def scheduler_maker(
    now: Callable[[], float] | None = None,
) -> Callable[[Any], Any]:  # of a MessageBusClient, an EventScheduler
    """Return a function that makes the event scheduler of ovos-core.

    In virtual time, ``now`` returns the time by which deadlines are measured. Reading
    the installed version takes time: do so once for all forks.
    """
    from ovos_bus_client.util.scheduler import EventScheduler

    from ovos_dialogue_kit.assistant.core.generations.companions import (
        patient_scheduler,
    )

    if now and (made := patient_scheduler()):
        return partial(made, now=now)
    return partial(EventScheduler, autostart=False)


def start_scheduler(scheduler: Any) -> None:  # an EventScheduler
    """Start what ovos-core starts beside the intent service: the event scheduler."""
    scheduler.daemon = True
    scheduler.start()
