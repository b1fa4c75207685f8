"""What the tests have seen, by mutant and by module."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from mutants.equivalents import Equivalents
from mutants.mutant import Mutant

LEAST = 0.97
"""The share of a module's mutants that tests must see."""


class Store:
    """The mutants that have been seen, in a file that outlives an interrupted run."""

    def __init__(self, path: Path, *, is_new: bool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("w" if is_new else "a").close()
        self._path = path

    def add(self, mutant: Mutant, code: int) -> None:
        """Keep a mutant if the exit code of some tests says that they see it."""
        if code:
            with self._path.open("a") as stream:
                stream.write(f"{mutant.digest}\n")

    def pairs(self, mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, bool]]:
        """Yield each mutant with whether a test has seen it."""
        return zip(mutants, self.seen(mutants), strict=True)

    def seen(self, mutants: Sequence[Mutant]) -> list[bool]:
        """Return True for each mutant that a test has seen."""
        digests = set(self._path.read_text().split())
        return [mutant.digest in digests for mutant in mutants]


def report(
    mutants: Sequence[Mutant],
    seen: Sequence[bool],
    equivalents: Equivalents,
    problems: Sequence[str],
) -> int:
    """Print the survivors and a table, and return 1 if a module has too many."""
    is_low = False
    rows = []
    for module in dict.fromkeys(mutant.module for mutant in mutants):
        own = [
            (mutant, is_seen)
            for mutant, is_seen in zip(mutants, seen, strict=True)
            if mutant.module == module
        ]
        counted = [pair for pair in own if pair[0] not in equivalents]
        left = [mutant for mutant, is_seen in counted if not is_seen]
        for mutant in left:
            write(str(mutant))
        share = 1 - len(left) / len(counted) if counted else 1.0
        is_low |= share < LEAST
        rows.append((module, len(own), len(own) - len(counted), len(left), share))
    if rows:
        write(f"{'module':<40}{'mutants':>8}{'equivalent':>11}{'left':>6}{'seen':>8}")
    for module, count, same, missed, share in rows:
        write(f"{module:<40}{count:>8}{same:>11}{missed:>6}{share:>8.1%}")
    for problem in problems:
        write(problem)
    return 1 if is_low or problems else 0


def write(line: str) -> None:
    """Print a line at once, also where pytest captures what is printed."""
    sys.__stdout__.write(f"{line}\n")  # type: ignore[union-attr]  # there is one
    sys.__stdout__.flush()  # type: ignore[union-attr]
