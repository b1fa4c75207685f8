"""Cells of a matrix made by hand, with one dialogue each."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone

from ovos_dialogue_kit.jsondata import as_json
from ovos_dialogue_kit.matrix.cells import Cell, Replayed
from ovos_dialogue_kit.matrix.compare import Entry, Matrix, compare_cells
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


def turns(*texts: str | None, core: str = "1.0") -> Transcript:
    """Return a transcript with a turn for each reply; ``None`` is a skipped turn."""
    [turn] = heard(core=core).turns
    found = tuple(
        replace(
            turn,
            index=at,
            said=f"say {at}",
            replies=(Reply("kitchen", text, 0.0, at),),
        )
        for at, text in enumerate(texts)
        if text is not None
    )
    return replace(heard(core=core), turns=found)


def partly(*texts: str | None, core: str = "1.0") -> Replayed:
    """Return a replay in which turns were skipped where there is no text."""
    skipped = {at: "not now" for at, text in enumerate(texts) if text is None}
    return replace(passed(turns(*texts, core=core)), skipped_turns=skipped)


def example() -> Matrix:
    """Return a matrix in which each state occurs."""
    loud = (KEY[0], "loud", "twice", "padacioso")
    adapt = (KEY[0], "polite", "", "adapt")
    new = replace(passed(), key=loud)
    return compare_cells(
        [
            Cell(
                "one",
                {KEY: passed(), loud: new, adapt: replace(new, key=adapt)},
                written=datetime(2026, 1, 5, 12, tzinfo=timezone.utc),
            ),
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
    parts: dict[str, object] = {
        "script": script,
        "dialogue": dialogue,
        "case": case,
        "engine": engine,
        "outcome": replayed.outcome,
        "reason": replayed.why,
        "fixture": replayed.fixture,
        "skills": replayed.skills,
        "skipped": [
            {"turn": turn, "reason": why}
            for turn, why in replayed.skipped_turns.items()
        ],
        "mismatches": [
            {"at": "a:1:1", "kind": kind, "problem": "wrong"}
            | ({} if turn is None else {"turn": turn})
            for turn, kind in replayed.failures
        ],
        "transcript": replayed.transcript and as_json(replayed.transcript),
    }
    given = {n: part for n, part in parts.items() if part not in (None, [], ())}
    return json.dumps(given, sort_keys=True) + "\n"
