"""Combine ``skip``, ``requires``, ``xfail`` and ``allow`` with the course of turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice, product
from pathlib import Path
from typing import Any, TypeAlias

from model.disagreement import Disagreement
from model.meaning import outcome_of

from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.replayer.transcript import (
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)
from ovos_dialogue_kit.run.jobs import Settings, jobs_of, without_skipped_turns
from ovos_dialogue_kit.script.parse import parse_script
from ovos_dialogue_kit.verdict.judge import judge
from ovos_dialogue_kit.verdict.versions import named_versions, skip_reason

__all__ = ["dialogues", "disagreements_of_dialogues"]

Plain: TypeAlias = Any  # what YAML and JSON have

_MARKS: Mapping[str, tuple[str, Mapping[str, Plain]]] = {
    "": ("", {}),
    "skip": ("skip: later", {"skip": True}),
    "requires": ('requires: {ovos-core: ">=99"}', {"skip": True}),
    "strict": ("xfail: known", {"xfail": "strict"}),
    "loose": ("xfail: {reason: known, strict: false}", {"xfail": "loose"}),
    "other": ('xfail: {reason: known, when: "ovos-core <0"}', {"xfail": "other"}),
    "allow": (
        "allow: {crash: known, raised: known, stray: known, no_end: known}",
        {"allow": ["crash", "raised", "stray", "no_end"]},
    ),
    "both": (
        "xfail: known\n{indent}allow: {crash: known}",
        {"xfail": "strict", "allow": ["crash"]},
    ),
}
_GOES = ("right", "wrong", "raises", "strays", "is late", "crashes", "vanishes")


def dialogues() -> Iterator[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Yield the marks of script and dialogue, and marks and course of each turn.

    A turn that vanishes crashes, too, but expects nothing.
    """
    outer = list(product(_MARKS, _MARKS))
    kinds = list(product(_MARKS, _GOES))
    for script, dialogue in outer:
        for count in (1, 2):
            for chosen in product(kinds, repeat=count):
                yield script, dialogue, chosen
    few = [kind for kind in kinds if kind[0] in ("", "skip", "strict", "loose")]
    for script, dialogue in outer[:24]:
        for chosen in product(few, repeat=3):
            yield script, dialogue, chosen


def disagreements_of_dialogues(
    every: int, tried: Counter[str]
) -> Iterator[Disagreement]:
    """Yield the dialogues of which kit and model have different outcomes.

    Args:
        every: 1 for all dialogues, N for each N-th.
        tried: counts the dialogues, also by each mark and course.

    """
    made = _Makings()
    for script, dialogue, chosen in islice(dialogues(), 0, None, every):
        marks = tuple(mark or "none" for mark in (script, dialogue))
        keys = (*marks, *(part for turn in chosen for part in turn if part))
        tried["combinations"] += 1
        tried.update(set(keys))
        kit = made.outcome(script, dialogue, chosen)
        model = outcome_of(
            {
                "script": _MARKS[script][1],
                "dialogue": _MARKS[dialogue][1],
                "turns": [_plain_turn(*each) for each in chosen],
            }
        )
        if kit != model:
            yield Disagreement(keys, kit, model, str((script, dialogue, chosen)))


def _plain_turn(marks: str, goes: str) -> Mapping[str, Plain]:
    course = "crashes" if goes == "vanishes" else goes
    return {
        "marks": _MARKS[marks][1],
        "goes": course,
        "expects": goes != "vanishes",
    }


class _Makings:
    """Fixtures and turns, each made once from the text of a script."""

    def __init__(self) -> None:
        self._fixtures = {
            pair: _parsed(*pair, [("", "right")]) for pair in product(_MARKS, _MARKS)
        }
        self._turns = {
            kind: _parsed("", "", [kind]).cases[0].turns[0]
            for kind in product(_MARKS, _GOES)
        }

        every = tuple(self._turns.values())
        fixture = self._fixtures["", ""]
        self._versions = named_versions(fixture, replace(fixture.cases[0], turns=every))

    def outcome(
        self, script: str, dialogue: str, chosen: tuple[tuple[str, str], ...]
    ) -> str:
        """Return the outcome that every front end shows."""
        fixture = self._fixtures[script, dialogue]
        turns = tuple(self._turns[kind] for kind in chosen)
        case = replace(fixture.cases[0], turns=turns)
        job = replace(jobs_of(fixture, Settings())[0], case=case)
        versions = self._versions
        if skip_reason(fixture.marks, versions) is not None:
            return "skipped"
        _, skipped = without_skipped_turns(job, versions)
        left_out = tuple(each.index for each in skipped)
        taken = [n for n in range(len(chosen)) if n not in left_out]
        if not taken:
            return "skipped"
        transcript = _transcript([(n, chosen[n][1]) for n in taken], left_out)
        return judge(fixture, case, transcript, versions).outcome


def _parsed(script: str, dialogue: str, turns: list[tuple[str, str]]) -> Fixture:
    lines = ["skill: a.skill", _MARKS[script][0].replace("{indent}", ""), "dialogues:"]
    lines += ["  d:", "    " + _MARKS[dialogue][0].replace("{indent}", "    ")]
    lines.append("    turns:")
    for marks, goes in turns:
        lines.append("      - kitchen: hi")
        if goes != "vanishes":
            lines.append("        expect: hello")
        lines.append("        " + _MARKS[marks][0].replace("{indent}", "        "))
    (fixture,) = generate(parse_script("\n".join(lines), "a.dialogue.yaml"), Path())
    return fixture


def _transcript(courses: list[tuple[int, str]], skipped: tuple[int, ...]) -> Transcript:
    happened: list[TurnTranscript] = []
    strays: list[Reply] = []
    crash = None
    for index, goes in courses:
        lost, late = goes in ("crashes", "vanishes"), goes == "is late"
        text = "ho" if goes == "wrong" else "hello"
        happened.append(
            TurnTranscript(
                index=index,
                session="kitchen",
                said="hi",
                at=0.0,
                end="lost" if lost else "deadline" if late else "handled",
                ended=None if lost or late else 0.0,
                replies=() if lost else (Reply("kitchen", text, 0.0, index),),
                faults=(Fault("raised", "boom"),) if goes == "raises" else (),
            )
        )
        if goes == "strays":
            strays.append(Reply("hall", "hello", 0.0, index))
        if lost:
            crash = Fault("crash", "exit code 9")
            break
    return Transcript(
        "a",
        "d",
        "",
        "padacioso",
        "memory",
        tuple(happened),
        crash=crash,
        skipped=skipped,
        strays=tuple(strays),
    )
