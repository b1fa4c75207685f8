"""The life of committed fixtures: written, compared, removed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.life import Outcome, State, Tree, check, write

TWO = """\
dialogues:
  first words:
    - kitchen: hello
  last words:
    - kitchen: goodbye
"""
ONE = """\
dialogues:
  first words:
    - kitchen: hello
"""
BROKEN = """\
dialogues:
  fine:
    - kitchen: hello
  broken:
    - kitchen: hello {nobody}
"""
FIRST = "fixtures/talk/first_words.json"
LAST = "fixtures/talk/last_words.json"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A project without scripts."""
    root = tmp_path / "project"
    root.mkdir()
    return Tree(root, root / "fixtures")


def put(tree: Tree, name: str, text: str) -> Path:
    path = tree.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def written(tree: Tree, *names: str) -> list[tuple[str, str]]:
    return [(o.state, o.path) for o in write(paths(tree, names), tree)]


def checked(tree: Tree, *names: str) -> list[tuple[str, str]]:
    return [(o.state, o.path) for o in check(paths(tree, names), tree)]


def paths(tree: Tree, names: tuple[str, ...]) -> list[Path]:
    return [tree.root / name for name in names or (".",)]


def problem_of(outcome: Outcome) -> str:
    assert outcome.problem is not None
    return str(outcome.problem)


def contents(tree: Tree) -> dict[str, bytes]:
    files = sorted(path for path in tree.root.rglob("*") if path.is_file())
    return {path.relative_to(tree.root).as_posix(): path.read_bytes() for path in files}


# Writing


def test_first_time(tree: Tree) -> None:
    """Each dialogue gets a file of its own."""
    put(tree, "test/talk.dialogue.yaml", TWO)
    assert written(tree) == [("wrote", FIRST), ("wrote", LAST)]


def test_twice_changes_nothing(tree: Tree) -> None:
    """What is as it should be is not touched."""
    put(tree, "test/talk.dialogue.yaml", TWO)
    written(tree)
    times = [(tree.root / name).stat().st_mtime_ns for name in (FIRST, LAST)]
    assert written(tree) == [("unchanged", FIRST), ("unchanged", LAST)]
    assert times == [(tree.root / name).stat().st_mtime_ns for name in (FIRST, LAST)]


def test_only_what_differs_is_written(tree: Tree) -> None:
    """A change of one dialogue is a change of one file."""
    put(tree, "test/talk.dialogue.yaml", TWO)
    written(tree)
    put(tree, "test/talk.dialogue.yaml", TWO.replace("goodbye", "see you"))
    assert written(tree) == [("unchanged", FIRST), ("wrote", LAST)]


def test_dialogue_that_is_gone(tree: Tree) -> None:
    """The fixture of a dialogue that is gone is removed."""
    put(tree, "test/talk.dialogue.yaml", TWO)
    written(tree)
    put(tree, "test/talk.dialogue.yaml", ONE)
    assert written(tree) == [("unchanged", FIRST), ("removed", LAST)]
    assert not (tree.root / LAST).exists()


def test_script_that_is_gone(tree: Tree) -> None:
    """The fixtures of a script that is gone are removed, and their folder."""
    put(tree, "test/talk.dialogue.yaml", TWO).unlink()
    put(tree, "test/talk.dialogue.yaml", TWO)
    written(tree)
    (tree.root / "test/talk.dialogue.yaml").unlink()
    assert written(tree, "test") == [("removed", FIRST), ("removed", LAST)]
    assert contents(tree) == {}


def test_script_that_moved(tree: Tree) -> None:
    """A script in another folder takes its fixtures along."""
    path = put(tree, "a/talk.dialogue.yaml", ONE)
    written(tree)
    (tree.root / "b").mkdir()
    path.rename(tree.root / "b" / "talk.dialogue.yaml")
    assert written(tree) == [("wrote", FIRST)]


def test_other_scripts_are_left_alone(tree: Tree) -> None:
    """Only scripts below the given paths lose fixtures."""
    put(tree, "a/talk.dialogue.yaml", ONE)
    put(tree, "b/gone.dialogue.yaml", ONE)
    written(tree)
    (tree.root / "b" / "gone.dialogue.yaml").unlink()
    assert written(tree, "a") == [("unchanged", FIRST)]
    assert written(tree, "b", "a")[1:] == [
        ("removed", "fixtures/gone/first_words.json")
    ]


