"""From a path to dialogues that can be replayed: scripts and fixtures alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ovos_dialogue_kit.errors import FixtureError, Mark
from ovos_dialogue_kit.fixture import Fixture
from ovos_dialogue_kit.fixture_json import load as load_fixture
from ovos_dialogue_kit.generate import generate
from ovos_dialogue_kit.life import State, Tree, state_of
from ovos_dialogue_kit.parse import load as load_script
from ovos_dialogue_kit.paths import find_root, find_scripts, relative_path

__all__ = ["Loaded", "load", "load_path"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A dialogue, and the committed fixture it stands for.

    ``place`` is the committed fixture as a person calls it, ``None`` if there is none.
    ``problem`` says what is wrong with that file: it is stale or was edited.
    """

    fixture: Fixture
    place: str | None = None
    problem: FixtureError | None = None


def load(path: str | Path) -> tuple[Fixture, ...]:
    """Return the dialogues of a script, of a fixture, or of all scripts in a folder.

    Raises:
        KitError: something cannot be read or means nothing; where and why.

    """
    return tuple(loaded.fixture for loaded in load_path(Path(path)))


def load_path(path: Path, root: Path | None = None) -> Iterator[Loaded]:
    """Yield the dialogues of a script, of a fixture, or of all scripts in a folder.

    Args:
        path: where they are.
        root: the project's folder; by default the nearest above the path.

    Raises:
        KitError: something cannot be read or means nothing; where and why.

    """
    root = root or find_root(path)
    if path.suffix == ".json":
        shown = relative_path(path, root)
        yield Loaded(load_fixture(path, shown), shown)
        return
    tree = Tree(root, root / "fixtures")
    for script in find_scripts([path], root):
        for fixture in generate(load_script(script, root), root):
            yield _checked(fixture, tree)


def _checked(fixture: Fixture, tree: Tree) -> Loaded:
    """Compare a dialogue with its committed fixture, if it has one."""
    outcome = state_of(fixture, tree)
    if outcome.state == State.MISSING:
        return Loaded(fixture)
    if outcome.state == State.FRESH:
        return Loaded(fixture, outcome.path)
    what = "is not as the kit wrote it"
    if outcome.state == State.STALE:
        what = "is stale: its script has changed since"
    problem = FixtureError(
        f'the fixture of "{fixture.dialogue}" {what}',
        Mark(outcome.path),
        hint=f'run "kit generate {fixture.script}" and commit what it writes',
    )
    return Loaded(fixture, outcome.path, problem)
