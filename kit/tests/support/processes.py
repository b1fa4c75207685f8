"""Look at processes that a test has started."""

from __future__ import annotations

from pathlib import Path

__all__ = ["is_running", "processes_at"]


def is_running(pid: int | str) -> bool:
    """Return True if a process is there and does not only wait to be buried."""
    try:
        about = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return about.rpartition(")")[2].split()[0] != "Z"


def processes_at(home: str) -> list[str]:
    """Return the command lines of the processes with a folder in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and is_running(entry.name):
            try:
                if home in (entry / "environ").read_text(errors="replace"):
                    found.append((entry / "cmdline").read_text(errors="replace"))
            except OSError:  # it has just ended, or is of another user
                continue
    return found
