"""Tests that README and docs/ show what really happens, and that links work."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml
from support.places import ROOT, TESTS
from support.stage import PLAIN

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
MAP = ROOT / "docs" / "how-it-works.md"
PYTEST_PAGE = ROOT / "docs" / "pytest.md"
GLOSSARY = ROOT / "docs" / "glossary.md"
PACKAGE = ROOT / "kit" / "ovos_dialogue_kit"
LEAKY = ROOT / "examples" / "leaky"

_CONSOLE = re.compile(r"```console\n\$ (.+)\n([\s\S]*?)```")
_SHELL = re.compile(r"```sh\n(.+)\n```")
_PYTHON = re.compile(r"```python\n([\s\S]*?)```")
_YAML = re.compile(r"```yaml\n([\s\S]*?)```")
_LINK = re.compile(r"\]\(((?!https?:)[^)#\s]*)#?([^)\s]*)\)")
_MODULE = re.compile(r"((?:\w+/)*\w+\.py|(?:assistant|cli)/\w*/?)(?=[`, ;:])")
_ROW = re.compile(r"^\| `(\w+)/` \| .+ \| `(\S+)`: `(\w+)` \|$", re.MULTILINE)
_OWN_IMPORT = re.compile(r"from ovos_dialogue_kit\.(\w+)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_ENTRY_POINT = re.compile(r'\[project\.entry-points\."(.+)"\]\n"(.+)" = "(.+)"')
_DURATION = re.compile(r"in \d+\.\d s(?= \(seed|$)", re.MULTILINE)
_NOTE = re.compile(r"^note: padatious is installed.*\n", re.MULTILINE)
_TESTED = re.compile(r"\| test \(in `(.+)/`\) \|\n\|---.*\n((?:\|.*\n)+)")
_CONSTRAINED = re.compile(r"^(\S+): -c (constraints/\S+)$", re.MULTILINE)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.fixture
def leaky(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example's skill, installed for the commands of this test."""
    about = tmp_path / "ovos_skill_leaky-0.1.0.dist-info"
    about.mkdir()
    metadata = "Metadata-Version: 2.1\nName: ovos-skill-leaky\nVersion: 0.1.0\n"
    about.joinpath("METADATA").write_text(metadata, encoding="utf-8")
    entry_point = _ENTRY_POINT.search(text_of(LEAKY / "pyproject.toml"))
    assert entry_point
    group, skill_id, skill_class = entry_point.groups()
    entry_points = f"[{group}]\n{skill_id} = {skill_class}\n"
    about.joinpath("entry_points.txt").write_text(entry_points, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(LEAKY), str(tmp_path)]))


