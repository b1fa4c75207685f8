"""The report of a search in words and as JSON."""

# ruff: noqa: ARG001  # every toy skill has the same arguments

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from support.actors import fixtures
from support.searches import searched, second, told
from support.toys import (
    Answer,
    Skill,
    Stage,
    Toy,
    dialogue,
    leaky_if_shuffled,
    separate,
    shared,
    toy,
)

from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.isolate.dialogues.from_skill import BUILT
from ovos_dialogue_kit.isolate.finding import Finding
from ovos_dialogue_kit.isolate.judging.trial import Evidence
from ovos_dialogue_kit.isolate.reports.leak_lines import leak_lines
from ovos_dialogue_kit.isolate.reports.report import (
    repeat_command,
    search_json,
    search_summary,
)
from ovos_dialogue_kit.render.lines import plain
from ovos_dialogue_kit.replayer.transcript import Fault, Reply

pytestmark = pytest.mark.long


def test_the_whole_report() -> None:
    """A report has what was heard, the order, the script and how to repeat it."""
    result = searched(
        shared(), "a: keep apple", "b: keep pear", "a: tell me", oracles=("solo",)
    )
    assert told(result) == [
        (
            'a.dialogue.yaml:6:7: "x": a hears something different from what it hears '
            "alone"
        ),
        '  heard     "it is pear"',
        '  alone     "it is nothing"',
        '  leak      "pear" was said by b in turn 1',
        (
            "  oracle    solo: its replies, intent or end of turn differ from when it "
            "is alone"
        ),
        (
            "  evidence  in 13 of 13 replays with the others, in 0 of 13 alone "
            "(by chance: 1 in 10,400,600)"
        ),
        '  order     b  "keep pear"  -> "kept"',
        '            a  "tell me"    -> "it is pear"',
        "  script    smallest script that shows it (`kit replay` fails on it):",
        "",
        "    skill: toy.test",
        "    lang: en-US",
        "    engine: padacioso",
        "    dialogues:",
        "      x:",
        "        - b: keep pear",
        "        - a: tell me",
        "          expect: {text: it is nothing}",
        "",
        (
            "  repeat    kit isolate a.dialogue.yaml --case x --engine padacioso "
            "--seed 3 --schedules 40 --oracle solo"
        ),
    ]


def test_taint_tells_whose_word_it_is() -> None:
    """A canary that is heard leads to the turn that said it."""
    result = searched(shared(), "a: keep $canary", "b: tell me", oracles=("taint",))
    lines = told(result)
    assert 'a.dialogue.yaml:5:7: "x": b hears what a said' == lines[0]
    assert '  leak      "junifak" was said by a in turn 1' in lines


def kept_in(part: str) -> Toy:
    """Return an assistant that puts the first word into a part of each turn."""

    def make() -> Skill:
        kept: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            kept.append(said)
            return Answer(**{part: {"x": kept[0]}})

        return answer

    return Toy(make)


@pytest.mark.parametrize(
    ("part", "words", "row"),
    [
        ("slots", "gets as a slot what", "  heard     slot: {x: junifak}"),
        (
            "session_after",
            "has in its session data what",
            "  heard     session: {x: junifak}",
        ),
    ],
)
def test_a_taint_that_is_not_heard(part: str, words: str, row: str) -> None:
    """A canary in a slot or in session data is reported with its place."""
    turns = ("a: $canary", "b: hello")
    lines = told(searched(kept_in(part), *turns, oracles=("taint",)))
    assert f'a.dialogue.yaml:5:7: "x": b {words} a said' == lines[0]
    assert row in lines


def said_before() -> Skill:
    """Return a skill that answers with what was said before, by whomever."""
    kept = ["nothing"]

    def answer(stage: Stage, session: str, said: str) -> Answer:
        before, kept[0] = kept[0], said
        return Answer(f"before: {before}")

    return answer


