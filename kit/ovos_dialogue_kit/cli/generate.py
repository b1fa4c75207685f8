"""``kit generate`` and ``kit check``: the committed fixtures and their scripts."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ovos_dialogue_kit.fixture.committed import Outcome, Tree

    Act = Callable[[Sequence[Path], Tree], Iterator[Outcome]]

__all__ = ["check", "generate"]

_paths = click.argument(
    "paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path)
)
_output = click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder of fixtures; by default the project's fixtures/.",
)


@click.command(epilog="Example: kit generate skill/test/repeat.dialogue.yaml")
@_paths
@_output
def generate(paths: tuple[Path, ...], output: Path | None) -> int:
    """Write the fixtures of dialogue scripts.

    PATH is a script (*.dialogue.yaml) or a folder of scripts; by default the current
    folder. A fixture whose dialogue is gone is removed. Exit code 2: a script has an
    error; nothing is written of it.
    """
    from ovos_dialogue_kit.fixture.committed import State, write

    counts = _show(write, paths, output)
    return 2 if counts[State.FAILED] else 0


@click.command(epilog="Example: kit check skill/test")
@_paths
@_output
def check(paths: tuple[Path, ...], output: Path | None) -> int:
    """Say which fixtures are not what their scripts generate.

    Each fixture is fresh, stale (its script has changed), missing, edited (by hand) or
    orphaned (its dialogue is gone). Exit code 1: not all are fresh. Exit code 2: a
    script has an error.
    """
    from ovos_dialogue_kit.fixture.committed import State, check

    counts = _show(check, paths, output)
    if counts[State.FAILED]:
        return 2
    if counts.total() == counts[State.FRESH]:
        return 0
    again = ["kit", "generate", *map(str, paths)]
    again += ["-o", str(output)] if output else []
    click.echo(f'"{shlex.join(again)}" brings them up to date', err=True)
    return 1


def _tree(output: Path | None) -> Tree:
    from ovos_dialogue_kit.fixture.committed import Tree
    from ovos_dialogue_kit.project.paths import find_root

    root = find_root(Path())
    return Tree(root, output.resolve() if output else root / "fixtures")


def _show(act: Act, paths: tuple[Path, ...], output: Path | None) -> Counter[str]:
    """Show each outcome as it comes, then how many there were of each kind."""
    from ovos_dialogue_kit.errors import KitError
    from ovos_dialogue_kit.fixture.committed import State

    counts: Counter[str] = Counter()
    for outcome in act(paths or (Path(),), _tree(output)):
        counts[outcome.state] += 1
        if outcome.problem:
            click.echo(str(outcome.problem), err=True)
        if outcome.state != State.FAILED:
            click.echo(f"{outcome.state:<9}  {outcome.path}")
    if not counts:
        where = " and ".join(f'"{path}"' for path in paths or (Path(),))
        problem = f"there are no dialogue scripts in {where}"
        raise KitError(problem, hint='a script is named "<name>.dialogue.yaml"')
    click.echo(_summary(counts), err=True)
    return counts


def _summary(counts: Counter[str]) -> str:
    """Return a count: ``3 fixtures: 1 wrote, 2 unchanged; 1 script failed``."""
    failed = counts["failed"]
    fixtures = counts.total() - failed
    kinds = ", ".join(f"{n} {kind}" for kind, n in counts.items() if kind != "failed")
    parts = [f"{_number(fixtures, 'fixture')}: {kinds}"] if fixtures else []
    parts += [f"{_number(failed, 'script')} failed"] if failed else []
    return "; ".join(parts)


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}" + "s" * (count != 1)
