"""Files that are written in virtual time, and their age."""

from __future__ import annotations

import _thread
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.worlds import World, start_outside, virtual_world

from ovos_dialogue_kit.assistant.virtual_time.stand_ins import EPOCH


@pytest.fixture
def world() -> Iterator[World]:
    with virtual_world() as made:
        yield made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


def _move(path: Path) -> None:
    part = path.with_suffix(".part")
    part.write_text("new")
    part.replace(path)


def _copy(path: Path) -> None:
    (path.parent / "source").write_text("new")
    shutil.copy2(path.parent / "source", path)


def _open(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))


def _in_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table words (word)")


def _scan(path: Path) -> float:
    with os.scandir(path.parent) as entries:
        return next(entries).stat().st_mtime


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_text("new"),
        lambda path: path.touch(),
        lambda path: path.mkdir(),
        lambda path: open(os.fsencode(path), "ab").close(),  # noqa: PTH123
        _open,
        _move,
        _copy,
        _in_sqlite,
    ],
    ids=["write", "touch", "mkdir", "append", "open", "move", "copy", "sqlite"],
)
def test_the_age_of_a_file(write: Callable[[Path], object], path: Path) -> None:
    """It is the time that has passed on the clock, in whatever way it was written."""
    write(path)
    time.sleep(3600)
    assert time.time() - path.stat().st_mtime == pytest.approx(3600, abs=0.001)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    "look",
    [
        os.path.getmtime,
        lambda path: path.lstat().st_mtime,
        _scan,
    ],
    ids=["getmtime", "lstat", "scandir"],
)
def test_a_file_that_was_written_just_now(
    look: Callable[[Path], float], path: Path
) -> None:
    """Nobody sees the time of the real clock, whatever they look with."""
    path.write_text("new")
    assert 0 < look(path) - EPOCH < 0.001


@pytest.mark.usefixtures("world")
def test_an_open_file_is_dated_again(path: Path) -> None:
    """It is written when it is flushed, not when it is opened."""
    with path.open("w") as file:
        file.write("new")
        time.sleep(60)
        file.flush()
        assert time.time() - os.fstat(file.fileno()).st_mtime < 0.001


@pytest.mark.usefixtures("world")
def test_files_of_one_moment_have_an_order(tmp_path: Path) -> None:
    """The newest of several files is the one that was opened last."""
    names = ["b", "c", "a"]
    for name in [*names, "b"]:
        (tmp_path / name).write_text("new")
    times = {name: (tmp_path / name).stat().st_mtime for name in names}
    assert sorted(names, key=times.__getitem__) == ["c", "a", "b"]


@pytest.mark.usefixtures("world")
def test_a_time_that_was_set_stays(path: Path) -> None:
    """A skill may date its files itself; touching them dates them again."""
    path.write_text("old")
    os.utime(path, (5, 5))
    time.sleep(60)
    assert path.stat().st_mtime == 5
    os.utime(path)
    assert time.time() - path.stat().st_mtime < 0.001


def test_a_file_of_before_stays_as_it_is(path: Path) -> None:
    """Who only opens a file does not change its time."""
    path.write_text("old")
    os.utime(path, (5, 5))
    with virtual_world():
        path.read_text()
        path.open("a").close()
        time.sleep(60)
        assert path.stat().st_mtime == 5


@pytest.mark.usefixtures("world")
def test_files_that_are_gone_or_no_files(path: Path) -> None:
    """They have no time that matters."""
    path.write_text("new")
    path.unlink()
    with open(os.devnull, "w"):  # noqa: PTH123  # as a skill may do it
        time.sleep(1)
    assert not path.exists()


@pytest.mark.usefixtures("world")
def test_many_files_are_dated(tmp_path: Path) -> None:
    """They are not looked at for ever."""
    paths = [tmp_path / str(number) for number in range(100)]
    for path in paths:
        path.touch()
    time.sleep(60)
    assert {round(time.time() - path.stat().st_mtime) for path in paths} == {60}


@pytest.mark.usefixtures("world")
def test_a_thread_outside_sees_real_times(path: Path) -> None:
    """Its files are dated by the kernel."""
    done = _thread.allocate_lock()
    done.acquire()

    def write() -> None:
        path.touch()
        done.release()

    start_outside(write)
    done.acquire()
    assert path.stat().st_mtime - time.time() > 86_400


def test_with_a_real_clock_files_have_real_times(path: Path) -> None:
    """Nothing stands between a skill and its files."""
    now = time.time()
    with virtual_world(time.monotonic):
        path.touch()
        assert abs(path.stat().st_mtime - now) < 60


@pytest.mark.usefixtures("world")
def test_what_the_kernel_dates(path: Path) -> None:
    """It is what another process writes, and the time of the last change of mode."""
    subprocess.run(
        [sys.executable, "-c", "import sys; open(sys.argv[1], 'w')", path], check=True
    )
    assert path.stat().st_mtime - time.time() > 86_400
    path.touch()
    assert path.stat().st_ctime - time.time() > 86_400
