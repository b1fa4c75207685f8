"""Hooks of libraries, which are called in forks of this process, but not in copies."""

from __future__ import annotations

import os
import threading
from contextlib import AbstractContextManager, nullcontext

import pytest

from ovos_dialogue_kit.assistant.system.fork_hooks import (
    copying,
    without_hooks_in_copies,
)


@pytest.mark.parametrize(
    ("way", "called"),
    [(copying(), []), (nullcontext(), ["before", "after"])],
    ids=["copy", "fork"],
)
def test_a_copy_is_no_fork(
    way: AbstractContextManager[None],
    called: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is registered for all forks is called around each, but not around a copy."""
    noted: list[str] = []
    hooks: list[dict[str, object]] = []
    monkeypatch.setattr(os, "register_at_fork", lambda **each: hooks.append(each))
    with without_hooks_in_copies():
        os.register_at_fork(
            before=lambda: noted.append("before"),
            after_in_parent=lambda: noted.append("after"),
        )
    os.register_at_fork(after_in_child=noted.clear)
    registered, other = hooks
    assert list(registered) == ["before", "after_in_parent"]
    assert other == {"after_in_child": noted.clear}
    with way:
        for hook in registered.values():
            assert callable(hook)
            hook()
    assert noted == called


def test_a_thread_that_begins_in_a_copy() -> None:
    """It is alive then, and over afterwards, although it was made before."""
    event = threading.Event()
    thread = threading.Thread(target=event.wait)
    with copying():
        pid = os.fork()
    if not pid:
        code = 1
        try:
            thread.start()
            was_alive = thread.is_alive()
            event.set()
            thread.join()
            code = 10 * was_alive + thread.is_alive()
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 10
