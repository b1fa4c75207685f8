"""What is replayed with other random seeds, and with how many of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from support.scenes import happened, transcript
from support.toys import dialogue

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule
from ovos_dialogue_kit.isolate.dialogues.variants import Variant
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.leak_judge import Judge, Trial
from ovos_dialogue_kit.isolate.judging.trial import Evidence
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript

TURNS = ("a: hi", "b: hi", "a: bye", "b: bye")
STEPS = tuple(map(Step, range(4)))
Row = Sequence["str | Reply"]


class Seeds:
    """Says in b's first turn what comes next in a row, for each random seed in turn.

    The last one of a row is said again; ``after`` is said after it, in company and
    alone. What a hears is always the same. ``company`` are the numbers of the seeds
    that have been used in company, ``alone`` those with which b was alone.
    """

    def __init__(self, company: Row, alone: Row, *after: Row) -> None:
        self.options: list[Options] = []
        self.company: list[int] = []
        self.alone: list[int] = []
        self._rows = {"company": company, "alone": alone}
        self._after = dict(zip(("company", "alone"), after or ((), ()), strict=True))
        self._seeds: list[int] = []

    def __call__(self, case: Case, options: Options) -> Transcript:
        self.options.append(options)
        if options.chance_seed not in self._seeds:
            self._seeds.append(options.chance_seed)
        number = self._seeds.index(options.chance_seed)
        taken = [step.turn for step in options.schedule or () if step.turn < len(TURNS)]
        sessions = {case.turns[turn].session for turn in taken}
        texts: dict[int, Row] = {0: ["77"]}
        if "b" in sessions:
            where = "company" if "a" in sessions else "alone"
            (self.company if "a" in sessions else self.alone).append(number)
            row = self._rows[where]
            texts[1] = [row[min(number, len(row) - 1)], *self._after[where]]
        return transcript(
            *(
                happened(turn, case.turns[turn].session, *texts.get(turn, ()))
                for turn in sorted(taken)
            )
        )


def judge(dialogs: Mapping[str, Sequence[str]] | None = None) -> Judge:
    fixture = dialogue(*TURNS)
    return Judge(fixture, Variant(fixture.cases[0], {}, "plain"), dialogs=dialogs)


PLACE = (1, "reply", 0, "text")
DIFFERENCE = Leak("solo", "b", 1, PLACE, "", "")


def trial(playing: Seeds) -> Trial:
    asked = judge()
    return Trial(asked, asked.played(Schedule(STEPS), playing), playing)


SEEDS = [
    599057445,
    773166747,
    3207917228,
    2903032925,
    2015955172,
    2555735313,
    3702478528,
    4196474025,
]
"""Random seeds of replays in a search with the seed 0, from the first further one."""

ORDERS = [3219776441, 3268611601, 3221354776, 3587085864]
"""Seeds that shuffle the listeners: of three in company, then of a session alone."""


@pytest.mark.parametrize(("order_seed", "orders"), [(None, [None] * 4), (7, ORDERS)])
def test_the_seeds_of_a_search_never_change(
    order_seed: int | None, orders: list[int | None]
) -> None:
    """So that what one version of the kit has found, another finds by the same seed."""
    playing, asked = Seeds("x", "x"), judge()
    again = Trial(asked, asked.played(Schedule(STEPS, order_seed), playing), playing)
    again.scene(3).alone("b")
    used = playing.options[1:]
    assert [each.chance_seed for each in used] == [*SEEDS[:3], SEEDS[2]]
    assert [each.order_seed for each in used] == orders


def test_the_seeds_of_the_lessons_never_change() -> None:
    """Each lesson has four for a session to which chance makes a difference."""
    teacher, first = judge(), Seeds("v", "vwxyz")
    teacher.judgement(Schedule(STEPS), first, ["solo"], 0)
    used = [each.chance_seed for each in first.options]
    assert used == [0, 0, 0, SEEDS[0], *SEEDS[:4]]
    second = Seeds("w", "v")
    teacher.judgement(Schedule(STEPS), second, ["solo"], 1)
    assert [each.chance_seed for each in second.options] == [0, *SEEDS[4:]]


@pytest.mark.parametrize(
    ("company", "alone", "seeds"),
    [
        ("x", "x", [0, 1]),
        ("x", "xyxz", [0, 1, 2]),
        ("x", "xyzvw", [0, 1, 2, 3, 4]),
        ("mnxp", "xxyzw", [0, 1, 2, 3, 4]),
    ],
)
def test_a_lesson_ends_when_a_session_hears_the_same_again(
    company: str, alone: str, seeds: list[int]
) -> None:
    """Unless chance has made a difference to it in company: then it has all seeds."""
    playing = Seeds(company, alone)
    found = judge().judgement(Schedule(STEPS), playing, ["solo"], 0)
    assert (found.leak, playing.alone) == (None, seeds)


def test_an_echo_by_chance_is_tried_once() -> None:
    """The lessons after the first one know its place."""
    playing, teacher = Seeds(["77", "y", "z"], "abcdefgh"), judge()
    for number in range(2):
        found = teacher.judgement(Schedule(STEPS), playing, ["echo"], number)
        assert (found.leak, found.random) == (None, frozenset())
    assert playing.company == [0, 1, 2, 0]


@pytest.mark.parametrize(
    ("company", "alone", "is_likely"),
    [
        ("bbbbb", "aaaaa", True),
        ("bbbbc", "aaaab", True),
        ("bbbb", "acde", True),
        ("bcde", "aaaa", True),
        ("bbcb", "aada", False),
        ("bbbb", "acbc", False),
        ("bcda", "aaaa", False),
        ("cbbb", "daaa", False),
        ("bbbc", "aaad", False),
    ],
)
def test_a_difference_that_is_likely(
    company: str, alone: str, *, is_likely: bool
) -> None:
    """With each of four seeds, one side says the same and the other never does."""
    playing = Seeds(company, alone)
    assert trial(playing).is_likely(DIFFERENCE) is is_likely
    assert playing.company == playing.alone == [0, 1, 2, 3]


def test_a_word_of_another_session_is_likely_enough() -> None:
    """It is not replayed with other seeds."""
    playing = Seeds(["vubosuk"], ["vubosuk"])
    word = Leak("taint", "b", 1, (1, "reply", 0), "vubosuk", source=0)
    assert trial(playing).is_likely(word) is True
    assert playing.company == [0]


@pytest.mark.parametrize(
    ("company", "reply", "is_random"),
    [
        ("xxxy", 0, False),
        ("xxyy", 0, True),
        ("xyyy", 0, True),
        ("wxyz", 1, False),
    ],
)
def test_an_echo_is_of_what_is_random_with_three_seeds(
    company: str, reply: int, *, is_random: bool
) -> None:
    """Only what is heard at its own place counts, not another reply of the turn."""
    echo = Leak("echo", "b", 1, (1, "echo", "reply", reply))
    playing = Seeds(company, "a", ["55"], ["56"])
    evidence = trial(playing).evidence(echo)
    assert evidence == Evidence("chance", 2)
    assert playing.company == [0, 1, 2]
    other = Seeds(company, "a", ["55"], ["56"])
    assert trial(other).is_likely(echo) is False
    assert other.company == ([0, 1, 2, 3] if is_random else [0, 1, 2])


def test_what_was_seen_first_is_tried() -> None:
    """Not what the further seeds show: that may be another difference."""
    playing = Seeds("bccc", "adef")
    assert trial(playing).evidence(DIFFERENCE) == Evidence("chance", 2)
    assert playing.company == playing.alone == [0, 1, 2]


def test_the_places_that_chance_changes_for_a_session_alone() -> None:
    """By the replays that there are, and not by what it hears in company."""
    playing = Seeds("bcde", "aaxy")
    known = trial(playing)
    assert known.random_when_alone("b") == frozenset()
    known.scene(1)
    assert known.random_when_alone("b") == frozenset()
    known.scene(2)
    assert known.random_when_alone("b") == {PLACE}
    assert playing.alone == [0, 1, 2]


def test_what_a_session_went_through_when_its_leak_was_seen() -> None:
    """In company, and each session its own."""
    known, place = trial(Seeds("b", "a")), (0, "reply", 0, "text")
    assert known.in_company(DIFFERENCE)[PLACE] == "b"
    assert known.in_company(Leak("solo", "a", 0, place))[place] == "77"


def test_a_session_alone_takes_its_own_turns_only() -> None:
    """Each of them hears what it does without the others."""
    playing, asked = Seeds(["well"], ["fine"]), judge()
    played = asked.played(Schedule(STEPS), playing)
    alone = asked.alone(played, "b", playing)
    heard = [(turn.index, [each.text for each in turn.replies]) for turn in alone.turns]
    assert heard == [(1, ["fine"]), (3, [])]


def test_lines_of_a_dialog_are_known_by_its_file() -> None:
    """Where chance chooses the line, one that was never heard is tried no more.

    It is told as random, and a leak after it is found.
    """
    files = {"hello": ["hello ann", "good day ann", "good night ann"]}
    teacher = judge(files)

    def line(number: int) -> Reply:
        return Reply("b", files["hello"][number], 0.0, 1, dialog="hello")

    first = Seeds([line(0), line(1)], [line(0), line(1)])
    teacher.judgement(Schedule(STEPS), first, ["solo"], 0)
    second = Seeds([line(2)], [line(0)])
    found = teacher.judgement(Schedule(STEPS), second, ["solo"], 1)
    assert (found.leak, found.random) == (None, {("b", PLACE)})
    assert second.company == [0]

    third = Seeds([line(2)], [line(0)], ["well"], ["fine"])
    found = teacher.judgement(Schedule(STEPS), third, ["solo"], 2)
    assert found.leak is not None
    assert (found.leak.key, found.random) == ((1, "reply", 1, "text"), {("b", PLACE)})


ONCE = ("bbbbcdefghij", "aklmnopqrstu")
"""A difference with the first four seeds only."""


@pytest.mark.parametrize(
    ("rows", "is_thorough", "shows"),
    [
        (("b", "a"), False, True),
        (("b", "a"), True, True),
        (("bcdef", "aghij"), False, False),
        (("bcdef", "aghij"), True, False),
        (("bcdef", "aghij", ["well"], ["fine"]), False, True),
        (("bcdef", "aghij", ["well"], ["fine"]), True, True),
        (ONCE, False, True),
        (ONCE, True, False),
    ],
)
def test_a_schedule_shows_a_leak_if_one_difference_is_likely(
    rows: tuple[Sequence[str], ...], *, is_thorough: bool, shows: bool
) -> None:
    """Of several; to be thorough, that one must be a leak with all seeds."""
    found = judge().shows(
        Schedule(STEPS), Seeds(*rows), "solo", is_thorough=is_thorough
    )
    assert found is shows


def test_a_schedule_shows_a_leak_to_the_oracle_that_is_asked() -> None:
    """What a session hears is nothing to the oracle of session data."""
    playing = Seeds("b", "a")
    found = judge().shows(Schedule(STEPS), playing, "state", is_thorough=False)
    assert found is False
