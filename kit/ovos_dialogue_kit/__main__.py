"""Run ``kit`` as ``python -m ovos_dialogue_kit``, with this Python."""

from __future__ import annotations

import sys

from ovos_dialogue_kit.cli import main

if __name__ == "__main__":  # pragma: no branch  # nothing imports it
    sys.exit(main())
