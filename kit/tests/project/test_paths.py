"""Finding scripts and roots, naming fixtures, reading and writing files."""

from __future__ import annotations

import errno
import os
from functools import partial
from pathlib import Path

import pytest
from support.codes import error_of

from ovos_dialogue_kit.errors import KitError, Mark, ScriptError
from ovos_dialogue_kit.project.paths import (
    error_from_here,
    find_projects,
    find_root,
    find_scripts,
    fixture_path,
    path_from_here,
    relative_path,
    root_of,
    safe_name,
)
from ovos_dialogue_kit.project.text_files import read_text, remove_file, write_text
from ovos_dialogue_kit.script.parse import load_script


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository, so that nothing above it is looked at."""
    (tmp_path / "project" / ".git").mkdir(parents=True)
    return tmp_path / "project"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", ""),
        ("pytest.toml", ""),
        ("tox.ini", "[tox]\n[pytest]\n"),
        ("setup.cfg", "[tool:pytest]\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\n"),
    ],
)
def test_root_has_settings_for_pytest(root: Path, name: str, text: str) -> None:
    """The root is the nearest folder whose settings pytest would take."""
    touch(root, "tox.ini", "part/pyproject.toml", "part/test/x")
    (root / "part" / name).write_text(text)
    assert root / "part" == find_root(root / "part" / "test")


def test_root_is_the_repository(root: Path) -> None:
    """Without settings for pytest the repository is the root, not a part of it."""
    touch(root, "part/pyproject.toml", "part/tox.ini", "part/test/x")
    assert root == find_root(root / "part" / "test")


def test_root_is_the_python_project(root: Path) -> None:
    """Outside a repository a Python project's folder is the root."""
    (root / ".git").rmdir()
    touch(root, "part/setup.py", "part/test/x")
    assert root / "part" == find_root(root / "part" / "test")


def test_root_is_the_folder(tmp_path: Path) -> None:
    """Without any settings, a folder that lies elsewhere is itself the root."""
    assert tmp_path == find_root(tmp_path)


def test_root_is_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any settings, it is that of all that lies below it."""
    touch(tmp_path, "test/more/a.dialogue.yaml")
    monkeypatch.chdir(tmp_path)
    for path in (".", "test", "test/more", "test/more/a.dialogue.yaml"):
        assert tmp_path == root_of(Path(path))


def test_paths_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People see places from the current folder, also those of further problems."""
    touch(tmp_path, "test/x")
    monkeypatch.chdir(tmp_path / "test")
    other = ScriptError("b", Mark("other/b.yaml", 2, 3), "hint")
    assert path_from_here("fixtures/a.json", tmp_path) == "../fixtures/a.json"
    assert path_from_here("/else/where", tmp_path) == "/else/where"
    error = ScriptError("a", Mark("test/a.yaml", 7), others=(other,))
    assert str(error_from_here(error, tmp_path)) == (
        "a.yaml:7:1: a\n../other/b.yaml:2:3: b\n  hint"
    )
    assert str(error_from_here(KitError("c"), tmp_path)) == "c"


def test_root_of_a_file(tmp_path: Path) -> None:
    """A file's project is that of its folder."""
    touch(tmp_path, "a.dialogue.yaml")
    assert tmp_path == find_root(tmp_path / "a.dialogue.yaml")


def test_nothing_above_the_repository_counts(root: Path) -> None:
    """Settings above the repository belong to somebody else."""
    (root.parent / "pytest.ini").touch()
    assert root == find_root(root)


def test_scripts_are_found_below_folders(root: Path) -> None:
    """Scripts are found in all folders, sorted; other files are not."""
    touch(root, "b/z.dialogue.yaml", "a.dialogue.yaml", "b/a.dialogue.yaml", "x.yaml")
    touch(root, ".hidden.dialogue.yaml")
    found = [path.relative_to(root).as_posix() for path in find_scripts([root], root)]
    assert found == ["a.dialogue.yaml", "b/a.dialogue.yaml", "b/z.dialogue.yaml"]


