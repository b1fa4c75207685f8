"""Run ``kit``, also as ``python -m ovos_dialogue_kit``, with this Python.

The commands are imported where Ctrl-C is caught already, because that takes a while.
"""

from __future__ import annotations

import sys

__all__ = ["command"]

_INTERRUPTED = 130  # as in ``cli.exit_codes``, which is not imported yet


def command() -> int:
    """Run the command line and return its exit code, even if Ctrl-C comes early."""
    try:
        from ovos_dialogue_kit.cli import main  # noqa: PLC0415  # see above

        return main()
    except KeyboardInterrupt:
        return _INTERRUPTED


if __name__ == "__main__":  # pragma: no branch  # else it is the command kit
    sys.exit(command())