def test_script_that_is_skipped_is_not_gone(tree: Tree) -> None:
    """A script that a search does not reach keeps its fixtures."""
    put(tree, "build/talk.dialogue.yaml", ONE)
    assert written(tree, "build/talk.dialogue.yaml") == [("wrote", FIRST)]
    assert written(tree) == []


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[1, 2]",
        "not JSON",
        '{"format": 1, "script": 1}',
        '{"format": 2}',
        "\udcff",
    ],
)
def test_files_of_others_stay(tree: Tree, text: str) -> None:
    """What is no fixture of the kit is not removed."""
    put(tree, "talk.dialogue.yaml", ONE)
    path = put(tree, "fixtures/talk/mine.json", "")
    path.write_bytes(text.encode(errors="surrogateescape"))
    assert written(tree) == [("wrote", FIRST)]
    assert path.exists()


def test_edited_fixture_is_made_anew(tree: Tree) -> None:
    """Whatever became of a fixture, it is written as it should be."""
    put(tree, "talk.dialogue.yaml", ONE)
    written(tree)
    for damage in ('{"format": 1', "", "\udcff"):
        (tree.root / FIRST).write_bytes(damage.encode(errors="surrogateescape"))
        assert written(tree) == [("wrote", FIRST)]


def test_other_folder_of_fixtures(tree: Tree, tmp_path: Path) -> None:
    """Fixtures may lie anywhere; outside the project their whole path is shown."""
    put(tree, "talk.dialogue.yaml", ONE)
    out = Tree(tree.root, tmp_path / "out")
    shown = (tmp_path / "out/talk/first_words.json").as_posix()
    assert written(out) == [("wrote", shown)]
    assert checked(out) == [("fresh", shown)]


# What goes wrong


def test_of_a_broken_script_nothing_is_written(tree: Tree) -> None:
    """A script with an error anywhere leaves its fixtures alone; others go on."""
    put(tree, "broken.dialogue.yaml", TWO)
    written(tree)
    put(tree, "broken.dialogue.yaml", BROKEN)
    put(tree, "talk.dialogue.yaml", ONE)
    before = contents(tree)
    outcomes = list(write([tree.root], tree))
    assert [(o.state, o.path) for o in outcomes] == [
        ("failed", "broken.dialogue.yaml"),
        ("wrote", FIRST),
    ]
    assert problem_of(outcomes[0]).startswith(
        'broken.dialogue.yaml:5:16: unknown slot "nobody"'
    )
    assert before.items() <= contents(tree).items()


def test_two_scripts_with_one_fixture(tree: Tree) -> None:
    """Scripts of one name share a folder, but not a file."""
    put(tree, "a/talk.dialogue.yaml", ONE)
    put(tree, "b/talk.dialogue.yaml", TWO)
    outcomes = list(write([tree.root], tree))
    assert [(o.state, o.path) for o in outcomes] == [
        ("wrote", FIRST),
        ("failed", "b/talk.dialogue.yaml"),
    ]
    assert problem_of(outcomes[1]) == (
        'b/talk.dialogue.yaml:2:1: "first words" would be "talk/first_words.json", as '
        'a dialogue of "a/talk.dialogue.yaml" is\n'
        "  rename the dialogue or one of the two scripts"
    )


def test_two_scripts_one_after_the_other(tree: Tree) -> None:
    """That a fixture is another script's is seen in a run of its own, too."""
    put(tree, "a/talk.dialogue.yaml", ONE)
    put(tree, "b/talk.dialogue.yaml", TWO)
    written(tree, "a")
    before = contents(tree)
    assert written(tree, "b") == [("failed", "b/talk.dialogue.yaml")]
    assert before == contents(tree)


def test_two_scripts_in_one_folder(tree: Tree) -> None:
    """Scripts of one name whose dialogues differ get along."""
    put(tree, "a/talk.dialogue.yaml", ONE)
    put(tree, "b/talk.dialogue.yaml", ONE.replace("first", "last"))
    assert written(tree) == [("wrote", FIRST), ("wrote", LAST)]
    assert checked(tree, "b") == [("fresh", LAST)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"format": 2}',
            (
                f"{FIRST}:1:2: the fixture has format 2, this kit reads up to 1\n"
                '  "pip install -U ovos-dialogue-kit" gets the kit that wrote it'
            ),
        ),
        (
            "{}",
            (
                f"{FIRST}:1:1: this is no fixture of the kit\n"
                '  a fixture is what "kit generate" writes; keep other files elsewhere'
            ),
        ),
    ],
    ids=["newer", "foreign"],
)
@pytest.mark.parametrize("act", [write, check])
def test_what_is_not_overwritten(
    tree: Tree,
    act: Callable[[list[Path], Tree], list[Outcome]],
    text: str,
    message: str,
) -> None:
    """A newer kit's fixture or somebody's file in a fixture's place is an error."""
    put(tree, "talk.dialogue.yaml", TWO)
    put(tree, FIRST, text)
    (outcome,) = act([tree.root], tree)
    assert (outcome.state, problem_of(outcome)) == (State.FAILED, message)
    assert not (tree.root / LAST).exists()


