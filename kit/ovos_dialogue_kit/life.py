"""The life of committed fixtures: written, compared with their scripts, removed.

Each script is expanded twice: first to see that all of it can be, so that of a script
with an error nothing is written, then dialogue by dialogue, so that memory does not
grow with their number. What is removed is a fixture of the kit which no script claims
any more, and only for scripts below the paths that were asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ovos_dialogue_kit.errors import FixtureError, KitError, Mark, ScriptError
from ovos_dialogue_kit.files import read_text, remove_file, write_text
from ovos_dialogue_kit.fixture import Fixture
from ovos_dialogue_kit.fixture_json import (
    ForeignFileError,
    NewerFixtureError,
    dumps,
    loads,
    loads_header,
)
from ovos_dialogue_kit.generate import generate
from ovos_dialogue_kit.parse import load
from ovos_dialogue_kit.paths import find_scripts, fixture_path, relative_path
from ovos_dialogue_kit.script import Script

__all__ = ["Outcome", "State", "Tree", "check", "state_of", "write"]


class State:
    """What became of a fixture; the values of ``Outcome.state``.

    ``EDITED`` is a file that is not as the kit wrote it: changed by hand, cut off or
    damaged. ``STALE`` is as the kit wrote it, for a script that has changed since.
    ``ORPHANED`` belongs to a dialogue or a script that is gone. ``FAILED`` is no
    fixture but a script that has an error.
    """

    WROTE = "wrote"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"
    EDITED = "edited"
    ORPHANED = "orphaned"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Tree:
    """A project: its root, and the folder of its fixtures."""

    root: Path
    fixtures: Path

    def shown(self, place: str) -> str:
        """Return what a person calls a fixture: its path from the root, if below it."""
        path = self.fixtures / place
        if path.is_relative_to(self.root):
            return path.relative_to(self.root).as_posix()
        return path.as_posix()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one fixture, or of a script; ``problem`` says why, if need be."""

    state: str
    path: str
    problem: KitError | None = None


@dataclass(slots=True)
class _Claims:
    """Whose the fixtures are: case-folded place to (place, script); scripts by fate."""

    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    expanded: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)


def write(paths: Sequence[Path], tree: Tree) -> Iterator[Outcome]:
    """Write the fixtures of scripts, where they differ, and remove orphans.

    Args:
        paths: scripts, and folders of scripts.
        tree: the project, its paths absolute.

    Yields:
        for each fixture ``wrote``, ``unchanged`` or ``removed``, as it happens; for a
        script with an error ``failed``, and the next one's turn comes.

    Raises:
        KitError: a path does not exist, is no script or is outside the project.

    """
    claims = _Claims()
    yield from _each(paths, tree, claims, _write)
    for place in _orphans(paths, tree, claims):
        remove_file(tree.fixtures / place, tree.shown(place))
        yield Outcome(State.REMOVED, tree.shown(place))


def check(paths: Sequence[Path], tree: Tree) -> Iterator[Outcome]:
    """Compare the fixtures of scripts with what the scripts say; changes nothing.

    Args:
        paths: scripts, and folders of scripts.
        tree: the project, its paths absolute.

    Yields:
        for each fixture ``fresh``, ``stale``, ``missing``, ``edited`` or ``orphaned``;
        for a script with an error ``failed``.

    Raises:
        KitError: a path does not exist, is no script or is outside the project.

    """
    claims = _Claims()
    yield from _each(paths, tree, claims, state_of)
    for place in _orphans(paths, tree, claims):
        yield Outcome(State.ORPHANED, tree.shown(place))


def state_of(fixture: Fixture, tree: Tree) -> Outcome:
    """Return whether the committed fixture is the one that its script generates."""
    place = fixture_path(fixture.script, fixture.dialogue)
    shown = tree.shown(place)
    try:
        text = read_text(tree.fixtures / place, shown)
        if text == dumps(fixture):
            return Outcome(State.FRESH, shown)
        loads(text, shown)
    except FileNotFoundError:
        return Outcome(State.MISSING, shown)
    except KitError as error:
        return Outcome(State.EDITED, shown, error)
    return Outcome(State.STALE, shown)


