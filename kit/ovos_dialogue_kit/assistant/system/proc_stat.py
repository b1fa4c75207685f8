"""Read what Linux says of a process or thread in its file ``stat`` (``proc(5)``)."""

from __future__ import annotations

from pathlib import Path

__all__ = ["process_state", "stat_fields"]


def stat_fields(folder: Path) -> list[str]:
    """Return the fields from the state on, which comes after the name in brackets.

    Args:
        folder: that of a process, ``/proc/PID``, or of a thread.

    Raises:
        OSError: it has ended, or there is no ``/proc``.

    """
    text = folder.joinpath("stat").read_text("utf-8", "replace")
    return text.rpartition(")")[2].split()


def process_state(pid: int) -> str:
    """Return the state of a process, such as ``T`` if stopped; empty if it is gone."""
    try:
        return stat_fields(Path(f"/proc/{pid}"))[0]
    except OSError:
        return ""
