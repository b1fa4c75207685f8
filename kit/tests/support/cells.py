"""Cells of a matrix made by hand, with one dialogue each."""

from __future__ import annotations

import json
from dataclasses import replace

from ovos_dialogue_kit.jsondata import as_json
from ovos_dialogue_kit.matrix.cells import Cell, Entry, Matrix, Replayed, compare_cells
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript, TurnTranscript

KEY = ("a.dialogue.yaml", "polite", "", "padacioso")


def heard(text: str = "hi", core: str = "1.0", **turn: object) -> Transcript:
    """Return a transcript of one turn with one reply."""
    replies = (Reply("kitchen", text, 0.0, 0),) if text else ()
    first = TurnTranscript(
        0, "kitchen", "hello", 0.0, "handled", 0.0, replies, "intent"
    )
    return Transcript(
        *KEY,
        bus="memory",
        turns=(replace(first, **turn),),  # type: ignore[arg-type]  # a turn's fields
        versions={"ovos-core": core, "python": "3.10"},
    )


def passed(transcript: Transcript | None = None) -> Replayed:
    return Replayed(KEY, "passed", None, transcript or heard())


def cell(name: str, core: str = "1.0", **parts: object) -> Cell:
    """Return a cell with one replay, which passed unless ``parts`` say otherwise."""
    replayed = Replayed(KEY, "passed", None, heard(core=core))
    return Cell(name, {KEY: replace(replayed, **parts)})  # type: ignore[arg-type]


def entries(*replays: Replayed) -> tuple[Entry, ...]:
    """Return the entries of cells with a replay each; the first is the reference."""
    cells = [Cell(f"c{n}", {each.key: each}) for n, each in enumerate(replays)]
    [row] = compare_cells(cells, "c0").rows
    return row.entries


def example() -> Matrix:
    """Return a matrix in which each state occurs."""
    loud = (KEY[0], "loud", "twice", "padacioso")
    adapt = (KEY[0], "polite", "", "adapt")
    new = replace(passed(), key=loud)
    return compare_cells(
        [
            Cell("one", {KEY: passed(), loud: new, adapt: replace(new, key=adapt)}),
            Cell(
                "two",
                {
                    KEY: passed(heard("ho", core="2.0")),
                    loud: Replayed(
                        loud, "failed", "a:1:1: wrong\n  expected  1", heard()
                    ),
                    adapt: Replayed(adapt, "skipped", "no adapt"),
                },
            ),
            Cell("three", problem="no solution"),
        ],
        "one",
    )


def line(replayed: Replayed) -> str:
    """Return a replay as ``kit replay -o`` writes it."""
    script, dialogue, case, engine = replayed.key
    data = {
        "script": script,
        "dialogue": dialogue,
        "case": case,
        "engine": engine,
        "outcome": replayed.outcome,
    }
    if replayed.why:
        data["reason"] = replayed.why
    if replayed.fixture:
        data["fixture"] = replayed.fixture
    if replayed.transcript:
        data["transcript"] = as_json(replayed.transcript)  # type: ignore[assignment]
    return json.dumps(data) + "\n"
