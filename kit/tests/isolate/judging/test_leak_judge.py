"""How schedules are replayed and judged: with which seeds, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.scenes import happened, transcript
from support.toys import dialogue

from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule
from ovos_dialogue_kit.isolate.dialogues.variants import Variant
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.leak_judge import Judge, Judgement, Trial
from ovos_dialogue_kit.isolate.judging.observation import ORACLES, Oracle
from ovos_dialogue_kit.isolate.judging.trial import RULES
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Transcript

TURNS = ("a: hi", "b: hi", "a: bye", "b: bye")
STEPS = tuple(map(Step, range(4)))
Texts = Callable[[bool, Options], list[list[str]]]
"""What is heard in each of the turns: in company or not, with these options."""


class Playing:
    """Plays a case as it is told, and remembers with which options."""

    def __init__(self, texts: Texts) -> None:
        self.options: list[Options] = []
        self._texts = texts

    def __call__(self, case: Case, options: Options) -> Transcript:
        self.options.append(options)
        taken = [step.turn for step in options.schedule or () if step.turn < len(TURNS)]
        sessions = {case.turns[turn].session for turn in taken}
        texts = self._texts(len(sessions) > 1, options)
        return transcript(
            *(
                happened(turn, case.turns[turn].session, *texts[turn])
                for turn in sorted(taken)
            )
        )


def judge(seed: int = 0) -> Judge:
    fixture = dialogue(*TURNS)
    return Judge(fixture, Variant(fixture.cases[0], {"vubosuk": 1}, "plain"), seed)


def judged(texts: Texts, *oracles: Oracle, order_seed: int | None = None) -> Judgement:
    schedule = Schedule(STEPS, order_seed)
    return judge().judgement(schedule, Playing(texts), oracles or ORACLES)


def test_a_schedule_is_replayed_as_it_is() -> None:
    """With its order of listeners, and with what leaves the assistant."""
    playing = Playing(lambda *_: [[]] * 4)
    steps = (Step(1, overlap=True), Step(0), Step(3))
    played = judge().played(Schedule(steps, 7), playing, 5)
    options = Options(schedule=steps, order_seed=7, chance_seed=5, outgoing=True)
    assert playing.options == [options]
    scene = judge().scene(played, playing)
    assert (scene.taken, scene.canaries) == ((1, 0, 3), {"vubosuk": 1})
    assert (scene.has_overlaps, scene.is_shuffled) == (True, True)
    plain = judge().scene(judge().played(Schedule(STEPS), playing), playing)
    assert (plain.has_overlaps, plain.is_shuffled) == (False, False)


@pytest.mark.parametrize("order_seed", [None, 7])
def test_each_further_replay_has_seeds_of_its_own(order_seed: int | None) -> None:
    """The same for each trial of a judge; listeners are shuffled where they were."""

    def seeds_of(seed: int) -> list[tuple[int, bool]]:
        playing, asked = Playing(lambda *_: [["x"]] * 4), judge(seed)
        played = asked.played(Schedule(STEPS, order_seed), playing)
        trial = Trial(asked, played, playing)
        for number in (3, 1, 2, 3):
            trial.scene(number)
        used = playing.options[1:]
        assert len(used) == 3
        orders = [each.order_seed for each in used]
        assert len(set(orders)) == (1 if order_seed is None else 3)
        return [(each.chance_seed, each.order_seed is None) for each in used]

    first = seeds_of(0)
    assert first == seeds_of(0)
    assert len({*first, *seeds_of(1)}) == 6
    assert {is_plain for _, is_plain in first} == {order_seed is None}
    assert all(chance > 0 for chance, _ in first)


def test_the_first_leak_that_is_not_by_chance_is_told() -> None:
    """With what chance does before it; a place of an echo is not listed."""

    def texts(in_company: bool, options: Options) -> list[list[str]]:  # noqa: FBT001
        number = str(options.chance_seed + in_company)
        return [[], [number], [], ["well" if in_company else "fine"]]

    found = judged(texts)
    place = (3, "reply", 0, "text")
    assert found.leak == Leak("solo", "b", 3, place, "well", "fine")
    assert found.evidence is not None
    assert (found.evidence.kind, found.evidence.seeds) == ("leak", RULES.looks[0])
    assert found.random == {("b", (1, "reply", 0, "text"))}
    assert (found.open, found.error) == (frozenset(), None)


@pytest.mark.parametrize(("order_seed", "seeds"), [(None, 4), (7, 8)])
def test_more_seeds_are_tried_where_listeners_are_shuffled(
    order_seed: int | None, seeds: int
) -> None:
    """There a leak may show in some orders only, so one is given up later."""
    told: list[str] = []

    def texts(in_company: bool, options: Options) -> list[list[str]]:  # noqa: FBT001
        if in_company:
            told.append("leak" if len(told) < 2 else str(len(told)))
        return [
            [],
            [told[-1] if in_company else f"alone {options.chance_seed}"],
            [],
            [],
        ]

    found = judged(texts, "solo", order_seed=order_seed)
    assert (found.leak, len(told)) == (None, 1 + seeds)


def test_an_assistant_that_fails_leaves_a_difference_open() -> None:
    """What was seen is told, with the reason why it could not be tried again."""
    error = AssistantError("it is gone")

    def texts(in_company: bool, options: Options) -> list[list[str]]:  # noqa: FBT001
        if options.chance_seed:
            raise error
        word = "well" if in_company else "fine"
        return [[], [word], [], [word]]

    found = judged(texts)
    assert found.error is error
    assert found.leak == Leak("solo", "b", 1, (1, "reply", 0, "text"), "well", "fine")
    assert found.evidence is not None
    assert found.evidence.kind == "undecided"


def test_a_word_of_another_session_is_evidence_enough() -> None:
    """It is not replayed with other seeds."""
    playing = Playing(lambda *_: [[], [], ["Vubosuk!"], []])
    found = judge().judgement(Schedule(STEPS), playing, ["taint"])
    assert found.leak is not None
    assert (found.leak.session, found.leak.turn, found.leak.source) == ("a", 2, 1)
    assert found.evidence is not None
    assert found.evidence.kind == "leak"
    assert {each.chance_seed for each in playing.options} == {0}


def test_an_echo_of_what_is_not_random_is_none() -> None:
    """That costs two seeds in company; what else is random does not matter."""

    def texts(in_company: bool, options: Options) -> list[list[str]]:  # noqa: FBT001
        other = str(options.chance_seed)
        return [["77"], ["77" if in_company else "fine"], [], [other]]

    found = judged(texts, "echo")
    assert (found.leak, found.random, found.open) == (None, frozenset(), frozenset())


def test_what_could_not_be_decided_is_told() -> None:
    """A value that is there half of the time is neither a leak nor chance."""
    told: list[str] = []

    def texts(in_company: bool, options: Options) -> list[list[str]]:  # noqa: FBT001
        if in_company:
            told.append("leak" if len(told) < 7 else str(len(told)))
        return [
            [],
            [told[-1] if in_company else f"alone {options.chance_seed}"],
            [],
            [],
        ]

    found = judged(texts, "solo")
    assert found.open == {("b", (1, "reply", 0, "text"))}
    assert (found.leak, found.random, len(told)) == (None, frozenset(), 1 + 13)


def test_a_lesson_replays_alone_what_chance_may_change() -> None:
    """Once for each session, in the first lesson, and four times if it does."""

    def texts(_: bool, options: Options) -> list[list[str]]:  # noqa: FBT001
        return [["fine"], [str(options.chance_seed)], ["fine"], ["fine"]]

    playing, teacher = Playing(texts), judge()
    for number, count in enumerate((1 + 2 + 1 + 4, 1, 1)):
        before = len(playing.options)
        found = teacher.judgement(Schedule(STEPS), playing, ["solo"], number)
        assert (found.leak, len(playing.options) - before) == (None, count)
    seeds = [each.chance_seed for each in playing.options if each.chance_seed]
    assert len(seeds) == 5
    assert len(set(seeds)) == 4  # those of a session are others than before
    assert teacher.has_learned()


def test_where_hours_pass_nothing_is_learned_of_a_session_alone() -> None:
    """In the variant with pauses, as the time of day counts."""
    fixture = dialogue(*TURNS)
    paused = Judge(fixture, Variant(fixture.cases[0], {}, "pauses"))
    playing = Playing(lambda *_: [["fine"]] * 4)
    for number in range(3):
        paused.judgement(Schedule(STEPS), playing, ["solo"], number)
    assert not paused.has_learned()


def test_a_leak_ends_a_schedule_and_its_lesson() -> None:
    """No other difference is tried, and nothing is learned from it."""

    def texts(in_company: bool, _: Options) -> list[list[str]]:  # noqa: FBT001
        word = "well" if in_company else "fine"
        return [[word], [word], [word], [word]]

    playing, teacher = Playing(texts), judge()
    found = teacher.judgement(Schedule(STEPS), playing, ["solo"], 0)
    assert found.leak is not None
    assert (found.leak.session, found.leak.turn) == ("a", 0)
    in_company = 1 + RULES.looks[0]
    assert len(playing.options) == 2 * in_company


@pytest.mark.parametrize(("now", "is_usual"), [("fine", True), ("well", False)])
def test_what_is_usual_is_known_by_the_lessons(now: str, *, is_usual: bool) -> None:
    """No session is replayed alone once more to see it."""
    teacher, fine = judge(), Playing(lambda *_: [["hi"], ["fine"], [], []])
    for number in range(3):
        teacher.judgement(Schedule(STEPS), fine, ["solo"], number)
    playing = Playing(lambda *_: [["hi"], [now], [], []])
    played = teacher.played(Schedule(STEPS), playing)
    assert teacher.is_usual(played, playing) is is_usual
    assert len(playing.options) == 1


def test_a_word_of_another_session_is_never_usual() -> None:
    """Even if the session hears it alone, too."""
    teacher, playing = judge(), Playing(lambda *_: [[], [], ["Vubosuk!"], []])
    for number in range(3):
        teacher.judgement(Schedule(STEPS), playing, ["solo"], number)
    played = teacher.played(Schedule(STEPS), playing)
    assert teacher.is_usual(played, playing) is False
