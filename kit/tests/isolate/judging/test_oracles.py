"""Tests of what each oracle calls a leak, and what none does."""

# ruff: noqa: ARG001  # every toy skill has the same arguments

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from support.searches import leaks_of
from support.toys import Answer, Skill, Stage, Toy, dialogue, separate, shared, toy

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule
from ovos_dialogue_kit.isolate.dialogues.variants import Variant
from ovos_dialogue_kit.isolate.judging.leak import NOBODY, Leak
from ovos_dialogue_kit.isolate.judging.leak_judge import Judge
from ovos_dialogue_kit.isolate.judging.observation import ORACLES, Oracle
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Fault, Reply, Transcript
from ovos_dialogue_kit.script.canary import make_canary


def leaks(  # noqa: PLR0913  # each has its default
    assistant: Toy,
    *turns: str,
    order: Sequence[int] | None = None,
    overlap: bool = False,
    oracles: Sequence[Oracle] = ORACLES,
    head: str = "",
    order_seed: int | None = None,
    about: str | None = None,
) -> list[Leak]:
    """Return the leaks that one schedule shows; default: the turns in order."""
    fixture = dialogue(*turns, head=head)
    assistant.start()
    case = fixture.cases[0]
    words = {
        make_canary(i): i for i, t in enumerate(case.turns) if make_canary(i) in t.said
    }
    judge = Judge(fixture, Variant(case, words, "plain"))
    steps = [Step(i, overlap) for i in order or range(len(case.turns))]
    steps[-1] = Step(steps[-1].turn)

    def play(case: Case, options: Options) -> Transcript:
        return assistant.replay(fixture, case, options)

    played = judge.played(Schedule(tuple(steps), order_seed), play)
    return list(leaks_of(judge, played, play, oracles, about=about))


def told(found: Sequence[Leak]) -> list[tuple[str, str, tuple[object, ...]]]:
    """Return the oracle, session and place of each leak."""
    return [(leak.oracle, leak.session, leak.key) for leak in found]


KEEPING = ("a: keep apple", "b: keep pear", "a: tell me")


def test_a_shared_memory_is_found_by_the_session_alone() -> None:
    """A memory shared by all sessions is a leak to ``solo``."""
    (leak,) = leaks(shared(), *KEEPING)
    assert ("solo", "a", 2, (2, "reply", 0, "text")) == (
        leak.oracle,
        leak.session,
        leak.turn,
        leak.key,
    )
    assert ("it is pear", "it is apple") == (leak.company, leak.alone)


def test_a_memory_for_each_session_leaks_nothing() -> None:
    """A session that hears the same in company as alone shows no leak."""
    assert [] == leaks(separate(), *KEEPING)


def test_a_foreign_canary_is_a_leak() -> None:
    """Another session's canary is a leak, and its turn is known."""
    turns = ("a: keep apple", "b: keep $canary", "a: tell me")
    (leak,) = leaks(shared(), *turns, oracles=["taint"])
    assert ("taint", "a", 2, 1) == (leak.oracle, leak.session, leak.turn, leak.source)


def test_one_session_can_be_asked_about() -> None:
    """With ``about``, only leaks into that session are found."""
    turns = ("a: keep apple", "b: keep $canary", "a: tell me")
    assert [] == leaks(shared(), *turns, oracles=["taint"], about="b")
    (leak,) = leaks(shared(), *turns, oracles=["taint"], about="a")
    assert "a" == leak.session


def test_ones_own_canary_is_none() -> None:
    """A session may hear its own canary."""
    turns = ("a: keep $canary", "b: tell me", "a: tell me")
    assert [] == leaks(separate(), *turns)


def test_a_stray_in_company_only() -> None:
    """A reply while another session speaks, which does not come alone, is a leak."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        if session == "a":
            stage.stray("b", "psst")
        return Answer()

    found = leaks(toy(answer), "b: hello", "a: hello")
    assert {"stray"} == {leak.oracle for leak in found}
    assert {"b"} == {leak.session for leak in found}


def test_a_stray_that_comes_alone_too() -> None:
    """A late reply that also comes alone is not a leak."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        stage.stray(session, "by the way")
        return Answer()

    assert [] == leaks(toy(answer), "b: hello", "a: hello")


