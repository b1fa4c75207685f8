"""The home of an assistant: restored after each dialogue, whatever was done to it."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ovos_dialogue_kit.assistant.system import sandbox as system_sandbox
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox, make_home


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    root = tmp_path / "kit"
    root.mkdir()
    (tmp_path / "treasure").mkdir()
    (tmp_path / "treasure" / "coin").touch()
    folder = OwnFolder(root)
    sandbox = Sandbox(folder)
    home = sandbox.home
    (home / "data" / "skill").mkdir(parents=True)
    (home / "data" / "skill" / "settings").write_text("old", encoding="utf-8")
    (home / "data" / "read-only").write_text("old", encoding="utf-8")
    (home / "data" / "read-only").chmod(0o400)
    (home / "link").symlink_to(tmp_path / "treasure")
    (home / "locked").mkdir()
    (home / "locked" / "file").write_text("old", encoding="utf-8")
    (home / "locked").chmod(0o100)
    os.mkfifo(home / "pipe")
    sandbox.save()
    yield sandbox
    folder.remove()


def contents(home: Path) -> dict[str, tuple[str, str]]:
    """Return mode and text of all entries."""
    found = {}
    for path in sorted(home.rglob("*")):
        mode = path.lstat().st_mode
        text = path.read_text(encoding="utf-8") if stat.S_ISREG(mode) else ""
        text = str(path.readlink()) if path.is_symlink() else text
        found[path.relative_to(home).as_posix()] = (stat.filemode(mode), text)
    return found


def change(home: Path) -> None:
    settings = home / "data" / "skill" / "settings"
    before = settings.stat()
    settings.write_text("new", encoding="utf-8")
    os.utime(settings, ns=(before.st_atime_ns, before.st_mtime_ns))


def rewrite_what_is_read_only(home: Path) -> None:
    (home / "data" / "read-only").chmod(0o600)
    (home / "data" / "read-only").write_text("new", encoding="utf-8")


def replace_a_file(home: Path) -> None:
    other = home / "other"
    other.write_text("new", encoding="utf-8")
    other.replace(home / "data" / "skill" / "settings")


def change_modes(home: Path) -> None:
    (home / "data" / "skill" / "settings").chmod(0)
    (home / "data").chmod(0o500)
    (home / "locked").chmod(0o755)


def swap_kinds(home: Path) -> None:
    (home / "link").unlink()
    (home / "link").mkdir()
    (home / "pipe").unlink()
    (home / "pipe").write_text("no pipe", encoding="utf-8")
    shutil.rmtree(home / "data")
    (home / "data").symlink_to(home / "link")


def follow_the_link(home: Path) -> None:
    (home / "link").unlink()
    (home / "link").symlink_to(home)


def add(home: Path) -> None:
    (home / "new" / "inner").mkdir(parents=True)
    (home / "new" / "inner" / "link").symlink_to(home.parent.parent / "treasure")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(home / "new" / "socket"))


def lock(home: Path) -> None:
    (home / "data").chmod(0)
    home.chmod(0)


def remove(home: Path) -> None:
    shutil.rmtree(home)


def make_a_file(home: Path) -> None:
    shutil.rmtree(home)
    home.touch()


def make_a_link(home: Path) -> None:
    shutil.rmtree(home)
    home.symlink_to(home.parent.parent / "treasure")


def do_nothing(_: Path) -> None:
    pass


DEEDS = (
    change,
    rewrite_what_is_read_only,
    replace_a_file,
    change_modes,
    swap_kinds,
    follow_the_link,
    add,
    lock,
    remove,
    make_a_file,
    make_a_link,
    do_nothing,
)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_home_is_restored(
    tmp_path: Path, sandbox: Sandbox, deed: Callable[[Path], None]
) -> None:
    """Contents, kinds and modes are as they were saved; once more, too."""
    saved = contents(sandbox.home)
    for _ in range(2):
        deed(sandbox.home)
        sandbox.restore()
        assert contents(sandbox.home) == saved
    assert list((tmp_path / "treasure").iterdir()) == [tmp_path / "treasure" / "coin"]


def test_a_file_that_is_open_stays_the_same(sandbox: Sandbox) -> None:
    """What the boot has opened is still the file that the next dialogue opens."""
    path = sandbox.home / "data" / "skill" / "settings"
    with path.open(encoding="utf-8") as opened:
        change(sandbox.home)
        sandbox.restore()
        assert os.path.samestat(path.stat(), os.fstat(opened.fileno()))
        assert opened.read() == "old"


def test_a_home_that_was_moved_away_is_lost(tmp_path: Path, sandbox: Sandbox) -> None:
    """Another folder in its place is not touched."""
    root = sandbox.folder.path
    root.rename(tmp_path / "moved")
    shutil.copytree(tmp_path / "treasure", root)
    with pytest.raises(FileNotFoundError, match="the home was moved away"):
        sandbox.restore()
    assert list(root.iterdir()) == [root / "coin"]


def test_what_was_saved_must_not_change(sandbox: Sandbox) -> None:
    """A home is not restored from what a skill may have written."""
    saved = sandbox.folder.path / "saved" / "data" / "skill" / "settings"
    saved.write_text("new", encoding="utf-8")
    sandbox.restore()
    change(sandbox.home)
    with pytest.raises(OSError, match="what was saved has changed") as error:
        sandbox.restore()
    assert error.value.errno == errno.ESTALE


def test_homes_of_killed_processes_are_left_by_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a home is made, what lives in those of killed processes is ended."""
    ended: list[Path] = []
    monkeypatch.setattr(system_sandbox, "remove_dead_folders", lambda: [tmp_path])
    monkeypatch.setattr(system_sandbox, "end_at_home", ended.append)
    make_home().remove()
    assert ended == [tmp_path]


def test_a_socket_stays(tmp_path: Path) -> None:
    """It is no obstacle, and it is lost only if a dialogue removes it."""
    folder = OwnFolder(tmp_path)
    sandbox = Sandbox(folder)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(sandbox.home / "socket"))
        sandbox.save()
        (sandbox.home / "new").touch()
        sandbox.restore()
        assert [path.name for path in sandbox.home.iterdir()] == ["socket"]
        (sandbox.home / "socket").unlink()
        with pytest.raises(OSError, match="there is no copy of a socket"):
            sandbox.restore()
    folder.close()
