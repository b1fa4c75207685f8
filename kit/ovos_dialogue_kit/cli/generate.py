"""``kit generate`` and ``kit check``: write and check the committed fixtures."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovos_dialogue_kit.cli.click_options import WritesHelp, paths_argument
from ovos_dialogue_kit.cli.exit_codes import BAD_INPUT, FAILED, SUCCESS
from ovos_dialogue_kit.cli.output import show, tell
from ovos_dialogue_kit.counting import counted

if TYPE_CHECKING:
    from ovos_dialogue_kit.fixture.committed import FixtureOutcome, Tree

    Act = Callable[[Sequence[Path], Tree], Iterator[FixtureOutcome]]

__all__ = ["check_command", "generate_command"]

_output = click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of the fixtures; by default fixtures/ in the script's project.",
)


@click.command(
    "generate",
    cls=WritesHelp,
    epilog="Example: kit generate skill/test/repeat.dialogue.yaml",
)
@paths_argument
@_output
def generate_command(paths: tuple[Path, ...], output: Path | None) -> int:
    """Write the fixtures of dialogue scripts.

    PATH is a script (*.dialogue.yaml) or a folder of scripts; by default the current
    folder. Fixtures whose dialogue no longer exists are removed. Exit code 2: a script
    has an error; nothing is written for it.
    """
    from ovos_dialogue_kit.fixture.committed import write_fixtures

    counts = _show(write_fixtures, paths, output)
    return BAD_INPUT if counts["failed"] else SUCCESS


@click.command("check", cls=WritesHelp, epilog="Example: kit check skill/test")
@paths_argument
@_output
def check_command(paths: tuple[Path, ...], output: Path | None) -> int:
    """List fixtures that are out of date.

    Each fixture is fresh, stale (its script has changed), missing, edited (by hand) or
    orphaned (its dialogue no longer exists). Exit code 1: not all are fresh. Exit code
    2: a script has an error.
    """
    from ovos_dialogue_kit.fixture.committed import check_fixtures

    counts = _show(check_fixtures, paths, output)
    if counts["failed"]:
        return BAD_INPUT
    if counts.total() == counts["fresh"]:
        return SUCCESS
    command = ["kit", "generate", *(["-o", str(output)] if output else [])]
    command += ["--"] if any(str(path).startswith("-") for path in paths) else []
    command += map(str, paths)
    tell(f'run "{shlex.join(command)}" to update them')
    return FAILED


def _projects(
    paths: Sequence[Path], output: Path | None
) -> Iterator[tuple[list[Path], Tree]]:
    """Yield each project that the paths belong to, with its share of the paths.

    Raises:
        KitError: fixtures of several projects would share the output folder.

    """
    from ovos_dialogue_kit.errors import KitError
    from ovos_dialogue_kit.fixture.committed import Tree
    from ovos_dialogue_kit.project.paths import find_projects, real_path
    from ovos_dialogue_kit.project.text_files import require_inside

    shares: dict[Path, list[Path]] = {}
    for root, share in (project for path in paths for project in find_projects(path)):
        shares.setdefault(root, []).append(share)
    if output and len(shares) > 1:
        roots = " and ".join(f'"{root}"' for root in shares)
        raise KitError(
            f"one output folder cannot hold the fixtures of several projects: {roots}",
            hint="run the command once for each project",
        )
    for root, all_shares in shares.items():
        if output:
            require_inside(output / "fixture", root, str(output))
        yield all_shares, Tree(root, real_path(output) if output else root / "fixtures")


def _show(act: Act, paths: tuple[Path, ...], output: Path | None) -> Counter[str]:
    """Show each outcome as it comes, then how many there were of each kind."""
    from ovos_dialogue_kit.project.paths import (
        error_from_here,
        no_scripts,
        path_from_here,
    )
    from ovos_dialogue_kit.visible import visible

    counts: Counter[str] = Counter()
    wanted = paths or (Path(),)
    for share, tree in _projects(wanted, output):
        for outcome in act(share, tree):
            counts[outcome.state] += 1
            if outcome.problem:
                tell(str(error_from_here(outcome.problem, tree.root)))
            if outcome.state != "failed":
                where = path_from_here(outcome.path, tree.root)
                show(visible(f"{outcome.state:<9}  {where}"))
    if not counts:
        raise no_scripts(wanted)
    tell(_summary(counts))
    return counts


def _summary(counts: Counter[str]) -> str:
    """Return a count: ``3 fixtures: 1 written, 2 unchanged; 1 script with errors``."""
    failed = counts["failed"]
    fixtures = counts.total() - failed
    kinds = ", ".join(f"{n} {kind}" for kind, n in counts.items() if kind != "failed")
    parts = [f"{counted(fixtures, 'fixture')}: {kinds}"] if fixtures else []
    parts += [f"{counted(failed, 'script')} with errors"] if failed else []
    return "; ".join(parts)
