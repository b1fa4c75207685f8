"""A project with a script, and pytest runs in it, with actors as assistants."""

from __future__ import annotations

import pytest
from support.actors import Troupe

from ovos_dialogue_kit.pytest_plugin import assistant, items

HELLO = """
skill: actor
dialogues:
  hello:
    - kitchen: hi
      expect: HI
"""
WRONG = """
skill: actor
dialogues:
  hello:
    - kitchen: hi
    - bedroom: good morning
      expect: good night
"""


LOADED = (assistant, items)
"""Imported here once, because pytester unloads what a test imports."""


PLAIN = "-p no:cacheprovider -p no:hypothesispytest --assert=plain"
"""Without it, Hypothesis would be imported at the end of each run, and assertions of
plugins would be rewritten."""

ALONE = ("-p", "no:xdist", "-p", "no:pytest_cov")
"""Plugins that do nothing in a run in this process but take time."""


class Stage:
    """A project with a script, and pytest runs in it."""

    def __init__(self, pytester: pytest.Pytester, troupe: Troupe) -> None:
        self.pytester = pytester
        self.troupe = troupe
        pytester.makeini(f"[pytest]\naddopts = {PLAIN}\n")

    def write(self, script: str, name: str = "a") -> None:
        path = self.pytester.path / f"{name}.dialogue.yaml"
        path.write_text(script, encoding="utf-8")

    def run(self, script: str, *arguments: str) -> pytest.RunResult:
        self.write(script)
        return self.pytester.runpytest_inprocess(*ALONE, *arguments)

    def ids(self, script: str, *arguments: str) -> list[str]:
        lines = self.run(script, "--collect-only", "-q", *arguments).outlines
        return [line for line in lines if "::" in line]


def block(result: pytest.RunResult, start: str, count: int) -> list[str]:
    """Return the lines of a run from the first that starts with ``start``."""
    lines = result.outlines
    first = next(i for i, line in enumerate(lines) if line.startswith(start))
    return lines[first : first + count]
