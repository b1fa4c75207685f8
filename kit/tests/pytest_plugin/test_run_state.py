"""Tests of what the dialogues of a pytest run share: their count, and what is told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from support.actors import Actor, fixtures
from support.stage import HELLO

from ovos_dialogue_kit.assistant.device import LeftOut
from ovos_dialogue_kit.assistant.process import in_process
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.pytest_plugin import hooks
from ovos_dialogue_kit.pytest_plugin.run_state import Tally, run_of
from ovos_dialogue_kit.replayer.transcript import Transcript, TurnTranscript


def transcript(turns: int, engine: str, **versions: str) -> Transcript:
    """Return the transcript of a replay."""
    turn = TurnTranscript(
        index=0, session="kitchen", said="hi", at=0.0, end="handled", ended=0.0
    )
    return Transcript(
        script="a",
        dialogue="b",
        case="",
        engine=engine,
        bus="memory",
        turns=(turn,) * turns,
        versions={name.replace("_", "-"): text for name, text in versions.items()},
    )


def test_a_count() -> None:
    """It has each engine and each ovos-core once, in order."""
    tally = Tally()
    for each in (
        transcript(2, "padacioso", ovos_core="2.1.1"),
        transcript(1, "adapt", ovos_core="1.3.1", python="3.11"),
        transcript(3, "padacioso", ovos_core="2.1.1"),
        transcript(1, "adapt", python="3.11"),
    ):
        tally.count(each)
    assert str(tally) == (
        "4 dialogues replayed, 7 turns, on ovos-core 1.3.1, 2.1.1 with adapt, padacioso"
    )


def test_counts_of_workers(pytester: pytest.Pytester) -> None:
    """What workers of xdist send adds up; one that has crashed sends nothing."""
    config = pytester.parseconfig()
    for number in (1, 2, 0, 3):
        worker: Any = SimpleNamespace(config=config)
        if number:
            worker.workeroutput = {}
            run = run_of(pytester.parseconfig())
            run.tally = Tally(
                dialogues=number,
                turns=3,
                engines=[f"e{number}", "adapt"],
                cores=[f"{number}.0", "0.1"],
                lacking={"no adapt": number, f"no engine {number}": 1},
                notes=[LeftOut("media", "it", f"s{each}") for each in (0, number)],
            )
            run.pytest_sessionfinish(SimpleNamespace(config=worker))  # type: ignore[arg-type]
        hooks.pytest_testnodedown(worker)
    strict = "; --kit-strict-engines makes that an error"
    on = "on ovos-core 0.1, 1.0, 2.0, 3.0 with adapt, e1, e2, e3"
    assert [*run_of(config).tally.lines()] == [
        "note: requests for media do not reach s0, s1, s2 and s3: pip install it",
        f"6 skipped: no adapt{strict}",
        *(f"1 skipped: no engine {number}{strict}" for number in (1, 2, 3)),
        f"6 dialogues replayed, 9 turns, {on}",
    ]


def test_assistants_in_the_own_process(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--kit-shared`` boots all of them there."""
    monkeypatch.setattr(in_process, "InProcessAssistant", Actor)
    run = run_of(pytester.parseconfig("--kit-shared"))
    assert isinstance(run.assistants.get(Setup(("a.test",))), Actor)


def test_notes_are_kept_once() -> None:
    """Whichever script they come from."""
    tally = Tally()
    first, second = (LeftOut("media", "it", skill) for skill in ("a.test", "b.test"))
    tally.note([first])
    tally.note([second, first])
    assert tally.notes == [first, second]


def test_a_hint_is_shown_once(pytester: pytest.Pytester) -> None:
    """The same error of another dialogue refers to it; one without a hint does not."""
    run = run_of(pytester.parseconfig())
    (fixture,) = fixtures(HELLO)
    assert [
        str(run.placed(fixture, error))
        for error in [KitError("no adapt", hint="get it")] * 2 + [KitError("odd")] * 2
    ] == [
        'a.dialogue.yaml:4:1: "hello": no adapt\n  get it',
        'a.dialogue.yaml:4:1: "hello": no adapt\n  the same error as above',
        *['a.dialogue.yaml:4:1: "hello": odd'] * 2,
    ]
