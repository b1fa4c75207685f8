"""Finds what leaks from one session to another, without being told what to expect.

``hunt`` tries schedules of a dialogue (``schedules``) in its variants (``worlds``),
asks the oracles (``oracles``, with ``solo`` and ``observe``) what each shows, and makes
the first leak small (``shrink``). ``report`` and ``rewrite`` tell it and write it as a
script; ``build`` makes dialogues from a skill's own files.
"""

from __future__ import annotations

from ovos_dialogue_kit.isolate.hunt import Budget, Finding, Findings, hunt
from ovos_dialogue_kit.isolate.oracles import ORACLES, Leak

__all__ = ["ORACLES", "Budget", "Finding", "Findings", "Leak", "hunt"]