def test_projects_within_a_project(root: Path) -> None:
    """Each skill with settings for pytest is a project, whatever the path is above it.

    Folders without scripts, and those without settings, are no projects.
    """
    touch(root, "a/test/x.dialogue.yaml", "b/x.dialogue.yaml", "c/x.dialogue.yaml")
    touch(root, "a/pytest.ini", "b/pytest.ini", "c/setup.py", "d/pytest.ini")
    assert [*find_projects(root)] == [
        (root, root),
        (root / "a", root / "a"),
        (root / "b", root / "b"),
    ]
    assert [*find_projects(root / "a" / "test")] == [(root / "a", root / "a" / "test")]
    script = root / "b" / "x.dialogue.yaml"
    assert [*find_projects(script)] == [(root / "b", script)]
    assert find_scripts([root], root) == (root / "c" / "x.dialogue.yaml",)
    assert find_scripts([script], root) == (script,)


def test_folders_elsewhere_are_no_projects(tmp_path: Path) -> None:
    """Without any settings, a path that is named is the project, with all below it."""
    touch(tmp_path, "a/x.dialogue.yaml", "b/x.dialogue.yaml")
    assert [*find_projects(tmp_path)] == [(tmp_path, tmp_path)]
    assert len(find_scripts([tmp_path], tmp_path)) == 2


@pytest.mark.parametrize(
    "folder", [".tox", "node_modules", "venv", "build", "x.egg-info", "env"]
)
def test_folders_that_are_nobodys_source_are_skipped(root: Path, folder: str) -> None:
    """Copies of scripts in environments and build products do not count."""
    touch(root, f"{folder}/a.dialogue.yaml", "env/pyvenv.cfg")
    assert find_scripts([root], root) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\nnorecursedirs = *.egg\n  old/t*\n"),
        ("tox.ini", "[tox]\n[pytest]\nnorecursedirs = old/test\n"),
        ("setup.cfg", "[tool:pytest]\nnorecursedirs = old\n"),
        ("pyproject.toml", '[tool.pytest.ini_options]\nnorecursedirs = ["old"]\n'),
        ("pyproject.toml", '[tool.pytest.ini_options]\nnorecursedirs = "x old"\n'),
        ("pyproject.toml", '[tool.pytest]\nnorecursedirs = ["old"]\n'),
        ("pytest.toml", '[pytest]\nnorecursedirs = ["old"]\n'),
    ],
)
def test_what_pytest_does_not_enter_is_skipped(
    root: Path, name: str, text: str
) -> None:
    """Folders that pytest skips are skipped, unless they are named."""
    touch(root, "test/a.dialogue.yaml", "old/test/b.dialogue.yaml")
    (root / name).write_text(text)
    assert (root / "test/a.dialogue.yaml",) == find_scripts([root], root)
    named = find_scripts([root / "old" / "test"], root)
    assert (root / "old/test/b.dialogue.yaml",) == named


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", ""),
        ("pytest.ini", "[pytest]\naddopts = -q\n"),
        ("pytest.toml", ""),
        ("pyproject.toml", "[tool.pytest.ini_options]\n"),
    ],
)
def test_settings_that_bar_nothing(root: Path, name: str, text: str) -> None:
    """Without ``norecursedirs`` all folders are entered."""
    touch(root, "old/b.dialogue.yaml")
    (root / name).write_text(text)
    assert (root / "old/b.dialogue.yaml",) == find_scripts([root], root)


