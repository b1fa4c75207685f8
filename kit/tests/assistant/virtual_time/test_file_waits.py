"""Files in virtual time: event loops and servers jump, other processes take theirs."""

from __future__ import annotations

import _thread
import asyncio
import contextlib
import http.server
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.worlds import World, start_outside, virtual_world

from ovos_dialogue_kit.assistant.virtual_time.file_waits import (
    Files,
    _is_connected_elsewhere,
)
from ovos_dialogue_kit.assistant.virtual_time.tasks import Wait
from ovos_dialogue_kit.assistant.virtual_time.timeline import SECOND

CLOCKS = (time.monotonic,)  # a name of its own would become virtual

HALF_A_SECOND = [sys.executable, "-c", "import time; time.sleep(0.5); print('done')"]
FOR_EVER = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def world() -> Iterator[World]:
    with virtual_world() as world:
        yield world


def test_an_event_loop_sleeps_in_no_time(world: World) -> None:
    """Two coroutines interleave by virtual time, an hour of it."""

    async def count(name: str, step: float) -> None:
        for _ in range(2):
            await asyncio.sleep(step)
            world.log.append((name, world.now))

    async def both() -> None:
        await asyncio.gather(count("a", 1200.0), count("b", 1800.0))

    asyncio.run(both())
    names = [name for name, _ in world.log]
    moments = [moment for _, moment in world.log]
    assert names == ["a", "b", "a", "b"]
    assert moments == pytest.approx([1200.0, 1800.0, 2400.0, 3600.0])


def test_two_event_loops_share_the_clock(world: World) -> None:
    """A loop in one thread and a sleep in another take turns."""

    async def wait() -> None:
        await asyncio.sleep(5)
        world.log.append("loop")

    thread = threading.Thread(target=lambda: asyncio.run(wait()))
    thread.start()
    time.sleep(4)
    world.log.append("sleep")
    thread.join()
    world.log.append("end")
    assert world.log == ["sleep", "loop", "end"]
    assert world.now == pytest.approx(5.0)


def test_a_loop_is_woken_by_another_thread(world: World) -> None:
    """``call_soon_threadsafe`` takes no time, virtual or real."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    time.sleep(1)
    future = asyncio.run_coroutine_threadsafe(asyncio.sleep(2, "slept"), loop)
    assert future.result() == "slept"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    assert world.now == pytest.approx(3.0)


def test_an_executor_of_a_loop_works(world: World) -> None:
    """Work that a loop runs in a thread comes back after its virtual time."""

    async def leave_it() -> str:
        await asyncio.get_running_loop().run_in_executor(None, time.sleep, 30)
        return "back"

    assert asyncio.run(leave_it()) == "back"
    assert world.now == pytest.approx(30.0)


def test_a_coroutine_times_out_at_once(world: World) -> None:
    """``wait_for`` gives up after its virtual seconds."""

    async def never() -> None:
        await asyncio.wait_for(asyncio.Event().wait(), 20)

    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(never())
    assert world.now == pytest.approx(20.0)


def test_a_server_lets_others_run(world: World) -> None:
    """A server without connections does not hold up the clock."""
    handler = http.server.SimpleHTTPRequestHandler
    server = http.server.HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    time.sleep(600)
    server.shutdown()
    thread.join()
    server.server_close()
    assert world.now >= 600


def test_select_waits_for_a_task(world: World) -> None:
    """``select.select`` sees what another thread sends at its virtual time."""
    here, there = socket.socketpair()
    with here, there:

        def send() -> None:
            time.sleep(7)
            there.send(b"hello")

        threading.Thread(target=send).start()
        assert select.select([here], [], [], 100) == ([here], [], [])
        assert world.now == 7.0


def test_select_gives_up_after_its_timeout(world: World) -> None:
    """Without news, ``select.select`` comes back empty, at its deadline."""
    here, there = socket.socketpair()
    with here, there:
        assert select.select([here], [], [], 100) == ([], [], [])
        assert world.now == 100.0


def test_select_asked_not_to_wait_does_not(world: World) -> None:
    """A timeout of 0 only looks."""
    here, there = socket.socketpair()
    with here, there:
        assert select.select([here], [], [], 0) == ([], [], [])
        assert select.select([], [there], [], 0) == ([], [there], [])
    assert world.now == 0.0


def test_another_process_is_given_its_time(world: World) -> None:
    """A timeout that is long enough for a process outside is so in virtual time."""
    done = subprocess.run(
        HALF_A_SECOND, timeout=600, capture_output=True, text=True, check=True
    )
    assert done.stdout == "done\n"
    subprocess.run(HALF_A_SECOND, timeout=600, check=True, stdout=subprocess.DEVNULL)
    assert 1.0 <= world.now < 600
    subprocess.run(HALF_A_SECOND, check=True, stdout=subprocess.DEVNULL)
    assert 1.5 <= world.now < 600


def test_another_process_can_run_out_of_time(world: World) -> None:
    """A process that takes longer than its timeout is ended, as elsewhere."""
    with pytest.raises(subprocess.TimeoutExpired, match=r"after 0\.(2|19999)"):
        subprocess.run(FOR_EVER, timeout=0.2, check=True)
    assert 0.2 <= world.now < 1


def test_others_go_on_while_a_process_is_waited_for(world: World) -> None:
    """A process that a thread waits for can be ended by another thread."""
    process = subprocess.Popen(FOR_EVER)
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(process.wait()))
    thread.start()
    world.call(process.kill)
    thread.join()
    assert statuses == [-signal.SIGKILL]


def test_time_passes_beside_a_process_as_fast_as_for_it(world: World) -> None:
    """While a process runs, a deadline comes after as much real time."""
    process = subprocess.Popen(FOR_EVER)
    thread = threading.Thread(target=process.wait)
    thread.start()
    began = CLOCKS[0]()
    time.sleep(0.3)
    assert CLOCKS[0]() - began >= 0.3
    assert 0.3 <= world.now < 60
    process.kill()
    thread.join()


def test_a_process_that_is_gone_is_no_wait() -> None:
    """The status of an ended process is known, even if it was read before."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    with virtual_world():
        assert process.wait() == 0