@pytest.mark.parametrize(
    ("path", "line"), [("a.dialogue.yaml", " (line 4)"), (f"{BUILT}a", "")]
)
def test_what_was_said_as_a_whole(path: str, line: str) -> None:
    """The longest words of another session are shown, as in ``kit replay``.

    A line of a script that was only made for the search would help nobody.
    """
    turns = ("a: sky is blue", "b: hello")
    fixture = replace(dialogue(*turns), script=path)
    lines = told(searched(Toy(said_before), fixture=fixture, oracles=("solo",)))
    assert f'  leak      "sky is blue" was said by a in turn 1{line}' in lines


def test_what_is_heard_alone_has_not_leaked() -> None:
    """Another session may be told the same things."""

    def make() -> Skill:
        cups = iter(range(1, 99))

        def answer(stage: Stage, session: str, said: str) -> Answer:
            data = {"kind": "black", "cups": next(cups)}
            text = f"{data['kind']} tea, cup {data['cups']}"
            reply = Reply(session, text, 0.0, stage.index, dialog="made", data=data)
            return Answer(reply)

        return answer

    lines = told(searched(Toy(make), "a: make tea", "b: tea please", oracles=("solo",)))
    assert any(
        line.startswith("  heard     made {kind: black, cups: 2") for line in lines
    )
    assert not any(line.startswith("  leak ") for line in lines)


def test_state_names_the_field() -> None:
    """The script expects the field of the session as it is alone."""
    result = searched(
        kept_in("session_after"), "a: $canary", "b: hello", oracles=("state",)
    )
    lines = told(result)
    words = "b's session data differ from when it is alone: x"
    assert f'a.dialogue.yaml:5:7: "x": {words}' == lines[0]
    assert ["  heard     session.x: junifak", "  alone     hello"] == lines[1:3]
    assert "          expect: {session: {x: hello}}" in lines


def test_a_slot_is_expected_as_it_is_alone() -> None:
    """The script expects the slots as they are alone."""
    lines = told(searched(kept_in("slots"), "a: one", "b: two", oracles=("solo",)))
    assert lines[0].endswith("is understood differently than when it is alone")
    assert any("expect: {slots: {x: " in line for line in lines)


def test_no_slots_are_not_expected() -> None:
    """If there are no slots alone, the script expects the reply instead."""

    def make() -> Skill:
        kept: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            kept.append(said)
            reply = Reply(session, "kept", 0.0, stage.index)
            return Answer(reply, slots={"x": kept[0]} if kept[1:] else {})

        return answer

    lines = told(searched(Toy(make), "a: one", "b: two", oracles=("solo",)))
    assert lines[0].endswith("is understood differently than when it is alone")
    assert "          expect: {text: kept}" in lines


def faulty(stage: Stage) -> Answer:
    trace = "Traceback (most recent call last):\nValueError: x"
    faults = (Fault("raised", "greet: ValueError: x", trace),)
    return Answer("fine", intent="greet", skill="x", matched=True, faults=faults)  # type: ignore[arg-type]


def crashing(stage: Stage) -> Answer:
    stage.crash = Fault("crash", "the assistant hung")
    return Answer()


def test_what_a_session_is_not_told() -> None:
    """A reply that is missing has other words than one too many."""

    def make() -> Skill:
        seen: set[str] = set()

        def skill(stage: Stage, session: str, said: str) -> Answer:
            seen.add(session)
            if len(seen) < 2:
                stage.stray(session, "by the way")
            return Answer("fine")

        return skill

    head, *rest = told(searched(Toy(make), "a: x", "b: y", oracles=("stray",)))
    assert head.endswith('"x": b misses a reply that it gets when alone')
    assert ["  heard     (nothing)", '  alone     "by the way"'] == rest[:2]


def straying(stage: Stage) -> Answer:
    for name in stage.case.sessions:
        if name != stage.case.turns[stage.index].session:
            stage.stray(name, "psst")
    return Answer("fine", intent="greet", skill="x", matched=True)