@pytest.mark.parametrize(
    ("name", "text", "place", "reason"),
    [
        ("pytest.ini", "x", "1:1", "File contains no section headers."),
        (
            "tox.ini",
            "[pytest]\n  x\n[b]\n=\n",
            "2:1",
            "Source contains parsing errors: '<string>'",
        ),
        (
            "pyproject.toml",
            "[tool.pytest]\nx = \n",
            "2:5",
            "Invalid value (at line 2, column 5)",
        ),
        ("pytest.toml", "pytest = 3\n", "1:1", '"pytest" is not a table'),
        (
            "pyproject.toml",
            "[tool.pytest]\nini_options = 3\n",
            "1:1",
            '"ini_options" is not a table',
        ),
        (
            "pytest.toml",
            "[pytest]\nnorecursedirs = 3\n",
            "1:1",
            '"norecursedirs" is not a list of texts',
        ),
        (
            "pytest.toml",
            "[pytest]\nnorecursedirs = [[]]\n",
            "1:1",
            '"norecursedirs" is not a list of texts',
        ),
        (
            "pytest.toml",
            f"x = {'9' * 5000}\n",
            "1:1",
            "Exceeds the limit (4300 digits) for integer string conversion",
        ),
        (
            "pytest.toml",
            f"x = {'[' * 5000}\n",
            "1:1",
            "maximum recursion depth exceeded",
        ),
    ],
)
def test_broken_settings(
    root: Path, name: str, text: str, place: str, reason: str
) -> None:
    """Settings that pytest could not read either are an error that names them."""
    (root / name).write_text(text)
    told = error_of(lambda: find_scripts([root], root))
    words = f"{name}:{place}: pytest's settings cannot be read: {reason}"
    assert told[: len(words)] == words


def test_named_scripts_count(root: Path) -> None:
    """A script that is named counts wherever it is, and once."""
    touch(root, "build/a.dialogue.yaml")
    path = root / "build" / "a.dialogue.yaml"
    assert find_scripts([path, root / "build", path], root) == (path,)


def test_path_that_does_not_exist(root: Path) -> None:
    """A path that does not exist is an error that names the nearest."""
    touch(root, "a/repeat.dialogue.yaml")
    path = root / "a" / "repaet.dialogue.yaml"
    assert (
        error_of(lambda: find_scripts([path], root))
        == f'"{path}" does not exist (did you mean "repeat.dialogue.yaml"?)'
    )


def test_path_in_no_folder(root: Path) -> None:
    """A path whose folder does not exist either is the same error."""
    path = root / "b" / "repeat.dialogue.yaml"
    assert error_of(lambda: find_scripts([path], root)) == f'"{path}" does not exist'


def test_path_that_is_no_script(root: Path) -> None:
    """A file of another kind is an error that says how scripts are named."""
    touch(root, "a.dialogue.yml")
    path = root / "a.dialogue.yml"
    assert error_of(lambda: find_scripts([path], root)) == (
        f'"{path}" is not a dialogue script\n  scripts are named "<name>.dialogue.yaml"'
    )


def test_links_that_are_broken(root: Path) -> None:
    """A link to nothing or out of the project is one script that cannot be read."""
    outside = root.parent / f"{root.name}-outside"
    touch(outside, "x.dialogue.yaml")
    touch(root, "a.dialogue.yaml")
    for name, target in (
        ("b", outside / "x.dialogue.yaml"),
        ("c", Path("nothing")),
        ("d", Path("d.dialogue.yaml")),
        ("e", Path("a.dialogue.yaml")),
    ):
        (root / f"{name}.dialogue.yaml").symlink_to(target)
    scripts = find_scripts([root, root / "c.dialogue.yaml"], root)
    assert [script.name[0] for script in scripts] == ["a", "b", "c", "d"]
    _, *told = (error_of(partial(load_script, each, root)) for each in scripts)
    link = f'"{root}/b.dialogue.yaml" is a link to "{outside}/x.dialogue.yaml"'
    assert [words.partition(":1:1: ")[2].partition("\n")[0] for words in told] == [
        f'{link}, outside the project, whose root is "{root}"',
        "there is no such file",
        "the file cannot be read: too many levels of symbolic links",
    ]


