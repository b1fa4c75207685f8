"""A module with one small fault."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Mutant:
    """A module with one fault.

    Args:
        module: its path below the package.
        scope: the function or class with the fault, ``""`` for the module itself.
        lines: the lines that run what is changed.
        before: the lines that are changed, with single spaces.
        after: what they are changed to.
        at_import: whether the change is in what runs when the module is imported.
        source: the whole module, changed.
        original: the whole module as it was.

    """

    module: str
    scope: str
    lines: range
    before: str
    after: str
    at_import: bool
    source: str
    original: str

    @property
    def digest(self) -> str:
        """A short text that no other mutant has."""
        return sha256(f"{self.module}\n{self.source}".encode()).hexdigest()

    def __str__(self) -> str:
        """Return the place and the change."""
        place = f"{self.module}:{self.lines[-1]} {self.scope}".rstrip()
        return f"{place}\n    - {self.before}\n    + {self.after}"