def run(command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a page shows it, with the programs beside this Python."""
    program, *words = shlex.split(command)
    return subprocess.run(
        [Path(sys.executable).with_name(program), *words],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def commands_of(page: Path) -> list[str]:
    """Return the command lines of a page that are to be copied."""
    return _SHELL.findall(text_of(page))


@pytest.mark.ovos
@pytest.mark.usefixtures("leaky")
@pytest.mark.parametrize(
    ("command", "output"),
    [
        pytest.param(command, output, id=f"{page.name}-{command}")
        for page in PAGES
        for command, output in _CONSOLE.findall(text_of(page))
    ],
)
def test_commands_say_what_is_shown(command: str, output: str) -> None:
    """A command prints the output shown below it, except for the time it took.

    A note on an engine that not everybody has installed is left out.
    """
    found = _NOTE.sub("", run(command).stdout)
    assert output == _DURATION.sub("in 1.2 s", found)


@pytest.mark.ovos
def test_tests_in_python_pass(tmp_path: Path) -> None:
    """The tests in docs/pytest.md pass."""
    shown = _PYTHON.findall(text_of(PYTEST_PAGE))
    for number, source in enumerate(shown):
        tmp_path.joinpath(f"test_{number}.py").write_text(source, encoding="utf-8")
    done = run(f"python -m pytest -q {PLAIN} --noconftest {tmp_path}")
    assert f"{len(shown)} passed" in done.stdout, done.stdout


def test_the_script_shown_first_is_the_one_replayed() -> None:
    """README shows the whole script of the example."""
    shown = _YAML.findall(text_of(README))[0]
    assert shown == text_of(LEAKY / "leaky.dialogue.yaml")


@pytest.mark.ovos
def test_the_first_command_is_green() -> None:
    """README's first command line works, here without its setup and in part."""
    *_, command = commands_of(README)[0].split(" && ")
    done = run(f"{command.removeprefix('.venv/bin/')} --tag smoke")
    assert done.returncode == 0, done.stdout


def test_committed_fixtures_are_fresh() -> None:
    """All committed fixtures are fresh."""
    done = run("kit check")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("number", [0, 1])
def test_ci_copies_the_commands(number: int) -> None:
    """CI runs README's first two command lines, including their setup."""
    assert commands_of(README)[number] in text_of(ROOT / ".ci" / "run").splitlines()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link leads to a file or folder, and to a heading in it."""
    broken = []
    for path, heading in _LINK.findall(text_of(page)):
        target = page.parent / path if path else page
        if not target.exists() or (heading and heading not in headings_of(target)):
            broken.append(f"{path}#{heading}")
    assert broken == []


def test_every_page_is_listed() -> None:
    """The index of docs/ links to each of its pages."""
    index = ROOT / "docs" / "README.md"
    linked = {path for path, _ in _LINK.findall(text_of(index))}
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - linked == {index.name}


def headings_of(page: Path) -> set[str]:
    """Return a page's headings as the ends of links to them."""
    headings = _HEADING.findall(text_of(page))
    return {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}


def test_the_map_names_what_is_there() -> None:
    """Every module and package that the map of the repository names exists."""
    named = set(_MODULE.findall(text_of(MAP)))
    assert len(named) > 20
    assert {name for name in named if not (PACKAGE / name).exists()} == set()


def test_the_map_has_every_folder() -> None:
    """Each folder of the package has a row, below those that it imports."""
    rows = [folder for folder, *_ in _ROW.findall(text_of(MAP))]
    code = {path.parent for path in PACKAGE.glob("*/*.py")}
    assert {folder.name for folder in code} == set(rows)
    for number, folder in enumerate(rows):
        sources = "".join(map(text_of, PACKAGE.joinpath(folder).rglob("*.py")))
        assert set(_OWN_IMPORT.findall(sources)) & set(rows[number + 1 :]) == set()


def test_the_map_leads_to_functions() -> None:
    """Each row ends with a name that its module defines."""
    rows = _ROW.findall(text_of(MAP))
    missing = [
        (module, name)
        for folder, module, name in rows
        if not module.startswith(f"{folder}/")
        or f" {name}(" not in text_of(PACKAGE / module)
    ]
    assert missing == []


def test_the_glossary_is_in_use() -> None:
    """Each word of the glossary is used by a docstring, a message or another page."""
    pages = [text_of(page) for page in PAGES if page.name != "glossary.md"]
    sources = [text_of(path) for path in PACKAGE.rglob("*.py")]
    everything = "\n".join([*pages, *sources]).lower()
    words = re.findall(r"^\| ([a-z ]+) \|", text_of(GLOSSARY), re.MULTILINE)
    explained = [word for word in words if word != "word"]
    assert len(explained) > 30
    assert [word for word in explained if word not in everything] == []


# -- the matrix for other skills -------------------------------------------------------


PUBLISHED = ROOT / "examples" / "published"
OTHERS = ROOT / "docs" / "matrix-for-your-skill.md"
WORKFLOW = PUBLISHED / ".github" / "workflows" / "matrix.yml"


def documented_tox() -> ConfigParser:
    """Return the ``tox.ini`` of the example, read as tox does."""
    found = ConfigParser(interpolation=None, comment_prefixes="#")
    found.read_string(text_of(PUBLISHED / "tox.ini"))
    return found


def documented_cells() -> list[str]:
    """Return the names of the environments of that ``tox.ini``."""
    listed = documented_tox()["tox"]["env_list"]
    [(prefix, choices)] = re.findall(r"^(\w+)\{(.+)\}$", listed)
    return [prefix + choice for choice in choices.split(",")]


@pytest.mark.parametrize(
    ("language", "path"), [("ini", PUBLISHED / "tox.ini"), ("yaml", WORKFLOW)]
)
def test_files_for_other_skills_are_those_of_the_example(
    language: str, path: Path
) -> None:
    """The files that the page tells readers to copy are those of the example."""
    [shown] = re.findall(rf"```{language}\n([\s\S]*?)```", text_of(OTHERS))
    assert shown == text_of(path)


def test_each_cell_for_other_skills_has_its_set() -> None:
    """Each cell has its own constraint file, which exists."""
    sets = dict(_CONSTRAINED.findall(documented_tox()["testenv"]["deps"]))
    assert documented_cells() == list(sets)
    assert [] == [path for path in sets.values() if not (PUBLISHED / path).exists()]


def test_the_workflow_for_other_skills_runs_each_cell() -> None:
    """The jobs of the workflow are the environments of ``tox.ini``."""
    jobs = yaml.safe_load(text_of(WORKFLOW))["jobs"]
    assert documented_cells() == jobs["cell"]["strategy"]["matrix"]["cell"]
    setup = jobs["cell"]["steps"][1]["with"]
    base = documented_tox()["testenv"]["base_python"]
    assert base == "py" + setup["python-version"].replace(".", "")


def test_other_skills_use_options_that_are_there() -> None:
    """The command of each cell has valid options."""
    command = documented_tox()["testenv"]["commands"]
    done = run(re.sub(r"\{.*", "", command).removesuffix("-o ") + "--help")
    assert done.returncode == 0, done.stdout


def test_each_difference_and_each_hang_has_a_test() -> None:
    """The tests that the rows name are there, with these parameters."""
    tables = _TESTED.findall(text_of(MAP))
    rows = [(folder, row) for folder, table in tables for row in table.splitlines()]
    assert len(rows) > len(tables) > 1
    for folder, row in rows:
        found = re.search(r" \| `(\w+)(?:\[(?:\w+\.)*(\w+)\])?` \|$", row)
        assert found, row
        function, parameter = found.groups()
        tests = "".join(map(text_of, ROOT.joinpath(folder).glob("test_*.py")))
        assert f"def {function}(" in tests
        parameters = tests + text_of(TESTS / "support" / "misdeeds.py")
        assert parameter is None or re.search(rf'\b{parameter}"', parameters)