def _write(fixture: Fixture, tree: Tree) -> Outcome:
    place = fixture_path(fixture.script, fixture.dialogue)
    shown, text = tree.shown(place), dumps(fixture)
    if _text_of(tree.fixtures / place, shown) == text:
        return Outcome(State.UNCHANGED, shown)
    write_text(tree.fixtures / place, text, shown)
    return Outcome(State.WROTE, shown)


def _text_of(path: Path, shown: str) -> str | None:
    """Return a file's text; ``None`` if there is none that can be read."""
    try:
        return read_text(path, shown)
    except (FileNotFoundError, KitError):
        return None


def _each(
    paths: Sequence[Path],
    tree: Tree,
    claims: _Claims,
    visit: Callable[[Fixture, Tree], Outcome],
) -> Iterator[Outcome]:
    for path in find_scripts(paths, tree.root):
        name = relative_path(path, tree.root)
        try:
            script = load(path, tree.root)
            _claim(script, tree, claims)
            for fixture in generate(script, tree.root):
                yield visit(fixture, tree)
        except KitError as error:
            claims.failed.add(name)
            yield Outcome(State.FAILED, name, error)
        else:
            claims.expanded.add(name)


def _claim(script: Script, tree: Tree, claims: _Claims) -> None:
    """Note where a script's fixtures lie; raise if any of them cannot be made."""
    for fixture in generate(script, tree.root):
        place = fixture_path(fixture.script, fixture.dialogue)
        claim = claims.places.setdefault(place.casefold(), (place, fixture.script))
        _refuse_second(fixture, claim[1], place)
        owner = _owner(tree, place)
        if owner is not None and (tree.root / owner).is_file():
            _refuse_second(fixture, owner, place)


def _refuse_second(fixture: Fixture, owner: str, place: str) -> None:
    if owner != fixture.script:
        raise ScriptError(
            f'"{fixture.dialogue}" would be "{place}", as a dialogue of "{owner}" is',
            Mark(fixture.script, fixture.line),
            "rename the dialogue or one of the two scripts",
        )


def _owner(tree: Tree, place: str) -> str | None:
    """Return whose a fixture on disk is; ``None`` if nothing is lost without it.

    Raises:
        FixtureError: it is of a newer format, or no fixture at all.

    """
    shown = tree.shown(place)
    text = _text_of(tree.fixtures / place, shown)
    if text is None:
        return None
    try:
        return loads_header(text, shown).script
    except (NewerFixtureError, ForeignFileError):
        raise
    except FixtureError:
        return None


def _orphans(paths: Sequence[Path], tree: Tree, claims: _Claims) -> Iterator[str]:
    scope = [relative_path(path, tree.root) for path in paths]
    for file in sorted(tree.fixtures.glob("*/*.json")):
        place = file.relative_to(tree.fixtures).as_posix()
        if _is_claimed(place, tree, claims):
            continue
        try:
            script = loads_header(read_text(file, place), place).script
        except KitError:
            continue  # not ours, or nobody can say whose
        gone = not (tree.root / script).is_file() and _is_below(script, scope)
        if script in claims.expanded or gone:
            yield place


def _is_claimed(place: str, tree: Tree, claims: _Claims) -> bool:
    """Say whether a file is a script's fixture, be it under a name of other case."""
    claim = claims.places.get(place.casefold())
    if claim is None or claim[0] == place:
        return claim is not None
    ours = tree.fixtures / claim[0]
    return ours.exists() and ours.samefile(tree.fixtures / place)


def _is_below(script: str, scope: Sequence[str]) -> bool:
    return any(top in (".", script) or script.startswith(f"{top}/") for top in scope)
