"""Make cells at random, by edits of one run, and write them as files.

Each cell begins as a copy of the same results. Then dialogues and replays of it are
dropped, renamed, skipped, broken, failed, expected to fail, stopped by a crash or heard
differently, turns are skipped, and the file is shuffled, cut, emptied or written as
older versions of the kit did. Most matrices have few kinds of edits, many times: then
edits meet that otherwise seldom would.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from model.matrix_meaning import CORES, Key, SomeCell, SomeResult

__all__ = ["write_cells"]

_EDITS = ("skip", "break", "fail", "xfail", "words", "turn", "crash", "fixture")
_BASE = 0.4
"""The part of the results that is edited before cells are made of them."""


def write_cells(folder: Path, random: Random) -> list[tuple[Path, SomeCell]]:
    """Write some cells, and return them with the paths of their files."""
    edits = random.sample(_EDITS, random.choice((2, 2, 3, len(_EDITS))))
    base = _results(random, edits)
    count = random.choice((1, 2, 2, 3, 3, 4, 5))
    return [
        _write_cell(folder / f"c{number}", base, edits, random)
        for number in range(count)
    ]


def _results(random: Random, edits: Sequence[str]) -> dict[Key, SomeResult]:
    """Return the results that all cells begin with."""
    found = {}
    for number in range(random.randint(1, 3)):
        script = random.choice(("a.dialogue.yaml", "b.dialogue.yaml"))
        turns = {turn: random.choice("xy") for turn in range(random.randint(1, 3))}
        for case in random.choice((("",), ("", "loud"))):
            for engine in random.choice((("padacioso",), ("padacioso", "adapt"))):
                key = script, f"d{number}", case, engine
                result = SomeResult("passed", turns)
                is_edited = random.random() < _BASE
                found[key] = _changed(result, edits, random) if is_edited else result
    return found


def _write_cell(
    folder: Path, base: dict[Key, SomeResult], edits: Sequence[str], random: Random
) -> tuple[Path, SomeCell]:
    core = random.choice(CORES)
    results = dict(_edited(base, edits, random))
    folder.mkdir()
    state = random.choice(("ran",) * 8 + ("failed", "cut", "empty"))
    if state == "failed":
        return folder, SomeCell(folder.name, core, {}, "failed")
    listed = list(results.items())
    random.shuffle(listed)
    if state in ("cut", "empty"):
        listed = listed[: random.randint(0, len(listed)) if state == "cut" else 0]
    old = random.random() < 0.2 and state == "ran"
    if old:
        listed = [(key, replace(each, skipped=frozenset())) for key, each in listed]
    lines = [json.dumps(_line(key, each, core, old=old)) for key, each in listed]
    if state == "cut":
        planned = max(len(results), len(listed) + 1)
        counts = {"planned": planned, "replays": len(listed)}
        lines.append(json.dumps({"incomplete": counts}))
    path = folder / "transcripts.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    kept = "cut" if state == "cut" else "ran"
    return path, SomeCell(folder.name, core, dict(listed), kept)


def _edited(
    base: dict[Key, SomeResult], edits: Sequence[str], random: Random
) -> Iterator[tuple[Key, SomeResult]]:
    """Yield the results of a cell after some edits of each dialogue and each replay."""
    much = random.choice((0.0, 0.1, 0.3, 0.9))
    names = {
        key[:2]: random.choice((None, (key[0], f"{key[1]} renamed"), ("new", key[1])))
        if random.random() < much / 3
        else key[:2]
        for key in base
    }
    lacking = random.choice(("adapt", "padacioso", "", "", "", "", "", ""))
    for key, result in base.items():
        name = names[key[:2]]
        if name is None or random.random() < much / 6:
            continue
        if key[3] == lacking:
            yield (*name, *key[2:]), SomeResult("skipped", why="no engine")
        elif random.random() < much:
            yield (*name, *key[2:]), _changed(result, edits, random)
        else:
            yield (*name, *key[2:]), result


def _changed(result: SomeResult, edits: Sequence[str], random: Random) -> SomeResult:
    """Return a result after one or two edits."""
    for _ in range(random.randint(1, 2)):
        edit = random.choice(edits)
        if result.stop or not result.ran:
            return result
        if edit in ("skip", "break"):
            outcome = "skipped" if edit == "skip" else "broken"
            return SomeResult(outcome, why=random.choice(("one reason", "another")))
        turn = random.choice(sorted({*result.heard, *result.skipped}))
        if edit == "fail":
            result = replace(result, outcome="failed", why=random.choice("pq"))
        elif edit == "xfail":
            result = replace(result, outcome="xfailed", why="known")
        elif edit == "words":
            heard = {**result.heard, turn: random.choice("xyz")}
            result = replace(result, heard=heard, skipped=result.skipped - {turn})
        elif edit == "turn" and len(result.heard) > 1 and turn in result.heard:
            heard = {at: words for at, words in result.heard.items() if at != turn}
            result = replace(result, heard=heard, skipped=result.skipped | {turn})
        elif edit == "crash":
            heard = {at: words for at, words in result.heard.items() if at < turn}
            result = replace(result, heard=heard, stop=True)
        elif edit == "fixture":
            result = replace(result, fixture="g")
    return result


def _line(key: Key, result: SomeResult, core: str, *, old: bool) -> dict[str, Any]:
    """Return a result as the kit writes it; old: as it did before it told of skips."""
    script, dialogue, case, engine = key
    names = {"script": script, "dialogue": dialogue, "case": case, "engine": engine}
    found: dict[str, Any] = {**names, "outcome": result.outcome}
    if result.why:
        found["report" if result.outcome == "failed" else "reason"] = result.why
    if not result.ran:
        return found
    indices = sorted(result.heard)
    turns = [
        _turn(number if old else index, index, result.heard[index])
        for number, index in enumerate(indices)
    ]
    transcript: dict[str, Any] = {**names, "bus": "memory", "turns": turns}
    transcript["versions"] = {"ovos-core": core}
    if result.stop:
        transcript["crash"] = {"kind": "crash", "detail": "it hung"}
    found |= {"transcript": transcript, "fixture": result.fixture}
    if result.skipped:
        found["skipped"] = [{"turn": at, "reason": "no"} for at in result.skipped]
    return found


def _turn(index: int, said: int, words: str) -> dict[str, Any]:
    reply = {"session": "kitchen", "text": words, "at": 0.0, "turn": index}
    return {
        "index": index,
        "session": "kitchen",
        "said": f"say {said}",
        "at": 0.0,
        "end": "handled",
        "replies": [reply],
    }
