"""The limit of memory grows with the threads."""

from __future__ import annotations

import resource

import pytest

from ovos_dialogue_kit.assistant.virtual_time import room

MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("soft", "hard", "stack", "started", "wanted"),
    [
        (100, resource.RLIM_INFINITY, 8, 0, 100 + 8 + 128),
        (100, resource.RLIM_INFINITY, resource.RLIM_INFINITY, 0, 100 + 8 + 128),
        (100, 120, 8, 0, 120),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, 8, 0, None),
    ],
)
def test_limit(  # noqa: PLR0913, PLR0917  # one row of the table
    monkeypatch: pytest.MonkeyPatch,
    soft: int,
    hard: int,
    stack: int,
    started: int,
    wanted: int | None,
) -> None:
    """A thread adds its stack, and one of the first what glibc reserves."""

    def scaled(value: int) -> int:
        return value if value == resource.RLIM_INFINITY else value * MEGABYTE

    limits = {
        resource.RLIMIT_AS: (scaled(soft), scaled(hard)),
        resource.RLIMIT_STACK: (scaled(stack), scaled(stack)),
    }
    found: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", limits.__getitem__)
    monkeypatch.setattr(resource, "setrlimit", lambda _, values: found.append(values))
    room.make_room_for_thread(started)
    expected = [] if wanted is None else [(scaled(wanted), scaled(hard))]
    assert found == expected