def test_real_time_serves_files_too() -> None:
    """In real time, a waiting thread and another one run side by side."""
    with virtual_world(time.monotonic) as world:
        here, there = socket.socketpair()

        def send() -> None:
            time.sleep(0.1)
            there.send(b"hello")

        threading.Thread(target=send).start()
        found = select.select([here], [], [], 600)
        assert found == ([here], [], [])
        assert 0.1 <= world.now < 600
        here.close()
        there.close()


@pytest.mark.usefixtures("world")
def test_a_file_that_is_gone_is_an_error_at_once() -> None:
    """Waiting for a closed file fails as it does elsewhere."""
    here, there = os.pipe()
    os.close(here)
    os.close(there)
    with pytest.raises(OSError, match="Bad file descriptor"):
        select.select([here], [], [], 1)


def test_rest_ends_with_another_process(world: World) -> None:
    """The driver rests until a process is over, not until its time is up."""
    ended: list[float] = []

    def wait() -> None:
        subprocess.run(HALF_A_SECOND, check=True, capture_output=True)
        ended.append(world.now)

    threading.Thread(target=wait).start()
    world.scheduler.rest(1000.0, lambda: bool(ended))
    assert [world.now] == ended
    assert world.now < 1000.0


def test_threads_of_nobody_wait_for_real(world: World) -> None:
    """Selectors in a thread that no scheduler runs are what they were."""
    here, there = socket.socketpair()
    found: list[object] = []
    done = _thread.allocate_lock()
    done.acquire()

    def look() -> None:
        with contextlib.suppress(OSError):
            found.append(select.select([here], [], [], 0.01))
        with selectors.DefaultSelector() as selector:
            selector.register(here, selectors.EVENT_READ)
            found.append(selector.select(0.01))
        done.release()

    start_outside(look)
    with world.unwatched():
        done.acquire()
    with here, there:
        assert found == [([], [], []), []]
    assert world.now == 0.0


def never(_: Wait) -> bool:
    """Fail, because nothing should be woken."""
    raise AssertionError


def test_a_sleep_is_cut_short_by_another_thread() -> None:
    """Another thread can interrupt a sleep, and a second interrupt does no harm."""
    files = Files()
    files.interrupt()  # nobody sleeps
    ringing = threading.Timer(0.05, lambda: (files.interrupt(), files.interrupt()))
    ringing.start()
    assert files.sleep(never, 60 * SECOND, lambda: False)
    ringing.join()
    files.close()


def test_a_sleep_that_is_due_does_not_begin() -> None:
    """A sleep does not begin if something is already due."""
    files = Files()
    assert files.sleep(never, 60 * SECOND, lambda: True)
    assert not files.sleep(never, 0, lambda: False)
    files.close()
    files.close()  # there is nothing left to close


def test_both_ends_of_a_connection_are_here() -> None:
    """Only this process can write to it."""
    with (
        socket.socket(socket.AF_UNIX),
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        there = socket.create_connection(server.getsockname())
        here, _ = server.accept()
        with there, here:
            assert not _is_connected_elsewhere(there)
            assert not _is_connected_elsewhere(server)


def test_the_other_end_of_a_connection_is_elsewhere() -> None:
    """Another process may write to it."""
    with socket.socket(type=socket.SOCK_DGRAM) as end:
        end.connect(("127.0.0.1", 9))
        assert _is_connected_elsewhere(end)


def test_no_file_stays_open_after_looking_for_the_other_end(tmp_path: Path) -> None:
    """Files that are no sockets are looked at, too."""
    with (tmp_path / "file").open("w"), socket.socket(type=socket.SOCK_DGRAM) as end:
        end.connect(("127.0.0.1", 9))
        before = sorted(Path("/proc/self/fd").iterdir())
        assert _is_connected_elsewhere(end)
        assert sorted(Path("/proc/self/fd").iterdir()) == before