def test_path_outside_the_tree(root: Path) -> None:
    """A path out of the tree is an error that says what the tree is."""
    touch(root.parent, "a.dialogue.yaml")
    path = root / ".." / "a.dialogue.yaml"
    assert error_of(lambda: find_scripts([path], root)) == (
        f'"{path}" is outside the project, whose root is "{root}"\n'
        "  run the command in the project that it belongs to"
    )


def test_relative_path_follows_links(root: Path) -> None:
    """One file has one name, however it was reached."""
    touch(root, "a/x.dialogue.yaml")
    (root / "link").symlink_to(root / "a")
    assert relative_path(root / "link" / "x.dialogue.yaml", root) == "a/x.dialogue.yaml"


def test_fixture_path() -> None:
    """A fixture lies in a folder of its script's name."""
    assert (
        fixture_path(
            "skill/test/repeat.dialogue.yaml", "everyone hears their own words"
        )
        == "repeat/everyone_hears_their_own_words.json"
    )


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Plain-1", "Plain-1"),
        ("../../etc/passwd", "etc_passwd"),
        ("what's new? (v2.1)", "what_s_new_v2_1"),
        ("não", "não"),
        ("na\u0303o", "não"),
        ("con", "con_"),
        ("LPT1", "LPT1_"),
        ("console", "console"),
        ("दिन", "दिन"),
        ("दीन", "दीन"),
        ("हिन्दी बातचीत", "हिन्दी_बातचीत"),
        ("พื้น", "พื้น"),
        ("கி.மு", "கி_மு"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("a__b_?", "a__b"),
        ("", ""),
        ("?!", "545f940d"),
        ("👨‍👩‍👧‍👦", "32b7d42d"),
    ],
)
def test_safe_name(name: str, safe: str) -> None:
    """A file's name is what every file system takes, and still readable."""
    assert safe_name(name) == safe


def test_long_names_stay_apart() -> None:
    """Names too long for a file system are cut, and made distinct by a hash."""
    names = [safe_name("é" * 99 + end) for end in "ab"]
    assert names == ["é" * 45 + "-491703a6", "é" * 45 + "-248e4557"]


def test_write_makes_folders(tmp_path: Path) -> None:
    """A file is written with the folders that it needs, as UTF-8."""
    path = tmp_path / "a" / "b.json"
    write_text(path, "olá\n", "a/b.json", tmp_path)
    assert path.read_bytes() == "olá\n".encode()


def test_write_leaves_nothing_else(tmp_path: Path) -> None:
    """Once a file is written there is nothing beside it."""
    write_text(tmp_path / "b.json", "new", "b.json", tmp_path)
    assert names_in(tmp_path) == ["b.json"]


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_interrupted_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interrupt: type[BaseException]
) -> None:
    """A write that is interrupted leaves the old file, and no litter."""
    path = tmp_path / "b.json"
    path.write_text("old")

    def stop(_: int) -> None:
        raise interrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(interrupt):
        write_text(path, "new", "b.json", tmp_path)
    assert (path.read_text(), names_in(tmp_path)) == ("old", ["b.json"])


@pytest.mark.parametrize(
    ("content", "place"),
    [(b"a\r\nb\rc\xff", "3:2"), (b"\xef\xbb\xbfa\xff", "1:2"), (b"\xff", "1:1")],
)
def test_a_byte_that_is_not_utf8(tmp_path: Path, content: bytes, place: str) -> None:
    """It is found at its line and column, whatever ends the lines."""
    path = tmp_path / "x"
    path.write_bytes(content)
    assert error_of(lambda: read_text(path, "x")) == (
        f"x:{place}: the file is not UTF-8\n  save it as UTF-8"
    )


def test_unwritable_folder(tmp_path: Path) -> None:
    """A folder that cannot be written to is an error that says what helps."""
    (tmp_path / "a").touch()
    path = tmp_path / "a" / "b.json"
    assert error_of(lambda: write_text(path, "new", "a/b.json", tmp_path)) == (
        '"a/b.json" cannot be written: file exists\n'
        "  a part of the path is a file; choose a different one"
    )


