"""Look at processes that a test has started."""

from __future__ import annotations

from pathlib import Path

__all__ = ["is_running"]


def is_running(pid: int | str) -> bool:
    """Return True if a process is there and does not only wait to be buried."""
    try:
        about = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return about.rpartition(")")[2].split()[0] != "Z"
