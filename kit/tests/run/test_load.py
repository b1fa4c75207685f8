"""Tests of loading dialogues from scripts, fixtures and folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.fixture.committed import Tree, write_fixtures
from ovos_dialogue_kit.run.load import load, load_path, load_paths

SCRIPT = """\
skill: a.test
dialogues:
  good morning: [kitchen: hi]
  good night: [kitchen: bye]
"""

MORNING = "fixtures/a/good_morning.json"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with one script and its committed fixtures."""
    (tmp_path / "tox.ini").write_text("[pytest]\n")
    (tmp_path / "a.dialogue.yaml").write_text(SCRIPT)
    list(write_fixtures([tmp_path], Tree(tmp_path, tmp_path / "fixtures")))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*paths: str) -> list[str]:
    loading = load_paths(map(Path, paths))
    assert loading.errors == []
    return [each.fixture.dialogue for each in loading.dialogues]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("path", ["a.dialogue.yaml", ".", "fixtures", "fixtures/a"])
def test_paths(path: str) -> None:
    """A script, a folder of scripts and a folder of fixtures can be loaded."""
    assert names(path) == ["good morning", "good night"]


@pytest.mark.usefixtures("project")
def test_fixture() -> None:
    """A fixture is loaded as its one dialogue, with its own path."""
    (loaded,) = load_path(Path(MORNING))
    assert loaded.fixture.dialogue == "good morning"
    assert (loaded.place, loaded.problem) == (MORNING, None)


@pytest.mark.usefixtures("project")
def test_each_file_once() -> None:
    """A file that two paths lead to is loaded once."""
    assert names("a.dialogue.yaml", ".") == ["good morning", "good night"]


def test_load(project: Path) -> None:
    """Tests in Python get the dialogues themselves, from a path or its text."""
    listed = load(str(project / "a.dialogue.yaml"))
    assert [fixture.dialogue for fixture in listed] == ["good morning", "good night"]


def test_fresh(project: Path) -> None:
    """A dialogue has the path of its committed fixture."""
    first, _ = load_path(project / "a.dialogue.yaml")
    assert (first.place, first.problem) == (MORNING, None)


def test_missing(project: Path) -> None:
    """A dialogue without a committed fixture has no path and no problem."""
    (project / MORNING).unlink()
    first, _ = load_path(project)
    assert (first.place, first.problem) == (None, None)


def test_stale(project: Path) -> None:
    """A stale fixture is a problem with the command that helps."""
    script = project / "a.dialogue.yaml"
    script.write_text(SCRIPT.replace("kitchen: hi", "kitchen: hello"))
    first, second = load_path(project)
    assert first.fixture.cases[0].turns[0].said == "hello"
    assert str(first.problem) == (
        f'{MORNING}:1:1: the fixture of "good morning" is stale: its script, or an'
        " .entity file, has changed since  [KIT303]\n"
        '  run "kit generate a.dialogue.yaml" and commit what it writes'
    )
    assert second.problem is None


@pytest.mark.parametrize(
    ("name", "quoted"),
    [("-a b", "'./-a b.dialogue.yaml'"), ("$(x)", "'$(x).dialogue.yaml'")],
)
def test_the_command_can_be_copied(project: Path, name: str, quoted: str) -> None:
    """The script's path is quoted as a shell needs it."""
    script = project / f"{name}.dialogue.yaml"
    script.write_text(SCRIPT)
    list(write_fixtures([script], Tree(project, project / "fixtures")))
    script.write_text(SCRIPT.replace("kitchen: hi", "kitchen: hello"))
    first, _ = load_path(script)
    assert first.problem
    assert first.problem.hint == (
        f'run "kit generate {quoted}" and commit what it writes'
    )


def test_of_another_script(project: Path) -> None:
    """A fixture that another script has a claim on says which script it is."""
    (project / "b").mkdir()
    (project / "b" / "a.dialogue.yaml").write_text(SCRIPT)
    first, _ = load_path(project / "b" / "a.dialogue.yaml")
    assert first.place == MORNING
    assert str(first.problem) == (
        'b/a.dialogue.yaml:3:1: "good morning" and a dialogue of "a.dialogue.yaml" '
        'would share the fixture "a/good_morning.json"  [KIT214]\n'
        "  rename one of them, or give each skill settings for pytest and so its own "
        "fixtures"
    )


def test_of_a_script_that_moved(project: Path) -> None:
    """The fixture of a script that has been moved is stale."""
    (project / "b").mkdir()
    (project / "a.dialogue.yaml").rename(project / "b" / "a.dialogue.yaml")
    first, _ = load_path(project / "b" / "a.dialogue.yaml")
    assert first.place == MORNING
    assert str(first.problem).startswith(
        f'{MORNING}:1:1: the fixture of "good morning" is stale'
    )


def test_edited(project: Path) -> None:
    """An edited fixture is a problem with what to do instead."""
    place = project / MORNING
    place.write_text(place.read_text().replace('"hi"', '"ho"'))
    first, _ = load_path(project)
    assert first.fixture.cases[0].turns[0].said == "hi"
    assert first.place == MORNING
    assert str(first.problem) == (
        f"{MORNING}:41:1: the fixture was edited by hand  [KIT302]\n"
        '  change "a.dialogue.yaml" instead, then run "kit generate" to rewrite it'
    )


def test_errors_are_collected(project: Path) -> None:
    """A file with an error does not hide the others, nor their errors."""
    (project / "b.dialogue.yaml").write_text("skil: a.test\n")
    (project / "c.dialogue.yaml").write_text("")
    loading = load_paths([project])
    assert len(loading.dialogues) == 2
    assert [str(error).partition(":")[0] for error in loading.errors] == [
        "b.dialogue.yaml",
        "c.dialogue.yaml",
    ]


@pytest.mark.usefixtures("project")
def test_no_such_path() -> None:
    """A path that does not exist is an error at once, with the most similar name."""
    with pytest.raises(KitError) as caught:
        load_paths([Path("b.dialogue.yaml")])
    assert str(caught.value) == (
        '"b.dialogue.yaml" does not exist (did you mean "a.dialogue.yaml"?)'
    )


@pytest.mark.usefixtures("project")
def test_no_such_fixture() -> None:
    """A fixture that does not exist is an error like any other."""
    assert [str(error) for error in load_paths([Path("fixtures/x.json")]).errors] == [
        (
            "fixtures/x.json:1:1: there is no such fixture  [KIT304]\n"
            '  run "kit generate" to write it'
        )
    ]


def test_outside_of_any_project(tmp_path: Path) -> None:
    """A script outside of any project is named by its file name."""
    script = tmp_path / "a.dialogue.yaml"
    script.write_text(SCRIPT)
    assert {each.fixture.script for each in load_path(script)} == {"a.dialogue.yaml"}
