"""Problems are collected part by part, and reported in the order of the file."""

from __future__ import annotations

import pytest
from support.codes import without_codes

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import Mark, ScriptError
from ovos_dialogue_kit.script.parse import parse_script
from ovos_dialogue_kit.script.problems import Problems


def at(line: int, problem: str = "wrong") -> ScriptError:
    return ScriptError(problem, Mark("a.yaml", line), "a hint", Code.UNKNOWN_KEY)


def places(problems: Problems) -> list[tuple[int, str]]:
    """Return the lines and texts of all problems, in their order."""
    with pytest.raises(ScriptError) as caught:
        problems.require_none()
    found = caught.value.split()
    return [(each.mark.line, each.problem) for each in found if each.mark]


def told(text: str) -> list[str]:
    """Return the first lines of what is said about a script, without its path."""
    with pytest.raises(ScriptError) as caught:
        parse_script(text, "a.yaml")
    lines = without_codes(str(caught.value)).splitlines()
    starts = [line for line in lines if line.startswith("a.yaml:")]
    return [line.removeprefix("a.yaml:") for line in starts]


def test_nothing_is_raised_without_problems() -> None:
    """A script in which all is well has no error."""
    problems = Problems()
    with problems:
        pass
    problems.require_none()
    assert not problems


def test_a_part_ends_with_its_error() -> None:
    """The rest of a part is not read, the next part is."""
    problems, read = Problems(), []
    with problems:
        raise at(2)
    with problems:
        read.append("next")
    assert (bool(problems), read) == (True, ["next"])


def test_other_errors_are_not_collected() -> None:
    """An error that is not about the script is raised at once."""
    with pytest.raises(ZeroDivisionError), Problems():
        raise ZeroDivisionError


def test_problems_are_in_the_order_of_the_file() -> None:
    """The order in which they are found does not matter."""
    problems = Problems()
    for line in (3, 1, 2):
        problems.add(at(line))
    assert places(problems) == [(1, "wrong"), (2, "wrong"), (3, "wrong")]


def test_the_first_problem_at_a_place_counts() -> None:
    """A later problem at the same place is a consequence of the first."""
    problems = Problems()
    problems.add(at(1, "no such alias"))
    problems.add(at(1, "must be a mapping"))
    assert places(problems) == [(1, "no such alias")]


def test_problems_of_problems_are_told_one_by_one() -> None:
    """An error that has others brings them along."""
    inner, outer = Problems(), Problems()
    inner.add(at(1))
    inner.add(at(3))
    outer.add(at(2))
    with outer:
        inner.require_none()
    assert places(outer) == [(1, "wrong"), (2, "wrong"), (3, "wrong")]


def test_text_of_several_problems() -> None:
    """Each has its place, its code and its hint."""
    problems = Problems()
    problems.add(at(2, "worse"))
    problems.add(at(1))
    with pytest.raises(ScriptError) as caught:
        problems.require_none()
    assert str(caught.value) == (
        "a.yaml:1:1: wrong  [KIT101]\n  a hint\na.yaml:2:1: worse  [KIT101]\n  a hint"
    )


