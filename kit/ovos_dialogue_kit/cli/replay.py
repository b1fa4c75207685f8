"""``kit replay``: dialogues through the real intent service."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovos_dialogue_kit.cli.options import checked_bus, checked_engine, processors

if TYPE_CHECKING:
    from ovos_dialogue_kit.run.jobs import Job, Result, Settings

__all__ = ["replay"]


@click.command(epilog='Example: kit replay skill/test -k "own words" --engine adapt')
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option(
    "--engine",
    "engines",
    metavar="NAME",
    multiple=True,
    callback=checked_engine,
    help="Intent engine in place of the scripts'; a+b joins two. May be repeated.",
)
@click.option(
    "--skill",
    "skills",
    metavar="ID",
    multiple=True,
    help="Skill to load in place of the scripts'. May be repeated.",
)
@click.option(
    "--transformer",
    "transformers",
    metavar="NAME",
    multiple=True,
    help="Utterance transformer in place of the scripts'. May be repeated.",
)
@click.option(
    "--bus",
    metavar="BUS",
    default="memory",
    show_default=True,
    callback=checked_bus,
    help="memory, real (an ovos-messagebus of the kit's own) or the address of a "
    "running one, ws://host:port/route.",
)
@click.option(
    "-j",
    "--jobs",
    "workers",
    metavar="N",
    type=click.IntRange(min=1),
    help="Assistants at work at once; by default one for each processor, on a real "
    "bus one.",
)
@click.option(
    "-k",
    "pattern",
    metavar="PATTERN",
    default="",
    help="Only dialogues with this in their name, in upper or lower case.",
)
@click.option(
    "--tag", "tags", metavar="TAG", multiple=True, help="Only dialogues with this tag."
)
@click.option(
    "--deadline",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    help="Time of the assistant in which a turn must end.",
)
@click.option(
    "--order-seed",
    metavar="N",
    type=click.IntRange(min=0),
    help="Shuffle the listeners of each message, as a real bus may; by default they "
    "hear it in the order in which they subscribed.",
)
@click.option(
    "--strict-engines",
    is_flag=True,
    help="An engine that is not installed is an error, not a skip.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show the bus messages, too.")
@click.option("-q", "--quiet", is_flag=True, help="Show only what went wrong.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Write a JSON object for each replay on a line of its own, and nothing else.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write these JSON objects into a file, too; kit matrix compares such files.",
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
    """Replay dialogues through the real intent service and check what is heard.

    PATH is a script (*.dialogue.yaml), a fixture (*.json) or a folder; by default the
    current folder. Exit code 1: a dialogue failed, or a committed fixture is not what
    its script generates. Exit code 2: bad usage, or a script has an error; then
    nothing is replayed.
    """
    from ovos_dialogue_kit.assistant.transport import transport_of
    from ovos_dialogue_kit.replayer.options import Options
    from ovos_dialogue_kit.run.jobs import Settings
    from ovos_dialogue_kit.run.load import load_paths
    from ovos_dialogue_kit.run.select import plan

    if order_seed is not None and not transport_of(bus).controls_order:
        raise click.UsageError(
            f'--order-seed: a bus that is not in memory ("{bus}") has its own order'
        )
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
