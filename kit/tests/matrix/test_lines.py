"""Tests of reading one line of the output of ``kit replay -o``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from support.cells import KEY, heard, line, partly, passed
from support.results import results

from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.matrix.cells import Replayed
from ovos_dialogue_kit.matrix.lines import Interrupted, read_line
from ovos_dialogue_kit.replayer.transcript import Reply
from ovos_dialogue_kit.run.result_json import result_line

MARK = Mark("x.jsonl", 3)
AGAIN = (
    "\n  it was written by a different version of the kit, or edited; create it with "
    '"kit replay -o FILE"'
)


@pytest.mark.parametrize(
    "replayed",
    [
        passed(),
        partly("1", None),
        replace(passed(), fixture="abc", skills=("a.skill", "b.skill")),
        Replayed(KEY, "skipped", "no engine"),
        Replayed(KEY, "broken", "no import"),
        Replayed(
            KEY, "failed", "wrong", heard(), failures=((0, "reply"), (None, "xfail"))
        ),
        Replayed(KEY, "xfailed", "known", heard()),
    ],
)
def test_a_line_is_read_as_it_was_written(replayed: Replayed) -> None:
    """A replay of any outcome is what its line says."""
    assert replayed == read_line(line(replayed), MARK)


def test_whatever_a_run_writes_is_read() -> None:
    """Texts and numbers that JSON or a line cannot hold come back as texts."""
    odd = "a\u2028b\x85c\x1bd\u202ee\ud800f\u0000"
    (result, *_) = results().values()
    assert result.transcript
    turn = replace(
        result.transcript.turns[0],
        slots={"n": float("nan"), "m": [float("inf")]},
        replies=(Reply("kitchen", odd, 0.0, 0),),
    )
    written = replace(result, transcript=replace(result.transcript, turns=(turn,)))
    read = read_line(result_line(written), Mark("a.jsonl"))
    assert isinstance(read, Replayed)
    (found,) = read.turns
    assert found.slots == {"n": "NaN", "m": ["Infinity"]}
    assert found.replies[0].text == odd.replace("\ud800", r"\ud800")


def test_results_of_the_kit_are_read() -> None:
    """What ``kit replay`` writes can be read, whatever the outcome."""
    for name, result in results().items():
        found = read_line(result_line(result), MARK)
        assert isinstance(found, Replayed)
        assert (name, result.outcome) == (found.key[1], found.outcome)
        assert ("a.test",) == found.skills


def test_the_end_of_an_interrupted_run_is_read() -> None:
    """The last line of an interrupted run is no result."""
    text = '{"incomplete": {"planned": 3, "replays": 1}}'
    assert Interrupted(1, 3) == read_line(text, MARK)


def changed(change: Callable[[dict[str, Json]], object]) -> str:
    data = json.loads(line(passed()))
    change(data)
    return json.dumps(data)


def test_numbers_that_json_lacks_are_text() -> None:
    """Older versions wrote NaN; two of them are equal."""
    text = line(passed(heard(slots={"n": float("nan"), "m": float("-inf")})))
    assert "NaN" in text
    found = read_line(text, MARK)
    assert isinstance(found, Replayed)
    assert {"n": "NaN", "m": "-Infinity"} == found.turns[0].slots


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, '1: this is not output of "kit replay"'),
        ("1" * 5_000, '1: this is not output of "kit replay"'),
        (
            changed(lambda data: data.pop("case")),
            '1: the key "case" is missing',
        ),
        (
            changed(lambda data: data.update(outcome="pased")),
            '59: unknown value "pased"; known: passed, failed, broken, skipped, ',
        ),
        (
            changed(lambda data: data.update({"new\x1b": 1})),
            r'unknown key "new\x1b"',
        ),
        (
            changed(lambda data: data["transcript"]["turns"][0].update(at=10**400)),
            "the number is too large",
        ),
        (
            changed(
                lambda data: data["transcript"].update(versions={"ovos-core": "2.x\n"})
            ),
            r'1: "2.x\n" is not a version of ovos-core',
        ),
        (
            changed(lambda data: data.pop("transcript")),
            "1: a replay that is passed has no transcript",
        ),
        (
            changed(lambda data: data.update(outcome="skipped")),
            "1: a replay that is skipped has a transcript",
        ),
        (
            '{"incomplete": {"planned": 1}}',
            '2: the key "replays" is missing',
        ),
    ],
)
def test_a_line_that_does_not_fit_is_told(text: str, message: str) -> None:
    """What is wrong is told at its place, with what helps."""
    with pytest.raises(KitError) as raised:
        read_line(text, MARK)
    told = str(raised.value)
    assert told.startswith("x.jsonl:3:")
    assert message in told
    assert told.endswith(AGAIN) or "is not output" in told