def test_unwritable_folder(tree: Tree) -> None:
    """A folder that cannot be written to is an error of the script."""
    put(tree, "talk.dialogue.yaml", TWO)
    put(tree, "fixtures", "a file")
    (outcome,) = write([tree.root], tree)
    assert problem_of(outcome) == (
        f'"{FIRST}" cannot be written: not a directory\n'
        '  make its folder writable, or choose another with "-o DIR"'
    )


def test_path_that_does_not_exist(tree: Tree) -> None:
    """A path that does not exist is an error before anything is done."""
    with pytest.raises(KitError):
        written(tree, "nothing")


def test_interrupt(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted run leaves old and new files, all of them whole."""
    put(tree, "talk.dialogue.yaml", TWO)
    written(tree)
    old = contents(tree)
    put(tree, "talk.dialogue.yaml", TWO.replace("kitchen", "bedroom"))
    syncs = []

    def fsync(number: int) -> None:
        syncs.append(number)
        if len(syncs) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(KeyboardInterrupt):
        written(tree)
    new = contents(tree)
    assert old.keys() == new.keys()
    assert (old[FIRST] == new[FIRST], old[LAST] == new[LAST]) == (False, True)


# Checking


def test_fresh(tree: Tree) -> None:
    """What was just generated is fresh, whatever its line ends have become."""
    put(tree, "talk.dialogue.yaml", ONE)
    written(tree)
    path = tree.root / FIRST
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert checked(tree) == [("fresh", FIRST)]


def test_missing(tree: Tree) -> None:
    """A dialogue that was not generated is missing its fixture; none is made."""
    put(tree, "talk.dialogue.yaml", ONE)
    before = contents(tree)
    assert checked(tree) == [("missing", FIRST)]
    assert before == contents(tree)


def test_stale(tree: Tree) -> None:
    """A fixture whose script has changed is stale."""
    put(tree, "talk.dialogue.yaml", ONE)
    written(tree)
    put(tree, "talk.dialogue.yaml", "# moved by a line\n" + ONE)
    assert checked(tree) == [("stale", FIRST)]


def test_edited(tree: Tree) -> None:
    """A fixture that was edited by hand is told from one that is stale."""
    put(tree, "talk.dialogue.yaml", ONE)
    written(tree)
    path = tree.root / FIRST
    path.write_text(path.read_text().replace('"said": "hello"', '"said": "hallo"'))
    (outcome,) = check([tree.root], tree)
    assert (outcome.state, outcome.path) == ("edited", FIRST)
    assert "the fixture was edited by hand" in problem_of(outcome)


def test_orphaned(tree: Tree) -> None:
    """Fixtures of dialogues and scripts that are gone are orphaned, and stay."""
    put(tree, "talk.dialogue.yaml", TWO)
    put(tree, "gone.dialogue.yaml", ONE)
    written(tree)
    put(tree, "talk.dialogue.yaml", ONE)
    (tree.root / "gone.dialogue.yaml").unlink()
    before = contents(tree)
    assert checked(tree) == [
        ("fresh", FIRST),
        ("orphaned", "fixtures/gone/first_words.json"),
        ("orphaned", LAST),
    ]
    assert before == contents(tree)


def test_copy_in_another_folder(tree: Tree) -> None:
    """A fixture that is not where its script would put it is orphaned."""
    put(tree, "talk.dialogue.yaml", ONE)
    written(tree)
    put(tree, "fixtures/copy/first_words.json", (tree.root / FIRST).read_text())
    assert checked(tree) == [
        ("fresh", FIRST),
        ("orphaned", "fixtures/copy/first_words.json"),
    ]


def test_change_of_case(tree: Tree) -> None:
    """A dialogue whose name changes its case leaves an orphan, where that is a file."""
    put(tree, "talk.dialogue.yaml", ONE)
    written(tree)
    put(tree, "talk.dialogue.yaml", ONE.replace("first", "First"))
    assert written(tree) == [
        ("wrote", "fixtures/talk/First_words.json"),
        ("removed", FIRST),
    ]


def test_change_of_case_where_case_does_not_count(tree: Tree) -> None:
    """One file under two names is no orphan."""
    put(tree, "talk.dialogue.yaml", ONE)
    written(tree)
    new = tree.root / "fixtures/talk/First_words.json"
    os.link(tree.root / FIRST, new)
    put(tree, "talk.dialogue.yaml", ONE.replace("first", "First"))
    assert checked(tree) == [("stale", "fixtures/talk/First_words.json")]


def test_broken_script_keeps_its_orphans(tree: Tree) -> None:
    """As long as a script cannot be read nobody knows what is orphaned."""
    put(tree, "talk.dialogue.yaml", TWO)
    written(tree)
    put(tree, "talk.dialogue.yaml", BROKEN)
    assert checked(tree) == [("failed", "talk.dialogue.yaml")]