@pytest.mark.parametrize(
    ("answer", "oracle", "words"),
    [
        (faulty, "crash", "an error is raised that is not raised when b is alone"),
        (
            crashing,
            "crash",
            "the assistant crashes when these sessions take turns",
        ),
        (straying, "stray", "a hears something while it is not speaking"),
        (
            lambda _: Answer("fine", intent="greet", skill="y", matched=True),
            "solo",
            "b is answered by a different skill than when it is alone",
        ),
        (
            lambda _: Answer("fine", intent="other", skill="x", matched=True),
            "solo",
            "b is understood differently than when it is alone",
        ),
        (
            lambda _: Answer("fine", intent="greet", skill="x", end="deadline"),
            "solo",
            "b 's turn ends differently than when it is alone",
        ),
        (
            lambda _: Answer(intent="greet", skill="x"),
            "solo",
            "b hears something different from what it hears alone",
        ),
    ],
)
def test_each_kind_has_its_words(
    answer: Callable[[Stage], Answer], oracle: str, words: str
) -> None:
    """Each kind of difference has its own sentence."""
    turns = ("a: hello", "b: hello")
    head = told(searched(second(answer), *turns, oracles=(oracle,)))[0]
    assert words.replace("b ", "").replace("a ", "") in head.replace("b ", "").replace(
        "a ", ""
    )


def test_a_stray_to_nobody() -> None:
    """A reply to a session that takes no part is shown in one turn."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        stage.stray("default", "psst")
        return Answer()

    lines = told(searched(toy(answer), "a: hello", "b: hello"))
    assert [
        (
            'a.dialogue.yaml:3:1: "x": something is said to "default", '
            "a session that takes no part"
        ),
        '  heard     "psst"',
        "  oracle    stray: something is said to a session that is not speaking",
    ] == lines[:3]
    assert 1 == sum('"hello"  -> (nothing)' in line for line in lines)


def test_an_error_that_is_raised_shows_where() -> None:
    """The report has the end of the traceback."""
    lines = told(searched(second(faulty), "a: hello", "b: hello", oracles=("crash",)))
    assert "  trace     ValueError: x" in lines


def test_a_crash_says_how() -> None:
    """What ended the assistant is told, and that nothing does when b is alone."""
    lines = told(searched(second(crashing), "a: hello", "b: hello", oracles=("crash",)))
    assert ["  heard     the assistant hung", "  alone     (no crash)"] == lines[1:3]


def test_what_a_script_cannot_say() -> None:
    """A leak that needs shuffled listeners is reported with the seed of their order."""
    lines = told(searched(Toy(leaky_if_shuffled), "a: x", "b: x"))
    (seed,) = (
        line.partition("(seed ")[2].rstrip(")")
        for line in lines
        if "listeners are shuffled and interrupt each other (seed" in line
    )
    shown = f"`kit replay --order-seed {seed}` fails on it"
    assert f"  script    smallest script that shows it ({shown}):" in lines


def test_nothing_is_said_of_a_search_that_finds_nothing() -> None:
    """A search without a leak has an empty report."""
    assert [] == told(searched(separate(), "a: keep apple", "b: tell me"))


def dice(stage: Stage, session: str, said: str) -> Answer:
    return Answer(str(stage.chance.random()))


def test_what_could_not_be_judged_is_said() -> None:
    """Random values are named by their place."""
    assert [
        (
            'a.dialogue.yaml:3:1: "x": some values are random, or depend on a race, '
            "and were not compared"
        ),
        '  a, "roll": reply.0.text',
        '  b, "roll": reply.0.text',
    ] == told(searched(toy(dice), "a: roll", "b: roll"))


def test_a_stray_that_depends_on_chance() -> None:
    """A random value that is in no turn has words of its own."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        stage.stray(session, str(stage.chance.random()))
        return Answer()

    lines = told(searched(toy(answer), "a: x", "b: x"))
    assert "  a, (something nobody asked for): stray.0.text" in lines


def test_a_skip_tells_its_reason() -> None:
    """A dialogue that is skipped is reported with the reason."""
    result = searched(separate(), "a: x", "b: x", head="skip: later\n")
    assert ['a.dialogue.yaml:4:1: "x": skipped: later'] == told(result)
    assert '"skipped":"later"' in search_json(result)


def test_all_turns_skipped() -> None:
    """A dialogue whose turns are all skipped is skipped itself."""
    result = searched(separate(), "{a: x, skip: not now}")
    assert "not now" == result.skipped


