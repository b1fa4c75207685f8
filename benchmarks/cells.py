"""Write the table of cells: their versions, their results and their speed.

    tox -m core
    python benchmarks/cells.py docs/matrix.md

The row of a cell has the versions and outcomes from the transcripts in its tox
environment, and two times that this script measures with the cell's own Python, for
each engine alone: how long an assistant takes to boot (its process, all imports, the
engine, the repeater, training), and how long a turn takes. The time of a turn is a
hundredth of the time that 100 more turns take in a dialogue, half of them matched. Each
is the shortest of several rounds, because other work can only make a round longer.

The table replaces the part of the page between the marks.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ovos_dialogue_kit.assistant.process.assistant_process import Process
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import EngineMissingError
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.matrix.cell_files import read_cells
from ovos_dialogue_kit.matrix.cells import Cell
from ovos_dialogue_kit.matrix.tox import find_cells
from ovos_dialogue_kit.script.parse import parse_script

BEGIN = "<!-- cells: made by python benchmarks/cells.py docs/matrix.md -->"
END = "<!-- end of cells -->"

ASKED = {
    "padacioso": "what did i just say",
    "padatious": "what did i just say",
    "adapt": "remind me what i said",
}
"""The engines, and what the repeater answers with each."""

TURNS = 100
COLUMNS = (
    "cell",
    "CPython",
    "ovos-core",
    "workshop",
    "bus-client",
    "padacioso",
    "padatious",
    "adapt",
    "replays",
    "boot, s",
    "turn, ms",
)
Figures = Mapping[str, "tuple[float, float]"]
"""Of each engine: seconds of a boot, milliseconds of a turn."""


def dialogue(engine: str, turns: int) -> Fixture:
    """Return a dialogue of two sessions, every second turn of which is answered."""
    said = "".join(
        f"    - {name}: {words}\n"
        for _ in range(turns // 4)
        for words in ("the sky is blue", ASKED[engine])
        for name in ("kitchen", "bedroom")
    )
    script = f"skill: ovos-skill-repeater.kit\ndialogues:\n  x:\n{said}"
    (fixture,) = generate(parse_script(script, "x.dialogue.yaml"), Path())
    return fixture


def measure(engine: str, rounds: int) -> tuple[float, float]:
    """Return the seconds of a boot and the milliseconds of a turn.

    Raises:
        EngineMissingError: this Python has not got the engine.

    """
    few, many = dialogue(engine, 20), dialogue(engine, 20 + TURNS)
    boots, turns = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        with Process(Setup.of(few, engine)) as assistant:
            boots.append(time.perf_counter() - began)
            seconds = []
            for fixture in (few, few, many):  # the first only warms up
                began = time.perf_counter()
                assistant.replay(fixture, fixture.cases[0])
                seconds.append(time.perf_counter() - began)
            turns.append((seconds[2] - seconds[1]) / TURNS * 1000)
    return min(boots), min(turns)


def measure_here(rounds: int) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield the figures of each engine that this Python has."""
    for engine in ASKED:
        with suppress(EngineMissingError):
            yield engine, measure(engine, rounds)


def measured(folder: Path, rounds: int) -> Figures:
    """Return the figures of a cell, measured by its own Python."""
    command = (folder / "bin" / "python", __file__, "--here", "--rounds", str(rounds))
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return {name: tuple(found) for name, found in json.loads(done.stdout).items()}


def row(cell: Cell, figures: Figures) -> Sequence[str]:
    """Return the columns of a cell."""
    versions = cell.versions
    outcomes = Counter(replayed.outcome for replayed in cell.replays.values())
    replays = ", ".join(f"{outcomes[name]} {name}" for name in sorted(outcomes))
    padatious = versions.get("ovos-padatious", versions.get("padatious", ""))
    adapt = versions.get("ovos-adapt-parser", versions.get("adapt-parser", ""))
    return (
        f"`{cell.name}`",
        versions["python"],
        cell.core,
        versions["ovos-workshop"],
        versions["ovos-bus-client"],
        versions["padacioso"],
        padatious,
        adapt,
        replays,
        " / ".join(f"{boot:.1f}" for boot, _ in figures.values()),
        " / ".join(f"{turn:.1f}" for _, turn in figures.values()),
    )


def table(project: Path, rounds: int) -> str:
    """Return the table of a project's cells as Markdown, oldest ovos-core first."""
    folders = [
        each
        for each in find_cells(project)
        if each.name.startswith(("core", "channel")) and "sealed" not in each.name
    ]
    cells = zip(read_cells(folders), folders, strict=True)
    rows: list[Sequence[str]] = [COLUMNS, ("---",) * len(COLUMNS)]
    for cell, folder in sorted(cells, key=lambda found: found[0].age):
        if cell.problem is not None:
            sys.exit(f"{cell.name} did not run: {cell.problem}")
        sys.stderr.write(f"{cell.name}\n")
        rows.append(row(cell, measured(folder, rounds)))
    return "".join(f"| {' | '.join(each)} |\n" for each in rows)


def main() -> None:
    """Measure here, or replace the table of a page."""
    options = argparse.ArgumentParser()
    options.add_argument("page", nargs="?", type=Path, help="docs/matrix.md")
    options.add_argument("--here", action="store_true", help="measure this Python")
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    if chosen.here:
        json.dump(dict(measure_here(chosen.rounds)), sys.stdout)
        return
    made = table(Path(), chosen.rounds)
    if chosen.page is None:
        sys.stdout.write(made)
        return
    before, begin, rest = chosen.page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    text = f"{before}{begin}\n\n{made}\n{end}{after}"
    chosen.page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
