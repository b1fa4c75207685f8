"""Load dialogues from paths, be they scripts, fixtures or folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import FixtureError, KitError, Mark
from ovos_dialogue_kit.fixture.committed import Tree, state_of
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.fixture.serialize import load_fixture
from ovos_dialogue_kit.project.paths import (
    error_from_here,
    find_projects,
    find_scripts,
    no_scripts,
    path_from_here,
    quoted_path,
    real_path,
    script_path,
)
from ovos_dialogue_kit.script.parse import load_script

__all__ = ["LoadedDialogue", "load", "load_path", "load_paths"]


@dataclass(frozen=True, slots=True)
class LoadedDialogue:
    """A dialogue, and its committed fixture if there is one.

    ``place`` is the path of the committed fixture below the project's ``root``,
    ``None`` without one. ``problem`` is what is wrong with that file: it is stale or
    has been edited.
    """

    fixture: Fixture
    place: str | None = None
    problem: KitError | None = None
    root: Path | None = None


@dataclass(slots=True)
class LoadedPaths:
    """The dialogues that could be loaded, and the errors of the others."""

    dialogues: list[LoadedDialogue] = field(default_factory=list)
    errors: list[KitError] = field(default_factory=list)


def load(path: str | Path) -> tuple[Fixture, ...]:
    """Return the dialogues of a script, of a fixture, or of all scripts in a folder.

    Raises:
        KitError: a file cannot be read or has an error; where and why.

    """
    return tuple(loaded.fixture for loaded in load_path(Path(path)))


def load_paths(paths: Sequence[Path]) -> LoadedPaths:
    """Return the dialogues of several paths, each file's once, and all errors.

    Raises:
        KitError: a path does not exist, or is neither script, fixture nor folder; or
            there are no scripts at all.

    """
    files = {
        file: root
        for path in paths
        for root, share in find_projects(path)
        for file in _files(share, root)
    }
    if not files:
        raise no_scripts(paths)
    found = LoadedPaths()
    for file, root in files.items():
        try:
            found.dialogues += _load_file(file, root)
        except KitError as error:  # noqa: PERF203  # each file for itself
            found.errors.append(error_from_here(error, root))
    return found


def load_path(path: Path) -> Iterator[LoadedDialogue]:
    """Yield the dialogues of a script, of a fixture, or of all scripts in a folder.

    A folder of committed fixtures stands for the fixtures in it.

    Raises:
        KitError: a file cannot be read or has an error; where and why.

    """
    for root, share in find_projects(path):
        for file in _files(share, root):
            try:
                yield from _load_file(file, root)
            except KitError as error:  # noqa: PERF203  # each file for itself
                raise error_from_here(error, root) from error


def _files(path: Path, root: Path) -> Sequence[Path]:
    """Return the absolute paths of the scripts and fixtures at a path."""
    place = real_path(path)
    if path.suffix == ".json":
        return [place if place.exists() else path.absolute()]
    if place.is_dir() and place.is_relative_to(root / "fixtures"):
        return sorted(place.rglob("*.json"))
    return find_scripts([path], root)


def _load_file(file: Path, root: Path) -> Iterator[LoadedDialogue]:
    if file.suffix == ".json":
        shown = script_path(file, root)
        yield LoadedDialogue(load_fixture(file, shown), shown, root=root)
        return
    tree = Tree(root, root / "fixtures")
    for fixture in generate(load_script(file, root), root):
        yield replace(_checked(fixture, tree), root=root)


def _checked(fixture: Fixture, tree: Tree) -> LoadedDialogue:
    """Compare a dialogue with its committed fixture, if it has one."""
    outcome = state_of(fixture, tree)
    if outcome.state == "missing":
        return LoadedDialogue(fixture)
    problem = outcome.problem
    if outcome.state == "stale":
        problem = problem or _stale(fixture, outcome.path, tree.root)
    if problem:
        problem = error_from_here(problem, tree.root)
    return LoadedDialogue(fixture, outcome.path, problem)


def _stale(fixture: Fixture, place: str, root: Path) -> FixtureError:
    script = quoted_path(path_from_here(fixture.script, root))
    return FixtureError(
        f'the fixture of "{fixture.dialogue}" is stale: its script, or an .entity '
        "file, has changed since",
        Mark(place),
        f'run "kit generate {script}" and commit what it writes',
        Code.STALE_FIXTURE,
    )
