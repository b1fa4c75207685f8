"""Listen to what Python is about to do: its audit events (PEP 578).

An audit hook cannot be removed, and is called for every event of the process. So there
is one, which only looks up who listens.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from typing import Any, TypeAlias

__all__ = ["Hearer", "hear_events", "hear_no_more"]

Hearer: TypeAlias = "Callable[[str, tuple[Any, ...]], None]"
"""Gets an event's name and arguments; what it raises is raised in the code's place."""

_hearers: dict[str, list[Hearer]] = {}
_is_hooked = False


def hear_events(events: Collection[str], hearer: Hearer) -> None:
    """Call ``hearer`` before each of these events from now on."""
    global _is_hooked  # noqa: PLW0603  # one process has one hook
    for event in events:
        _hearers.setdefault(event, []).append(hearer)
    if not _is_hooked:
        _is_hooked = True
        sys.addaudithook(_hear)


def hear_no_more(hearer: Hearer) -> None:
    """Call ``hearer`` no more."""
    for hearers in _hearers.values():
        if hearer in hearers:
            hearers.remove(hearer)


def _hear(event: str, args: tuple[Any, ...]) -> None:
    if event in _hearers:  # id() is such an event, too
        for hearer in _hearers[event]:
            hearer(event, args)


_hear.__cantrace__ = True  # type: ignore[attr-defined]  # so that coverage sees it
