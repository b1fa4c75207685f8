"""``kit isolate``: search dialogues for leaks between sessions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovos_dialogue_kit.cli.click_options import (
    WritesHelp,
    checked,
    completed_with,
    jobs_option,
    paths_argument,
    pattern_option,
    processors,
    run_option,
)
from ovos_dialogue_kit.cli.exit_codes import FAILED, INCONCLUSIVE, SUCCESS
from ovos_dialogue_kit.cli.output import show, tell
from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.errors import KitError, join_errors, near_name
from ovos_dialogue_kit.run.options import (
    BOOT_TIMEOUT_OPTION,
    BUS_OPTION,
    DEADLINE_OPTION,
    DIALOGUE_TIMEOUT_OPTION,
    ENGINE_OPTION,
    SCHEDULES_OPTION,
    SKILL_OPTION,
    TRAINING_TIMEOUT_OPTION,
    TRANSFORMER_OPTION,
    read_seconds,
    read_seed,
    require_bus,
)

if TYPE_CHECKING:
    from ovos_dialogue_kit.assistant.protocol import Assistant
    from ovos_dialogue_kit.assistant.setup import Setup
    from ovos_dialogue_kit.isolate.search import SearchSettings
    from ovos_dialogue_kit.isolate.search_all import SearchResult
    from ovos_dialogue_kit.run.jobs import Job, Settings

__all__ = ["isolate_command"]

_SEEDS = 1 << 32


def _oracles() -> Sequence[str]:
    from ovos_dialogue_kit.isolate.judging.observation import ORACLES

    return ORACLES


@click.command(
    "isolate",
    cls=WritesHelp,
    epilog="Example: kit isolate skill/test --schedules 1000 --seed 7",
)
@paths_argument
@run_option(
    SKILL_OPTION,
    "skills",
    help="Skill to load instead of the scripts' own. Without PATH, the dialogues are "
    "made from the skill's own files. May be repeated.",
)
@run_option(TRANSFORMER_OPTION, "transformers")
@run_option(
    BUS_OPTION,
    "bus",
    help="memory, or hivemind-memory: each session is a satellite of a HiveMind hub in "
    "memory.",
)
@click.option(
    "--lang",
    metavar="LANG",
    help="Language of the dialogues made from a skill's files; by default en-US if the "
    "skill has it, else its first language.",
)
@run_option(
    ENGINE_OPTION,
    "engines",
    help="Intent engine to use; by default the first of each script; a+b combines two. "
    "May be repeated.",
)
@click.option(
    "--seed",
    metavar="N",
    callback=checked(read_seed),
    help="Random seed; give it again to repeat a run.",
)
@run_option(SCHEDULES_OPTION, "schedules")
@click.option(
    "--seconds",
    metavar="S",
    callback=checked(read_seconds),
    help="Time limit in seconds for all dialogues together.",
)
@run_option(DEADLINE_OPTION, "deadline")
@run_option(BOOT_TIMEOUT_OPTION, "boot_timeout")
@run_option(TRAINING_TIMEOUT_OPTION, "training_timeout")
@run_option(DIALOGUE_TIMEOUT_OPTION, "dialogue_timeout")
@click.option(
    "--oracle",
    "oracles",
    metavar="NAME",
    multiple=True,
    shell_complete=completed_with(_oracles),
    help="Use only this check: taint, stray, crash, solo, state, sent or echo. May be "
    "repeated.",
)
@pattern_option
@click.option(
    "--case",
    "title",
    metavar="NAME",
    help="Only the dialogue of exactly this name; of a dialogue with variants, "
    "NAME[VARIANT].",
)
@jobs_option("Number of assistants to run in parallel; by default one per processor.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the results as JSON, one object per line. The summary still goes to "
    "standard error.",
)
def isolate_command(  # noqa: PLR0913  # an argument for each option
    *,
    paths: tuple[Path, ...],
    skills: tuple[str, ...],
    transformers: tuple[str, ...],
    bus: str,
    lang: str | None,
    engines: tuple[str, ...],
    seed: int | None,
    schedules: int,
    seconds: float | None,
    deadline: float | None,
    boot_timeout: float,
    training_timeout: float,
    dialogue_timeout: float,
    oracles: tuple[str, ...],
    pattern: str,
    title: str | None,
    workers: int | None,
    as_json: bool,
) -> int:
    """Find what leaks from one session to another.

    Each dialogue is replayed with the turns of its sessions in many different orders.
    Each session must hear what it hears when it is alone, whatever the script expects.
    PATH is a script (*.dialogue.yaml), a fixture (*.json) or a folder; by default the
    current folder. Exit code 1: there is a leak. Exit code 2: bad usage, or a script
    has an error. Exit code 3: no leak was found, but a dialogue could not be searched.
    """
    import secrets

    from ovos_dialogue_kit.run.assistants import first_started_early

    started = time.monotonic()
    try:
        require_bus(bus, lambda transport: transport.controls_order)
    except ValueError as cause:
        raise click.UsageError(f"--bus: the search for leaks {cause}") from cause
    if lang and (paths or not skills):
        raise KitError(
            "--lang needs --skill and no path: scripts set their own language",
            hint="omit --lang, or pass --skill without a path",
        )
    with first_started_early(bus) as boot:
        from ovos_dialogue_kit.assistant.setup import Limits
        from ovos_dialogue_kit.isolate.judging.observation import ORACLES
        from ovos_dialogue_kit.isolate.reports.report import search_summary
        from ovos_dialogue_kit.isolate.search import (
            Budget,
            SearchSettings,
            read_oracles,
        )
        from ovos_dialogue_kit.replayer.replay_options import Options
        from ovos_dialogue_kit.run.jobs import Settings

        chosen = SearchSettings(
            budget=Budget(schedules, seconds),
            seed=secrets.randbelow(_SEEDS) if seed is None else seed,
            oracles=read_oracles(oracles or ORACLES),
        )
        settings = Settings(
            engines=engines,
            skills=skills,
            transformers=transformers,
            bus=bus,
            limits=Limits(boot_timeout, training_timeout, dialogue_timeout),
            options=Options(deadline=deadline),
        )
        if skills and not paths:
            jobs = _built(skills, lang, settings, pattern)
        else:
            jobs = _planned(paths, settings, pattern)
        if title is not None:
            jobs = _called(title, jobs)
        workers = workers or processors(bus)
        results = _run(jobs, settings, chosen, workers, boot, as_json=as_json)
    seconds = time.monotonic() - started
    tell(search_summary(results, chosen.seed, seconds))
    return _exit_code(results)


def _called(title: str, jobs: Sequence[Job]) -> Sequence[Job]:
    """Return the jobs of the dialogue, or of the variant of one, with a name.

    Raises:
        KitError: there is none.

    """
    named = [job for job in jobs if job.title == title]
    if not named:
        near = near_name(title, {job.title for job in jobs})
        raise KitError(f'no dialogue is called "{title}"{near}')
    return named


def _planned(
    paths: tuple[Path, ...], settings: Settings, pattern: str
) -> Sequence[Job]:
    """Return the jobs of scripts, with each dialogue's first engine by default.

    Raises:
        KitError: a script has an error.

    """
    from ovos_dialogue_kit.run.load import load_paths
    from ovos_dialogue_kit.run.select import plan

    loading = load_paths(paths or (Path(),))
    if loading.errors:
        raise join_errors(KitError, loading.errors)
    planned = plan(loading.dialogues, settings, pattern)
    _tell(planned.notes)
    jobs = _from_here(planned.jobs)
    first = [job for job in jobs if job.engine == job.fixture.engines[0]]
    return jobs if settings.engines else first


def _built(
    skills: tuple[str, ...], lang: str | None, settings: Settings, pattern: str
) -> Sequence[Job]:
    """Return the jobs of dialogues made from the skills' own files.

    What is left out is told first, because the dialogues are made with what is there.
    """
    from ovos_dialogue_kit.assistant.device import left_out
    from ovos_dialogue_kit.isolate.dialogues.from_skill import dialogues_of
    from ovos_dialogue_kit.render.left_out import left_out_notes
    from ovos_dialogue_kit.run.load import LoadedDialogue
    from ovos_dialogue_kit.run.select import plan
    from ovos_dialogue_kit.script.model import AUTO_ENGINE

    engine = next(iter(settings.engines), AUTO_ENGINE)
    _tell(left_out_notes(left_out(engine, skills)))
    fixtures = [f for skill in skills for f in dialogues_of(skill, settings, lang)]
    loaded = [LoadedDialogue(fixture) for fixture in fixtures]
    return _from_here(plan(loaded, settings, pattern).jobs)


def _tell(notes: Iterable[str]) -> None:
    for note in notes:
        tell(f"note: {note}")


def _from_here(jobs: Iterable[Job]) -> list[Job]:
    """Return jobs with paths as seen from the current folder."""
    from ovos_dialogue_kit.run.jobs import job_from_here

    return [job_from_here(job) for job in jobs]


def _run(  # noqa: PLR0913  # each is of another kind
    jobs: Sequence[Job],
    settings: Settings,
    chosen: SearchSettings,
    workers: int,
    boot: Callable[[Setup], Assistant],
    *,
    as_json: bool,
) -> Sequence[SearchResult]:
    """Search, show each leak as it is found, and return the results."""
    from ovos_dialogue_kit.cli.progress import Waiting
    from ovos_dialogue_kit.isolate.search_all import search_all, share_of

    results: list[SearchResult] = []
    show_result = _writer() if as_json else _teller()
    shares = [share_of(job, chosen.budget.schedules) for job in jobs]
    done = list(accumulate(shares, initial=0))
    with (
        _told_if_interrupted(results, len(jobs)),
        Waiting(done[-1], "schedules") as waiting,
        closing(
            search_all(
                jobs,
                settings,
                chosen,
                workers,
                boot=boot,
                progress=lambda count: waiting.reach(done[len(results)] + count),
            )
        ) as arriving,
    ):
        for each in arriving:
            with waiting.step(done[len(results) + 1]):
                show_result(each)
            results.append(each)
    return results


@contextmanager
def _told_if_interrupted(
    results: Sequence[SearchResult], planned: int
) -> Iterator[None]:
    """Report how far a search came that Ctrl-C ends."""
    try:
        yield
    except KeyboardInterrupt:
        done = f"{len(results)} of {counted(planned, 'dialogue')}"
        tell(f"the search ended early, after {done}")
        raise


def _exit_code(results: Sequence[SearchResult]) -> int:
    if any(each.has_leak for each in results):
        return FAILED
    is_all = any(each.findings for each in results)
    is_all = is_all and not any(each.is_missed for each in results)
    return SUCCESS if is_all else INCONCLUSIVE


def _writer() -> Callable[[SearchResult], None]:
    from ovos_dialogue_kit.isolate.reports.report import search_json

    return lambda each: show(search_json(each))


def _teller() -> Callable[[SearchResult], None]:
    from ovos_dialogue_kit.cli.console import Printer
    from ovos_dialogue_kit.isolate.reports.report import search_lines

    printer = Printer()
    return lambda each: printer.show(search_lines(each))
