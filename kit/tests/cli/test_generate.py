"""Tests of ``kit generate`` and ``kit check`` as a user runs them."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ovos_dialogue_kit import __version__
from ovos_dialogue_kit.cli import main

SCRIPT = """\
skill: my.skill
sessions:
  bedroom: {lang: pt-PT, site_id: bedroom, location: {city: {name: Porto}}}
phrases:
  ask: ["what did i (just|) say", "repeat (that|what i said)"]
with:
  word: [blue, grün]
matrix:
  room: [attic, cellar]
dialogues:
  words:
    expand: {sample: 5}
    turns:
      - kitchen: the sky is {word} in the {room}
      - bedroom: <ask>
        expect: {any_of: ["{word}", {dialog: nothing}], asks: false}
"""
WORDS = "fixtures/talk/words.json"
RUN = "import sys; from ovos_dialogue_kit.cli import main; sys.exit(main())"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a script, which is the current folder."""
    root = tmp_path / "project"
    make_project(root)
    monkeypatch.chdir(root)
    return root


def make_project(root: Path) -> None:
    (root / "skill/test").mkdir(parents=True)
    (root / "tox.ini").write_text("[pytest]\n")
    (root / "skill/test/talk.dialogue.yaml").write_text(SCRIPT, encoding="utf-8")


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command; return its exit code, standard output and standard error."""
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def test_generate(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Results go to stdout, one line per file; the summary goes to stderr."""
    assert shown(capsys, "generate") == (
        0,
        f"written    {WORDS}\n",
        "1 fixture: 1 written\n",
    )
    assert (project / WORDS).is_file()


@pytest.mark.usefixtures("project")
def test_generate_twice(capsys: pytest.CaptureFixture[str]) -> None:
    """A second run changes nothing, and says so."""
    main(["generate"])
    capsys.readouterr()
    assert shown(capsys, "generate") == (
        0,
        f"unchanged  {WORDS}\n",
        "1 fixture: 1 unchanged\n",
    )


@pytest.mark.usefixtures("project")
def test_check_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    """A fixture that was just generated is fresh."""
    main(["generate"])
    capsys.readouterr()
    assert shown(capsys, "check") == (
        0,
        f"fresh      {WORDS}\n",
        "1 fixture: 1 fresh\n",
    )


@pytest.mark.usefixtures("project")
def test_check_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """A fixture that is not fresh fails the check, which names the command to run."""
    assert shown(capsys, "check", "skill/test", "-o", "my fixtures") == (
        1,
        "missing    my fixtures/talk/words.json\n",
        (
            "1 fixture: 1 missing\n"
            "run \"kit generate -o 'my fixtures' skill/test\" to update them\n"
        ),
    )


