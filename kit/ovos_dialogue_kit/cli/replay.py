"""``kit replay``: replay dialogues through the real intent service."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovos_dialogue_kit.cli.options import (
    jobs_option,
    paths_argument,
    pattern_option,
    processors,
    run_option,
)
from ovos_dialogue_kit.run.options import (
    BUS,
    DEADLINE,
    ENGINE,
    ORDER_SEED,
    SKILL,
    STRICT_ENGINES,
    TRANSFORMER,
    require_bus,
)

if TYPE_CHECKING:
    from ovos_dialogue_kit.run.jobs import Job, Result, Settings

__all__ = ["replay"]


@click.command(epilog='Example: kit replay skill/test -k "own words" --engine adapt')
@paths_argument
@run_option(ENGINE, "engines")
@run_option(SKILL, "skills")
@run_option(TRANSFORMER, "transformers")
@run_option(BUS, "bus")
@jobs_option(
    "Number of assistants to run in parallel; by default one per processor, or one "
    "with a real bus."
)
@pattern_option
@click.option(
    "--tag",
    "tags",
    metavar="TAG",
    multiple=True,
    help="Only dialogues with this tag. May be repeated.",
)
@run_option(DEADLINE, "deadline")
@run_option(ORDER_SEED, "order_seed")
@run_option(STRICT_ENGINES, "strict_engines")
@click.option("-v", "--verbose", is_flag=True, help="Also show bus messages.")
@click.option("-q", "--quiet", is_flag=True, help="Show only what went wrong.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the results as JSON, one object per line. The summary still goes to "
    "standard error.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write these JSON objects to a file, which kit matrix can read.",
)
def replay(  # noqa: PLR0913  # an argument for each option
    *,
    paths: tuple[Path, ...],
    engines: tuple[str, ...],
    skills: tuple[str, ...],
    transformers: tuple[str, ...],
    bus: str,
    workers: int | None,
    pattern: str,
    tags: tuple[str, ...],
    deadline: float | None,
    order_seed: int | None,
    strict_engines: bool,
    verbose: bool,
    quiet: bool,
    as_json: bool,
    output: Path | None,
) -> int:
    """Replay dialogues through the real intent service.

    The replies are compared with what the scripts expect. PATH is a script
    (*.dialogue.yaml), a fixture (*.json) or a folder; by default the current folder.
    Exit code 1: a dialogue failed, or a committed fixture is out of date. Exit code 2:
    bad usage, or a script has an error and nothing was replayed.
    """
    from ovos_dialogue_kit.replayer.options import Options
    from ovos_dialogue_kit.run.jobs import Settings
    from ovos_dialogue_kit.run.load import load_paths
    from ovos_dialogue_kit.run.select import plan

    if order_seed is not None:
        try:
            require_bus(bus, lambda transport: transport.controls_order)
        except ValueError as cause:
            raise click.UsageError(f"--order-seed {cause}") from cause
    settings = Settings(
        engines=engines,
        skills=skills,
        transformers=transformers,
        bus=bus,
        strict_engines=strict_engines,
        options=Options(deadline=deadline, traced=verbose, order_seed=order_seed),
    )
    loading = load_paths(paths or (Path(),))
    for error in loading.errors:
        click.echo(str(error), err=True)
    if loading.errors:
        return 2
    planned = plan(loading.dialogues, settings, pattern, tags)
    for problem in planned.problems:
        click.echo(str(problem), err=True)
    show = _writer() if as_json else _teller(quiet=quiet, verbose=verbose)
    results = _run(planned.jobs, settings, workers or processors(bus), show)
    if output:
        _write(results, output)
    return 1 if planned.problems or any(each.is_bad for each in results) else 0


def _writer() -> Callable[[Result], None]:
    from ovos_dialogue_kit.run.result_json import dumps

    return lambda result: click.echo(dumps(result))


def _write(results: Sequence[Result], output: Path) -> None:
    from ovos_dialogue_kit.project.files import write_text
    from ovos_dialogue_kit.run.result_json import dumps

    lines = (f"{dumps(result)}\n" for result in results)
    write_text(output, "".join(lines), str(output))


def _teller(*, quiet: bool, verbose: bool) -> Callable[[Result], None]:
    from ovos_dialogue_kit.cli.console import Printer
    from ovos_dialogue_kit.run.report import Report

    printer, report = Printer(), Report(quiet=quiet, verbose=verbose)
    return lambda result: printer.show(report.lines(result))


def _run(
    jobs: Sequence[Job],
    settings: Settings,
    workers: int,
    show: Callable[[Result], None],
) -> list[Result]:
    """Replay, show each result as it comes, then the counts; return the results."""
    from ovos_dialogue_kit.cli.progress import Waiting
    from ovos_dialogue_kit.run.parallel import run_all
    from ovos_dialogue_kit.run.report import summary

    started = time.monotonic()
    results = []
    with (
        Waiting(len(jobs)) as waiting,
        closing(run_all(jobs, settings, workers)) as arriving,
    ):
        for result in arriving:
            with waiting.step():
                show(result)
            results.append(result)
    click.echo(summary(results, time.monotonic() - started), err=True)
    return results