def test_a_hundred_problems_are_enough() -> None:
    """Reading stops at the hundredth problem, however deep it is in the file."""
    turns = "".join("    - k: {sing: hi}\n" for _ in range(1_000))
    assert len(told(f"dialogues:\n  d:\n{turns}")) == 100


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        pytest.param(
            "a: 1\na: 2\ndialogues: {d: [{k: hi}]}",
            [
                '1:1: unknown key "a" in a script',
                '2:1: duplicate key "a" (first on line 1)',
            ],
            id="in YAML and in the format",
        ),
        pytest.param(
            "dialogues:\n  d:\n    - k: *please\n    - k: !now\n    - k: (a\n",
            [
                '3:10: the alias "*please" has no anchor "&please" before it',
                "4:10: YAML tags are not allowed in a script",
                '5:10: "(a" has an unmatched bracket',
            ],
            id="texts that need quotes",
        ),
        pytest.param(
            "lang: x\nskill: {}\ndialogues: {d: 1, e: [{k: ''}], f: {tags: a}}",
            [
                '1:7: "lang" must be a language tag, not "x"',
                '2:8: "skill" must be a text, not a mapping',
                '3:16: "d" must be a list of turns or a mapping, not "1"',
                '3:27: "k" is empty',
                '3:36: "f" needs the key "turns"',
            ],
            id="values of a script and its dialogues",
        ),
        pytest.param(
            "tags: [1, a, 2, a]\ndialogues: {d: [{k: hi}]}",
            [
                '1:8: "tags" must be a tag, not "1"',
                '1:14: "tags" must be a tag, not "2"',
                '1:17: "tags" contains "a" twice',
            ],
            id="items of a list",
        ),
        pytest.param(
            "matrix: {A: x, B: y}\ndialogues: {d: [{k: hi}]}",
            ['1:10: "A" cannot name an axis', '1:16: "B" cannot name an axis'],
            id="axes",
        ),
        pytest.param(
            "dialogues: {d: [{k: hi, within: 2, tags: 1}, {within: 3}, {a: b, c: d}]}",
            [
                '1:33: "within" must be a duration, not "2"',
                '1:42: "tags" must be a tag, not "1"',
                "1:46: nobody speaks",
                '1:55: "within" must be a duration, not "3"',
                '1:66: two speakers in one turn: "a" and "c"',
            ],
            id="keys of turns",
        ),
        pytest.param(
            (
                "dialogues:\n"
                "  d: [{k: {emit: {data: 1}}}, {k: {silence: 2}}, {k: {sing: 1}}]"
            ),
            [
                '2:18: "emit" needs the key "type"',
                '2:25: "data" must be a mapping, not "1"',
                '2:45: "silence" must be a duration, not "2"',
                '2:55: unknown key "sing" in a speaker\'s action',
            ],
            id="actions",
        ),
        pytest.param(
            "dialogues: {d: [{k: a, expect: [{asks: 1}, {intent: i}, {intent: j}]}, "
            "{k: b, expect: {no_reply: true, text: c, regex: d}}]}",
            [
                '1:40: "asks" must be true or false, not "1"',
                '1:58: "intent" is expected twice',
                '1:104: "text" cannot be combined with "no_reply"',
                '1:113: "regex" cannot be combined with "no_reply"',
            ],
            id="expectations",
        ),
        pytest.param(
            "sessions: {kitchen: 1, within: {}, bath: {lang: 2}}\n"
            "dialogues: {d: [{kitchen: a}, {kitchn: b}, {bath: c}]}",
            [
                '1:21: "kitchen" must be a mapping, not "1"',
                '1:24: "within" cannot name a speaker, because it is a key of a turn',
                '1:49: "lang" must be a language tag, not "2"',
                '2:32: unknown session "kitchn" (did you mean "kitchen"?)',
            ],
            id="sessions",
        ),
        pytest.param(
            "with: {a: 1, b: 2}\nmatrix: {b: 3}\ndialogues: {d: [{k: hi}]}",
            [
                '1:8: "a" of "with" is never used',
                '1:14: "b" of "with" is never used',
                '2:10: "b" of "matrix" is never used',
            ],
            id="unused names",
        ),
    ],
)
def test_independent_problems_are_all_told(text: str, messages: list[str]) -> None:
    """One problem does not hide another that has nothing to do with it."""
    assert told(text) == messages


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        pytest.param(
            "with: {x: 1}\ndialogues: {d: [{k: 'say {x}', within: 2, wthin: 2}]}",
            [
                '2:40: "within" must be a duration, not "2"',
                '2:43: unknown key "wthin" in a turn (did you mean "within"?)',
            ],
            id="a part that is not read may use a value",
        ),
        pytest.param(
            "phrases: {ask: ''}\ndialogues: {d: [{k: <ask>}]}",
            ['1:16: "ask" is empty'],
            id="a phrase that cannot be read is not unknown",
        ),
        pytest.param(
            "phrases: x\ndialogues: {d: [{k: <ask>}]}",
            ['1:10: "phrases" must be a mapping of phrases to texts, not "x"'],
            id="phrases that cannot be read are not unknown",
        ),
        pytest.param(
            "sessions: {kitchen: x, kitchen2: {}}\ndialogues: {d: [{kitchen: a}]}",
            ['1:21: "kitchen" must be a mapping, not "x"'],
            id="a session that cannot be read is not unknown",
        ),
        pytest.param(
            "base: &base {k: ''}\ndialogues: {d: [*base, *base]}",
            ['1:1: unknown key "base" in a script', '1:17: "k" is empty'],
            id="an alias repeats no problem",
        ),
        pytest.param(
            "dialogues: {d: {xfail: {reson: x}, turns: [{k: a}]}}",
            ['1:25: unknown key "reson" in an xfail (did you mean "reason"?)'],
            id="a misspelt key is not missing",
        ),
    ],
)
def test_consequences_of_a_problem_are_not_told(text: str, messages: list[str]) -> None:
    """A consequence of another problem is not reported."""
    assert told(text) == messages
