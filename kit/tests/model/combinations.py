"""Compare the kit with the model of the meaning, on every combination of keys.

``python -m model.combinations`` tries all of them, in some minutes; with ``--every N``,
each N-th. It prints how many were tried, and the disagreements by key.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from model.dialogues import disagreements_of_dialogues
from model.expectations import disagreements_of_turns
from model.overlaps import disagreements_of_overlaps

__all__ = ["main"]

_SHOWN = 20
"""The number of disagreements that are shown in full."""


def main(arguments: list[str]) -> int:
    """Try combinations, and print their number and the disagreements by key."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N")
    every = parser.parse_args(arguments).every
    code = 0
    for name, search in (
        ("expectations", disagreements_of_turns),
        ("marks", disagreements_of_dialogues),
        ("overlaps", disagreements_of_overlaps),
    ):
        tried: Counter[str] = Counter()
        found = list(search(every, tried))
        by_key = Counter(key for each in found for key in set(each.keys))
        total = tried.pop("combinations")
        _print(f"{name}: {total:,} combinations, {len(found):,} disagreements")
        for key, count in sorted(tried.items()):
            _print(f"  {key:22} {count:>11,} {by_key[key]:>9,}")
        for each in found[:_SHOWN]:
            _print(f"  kit: {each.kit}; model: {each.model}; {each.combination}")
        code |= bool(found)
    return code


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