class Broken(Toy):
    """An assistant that does not start."""

    def start(self) -> None:
        raise AssistantError("it does not start", hint="mend\nit")


def test_an_assistant_that_does_not_start() -> None:
    """An assistant that does not start is an error, reported with its remedy."""
    result = searched(Broken(lambda: dice), "a: x", "b: x")
    assert result.is_missed
    assert [
        'a.dialogue.yaml:3:1: "x": it does not start',
        "  mend",
        "  it",
    ] == told(result)
    assert "it does not start" in json.loads(search_json(result))["error"]


def test_json() -> None:
    """The JSON of a search is one object on one line."""
    result = searched(shared(), "a: keep apple", "b: tell me", oracles=("solo",))
    read = json.loads(search_json(result))
    (leak,) = read.pop("leaks")
    assert read.pop("seconds") >= 0
    assert {
        "script": "a.dialogue.yaml",
        "dialogue": "x",
        "case": "",
        "engine": "padacioso",
        "seed": 3,
        "again": read["again"],
        "schedules": read["schedules"],
        "budget": 40,
        "orders": 2,
        "unjudged": [],
        "undecided": [],
    } == read
    assert ("solo", "b", True) == (leak["oracle"], leak["session"], leak["confirmed"])
    assert [
        {"session": "a", "said": '"keep apple"', "overlap": False},
        {"session": "b", "said": '"tell me"', "overlap": False},
    ] == leak["turns"]
    assert leak["script"].startswith("skill: toy.test\n")
    assert leak["report"].startswith("a.dialogue.yaml:5:7")


def test_summary() -> None:
    """The summary has the counts and the seed."""
    good = searched(separate(), "a: keep apple", "b: tell me")
    bad = searched(shared(), "a: keep apple", "b: tell me", oracles=("solo",))
    assert bad.findings
    bad = replace(bad, findings=replace(bad.findings, tried=1))
    assert "1 dialogue, 40 schedules: no leak in 2.0 s (seed 3)" == search_summary(
        [good], 3, 2
    )
    assert "1 dialogue, 41 schedules: 1 leak in 2.0 s (seed 3)" == search_summary(
        [good, bad], 3, 2
    )


def test_how_a_built_dialogue_is_repeated() -> None:
    """The command that repeats a dialogue made for a skill names the skill."""
    fixture = fixtures(
        "skill: toy.test\ndialogues:\n  x:\n    - a: keep apple\n    - b: tell me\n",
        "kit-isolate/toy.test.dialogue.yaml",
    )[0]
    lines = told(searched(shared(), fixture=fixture, oracles=("solo", "taint")))
    assert lines[0].startswith('toy.test: "x": b hears')
    assert (
        "  repeat    kit isolate --skill toy.test --lang en-US --case x "
        "--engine padacioso --seed 3 --schedules 40 --oracle solo --oracle taint"
    ) == lines[-1]


def test_what_was_cut_short_is_told() -> None:
    """A search whose time was up says how much was tried, and so does the summary."""
    done = searched(separate(), "a: keep apple", "b: tell me")
    assert done.findings
    findings = replace(done.findings, tried=1, is_cut_short=True)
    cut = replace(done, findings=findings)
    place = 'a.dialogue.yaml:3:1: "x": '
    assert told(cut) == [f"{place}1 of 40 schedules tried when the time was up"]
    assert search_summary([cut], 3, 2) == (
        "1 dialogue, 1 schedule: no leak in 2.0 s (seed 3); 1 dialogue cut short"
    )
    none = replace(done, findings=replace(findings, tried=0))
    assert search_summary([none], 3, 2) == (
        "1 dialogue, 0 schedules: nothing was searched in 2.0 s (seed 3); "
        "1 dialogue could not be searched"
    )


def test_what_is_undecided_is_told() -> None:
    """Values that may differ by chance are listed apart from random ones."""
    done = searched(separate(), "a: keep apple", "b: tell me")
    assert done.findings
    open_one = replace(done.findings, undecided=('b, "tell me": reply.0.text',))
    assert told(replace(done, findings=open_one)) == [
        'a.dialogue.yaml:3:1: "x": some values may be random or a leak: undecided',
        '  b, "tell me": reply.0.text',
    ]


