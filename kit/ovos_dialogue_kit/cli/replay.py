"""``kit replay``: replay dialogues through the real intent service."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovos_dialogue_kit.cli.click_options import (
    WritesHelp,
    jobs_option,
    paths_argument,
    pattern_option,
    processors,
    run_option,
)
from ovos_dialogue_kit.cli.exit_codes import BAD_INPUT, FAILED, INCONCLUSIVE, SUCCESS
from ovos_dialogue_kit.cli.output import show, tell
from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.run.options import (
    BOOT_TIMEOUT_OPTION,
    BUS_OPTION,
    DEADLINE_OPTION,
    DIALOGUE_TIMEOUT_OPTION,
    ENGINE_OPTION,
    ORDER_SEED_OPTION,
    SKILL_OPTION,
    STRICT_ENGINES_OPTION,
    TRAINING_TIMEOUT_OPTION,
    TRANSFORMER_OPTION,
    require_bus,
)

if TYPE_CHECKING:
    from ovos_dialogue_kit.cli.progress import Waiting
    from ovos_dialogue_kit.run.jobs import Result
    from ovos_dialogue_kit.run.reporter import FileReporter, Reporter
    from ovos_dialogue_kit.run.select import Plan

__all__ = ["replay_command"]


class _Replay(WritesHelp):
    """``kit replay``: bad usage, too, leaves no file of an earlier run."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; if they are wrong, clear the files that they name."""
        given = [*args]
        try:
            return super().parse_args(ctx, args)
        except click.UsageError:
            lenient = click.Context(
                self, ignore_unknown_options=True, resilient_parsing=True
            )
            super().parse_args(lenient, given)
            names = lenient.params.get("output"), lenient.params.get("junit")
            with suppress(KitError):
                _into_files(*names)
            raise


@click.command(
    "replay",
    cls=_Replay,
    epilog='Example: kit replay skill/test -k "own words" --engine adapt',
)
@paths_argument
@run_option(ENGINE_OPTION, "engines")
@run_option(SKILL_OPTION, "skills")
@run_option(TRANSFORMER_OPTION, "transformers")
@run_option(BUS_OPTION, "bus")
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
@run_option(DEADLINE_OPTION, "deadline")
@run_option(BOOT_TIMEOUT_OPTION, "boot_timeout")
@run_option(TRAINING_TIMEOUT_OPTION, "training_timeout")
@run_option(DIALOGUE_TIMEOUT_OPTION, "dialogue_timeout")
@run_option(ORDER_SEED_OPTION, "order_seed")
@run_option(STRICT_ENGINES_OPTION, "strict_engines")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Also show bus messages, what the skills print and log, and long lists in "
    "full.",
)
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
@click.option(
    "--junit",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the results to a file as JUnit XML, for CI servers.",
)
def replay_command(  # noqa: PLR0913  # an argument for each option
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
    boot_timeout: float,
    training_timeout: float,
    dialogue_timeout: float,
    order_seed: int | None,
    strict_engines: bool,
    verbose: bool,
    quiet: bool,
    as_json: bool,
    output: Path | None,
    junit: Path | None,
) -> int:
    """Replay dialogues through the real intent service.

    The replies are compared with what the scripts expect. PATH is a script
    (*.dialogue.yaml), a fixture (*.json) or a folder; by default the current folder.
    Exit code 1: a dialogue failed, an assistant could not be started, or a committed
    fixture is out of date. Exit code 2: bad usage, or a script has an error and nothing
    was replayed. Exit code 3: nothing was replayed, because all dialogues were skipped.
    """
    from ovos_dialogue_kit.run.assistants import first_started_early

    if output and junit and output.absolute() == junit.absolute():
        raise click.UsageError("--output and --junit name the same file")
    files = _into_files(output, junit)
    if order_seed is not None:
        try:
            require_bus(bus, lambda transport: transport.controls_order)
        except ValueError as cause:
            raise click.UsageError(f"--order-seed {cause}") from cause
    with first_started_early(bus) as boot:
        from ovos_dialogue_kit.assistant.setup import Limits
        from ovos_dialogue_kit.replayer.replay_options import Options
        from ovos_dialogue_kit.run.jobs import Settings
        from ovos_dialogue_kit.run.load import load_paths
        from ovos_dialogue_kit.run.parallel import run_all
        from ovos_dialogue_kit.run.reporter import report
        from ovos_dialogue_kit.run.select import plan
        from ovos_dialogue_kit.run.terminal import is_nothing_replayed

        settings = Settings(
            engines=engines,
            skills=skills,
            transformers=transformers,
            bus=bus,
            limits=Limits(boot_timeout, training_timeout, dialogue_timeout),
            strict_engines=strict_engines,
            options=Options(deadline=deadline, traced=verbose, order_seed=order_seed),
        )
        loaded = load_paths(paths or (Path(),))
        for error in loaded.errors:
            tell(str(error))
        if loaded.errors:
            return BAD_INPUT
        planned = plan(loaded.dialogues, settings, pattern, tags)
        reporters = [
            _on_terminal(planned, as_json=as_json, quiet=quiet, verbose=verbose),
            *files,
        ]
        workers = workers or processors(bus)
        with closing(run_all(planned.jobs, settings, workers, boot=boot)) as arriving:
            results = report(planned, arriving, reporters)
    if planned.problems or any(each.is_bad for each in results):
        return FAILED
    return INCONCLUSIVE if is_nothing_replayed(results) else SUCCESS


