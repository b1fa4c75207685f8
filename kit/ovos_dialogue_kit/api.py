"""Load, replay and compare dialogues, and talk to a skill, from tests in Python.

::

    from ovos_dialogue_kit import Assistants, judge, load, replay

    with Assistants() as assistants:
        for fixture in load("test/hello.dialogue.yaml"):
            for case in fixture.cases:
                transcript = replay(fixture, case, assistants=assistants)
                assert judge(fixture, case, transcript).outcome != "failed"
"""

from __future__ import annotations

from collections.abc import Sequence

from ovos_dialogue_kit.conversation import Conversation, joined
from ovos_dialogue_kit.errors import KitError, near_name
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Job, Settings
from ovos_dialogue_kit.run.load import load
from ovos_dialogue_kit.run.run_job import replay_job
from ovos_dialogue_kit.script.arguments import read_arguments
from ovos_dialogue_kit.script.format.keys import SCRIPT
from ovos_dialogue_kit.script.model import EngineName
from ovos_dialogue_kit.verdict.compare import compare
from ovos_dialogue_kit.verdict.judge import judge

__all__ = ["Assistants", "Conversation", "compare", "judge", "load", "replay"]


__tracebackhide__ = True  # by pytest: the test's own line is what counts


def replay(  # noqa: PLR0913  # each has a default that fits most
    fixture: Fixture,
    case: Case | str | None = None,
    engine: EngineName | Sequence[EngineName] | None = None,
    *,
    bus: str = "memory",
    options: Options | None = None,
    assistants: Assistants | None = None,
) -> Transcript:
    """Replay a case of a dialogue and return its transcript.

    Turns that are marked ``skip``, or that require what is not installed, are left out.

    Args:
        fixture: the dialogue, from ``load``.
        case: the case or its name; may be left out if there is only one.
        engine: the intent engine, or several that are used together; by default the
            first of the dialogue.
        bus: ``memory``, ``real`` (the kit starts an ``ovos-messagebus``), or the
            ``ws://`` address of a running one; or one of those with a HiveMind hub, as
            for ``--bus``.
        options: settings such as the deadline.
        assistants: booted assistants to share between replays. By default one is booted
            for this replay only, which takes about a second.

    Raises:
        KitError: the dialogue has no such case, or names no skill; or there is no such
            engine or bus.
        EngineMissingError: the engine is not installed.
        AssistantError: the assistant cannot be booted, or its process is gone.

    """
    wanted = fixture.engines[0]
    if engine is not None:
        (wanted,) = read_arguments(SCRIPT, engine=joined(engine))["engine"]
    chosen = _case(fixture, case)
    job = Job(fixture, chosen, wanted, fixture)
    settings = Settings(bus=bus, options=options or Options())
    try:
        if assistants is not None:
            return replay_job(job, assistants, settings)
        with Assistants() as booted:
            return replay_job(job, booted, settings)
    except KitError as error:  # its sentence says it all
        raise error.with_traceback(None) from error.__cause__


def _case(fixture: Fixture, case: Case | str | None) -> Case:
    if isinstance(case, Case):
        return case
    by_name = {each.name: each for each in fixture.cases}
    if case is None and len(by_name) == 1:
        return fixture.cases[0]
    if case in by_name:
        return by_name[case]
    problem = f'"{fixture.dialogue}" has {len(by_name)} cases'
    if case is not None:
        problem = f'"{fixture.dialogue}" has no case "{case}"{near_name(case, by_name)}'
    raise KitError(problem, hint=f"name one of: {', '.join(map(_quoted, by_name))}")


def _quoted(name: str) -> str:
    return f'"{name}"'
