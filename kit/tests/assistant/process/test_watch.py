"""The limits of a dialogue: its time is what it uses, not that of a busy machine."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovos_dialogue_kit.assistant.process import watch
from ovos_dialogue_kit.assistant.process.progress import Ending, Pace
from ovos_dialogue_kit.assistant.process.watch import Bounds, Watch

HUNG = "it hung: no progress for 2 s, the limit of --dialogue-timeout"


class Clock:
    """A clock that stands still until a look is taken, half a second each."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(watch, "_now", clock)
    return clock


@pytest.fixture
def waiting() -> Iterator[int]:
    """A process that does nothing but wait."""
    with subprocess.Popen(["/bin/sleep", "1000"]) as process:
        yield process.pid
        process.kill()


def looks(clock: Clock, look: Watch, count: int = 5) -> list[str | None]:
    """Return what several looks find, each half a second after the one before."""
    found = []
    for _ in range(count):
        clock.now += 0.5
        found.append(look.look())
    return found


def set_activity(
    monkeypatch: pytest.MonkeyPatch, state: str, busy: Iterator[float]
) -> None:
    monkeypatch.setattr(watch, "_activity", lambda _: ({state}, next(busy)))


def test_waiting_takes_the_time_of_the_clock(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A process whose threads all sleep has hung when the limit is over."""
    set_activity(monkeypatch, "S", iter([0.0] * 9))
    look = Watch(1 << 30, Pace(), Bounds(2.0), tmp_path)
    assert looks(clock, look) == [None, None, None, None, HUNG]


def test_a_busy_machine_takes_no_time(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A process that would run, but does not get the processor, has not hung."""
    set_activity(monkeypatch, "R", (number / 10 for number in range(99)))
    look = Watch(1 << 30, Pace(), Bounds(2.0), tmp_path)
    assert looks(clock, look, 20) == [None] * 20
    assert looks(clock, look, 2) == [None, HUNG]


def test_a_watcher_that_is_late_counts_little(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """If the watcher itself did not get the processor, neither did the process."""
    set_activity(monkeypatch, "S", iter([0.0] * 9))
    look = Watch(1 << 30, Pace(), Bounds(2.0), tmp_path)
    clock.now += 1000
    assert looks(clock, look, 2) == [None, None]


@pytest.mark.parametrize("step", ["tell", "move"])
def test_progress_begins_a_new_limit(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: str
) -> None:
    """A week of silence has no limit, as long as its clock goes on, nor many turns."""
    set_activity(monkeypatch, "S", iter([0.0] * 99))
    pace = Pace()
    look = Watch(1 << 30, pace, Bounds(2.0), tmp_path)
    for second in range(8):
        if step == "tell":
            pace.tell()
        else:
            pace.move(1_000_000_000 * (second + 1))
        assert looks(clock, look, 4) == [None] * 4
    pace.move(8_999_999_999)  # the same second, and no new turn
    assert looks(clock, look, 2)[-1] == HUNG or step == "tell"


def test_a_flood_is_told_as_such(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Messages without end are counted, and the type of the last one is told."""
    set_activity(monkeypatch, "R", iter(range(1, 99)))
    pace = Pace()
    look = Watch(1 << 30, pace, Bounds(2.0), tmp_path)
    for _ in range(10_001):
        pace.hear('{"type": "my.flood", "data": {}}')
    assert looks(clock, look)[-1] == (
        'a flood of messages: 10001, the last one of type "my.flood", without progress '
        "for 2 s, the limit of --dialogue-timeout"
    )
    pace.hear("no message at all, and as long as one that has a type somewhere")
    assert pace.last_type == ""


def test_a_home_has_a_largest_size(clock: Clock, waiting: int, tmp_path: Path) -> None:
    """Files count with the blocks that they take, empty ones too; links do not."""
    home = tmp_path / "home"
    (home / "inner").mkdir(parents=True)
    look = Watch(waiting, Pace(), Bounds(9.0, disk=1 << 20), home)
    (home / "inner" / "sparse").touch()
    with (home / "inner" / "sparse").open("r+b") as file:
        file.truncate(1 << 30)
    (home / "link").symlink_to("/")
    assert looks(clock, look, 1) == [None]
    (home / "inner" / "full").write_bytes(b"x" * (1 << 20))
    assert looks(clock, look, 1) == ["it wrote more than 1 MB into its home"]
    (home / "inner" / "full").unlink()
    for number in range(256):
        (home / str(number)).touch()
    assert looks(clock, look, 1) == ["it wrote more than 1 MB into its home"]
    home.rename(tmp_path / "elsewhere")
    home.symlink_to(tmp_path / "elsewhere")
    assert looks(clock, look, 1) == [None]


def test_a_process_that_sleeps_or_has_ended(
    clock: Clock, waiting: int, tmp_path: Path
) -> None:
    """Both only wait."""
    look = Watch(waiting, Pace(), Bounds(2.0), tmp_path)
    while not any(looks(clock, look)):  # it may be about to begin
        pass
    gone = Watch(1 << 30, Pace(), Bounds(2.0), tmp_path)
    assert looks(clock, gone)[-1] == HUNG


def test_a_pace_is_shared() -> None:
    """What a fork writes, its watcher reads."""
    pace = Pace()
    assert (pace.ending, pace.progress, pace.messages) == (0, (0, 0), 0)
    pace.tell()
    pace.move(2_500_000_000)
    pace.end(Ending.FAILED)
    assert (pace.ending, pace.progress) == (Ending.FAILED, (1, 2))