def test_a_stray_to_nobody() -> None:
    """A reply to a session that takes no part is a leak."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        stage.stray("default", "hello")
        return Answer()

    found = leaks(toy(answer), "a: hello")
    assert {("stray", "default")} == {(leak.oracle, leak.session) for leak in found}
    assert (-1, "stray", 0, "text") in {leak.key for leak in found}


def test_what_the_device_says_for_itself() -> None:
    """A reply to a session that takes no part is none, if nobody need speak for it."""

    class Chiming(Toy):
        def _settle(self, stage: Stage, skill: Skill) -> None:
            super()._settle(stage, skill)
            if not stage.strays:
                stage.stray("default", "ding")

    assert [] == leaks(Chiming(lambda: lambda *_: Answer("x")), "a: hello", "b: hello")


def counting(fault: Fault) -> Toy:
    """Return an assistant that has a fault when a second session speaks."""

    def make() -> Skill:
        seen: set[str] = set()

        def answer(stage: Stage, session: str, said: str) -> Answer:
            seen.add(session)
            if len(seen) < 2:
                return Answer("fine")
            if fault.kind == "crash":
                stage.crash = fault
            return Answer("fine", faults=(fault,))  # type: ignore[arg-type]  # no JSON

        return answer

    return Toy(make)


@pytest.mark.parametrize(
    ("kind", "oracle"),
    [
        ("raised", "crash"),
        ("session", "state"),
        ("lang", "solo"),
        ("two_ends", "solo"),
    ],
)
def test_a_fault_in_company_only(kind: str, oracle: str) -> None:
    """A fault that does not happen alone is a leak to one of the oracles."""
    found = leaks(counting(Fault(kind, "x")), "a: hello", "b: hello")
    assert [(oracle, "b", (1, "fault", kind))] == told(found)


def test_a_fault_that_is_there_alone() -> None:
    """A handler that raises when the session is alone, too, is not a leak."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        return Answer(faults=(Fault("raised", "x"),))  # type: ignore[arg-type]

    assert [] == leaks(toy(answer), "a: hello", "b: hello")


def failing_later(is_alone_too: bool) -> Toy:  # noqa: FBT001  # one argument
    """Return an assistant that raises for no session when the second one speaks."""

    def make() -> Skill:
        seen: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            seen.append(session)
            raises = session == "b" if is_alone_too else len(seen) > 1
            faults = (Fault("raised", "boom", is_of_nobody=True),) if raises else ()
            return Answer(faults=faults)  # type: ignore[arg-type]

        return answer

    return Toy(make)


def test_an_error_of_no_session_that_is_there_alone() -> None:
    """An error of a thread that is raised as often when all are alone is no leak."""
    assert [] == leaks(failing_later(is_alone_too=True), "a: hello", "b: hello")


def test_an_error_of_no_session_in_company_only() -> None:
    """An error of a thread that is raised in company only is a leak to nobody."""
    turns = ("a: hello", "b: hello")
    (leak,) = leaks(failing_later(is_alone_too=False), *turns)
    assert ("crash", NOBODY, None) == (leak.oracle, leak.session, leak.turn)
    assert (1, 0) == (leak.company, leak.alone)
    head = "allow: {raised: it is known}\n"
    assert [] == leaks(failing_later(is_alone_too=False), *turns, head=head)


def test_an_error_that_is_told_twice_in_overlapping_turns() -> None:
    """As one of nobody and as one of its session: alone, it is told once."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        logged = Fault("raised", "stop: boom", "a traceback", is_of_nobody=True)
        told_to_session = Fault("raised", "boom", "a traceback")
        if session == "a":
            return Answer(faults=(told_to_session if len(stage.open) > 1 else logged,))  # type: ignore[arg-type]
        return Answer(faults=(logged,) if len(stage.open) > 1 else ())  # type: ignore[arg-type]

    turns = ("{a: hello, overlap: true}", "b: hello")
    assert [] == leaks(toy(answer), *turns, overlap=True, oracles=["crash"])


def test_a_crash_in_company_only() -> None:
    """A crash only when two sessions meet is a leak."""
    found = leaks(counting(Fault("crash", "gone")), "a: hello", "b: hello")
    assert [("crash", name, (-1, "crash")) for name in "ab"] == told(found)


def test_a_crash_that_is_there_alone() -> None:
    """A crash that one session alone can cause is not a leak."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        if session == "b":
            stage.crash = Fault("crash", "gone")
        return Answer()

    assert [] == leaks(toy(answer), "a: hello", "b: hello")


