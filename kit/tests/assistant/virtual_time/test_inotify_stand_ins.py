"""News of files (inotify) are waited for in virtual time."""

from __future__ import annotations

import ctypes
import os
import select
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.worlds import start_outside, virtual_world

HOUR = 3600
_IN_CREATE = 0x100


@pytest.fixture
def news(tmp_path: Path) -> Iterator[int]:
    """Yield an open file that tells what is created in the test's folder."""
    libc = ctypes.CDLL(None)
    file: int = libc.inotify_init()
    libc.inotify_add_watch(file, os.fsencode(tmp_path), _IN_CREATE)
    yield file
    os.close(file)


def test_a_thread_that_reads(news: int, tmp_path: Path) -> None:
    """It waits for an hour in no time, and until the file is there."""
    read: list[float] = []

    def wait() -> None:
        os.read(news, 1 << 10)
        read.append(world.now)

    with virtual_world() as world:
        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(HOUR)
        (tmp_path / "new").touch()
        thread.join()
    assert read == [HOUR]


def test_a_thread_that_polls(news: int, tmp_path: Path) -> None:
    """It waits as long as it says, and until the file is there."""
    with virtual_world() as world, (tmp_path / "other").open("w") as other:
        poll = select.poll()
        poll.register(news)
        poll.register(other, select.POLLIN)
        poll.modify(news, select.POLLIN)
        poll.unregister(other)
        assert [number for number, _ in poll.poll(0)] == [news]
        os.read(news, 1 << 10)
        assert poll.poll(0) == []
        assert poll.poll(HOUR * 1000) == []
        assert world.now == HOUR
        threading.Timer(HOUR, (tmp_path / "new").touch).start()
        assert poll.poll() == [(news, select.POLLIN)]
        assert world.now == HOUR * 2


def test_a_thread_outside(news: int, tmp_path: Path) -> None:
    """It waits in real time."""
    found: list[object] = []
    over = threading.Event()

    def wait() -> None:
        found.append(poll.poll())
        over.set()

    with virtual_world():
        poll = select.poll()
        poll.register(news, select.POLLIN)
        start_outside(wait)
        (tmp_path / "new").touch()
    assert over.wait(100)
    assert found == [[(news, select.POLLIN)]]


def test_a_file_that_is_closed() -> None:
    """It is refused as in CPython."""
    with virtual_world(), pytest.raises(OSError, match="Bad file descriptor"):
        os.read(1 << 20, 1)
