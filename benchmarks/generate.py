"""Measure time and memory of generating fixtures, for scripts of 100 to 10,000 turns.

Each script has dialogues of 20 turns with two sessions, slots and expectations. The
columns are seconds of processor time to read the script, to write all its fixtures for
the first time and to check them (both include reading), and the peak of Python's
memory: for reading, and for generating without the script itself, which must not grow
with the script. Below each row are its ratios to the row above.

    python benchmarks/generate.py [TURNS]...
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from ovos_dialogue_kit.fixture.committed import Tree, check_fixtures, write_fixtures
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.serialize import fixture_to_json
from ovos_dialogue_kit.script.model import Script
from ovos_dialogue_kit.script.parse import load_script

SIZES = (100, 1_000, 10_000)
TURNS = 20
HEAD = """\
skill: my.skill
sessions:
  kitchen: {site_id: kitchen}
  bedroom: {lang: pt-PT, site_id: bedroom, prefs: {system_unit: imperial}}
phrases:
  ask: [what did i just say]
with:
  colour: [blue]
dialogues:
"""
PAIR = """\
    - kitchen: the sky is {{colour}} today {number}
      expect: {{dialog: noted, data: {{colour: "{{colour}}"}}}}
    - bedroom: <ask>
      expect: {{any_of: ["you said {number}", nothing], not: {{contains: sky}}}}
"""


def main(sizes: list[int]) -> None:
    """Measure each size and print a row of figures and one of ratios."""
    names = ("turns", "read s", "write s", "check s", "read MB", "generate MB")
    print("".join(f"{name:>12}" for name in names))
    before: tuple[float, ...] = ()
    for turns in sizes:
        row = measure(turns)
        print(f"{turns:>12,}" + "".join(f"{figure:>12.2f}" for figure in row))
        if before:
            ratios = (new / old for new, old in zip(row, before, strict=True))
            print(" " * 12 + "".join(f"{f'x{ratio:.1f}':>12}" for ratio in ratios))
        before = row


def measure(turns: int) -> tuple[float, ...]:
    """Return the figures of a script with so many turns."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        path = root / "talk.dialogue.yaml"
        path.write_text(script_of(turns), encoding="utf-8")
        tree = Tree(root, root / "fixtures")
        times = (
            seconds(lambda: load_script(path, root)),
            seconds(lambda: list(write_fixtures([path], tree))),
            seconds(lambda: list(check_fixtures([path], tree))),
        )
        return (*times, *peaks(path, root))


def script_of(turns: int) -> str:
    """Return the text of a script."""
    parts = [HEAD]
    for first in range(0, turns, TURNS):
        parts.append(f"  dialogue {first}:\n")
        last = min(first + TURNS, turns)
        parts += (PAIR.format(number=number) for number in range(first, last, 2))
    return "".join(parts)


def seconds(act: Callable[[], object]) -> float:
    """Return how long something keeps a processor busy."""
    start = time.process_time()
    act()
    return time.process_time() - start


def peaks(path: Path, root: Path) -> tuple[float, float]:
    """Return the megabytes that reading takes, and generating on top of that."""
    tracemalloc.start()
    script = load_script(path, root)
    read = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    make_all(script, root)
    made = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return read[1] / 1e6, (made[1] - read[0]) / 1e6


def make_all(script: Script, root: Path) -> None:
    """Make the text of each fixture and let go of it."""
    for fixture in generate(script, root):
        fixture_to_json(fixture)


if __name__ == "__main__":
    main([int(turns) for turns in sys.argv[1:]] or list(SIZES))