def test_session_data() -> None:
    """Session data that differ are a leak to ``state``."""
    active: list[str] = []

    def answer(stage: Stage, session: str, said: str) -> Answer:
        active.append(session)
        return Answer(session_after={"active_skills": list(active)})

    class Fresh(Toy):
        def replay(self, *arguments: object) -> object:  # type: ignore[override]
            active.clear()
            return super().replay(*arguments)  # type: ignore[arg-type]

    found = leaks(Fresh(lambda: answer), "a: hello", "b: hello")
    assert [("state", "b", (1, "session", "active_skills"))] == told(found)


def test_what_chance_decides_is_no_leak() -> None:
    """A random number is not a leak: it differs alone, too."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        return Answer(str(stage.chance.random()))

    assert [] == leaks(toy(answer), "a: roll", "b: roll", "a: roll")


def test_a_leak_beside_chance_is_found() -> None:
    """A random value does not hide a leak in another one."""

    def make() -> Skill:
        kept = ["nothing"]

        def answer(stage: Stage, session: str, said: str) -> Answer:
            before, kept[0] = kept[0], said
            return Answer(str(stage.chance.random()), before)

        return answer

    found = leaks(Toy(make), "a: x", "b: y")
    assert [("solo", "b", (1, "reply", 1, "text"))] == told(found)


def told_by_a_dialog(line: Callable[[Stage], str]) -> Toy:
    """Return an assistant that says a line of one dialog."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        data = {"x": said}
        text = line(stage)
        return Answer(Reply(session, text, 0.0, stage.index, dialog="hi", data=data))

    return toy(answer)


def test_a_line_of_a_dialog_that_others_choose() -> None:
    """The line of a dialog is a leak if others decide which one it is."""
    turns = ("a: hello", "b: hello")
    found = leaks(told_by_a_dialog(lambda stage: str(len(stage.turns))), *turns)
    assert [("solo", "b", (1, "reply", 0, "text"))] == told(found)


def test_a_line_of_a_dialog_that_chance_chooses() -> None:
    """The line of a dialog is no leak if chance decides which one it is."""
    turns = ("a: hello", "b: hello", "a: hello", "b: hello")
    lines = ["one", "two", "three"]
    chosen = told_by_a_dialog(lambda stage: stage.chance.choice(lines))
    assert [] == leaks(chosen, *turns)


def test_the_order_of_listeners_is_no_leak_if_it_matters_alone() -> None:
    """A reply that depends on the order of listeners even alone is not a leak."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        return Answer(str(stage.order or 0))

    assert [] == leaks(toy(answer), "a: hello", "b: hello", order_seed=3)


def test_a_reply_that_is_heard_a_turn_later_is_none() -> None:
    """A reply that only comes a turn later is not a leak."""

    def make() -> Skill:
        late: dict[str, str] = {}

        def answer(stage: Stage, session: str, said: str) -> Answer:
            for name in [name for name in late if name != session]:
                stage.stray(name, late.pop(name))
            if session == "a" and "a" not in late and said == "hello":
                late["a"] = "late"
                return Answer()
            return Answer(*filter(None, [late.pop(session, "")]))

        return answer

    assert [] == leaks(Toy(make), "a: hello", "b: hello", "a: bye")


def test_time_is_the_same_alone() -> None:
    """A session's turns come at the same moments when it is alone."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        return Answer(f"it is {stage.now:g}", seconds=2.0 if session == "b" else 0.5)

    assert [] == leaks(toy(answer), "a: x", "b: x", "b: x", "a: x", "b: x")


