"""What a skill does while it is unloaded, after the last turn of a dialogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.dialogues import dialogue, spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.render.values import relevant_trace
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.script.model import RunMarks
from ovos_dialogue_kit.verdict.compare import compare

pytestmark = pytest.mark.ovos

SKILL = """
import os
import sys
import threading


class Skill(OVOSSkill):
    word = None

    @intent_handler("do.intent")
    def do(self, message):
        self.word = message.data["utterance"].split()[1]
        self.speak(f"fine {self.settings.get('count', 0)}")

    def stop(self):
        if self.word == "stopping":
            raise ValueError("no stop")

    def shutdown(self):
        if self.word == "raising":
            raise ValueError("no end")
        if self.word == "exiting":
            sys.exit(3)
        if self.word == "waiting":
            threading.Event().wait()
        while self.word == "spinning":
            pass
        if self.word == "leaving":
            os._exit(3)
        if self.word == "sleeping":
            time.sleep(20)
        if self.word == "speaking":
            self.settings["count"] = 7
            self.speak("goodbye")
            print("gone")
"""
WORDS = (
    *("raising", "stopping", "exiting", "waiting", "spinning", "leaving", "sleeping"),
    *("speaking", "behaving"),
)
WHEN = "when unloaded after the last turn"
SETUP = Setup(("goodbye.test",), limits=Limits(boot=120.0, dialogue=1.0))


@pytest.fixture(scope="module")
def assistant(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SubprocessAssistant]:
    folder = tmp_path_factory.mktemp("skills")
    locale = {"do.intent": "".join(f"do {word}\n" for word in WORDS)}
    install_skill(folder, "goodbye.test", SKILL, locale)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        with SubprocessAssistant(SETUP) as process:
            yield process


def play(assistant: SubprocessAssistant, word: str) -> Transcript:
    fixture = dialogue(
        "goodbye.test", ("kitchen", "do behaving"), ("bedroom", f"do {word}")
    )
    return assistant.replay(fixture, fixture.cases[0])


def faults(transcript: Transcript) -> list[list[str]]:
    return [[fault.detail for fault in turn.faults] for turn in transcript.turns]


RAISED = (
    ("raising", f"Skill.shutdown, {WHEN}: ValueError: no end"),
    ("stopping", f"Skill.stop, {WHEN}: ValueError: no stop"),
    ("exiting", f"Skill.shutdown, {WHEN}: SystemExit: 3"),
)


@pytest.mark.parametrize(("word", "detail"), RAISED, ids=[word for word, _ in RAISED])
def test_what_is_raised_is_told(
    assistant: SubprocessAssistant, word: str, detail: str
) -> None:
    """It is a fault of the last turn, which has ended as ever, and can be allowed."""
    transcript = play(assistant, word)
    assert faults(transcript) == [[], [detail]]
    assert spoken(transcript) == [["fine 0"], ["fine 0"]]
    fixture = dialogue("goodbye.test", ("kitchen", "x"), ("bedroom", "x"))
    (mismatch,) = compare(fixture, fixture.cases[0], transcript)
    assert mismatch.problem == f"the skill raised an error: {detail}"
    assert f"in {detail.partition(',')[0].partition('.')[2]}\n" in str(mismatch.trace)
    known = replace(fixture, marks=RunMarks(allow={"raised": "known"}))
    assert compare(known, known.cases[0], transcript) == ()


@pytest.mark.parametrize(
    ("word", "crash", "line"),
    [
        (
            "waiting",
            f"it hung: Skill.shutdown, {WHEN}: no end within 30 s",
            "threading.Event().wait()",
        ),
        (
            "spinning",
            "it hung: no progress for 1 s, the limit of --dialogue-timeout",
            'while self.word == "spinning":',
        ),
        ("leaving", "its process exited with code 3", None),
    ],
    ids=["waiting", "spinning", "leaving"],
)
def test_an_end_that_does_not_come(
    assistant: SubprocessAssistant, word: str, crash: str, line: str | None
) -> None:
    """The crash is told, with the skill's line; all turns are kept."""
    transcript = play(assistant, word)
    assert transcript.crash
    assert transcript.crash.detail.startswith(crash)
    shown = [each.strip() for each in relevant_trace(str(transcript.crash.trace))]
    assert line is None or {line, "pass"} & {*shown}
    assert spoken(transcript) == [["fine 0"], ["fine 0"]]
    assert [turn.end for turn in transcript.turns] == ["handled", "handled"]


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("speaking", [("says", f'"goodbye", {WHEN}'), ("prints", "gone")]),
        ("sleeping", []),
        ("behaving", []),
    ],
    ids=["speaking", "sleeping", "behaving"],
)
def test_last_words(
    assistant: SubprocessAssistant, word: str, words: list[tuple[str, str]]
) -> None:
    """What a skill says is no reply; what it stores, and when, is not told."""
    transcript = play(assistant, word)
    assert {*transcript.turns[1].words} == {*words}
    assert transcript.turns[0].words == ()
    assert spoken(transcript) == [["fine 0"], ["fine 0"]]
    assert (transcript.strays, transcript.crash) == ((), None)
    assert faults(transcript) == [[], []]
    assert max(turn.ended or 0.0 for turn in transcript.turns) < 1.0


def test_a_search_unloads_nothing(assistant: SubprocessAssistant) -> None:
    """The many schedules of ``kit isolate`` are about turns only."""
    fixture = dialogue("goodbye.test", ("kitchen", "do raising"))
    options = Options(schedule=(Step(0, overlap=False),))
    transcript = assistant.replay(fixture, fixture.cases[0], options)
    assert faults(transcript) == [[]]