def test_check_of_several(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind is counted; the command can be copied whatever a path begins with."""
    main(["generate"])
    script = (project / "skill/test/talk.dialogue.yaml").read_text()
    (project / "-more.dialogue.yaml").write_text(script)
    capsys.readouterr()
    assert shown(capsys, "check", "--", "skill", "-more.dialogue.yaml") == (
        1,
        f"missing    fixtures/-more/words.json\nfresh      {WORDS}\n",
        (
            "2 fixtures: 1 missing, 1 fresh\n"
            'run "kit generate -- skill -more.dialogue.yaml" to update them\n'
        ),
    )


def test_check_edited(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An edited fixture is shown with the place of the edit and the command to run."""
    main(["generate"])
    path = project / WORDS
    path.write_text(path.read_text("utf-8").replace("blue", "red"), encoding="utf-8")
    capsys.readouterr()
    code, out, err = shown(capsys, "check")
    digest = path.read_text("utf-8").partition('"digest"')[0].count("\n") + 1
    assert (code, out) == (1, f"edited     {WORDS}\n")
    assert err == (
        f"{WORDS}:{digest}:1: the fixture was edited by hand  [KIT302]\n"
        '  change "skill/test/talk.dialogue.yaml" instead, then '
        'run "kit generate" to rewrite it\n'
        "1 fixture: 1 edited\n"
        'run "kit generate" to update them\n'
    )


def test_broken_script(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A script error goes to stderr; the fixtures of other scripts are written."""
    broken = "dialogues:\n  a:\n    - kitchen: hello {word}\n"
    (project / "skill/test/broken.dialogue.yaml").write_text(broken)
    message = (
        'skill/test/broken.dialogue.yaml:3:16: unknown slot "word"  [KIT206]\n'
        '  give it values: "with: {word: […]}", or a file "locale/en-US/word.entity"\n'
    )
    assert shown(capsys, "generate") == (
        2,
        f"written    {WORDS}\n",
        message + "1 fixture: 1 written; 1 script with errors\n",
    )
    assert shown(capsys, "check", "skill/test/broken.dialogue.yaml") == (
        2,
        "",
        message + "1 script with errors\n",
    )


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The script of another project."""
    make_project(tmp_path / "elsewhere")
    return tmp_path / "elsewhere/skill/test/talk.dialogue.yaml"


@pytest.mark.usefixtures("project")
def test_script_of_another_project(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fixtures are written to the script's own project, where kit replay looks."""
    assert shown(capsys, "generate", str(elsewhere)) == (
        0,
        f"written    ../elsewhere/{WORDS}\n",
        "1 fixture: 1 written\n",
    )
    assert (elsewhere.parents[2] / WORDS).is_file()
    assert not Path(WORDS).exists()
    assert main(["check", str(elsewhere)]) == 0


@pytest.mark.usefixtures("project")
def test_scripts_of_two_projects(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each project gets its own fixtures; the summary covers all of them."""
    assert shown(capsys, "generate", ".", str(elsewhere)) == (
        0,
        f"written    {WORDS}\nwritten    ../elsewhere/{WORDS}\n",
        "2 fixtures: 2 written\n",
    )


def test_projects_within_a_project(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each gets its own fixtures, from whichever folder the command is run."""
    for name in ("one", "two"):
        (project / name).mkdir()
        (project / name / "pytest.ini").touch()
        (project / name / "talk.dialogue.yaml").write_text(SCRIPT)
    assert main(["generate"]) == 0
    capsys.readouterr()
    for path in (".", "one", "two"):
        assert main(["check", path]) == 0
    assert capsys.readouterr().out.split() == [
        *("fresh", WORDS),
        *("fresh", f"one/{WORDS}", "fresh", f"two/{WORDS}") * 2,
    ]


def test_one_output_folder_for_two_projects(
    project: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One output folder is refused: each project would orphan the other's fixtures."""
    assert shown(capsys, "generate", ".", str(elsewhere), "-o", "out") == (
        2,
        "",
        (
            "one output folder cannot hold the fixtures of several projects: "
            f'"{project}" and "{elsewhere.parents[2]}"\n'
            "  run the command once for each project\n"
        ),
    )
    assert not Path("out").exists()


@pytest.mark.parametrize("command", ["generate", "check"])
def test_no_scripts(
    project: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """A path without scripts is an error, as it is probably wrong."""
    (project / "docs").mkdir()
    assert shown(capsys, command, "docs") == (
        2,
        "",
        (
            'there are no dialogue scripts in "docs"\n'
            '  scripts are named "<name>.dialogue.yaml"\n'
        ),
    )


@pytest.mark.usefixtures("project")
def test_wrong_path(capsys: pytest.CaptureFixture[str]) -> None:
    """A path that does not exist is reported in one line on stderr."""
    assert shown(capsys, "generate", "skil") == (
        2,
        "",
        '"skil" does not exist (did you mean "skill"?)\n',
    )


@pytest.mark.usefixtures("project")
def test_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Bad usage exits with 2 and shows the usage line."""
    code, out, err = shown(capsys, "generate", "--nothing")
    assert (code, out) == (2, "")
    assert err.startswith("Usage: kit generate [OPTIONS] [PATH]...\n")


@pytest.mark.usefixtures("project")
def test_unreadable_settings(capsys: pytest.CaptureFixture[str]) -> None:
    """An error of the operating system is shown without a traceback."""

    def refuse() -> Path:
        raise PermissionError(13, "Permission denied", "/somewhere")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ovos_dialogue_kit.project.paths.find_root", lambda _: refuse())
        assert shown(capsys, "generate") == (
            2,
            "",
            "[Errno 13] Permission denied: '/somewhere'\n",
        )


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is one line."""
    assert shown(capsys, "--version") == (0, f"kit {__version__}\n", "")


@pytest.mark.parametrize("command", [(), ("generate",), ("check",)])
def test_help_shows_an_example(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    """The help of every command has an example."""
    code, out, err = shown(capsys, *command, "--help")
    assert (code, err) == (0, "")
    assert "Example: kit generate" in out or "Example: kit check" in out


@pytest.mark.parametrize("command", ["generate", "check"])
def test_help_of_the_output(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It says which folder is taken without the option."""
    words = " ".join(shown(capsys, command, "--help")[1].split())
    assert (
        "-o, --output DIR Folder of the fixtures; by default fixtures/ in the script's "
        "project."
    ) in words


def test_help_is_quick() -> None:
    """Asking for help loads neither YAML nor the reader of templates."""
    loaded = subprocess.check_output(
        [
            sys.executable,
            "-c",
            (
                "import sys; from ovos_dialogue_kit.cli import main; main(['--help']);"
                "print({'yaml', 'ovos_spec_tools'} & set(sys.modules))"
            ),
        ],
        text=True,
    )
    assert loaded.endswith("\nset()\n")


@pytest.mark.usefixtures("project")
def test_interrupt(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C ends a command without a message."""

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", interrupt)
        code, out, err = shown(capsys, "generate")
    assert (code, out, err.strip()) == (130, "", "")
    assert not list(Path.cwd().glob("fixtures/*/*"))


def test_interrupt_of_a_process(project: Path) -> None:
    """Ctrl-C during a write leaves the old file intact and no temporary file."""
    main(["generate"])
    before = (project / WORDS).read_bytes()
    script = project / "skill/test/talk.dialogue.yaml"
    script.write_text(SCRIPT.replace("sky", "sea"), encoding="utf-8")
    code = textwrap.dedent(
        f"""
        import os, signal
        signal.signal(signal.SIGINT, signal.default_int_handler)  # else as inherited
        os.fsync = lambda _: signal.raise_signal(signal.SIGINT)
        {RUN}
        """
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "generate"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr.strip()) == (130, "", "")
    folder = project / "fixtures/talk"
    assert [path.name for path in folder.iterdir()] == ["words.json"]
    assert before == (project / WORDS).read_bytes()


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_same_bytes_anywhere(tmp_path: Path, seed: str) -> None:
    """Another machine, folder, time zone and hash seed give the same bytes."""
    texts = []
    for name, folder, variables in (
        ("here", "", {}),
        ("there", "skill/test", {"TZ": "Asia/Tokyo", "LC_ALL": "C", "LANG": "C"}),
    ):
        root = tmp_path / name / "project"
        make_project(root)
        subprocess.run(
            [sys.executable, "-c", RUN, "generate"],
            cwd=root / folder,
            env={**os.environ, **variables, "PYTHONHASHSEED": seed if folder else "0"},
            check=True,
            capture_output=True,
        )
        texts.append((root / WORDS).read_bytes())
    assert texts[0] == texts[1]


@pytest.mark.usefixtures("project")
def test_bytes_of_today() -> None:
    """The bytes do not change unless the format is meant to change."""
    main(["generate"])
    digest = Path(WORDS).read_text("utf-8").partition('"digest": "')[2][:23]
    assert digest == "sha256:cdd6ef679273f70a"


def test_no_output_leads_out_of_the_project(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder of fixtures that is named may not be, or lie in, a link that leads out.

    If it is outside the project by its own name, it is written to.
    """
    elsewhere = project.parent / "elsewhere"
    elsewhere.mkdir()
    (project / "out").symlink_to(elsewhere)
    for output in ("out", "out/inner"):
        code, out, err = shown(capsys, "generate", "-o", output)
        assert (code, out) == (2, "")
        assert err.startswith(f'"{output}" would be outside the project: "out" is a')
    assert list(elsewhere.iterdir()) == []
    assert shown(capsys, "generate", "-o", "../elsewhere")[0] == 0
    assert [path.name for path in elsewhere.iterdir()] == ["talk"]


def test_a_folder_with_a_line_break(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fixture has one line, whatever its folder is called."""
    folder = project / "new\nline"
    folder.mkdir()
    assert main(["generate", "-o", str(folder)]) == 0
    assert capsys.readouterr().out == "written    new\\nline/talk/words.json\n"
