"""The limit of memory grows with the threads."""

from __future__ import annotations

import resource
import threading

import pytest

from ovos_dialogue_kit.assistant.virtual_time import thread_memory

MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("soft", "hard", "stack", "wanted"),
    [
        (100, resource.RLIM_INFINITY, 16, 117),
        (100, resource.RLIM_INFINITY, resource.RLIM_INFINITY, 109),
        (100, 104, 8, 104),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, 8, None),
    ],
)
def test_limit(
    monkeypatch: pytest.MonkeyPatch,
    soft: int,
    hard: int,
    stack: int,
    wanted: int | None,
) -> None:
    """A thread adds its stack, and a page that guards it."""

    def scaled(value: int) -> int:
        return value if value == resource.RLIM_INFINITY else value * MEGABYTE

    limits = {
        resource.RLIMIT_AS: (scaled(soft), scaled(hard)),
        resource.RLIMIT_STACK: (scaled(stack), scaled(stack)),
    }
    found: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", limits.__getitem__)
    monkeypatch.setattr(resource, "getpagesize", lambda: MEGABYTE)
    monkeypatch.setattr(resource, "setrlimit", lambda _, values: found.append(values))
    thread_memory.make_room_for_thread()
    expected = [] if wanted is None else [(scaled(wanted), scaled(hard))]
    assert found == expected


def test_each_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit grows before a thread is started."""
    log: list[str] = []
    monkeypatch.setattr(
        threading.Thread, "start", lambda thread: log.append(thread.name)
    )
    monkeypatch.setattr(
        thread_memory, "make_room_for_thread", lambda: log.append("room")
    )
    thread_memory.make_room_for_each_thread()
    threading.Thread(name="new").start()
    assert log == ["room", "new"]