NINE = "in 9 of 9 alone (by chance: 1 in 50)"


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        (
            Evidence("leak", 4, 3, 1, probability=1 / 9),
            "in 3 of 4 replays with the others, in 1 of 4 alone (by chance: 1 in 9)",
        ),
        (
            Evidence("leak", 9, 0, 9, is_absent=True, probability=0.02),
            f"as alone in 0 of 9 replays with the others, {NINE}",
        ),
        (
            Evidence("undecided"),
            "seen once: it could not be tried again with other random seeds",
        ),
    ],
)
def test_the_evidence_of_a_leak(evidence: Evidence, told: str) -> None:
    """It says how often the deciding value was heard on either side."""
    done = searched(shared(), "a: keep apple", "b: tell me", oracles=("solo",))
    assert done.findings
    lines = plain_lines(replace(done.findings.leaks[0], evidence=evidence))
    assert [line for line in lines if "evidence" in line] == [f"  evidence  {told}"]


def test_a_skill_in_place_of_that_of_the_script_is_repeated() -> None:
    """The command names the skill that was loaded instead of the script's own."""
    result = searched(shared(), "a: keep apple", "b: tell me", oracles=("solo",))
    job = replace(
        result.job, fixture=replace(result.job.fixture, skills=("other.test",))
    )
    assert repeat_command(replace(result, job=job)) == (
        "kit isolate a.dialogue.yaml --skill other.test --case x --engine padacioso "
        "--seed 3 --schedules 40 --oracle solo"
    )


def test_another_bus_is_repeated() -> None:
    """The command names a bus that is not the one by default."""
    result = searched(shared(), "a: keep apple", "b: tell me", oracles=("solo",))
    run = replace(result.run, bus="hivemind-memory")
    command = repeat_command(replace(result, run=run))
    assert " --engine padacioso --bus hivemind-memory --seed 3 " in command


def test_an_error_of_no_session() -> None:
    """An error that is raised for no session has its own words."""

    def faulty_later(_: Stage) -> Answer:
        trace = "Traceback (most recent call last):\nValueError: boom"
        fault = Fault("raised", "ring: ValueError: boom", trace, is_of_nobody=True)
        return Answer("fine", intent="greet", skill="x", matched=True, faults=(fault,))  # type: ignore[arg-type]

    lines = told(searched(second(faulty_later), "a: hello", "b: hello"))
    words = "an error is raised that is not raised when each session is alone"
    assert lines[0].endswith(f'"x": {words}')
    assert "  heard     ring: ValueError: boom" in lines
    assert "  trace     ValueError: boom" in lines


def test_the_trace_of_an_error_that_a_session_is_spared() -> None:
    """It is that of the session alone."""

    def make() -> Skill:
        kept: set[str] = set()

        def answer(stage: Stage, session: str, said: str) -> Answer:
            kept.add(session)
            fault = Fault("raised", "not set", "KeyError: 'alone'")
            faults = () if len(kept) > 1 else (fault,)
            return Answer("x", faults=faults)  # type: ignore[arg-type]

        return answer

    assert "  trace     KeyError: 'alone'" in told(searched(Toy(make), "a: x", "b: y"))


def test_an_echo_whose_source_is_not_found() -> None:
    """If no session is told the word in its turn, the report names none."""

    def make() -> Skill:
        numbers: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            if said == "draw":
                numbers.append(str(stage.chance.randrange(10**6)))
            return Answer(*numbers[-1:] or ["none"])

        return answer

    result = searched(Toy(make), "a: draw", "b: tell me", oracles=("echo",))
    (finding,) = result.findings.leaks  # type: ignore[union-attr]
    assert any(line.startswith("  leak ") for line in plain_lines(finding))
    turns = tuple(replace(turn, replies=()) for turn in finding.company.turns)
    silent = replace(finding, company=replace(finding.company, turns=turns))
    assert not any(line.startswith("  leak ") for line in plain_lines(silent))


def plain_lines(finding: Finding) -> list[str]:
    return plain(leak_lines(finding)).splitlines()