def test_a_turn_that_interrupts_its_own_session() -> None:
    """A session that overlaps its own turn does so alone, too."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        return Answer(str(len(stage.open)), seconds=1.0)

    turns = ("{a: count, overlap: true}", "a: stop", "b: hello")
    fixture = dialogue(*turns)
    assistant = toy(answer)
    assistant.start()
    judge = Judge(fixture, Variant(fixture.cases[0], {}, "plain"))
    steps = (Step(2), Step(0, overlap=True), Step(1))
    play = lambda case, options: assistant.replay(fixture, case, options)  # noqa: E731
    played = judge.played(Schedule(steps), play)
    assert [] == list(leaks_of(judge, played, play, ORACLES))


def test_another_end() -> None:
    """A turn that ends or matches differently from when alone is a leak."""

    def make() -> Skill:
        seen: set[str] = set()

        def answer(stage: Stage, session: str, said: str) -> Answer:
            seen.add(session)
            if len(seen) < 2:
                return Answer("yes", intent="x", skill="y")
            return Answer(end="deadline", route=None)

        return answer

    found = leaks(Toy(make), "a: hello", "b: hello")
    names = {leak.key[1] for leak in found}
    assert {"end", "route", "intent", "skill", "replies", "reply"} == names


@pytest.mark.parametrize(
    ("allowed", "oracle"), [("solo", "solo"), ("taint", "taint"), ("stray", "stray")]
)
def test_what_is_shared_on_purpose(allowed: str, oracle: str) -> None:
    """``allow:`` switches off one oracle and no other."""

    def make() -> Skill:
        kept: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            kept.append(said)
            stage.stray("default", "x")
            return Answer(kept[0])

        return answer

    turns = ("a: $canary", "b: hello")
    plain = {leak.oracle for leak in leaks(Toy(make), *turns)}
    head = f"allow: {{{allowed}: it is a radio}}\n"
    left = {leak.oracle for leak in leaks(Toy(make), *turns, head=head)}
    assert {"taint", "stray", "solo"} == plain
    assert plain - {oracle} == left


def test_an_oracle_that_is_not_asked_says_nothing() -> None:
    """An oracle that is not used finds nothing."""
    for oracle in ("taint", "stray", "state", "crash"):
        assert [] == leaks(shared(), *KEEPING, oracles=[oracle])


class Noting:
    """Replays a dialogue on a toy, and notes with which sessions and seeds."""

    def __init__(self, assistant: Toy, *turns: str, head: str = "") -> None:
        self.fixture = dialogue(*turns, head=head)
        self.sessions: list[set[str]] = []
        self.seeds: set[int] = set()
        self._assistant = assistant
        assistant.start()

    def __call__(self, case: Case, options: Options) -> Transcript:
        steps = options.schedule or ()
        self.sessions.append({case.turns[step.turn].session for step in steps})
        self.seeds.add(options.chance_seed)
        return self._assistant.replay(self.fixture, case, options)


def test_what_nobody_asks_for_is_not_replayed() -> None:
    """The first leak costs no replay for the others."""
    play = Noting(shared(), *KEEPING, "b: tell me")
    judge = Judge(play.fixture, Variant(play.fixture.cases[0], {}, "plain"))
    played = judge.played(Schedule((Step(0), Step(1), Step(2))), play)
    assert play.sessions == [{"a", "b"}]
    assert "a" == next(leaks_of(judge, played, play, ["solo"])).session
    assert {"a"} in play.sessions
    assert {"b"} not in play.sessions
    assert [] == list(leaks_of(judge, played, play, ["solo"], about="b"))
    assert {"b"} in play.sessions


def test_an_allowed_difference_needs_no_other_seeds() -> None:
    """A difference is replayed with other random seeds, unless it is allowed."""
    for head, has_others in (("", True), ("allow: {solo: of the family}\n", False)):
        play = Noting(shared(), *KEEPING, head=head)
        judge = Judge(play.fixture, Variant(play.fixture.cases[0], {}, "plain"))
        played = judge.played(Schedule((Step(0), Step(1), Step(2))), play)
        assert bool([*leaks_of(judge, played, play, ["solo"])]) is has_others
        assert (play.seeds > {0}) is has_others


def test_an_echo_has_one_direction() -> None:
    """Only who is told a random value after somebody else has it from there.

    The number of ``a`` differs in company, as ``b`` draws before; then ``b`` is told
    it, and ``a`` is told it once more.
    """

    def make() -> Skill:
        numbers: dict[str, str] = {}

        def answer(stage: Stage, session: str, said: str) -> Answer:
            if said == "draw":
                most = 10**6 if session == "a" else 10**9
                numbers[session] = str(stage.chance.randrange(most))
            return Answer(numbers.get("a" if said == "spy" else session, "none"))

        return answer

    turns = ("b: draw", "a: draw", "b: spy", "a: tell me")
    found = leaks(Toy(make), *turns, oracles=["echo"])
    assert [("echo", "b", (2, "echo", "reply", 0))] == told(found)
