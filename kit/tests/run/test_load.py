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


def test_a_script_among_the_fixtures(project: Path) -> None:
    """It is a script, wherever it is."""
    (project / "a.dialogue.yaml").rename(project / "fixtures" / "b.dialogue.yaml")
    assert names("fixtures/b.dialogue.yaml") == ["good morning", "good night"]


def test_fixture(project: Path) -> None:
    """A fixture is loaded as its one dialogue, with its own path."""
    (loaded,) = load_path(Path(MORNING))
    assert loaded.fixture.dialogue == "good morning"
    assert (loaded.place, loaded.problem, loaded.root) == (MORNING, None, project)


def test_each_file_once(project: Path) -> None:
    """A file that two paths lead to is loaded once; a link is the file behind it."""
    assert names("a.dialogue.yaml", ".") == ["good morning", "good night"]
    (project / "link.json").symlink_to(MORNING)
    assert names("link.json", MORNING) == ["good morning"]


def test_load(project: Path) -> None:
    """Tests in Python get the dialogues themselves, from a path or its text."""
    listed = load(str(project / "a.dialogue.yaml"))
    assert [fixture.dialogue for fixture in listed] == ["good morning", "good night"]


def test_fresh(project: Path) -> None:
    """A dialogue has the path of its committed fixture."""
    first, _ = load_path(project / "a.dialogue.yaml")
    assert (first.place, first.problem, first.root) == (MORNING, None, project)


def test_missing(project: Path) -> None:
    """A dialogue without a committed fixture has no path and no problem."""
    (project / MORNING).unlink()
    first, _ = load_path(project)
    assert (first.place, first.problem, first.root) == (None, None, project)


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


def test_no_scripts(tmp_path: Path) -> None:
    """A folder without any is an error at once."""
    with pytest.raises(KitError) as caught:
        load_paths([tmp_path])
    assert str(caught.value) == (
        f'there are no dialogue scripts in "{tmp_path}"\n'
        '  scripts are named "<name>.dialogue.yaml"'
    )


def test_an_error_has_its_place_as_seen_from_here(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is raised at once where the dialogues are loaded one by one."""
    (project / "a.dialogue.yaml").write_text("skil: a.test\n")
    monkeypatch.chdir(project / "fixtures")
    with pytest.raises(KitError) as caught:
        list(load_path(project))
    assert str(caught.value).startswith("../a.dialogue.yaml:1:1: unknown key")


@pytest.mark.parametrize("path", ["fixtures/x.json", "broken.json"])
def test_no_such_fixture(project: Path, path: str) -> None:
    """A fixture that does not exist is an error like any other, a broken link too."""
    (project / "broken.json").symlink_to("gone.json")
    assert [str(error) for error in load_paths([Path(path)]).errors] == [
        (
            f"{path}:1:1: there is no such fixture  [KIT304]\n"
            '  run "kit generate" to write it'
        )
    ]


def test_outside_of_any_project(tmp_path: Path) -> None:
    """A script outside of any project is named by its file name."""
    script = tmp_path / "a.dialogue.yaml"
    script.write_text(SCRIPT)
    assert {each.fixture.script for each in load_path(script)} == {"a.dialogue.yaml"}
