"""Explain why an assistant did not boot, if its process could not say so itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from ovos_dialogue_kit.assistant.process.channel import HANG, LOADING
from ovos_dialogue_kit.assistant.process.shell_limits import (
    RAISE_LIMIT,
    limits_behind,
)
from ovos_dialogue_kit.assistant.setup import Setup, limit_hint
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.skill.installed import find_skill_folder

__all__ = ["failed_boot", "last_lines"]


def failed_boot(setup: Setup, home: Path, how: str, output: str) -> AssistantError:
    """Return why there is no assistant, if its process does not say so itself.

    Args:
        setup: the assistant that was asked for.
        home: its folder.
        how: how the process that boots has ended.
        output: what it has printed, or the stack of its crash.

    """
    loading = _skill_loading(setup, home)
    told = [f'the skill "{loading}" was being loaded'] if loading else []
    if reason := limits_behind(output):
        hint = "\n".join([RAISE_LIMIT, *told])
        return AssistantError(f"the assistant did not boot, as {reason}", hint=hint)
    where = _note(home / HANG)  # stacks of a boot that took too long
    if where:
        how = f"the assistant was not ready after {setup.limits.boot:g} s"
        told.insert(0, limit_hint("boot"))
    own = _own_frames(where or output, loading) if loading else []
    hint = "\n".join(filter(None, [*told, *(own or [where or output])]))
    return AssistantError(how, hint=hint or None)


def _skill_loading(setup: Setup, home: Path) -> str | None:
    """Return the id of the skill that was being loaded, if one was."""
    note = _note(home / LOADING)
    return next((skill for skill in setup.skills if skill == note), None)


def _note(path: Path) -> str:
    """Return the end of what a process has noted in its home; empty if it has not.

    A skill may have removed the note, or put a pipe or a link in its place.
    """
    try:
        with open(path, "rb", opener=_open_at_once) as note:
            return last_lines(note)
    except OSError:
        return ""


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW)


def last_lines(log: IO[bytes], size: int = 4000) -> str:
    """Return the last whole lines of a file, at most ``size`` bytes."""
    log.seek(0, 2)
    start = max(0, log.tell() - size)
    log.seek(start)
    text = log.read(size).decode(errors="replace")
    return (text.partition("\n")[2] if start else text).strip()


def _own_frames(stacks: str, skill_id: str) -> list[str]:
    """Return the lines of stacks that are in a skill's own files, the innermost first.

    There may be none: the skill waits in another thread, or is gone.
    """
    try:
        folder = find_skill_folder(skill_id)
    except AssistantError:
        return []
    return [line for line in stacks.splitlines() if f'File "{folder}' in line]
