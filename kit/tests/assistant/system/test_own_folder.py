"""The kit's temporary folder: all of it is removed, and nothing else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ovos_dialogue_kit.assistant.protocol import HOME_PREFIX
from ovos_dialogue_kit.assistant.system.own_folder import (
    OwnFolder,
    make_own_folder,
    remove_dead_folders,
)


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make temporary folders in a place of the test's own, beside a treasure."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "treasure" / "inner").mkdir(parents=True)
    (tmp_path / "treasure" / "inner" / "coin").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))


def link(root: Path, treasure: Path) -> None:
    root.rename(root.with_name("elsewhere"))
    root.symlink_to(treasure)


def put_another_in_its_place(root: Path, treasure: Path) -> None:
    root.rename(root.with_name("elsewhere"))
    treasure.rename(root)


def move_away(root: Path, _: Path) -> None:
    root.rename(root.with_name("elsewhere"))


def fill_with_links(root: Path, treasure: Path) -> None:
    (root / "folder").symlink_to(treasure)
    (root / "file").symlink_to(treasure / "inner" / "coin")
    (root / "deep").mkdir()
    (root / "deep" / "folder").symlink_to(treasure)
    (root / "none").symlink_to(root / "nothing")


def fill_with_oddities(root: Path, _: Path) -> None:
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "socket"))
    (root / "line\nbreak").touch()
    Path(os.fsdecode(bytes(root) + b"/\xff")).touch()


def lock(root: Path, _: Path) -> None:
    (root / "locked" / "inner").mkdir(parents=True)
    (root / "locked" / "inner" / "file").touch()
    for path in (root / "locked" / "inner", root / "locked", root):
        path.chmod(0)


def fill_deeply(root: Path, _: Path) -> None:
    here = os.open(root, os.O_RDONLY)
    for _ in range(1050):
        os.mkdir("a", dir_fd=here)
        inner = os.open("a", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


def remove_it(root: Path, _: Path) -> None:
    OwnFolder(root).remove()


def leave_alone(*_: Path) -> None:
    pass


DEEDS: dict[Callable[[Path, Path], None], list[str]] = {
    link: [],
    put_another_in_its_place: ["ovos-kit"],
    move_away: [],
    fill_with_links: [],
    fill_with_oddities: [],
    lock: [],
    fill_deeply: [],
    remove_it: [],
    leave_alone: [],
}
"""What is done to the folder, and what is left in its place when it is removed."""


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_but_the_folder_is_removed(
    tmp_path: Path, deed: Callable[[Path, Path], None]
) -> None:
    """Whatever was done to it: what links lead to, and what took its name, stays."""
    folder = make_own_folder()
    treasure = tmp_path / "treasure"
    deed(folder.path, treasure)
    folder.remove()
    found = [path.name[:8] for path in (tmp_path / "tmp").iterdir()]
    assert found == DEEDS[deed]
    [coin] = tmp_path.rglob("coin")
    assert coin.is_file()


def test_a_locked_folder_is_removed_by_a_usual_user() -> None:
    """The rights of folders do not stop their owner, even without those of root."""
    if os.getuid() != 0:
        pytest.skip("all other tests are run by a usual user")
    source = (
        "import os, sys, tempfile\n"
        "tempfile.tempdir = sys.argv[1]\n"
        "sys.path[:] = eval(sys.argv[2])\n"
        "from ovos_dialogue_kit.assistant.system.own_folder import make_own_folder\n"
        "from pathlib import Path\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "folder = make_own_folder()\n"
        "inner = folder.path / 'locked' / 'inner'\n"
        "inner.mkdir(parents=True)\n"
        "(inner / 'file').touch()\n"
        "for path in (inner, inner.parent, folder.path): path.chmod(0)\n"
        "folder.remove()\n"
    )
    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:  # all may pass there
        Path(place).chmod(0o777)
        subprocess.run(
            [sys.executable, "-c", source, place, repr(sys.path)], check=True
        )
        assert list(Path(place).iterdir()) == []


DYING = """
import os
import sys

sys.path[:] = eval(sys.argv[1])
from ovos_dialogue_kit.assistant.system.own_folder import make_own_folder

folder = make_own_folder()
(folder.path / "file").touch()
os._exit(0)
"""


def test_the_folder_of_a_dead_process_is_removed_by_the_next_run(
    tmp_path: Path,
) -> None:
    """Only such a one: not that of a living process, nor what the kit did not make."""
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    subprocess.run(
        [sys.executable, "-c", DYING, repr(sys.path)], env=environment, check=True
    )
    [dead] = (tmp_path / "tmp").iterdir()
    alive = make_own_folder()
    empty = Path(tempfile.mkdtemp(prefix=HOME_PREFIX))
    foreign = Path(tempfile.mkdtemp(prefix=HOME_PREFIX))
    (foreign / "file").touch()
    short = make_own_folder()
    renamed = short.path.rename(tmp_path / "tmp" / "kit-tools")
    short.close()
    others = [
        tmp_path / "tmp" / f"{HOME_PREFIX}{name}" for name in ("1234567a", "shop")
    ]
    others[0].symlink_to(tmp_path / "treasure")
    others[1].mkdir(mode=0o755)
    assert list(remove_dead_folders()) == [dead]
    assert not dead.exists()
    left = set((tmp_path / "tmp").iterdir())
    assert left == {alive.path, empty, foreign, renamed, *others}
    alive.remove()


def test_a_folder_that_was_given_up_stays(tmp_path: Path) -> None:
    """To close it twice changes nothing."""
    folder = make_own_folder()
    folder.close()
    folder.close()
    assert list((tmp_path / "tmp").iterdir()) == [folder.path]


def test_a_full_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If not even the mark can be written, the folder is removed again."""

    def fail(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "touch", fail)
    with pytest.raises(OSError, match="No space left"):
        make_own_folder()
    assert list((tmp_path / "tmp").iterdir()) == []