def _on_terminal(
    planned: Plan, *, as_json: bool, quiet: bool, verbose: bool
) -> Reporter:
    """Return a reporter for standard output, and for the counts on standard error."""
    from ovos_dialogue_kit.cli.console import Printer
    from ovos_dialogue_kit.cli.progress import Waiting
    from ovos_dialogue_kit.run.result_json import JsonReporter
    from ovos_dialogue_kit.run.terminal import SummaryReporter, TerminalReporter

    results: Reporter = (
        JsonReporter(show)
        if as_json
        else TerminalReporter(Printer().show, quiet=quiet, verbose=verbose)
    )
    summary = SummaryReporter(tell)
    return _WithProgress(Waiting(len(planned.jobs), "replays"), (results, summary))


def _into_files(output: Path | None, junit: Path | None) -> list[FileReporter]:
    """Return a reporter for each file that was asked for, and clear these files."""
    if not output and not junit:
        return []
    from ovos_dialogue_kit.run.reporter import FileReporter
    from ovos_dialogue_kit.run.result_json import OPENINGS, json_lines

    reporters: list[FileReporter] = []
    if output:
        reporters.append(FileReporter(output, json_lines, OPENINGS))
    if junit:
        from ovos_dialogue_kit.run.junit import OPENING, junit_xml

        reporters.append(FileReporter(junit, junit_xml, (OPENING,)))
    for reporter in reporters:
        reporter.clear()
    return reporters


class _WithProgress:
    """A reporter that shows the progress between the results of other reporters.

    Args:
        waiting: the progress.
        reporters: those that write to the terminal.

    """

    def __init__(self, waiting: Waiting, reporters: Sequence[Reporter]) -> None:
        self._waiting = waiting
        self._reporters = reporters
        self._progress = ExitStack()

    def started(self, plan: Plan) -> None:
        """Start to show the progress."""
        for reporter in self._reporters:
            reporter.started(plan)
        self._progress.enter_context(self._waiting)

    def result(self, result: Result) -> None:
        """Show a result in place of the progress."""
        with self._waiting.step():
            for reporter in self._reporters:
                reporter.result(result)

    def finished(self, seconds: float, *, is_complete: bool) -> None:
        """Remove the progress, then end the others."""
        self._progress.close()
        for reporter in self._reporters:
            reporter.finished(seconds, is_complete=is_complete)
