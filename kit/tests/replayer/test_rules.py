"""Tests of the rules by which a case is replayed."""

from __future__ import annotations

from ovos_dialogue_kit.replayer.rules import REAL_DEADLINE, VIRTUAL_DEADLINE
from ovos_dialogue_kit.run.options import DEADLINE_OPTION


def test_the_help_names_the_usual_deadlines() -> None:
    """That of virtual time and that of real time, in seconds."""
    assert DEADLINE_OPTION.help.endswith(
        f"; by default {VIRTUAL_DEADLINE:g} of virtual time or "
        f"{REAL_DEADLINE:g} of real time."
    )