def test_unremovable_file(tmp_path: Path) -> None:
    """A file that cannot be removed is an error that says what helps."""
    assert error_of(lambda: remove_file(tmp_path / "b.json", "b.json", tmp_path)) == (
        '"b.json" cannot be removed: no such file or directory'
    )


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.EACCES, "make its folder writable, or choose a different one"),
        (errno.EROFS, "choose a folder that is not mounted read-only"),
        (errno.ENOSPC, "free some space, or choose a folder on a different disk"),
        (errno.ELOOP, "a part of the path is a link to itself; choose a different one"),
        (errno.EISDIR, "there is a folder of that name; choose a different one"),
    ],
)
def test_the_hint_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, hint: str
) -> None:
    """What helps depends on why a file cannot be written."""

    def fail(_: int) -> None:
        raise OSError(number, "why")

    monkeypatch.setattr(os, "fsync", fail)
    told = error_of(lambda: write_text(tmp_path / "b", "x", "b", tmp_path))
    assert told == f'"b" cannot be written: why\n  {hint}'


def test_a_locale_without_the_name(tmp_path: Path) -> None:
    """A name that the locale's encoding lacks is an error that says what helps."""
    path = tmp_path / "\ud800"  # as ``日本`` is where the encoding of names is ASCII
    why, hint = "this locale has no such file names", "export LC_ALL=C.UTF-8"
    assert error_of(lambda: write_text(path, "x", "日本", tmp_path)) == (
        f'"日本" cannot be written: {why}\n  set one that has: "{hint}"'
    )
    assert error_of(lambda: read_text(path, "日本")) == (
        f'日本:1:1: the file cannot be read: {why}\n  set one that has: "{hint}"'
    )


def test_remove_tidies_up(tmp_path: Path) -> None:
    """The last file of a folder takes its folder along."""
    touch(tmp_path, "a/b.json", "a/c.json")
    remove_file(tmp_path / "a" / "b.json", "a/b.json", tmp_path)
    assert names_in(tmp_path / "a") == ["c.json"]
    remove_file(tmp_path / "a" / "c.json", "a/c.json", tmp_path)
    assert names_in(tmp_path) == []


def test_read_unreadable(tmp_path: Path) -> None:
    """A file that cannot be read is an error that says why."""
    assert error_of(lambda: read_text(tmp_path, "x")) == (
        "x:1:1: the file cannot be read: is a directory"
    )


def test_read_of_a_pipe(tmp_path: Path) -> None:
    """A pipe is refused, because reading it could take for ever."""
    os.mkfifo(tmp_path / "pipe")
    assert error_of(lambda: read_text(tmp_path / "pipe", "pipe")) == (
        "pipe:1:1: the file cannot be read: it is a pipe or a device"
    )


def test_read_of_gigabytes(tmp_path: Path) -> None:
    """A file that would fill the memory is refused unread."""
    with (tmp_path / "big").open("wb") as file:
        file.truncate(1 << 40)
    assert error_of(lambda: read_text(tmp_path / "big", "big")) == (
        "big:1:1: the file is too large: 1099511627776 bytes; the limit is 268435456"
    )


def test_link_to_itself(tmp_path: Path) -> None:
    """A script that is a link to itself is an error like any other."""
    script = tmp_path / "a.dialogue.yaml"
    script.symlink_to(script.name)
    (found,) = find_scripts([tmp_path], tmp_path)
    assert error_of(lambda: load_script(found, tmp_path)) == (
        "a.dialogue.yaml:1:1: the file cannot be read: too many "
        "levels of symbolic links"
    )


def test_read_takes_any_line_ends(tmp_path: Path) -> None:
    """A text is the same whatever its line ends and however it is introduced."""
    (tmp_path / "x").write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert read_text(tmp_path / "x", "x") == "a\nb\nc\n"
