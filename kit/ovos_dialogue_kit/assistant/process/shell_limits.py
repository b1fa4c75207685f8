"""Tell what fails because of a limit of the user's shell from what fails otherwise."""

from __future__ import annotations

import resource
from dataclasses import replace

from ovos_dialogue_kit.replayer.transcript import Fault, Transcript

__all__ = ["RAISE_LIMIT", "limits_behind", "low_memory", "with_limits"]

RAISE_LIMIT = "raise the limit"
"""The hint of such a failure."""

_LIMITS = {"ulimit -v": resource.RLIMIT_AS, "ulimit -d": resource.RLIMIT_DATA}
"""The limits of a process's memory, by the shell's command that sets them."""

_SIGNS = (
    "MemoryError",
    "can't start new thread",
    "Cannot allocate memory",
    "failed to map segment from shared object",
)
"""Words of Python and of the C library for memory that they were not given."""

_SIGNS_OF_PROCESSES = ("can't start new thread", "Resource temporarily unavailable")
"""Words of Python for a thread or a process that could not be started."""

_FEW_PROCESSES = 100
"""Processes of a user below which a limit of them explains that."""

_NEEDED = 256 << 20
"""Bytes below which anything may fail in any way: not every allocation is checked."""


def limits_behind(output: str) -> str | None:
    """Return the limits in words if they explain a failure, else nothing.

    Args:
        output: what the process that failed told, such as a traceback.

    """
    if any(sign in output for sign in _SIGNS_OF_PROCESSES):
        processes, _ = resource.getrlimit(resource.RLIMIT_NPROC)
        if processes != resource.RLIM_INFINITY and processes < _FEW_PROCESSES:
            return f"processes and threads are limited to {processes} (`ulimit -u`)"
    is_told = any(sign in output for sign in _SIGNS)
    return low_memory() or (_words(_set_limits()) if is_told else None)


def with_limits(transcript: Transcript) -> Transcript:
    """Add the limits to the errors that they may explain."""
    turns = (
        replace(turn, faults=tuple(map(_explained, turn.faults)))
        if turn.faults
        else turn
        for turn in transcript.turns
    )
    return replace(transcript, turns=tuple(turns))


def _explained(fault: Fault) -> Fault:
    reason = limits_behind(fault.detail) if fault.kind == "raised" else None
    return replace(fault, detail=f"{fault.detail}; {reason}") if reason else fault


def low_memory() -> str | None:
    """Return the limits of memory in words if they are too low for an assistant."""
    limits = _set_limits()
    is_low = any(size < _NEEDED for size in limits.values())
    return _words(limits) if is_low else None


def _set_limits() -> dict[str, int]:
    sizes = {name: resource.getrlimit(each)[0] for name, each in _LIMITS.items()}
    return {k: v for k, v in sizes.items() if v != resource.RLIM_INFINITY}


def _words(limits: dict[str, int]) -> str | None:
    each = (f"{size >> 20} MiB (`{name}`)" for name, size in limits.items())
    told = " and ".join(each)
    return f"memory is limited to {told}" if told else None
