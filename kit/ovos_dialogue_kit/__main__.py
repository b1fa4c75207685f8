"""Run ``kit``, also as ``python -m ovos_dialogue_kit``, with this Python.

Little is imported before Ctrl-C can be caught: the commands take longer to import than
many a user to change their mind.
"""

from __future__ import annotations

import sys

__all__ = ["command"]

_INTERRUPTED = 130  # that of ``cli.exit_codes``, a package that takes long to import


def command() -> int:
    """Run the command line and return its exit code, after Ctrl-C at any time, too."""
    try:
        from ovos_dialogue_kit.cli import main  # noqa: PLC0415  # see above

        return main()
    except KeyboardInterrupt:
        return _INTERRUPTED


if __name__ == "__main__":  # pragma: no branch  # else it is the command kit
    sys.exit(command())
