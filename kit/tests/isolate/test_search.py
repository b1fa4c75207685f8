"""Tests of searches on toy skills: findings, shrinking and reports."""

# ruff: noqa: ARG001, ARG002  # every toy skill has the same arguments

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from itertools import count
from random import Random
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from support.actors import fixtures
from support.scenes import transcript
from support.searches import second
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

from ovos_dialogue_kit.errors import AssistantError, KitError
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate import finding
from ovos_dialogue_kit.isolate import search as searching
from ovos_dialogue_kit.isolate.dialogues.alone import PlayedSchedule
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule, explore
from ovos_dialogue_kit.isolate.dialogues.variants import Variant, VariantName
from ovos_dialogue_kit.isolate.dialogues.worlds import with_other_settings
from ovos_dialogue_kit.isolate.finding import Finding, Sighting
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.leak_judge import Judge, Judgement
from ovos_dialogue_kit.isolate.judging.observation import ORACLES, Oracle, ValueKey
from ovos_dialogue_kit.isolate.judging.trial import Evidence
from ovos_dialogue_kit.isolate.reports.leak_sentence import leak_sentence
from ovos_dialogue_kit.isolate.reports.report import search_text
from ovos_dialogue_kit.isolate.search import (
    Budget,
    Findings,
    SearchSettings,
    read_oracles,
    search,
)
from ovos_dialogue_kit.isolate.search_all import SearchResult
from ovos_dialogue_kit.isolate.trying import Team, until_over
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Fault, Reply, Transcript
from ovos_dialogue_kit.run.jobs import Settings, jobs_of
from ovos_dialogue_kit.verdict.compare import compare

CHOSEN = SearchSettings(Budget(100))

KEEPING = (
    "a: keep apple",
    "a: hello",
    "a: tell me",
    "b: keep pear",
    "b: hello",
    "b: tell me",
    "c: tell me",
)


def searched(
    assistant: Toy | list[Toy],
    *turns: str,
    head: str = "",
    schedules: int = 100,
    oracles: Collection[Oracle] = ORACLES,
    seed: int = 0,
) -> Findings:
    """Return what a search in a dialogue led to."""
    fixture = dialogue(*turns, head=head)
    team = assistant if isinstance(assistant, list) else [assistant]
    return search(
        fixture,
        fixture.cases[0],
        team,
        SearchSettings(Budget(schedules), seed, read_oracles(oracles)),
        engine="padacioso",
    )


def taken(found: Finding) -> list[str]:
    """Return the turns of the smallest case, as in a script."""
    return [f"{turn.session}: {turn.said}" for turn in found.case.turns]


def only(findings: Findings) -> Finding:
    (found,) = findings.leaks
    return found


def replayed(assistant: Toy, found: Finding) -> list[str]:
    """Return the problems that ``kit replay`` finds with the script of a leak."""
    (fixture,) = fixtures(found.script)
    (case,) = fixture.cases
    transcript = assistant.replay(fixture, case, Options())
    return [mismatch.problem for mismatch in compare(fixture, case, transcript)]


@pytest.mark.long
def test_a_shared_memory_is_made_small() -> None:
    """Two sessions with a turn each are left: one keeps a word, the other hears it."""
    found = only(searched(shared(), *KEEPING))
    assert 2 == len(found.case.sessions)
    keeper, hearer = (turn.session for turn in found.case.turns)
    assert keeper != hearer
    assert found.case.turns[0].said.startswith("keep")
    assert not any(turn.overlap for turn in found.case.turns)


@pytest.mark.long
def test_its_script_fails_until_the_leak_is_gone() -> None:
    """The script fails on the leaky skill and passes on a sound one."""
    leaky = shared()
    found = only(searched(leaky, *KEEPING))
    assert found.is_confirmed
    assert ["heard a different reply"] == replayed(leaky, found)
    healthy = separate()
    healthy.start()
    assert [] == replayed(healthy, found)


def test_a_skill_that_does_not_leak() -> None:
    """A sound skill raises no alarm and uses the whole budget."""
    findings = searched(separate(), *KEEPING)
    assert () == findings.leaks
    assert 100 == findings.tried
    assert 140 == findings.orders


def test_all_that_there_is_to_try_was_tried() -> None:
    """A search without a leak tries as many schedules as it may."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        return Answer("x")

    findings = searched(
        toy(answer), "a: {silence: 2s}", "b: {silence: 2s}", schedules=9
    )
    assert 9 == findings.tried


@pytest.mark.long
def test_how_many_assistants_work_does_not_matter() -> None:
    """One, two or three assistants find the same leak at the same schedule."""
    found = [
        searched([shared() for _ in range(n)], *KEEPING, seed=3) for n in (1, 2, 3)
    ]
    assert 1 == len({each.tried for each in found})
    assert 1 == len({tuple(taken(only(each))) for each in found})


def lucky() -> Toy:
    """Return an assistant that rolls dice, and leaks when several have kept words."""

    def make() -> Skill:
        kept: dict[str, str] = {}

        def answer(stage: Stage, session: str, said: str) -> Answer:
            if said.startswith("keep"):
                kept[session] = said
            number = stage.chance.random()
            return Answer(str(number), *(kept.values() if len(kept) > 2 else ()))

        return answer

    return Toy(make)


@pytest.mark.long
def test_how_many_assistants_work_does_not_matter_to_what_is_left_to_chance() -> None:
    """Random values are those of the schedules up to the leak."""
    turns = (*KEEPING[:3], *KEEPING[3:6], "c: keep plum", "c: tell me")
    found = [searched([lucky() for _ in range(n)], *turns) for n in (1, 2, 3)]
    assert found[0].leaks
    assert found[0].unjudged
    assert 1 == len({each.unjudged for each in found})


def test_what_is_under_way_ends_with_the_search() -> None:
    """Schedules after the one that leaks are given up."""
    fixture, is_over = dialogue(*KEEPING), Event()
    assistant = shared()
    assistant.start()
    play = until_over(is_over.is_set, lambda case, _: assistant.replay(fixture, case))
    play(fixture.cases[0], Options())
    is_over.set()
    with pytest.raises(CancelledError):
        play(fixture.cases[0], Options())
    assert 1 == assistant.replays


def test_time_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget of seconds ends a search within a replay, and that is told."""
    clock = count()
    monkeypatch.setattr(
        searching, "time", SimpleNamespace(monotonic=lambda: next(clock))
    )
    fixture = dialogue(*KEEPING)
    chosen = SearchSettings(Budget(10_000, 60))
    findings = search(
        fixture, fixture.cases[0], [separate()], chosen, engine="padacioso"
    )
    assert 0 < findings.tried < 60
    assert findings.is_cut_short
    assert () == findings.leaks


@pytest.mark.long
def test_time_runs_out_while_a_leak_is_shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A leak that was found when the time is up is told as it was seen."""
    clock = count()
    monkeypatch.setattr(
        searching, "time", SimpleNamespace(monotonic=lambda: next(clock))
    )
    fixture, toy = dialogue("a: keep apple", "b: tell me", "b: tell me"), shared()
    chosen = SearchSettings(Budget(10_000, 60))
    found = search(fixture, fixture.cases[0], [toy], chosen, engine="padacioso")
    finding = only(found)
    assert ("the time was up", False) == (finding.not_shrunk, finding.is_confirmed)
    assert 3 == len(finding.case.turns)
    assert toy.replays < 80
    (job,) = jobs_of(fixture, Settings())
    told = search_text(SearchResult(job, CHOSEN, found))
    assert (
        "  script    not shrunk, as the time was up (with `kit isolate` only):" in told
    )


@pytest.mark.parametrize(
    ("now", "is_leak", "reason"),
    [
        (69.9, True, None),
        (70.0, True, "the time was up"),
        (59.9, False, None),
        (60.0, False, None),
    ],
)
def test_a_leak_is_shrunk_for_ten_seconds_more(
    now: float,
    is_leak: bool,  # noqa: FBT001
    reason: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If it was found in time; the search itself ends when the time is up."""
    clock = [0.0]
    monkeypatch.setattr(searching, "time", SimpleNamespace(monotonic=lambda: clock[-1]))

    def make() -> Skill:
        before: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            before.append(session)
            return Answer(before[0] if is_leak else session)

        return answer

    fixture = dialogue("a: one", "b: two")
    found = search(
        fixture,
        fixture.cases[0],
        [Toy(make)],
        SearchSettings(Budget(9, 60.0)),
        engine="padacioso",
        progress=lambda _: clock.append(now),
    )
    assert [leak.not_shrunk for leak in found.leaks] == [reason] * is_leak
    assert found.is_cut_short == (now == 60.0)
    assert (found.tried == 9) == (now < 60.0)


@pytest.mark.parametrize("clock", ["real", "virtual"])
def test_only_in_real_time_there_are_no_pauses(
    clock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variants are those of the dialogue's clock."""
    asked: list[object] = []
    variants_of = searching.variants_of

    def variants(*given: Any, is_real_time: bool) -> list[Variant]:
        asked.append(is_real_time)
        return variants_of(*given, is_real_time=is_real_time)

    monkeypatch.setattr(searching, "variants_of", variants)
    searched(separate(), "a: x", "b: y", head=f"clock: {clock}\n", schedules=1)
    assert asked == [clock == "real"]


def test_no_time_at_all() -> None:
    """Without any time, nothing is tried."""
    fixture = dialogue(*KEEPING)
    chosen = SearchSettings(Budget(10, 0.0))
    findings = search(
        fixture, fixture.cases[0], [separate()], chosen, engine="padacioso"
    )
    assert (0, True) == (findings.tried, findings.is_cut_short)


def test_progress() -> None:
    """The callback gets the number of schedules tried so far."""
    told: list[int] = []
    fixture = dialogue(*KEEPING)
    findings = search(
        fixture,
        fixture.cases[0],
        [separate()],
        SearchSettings(Budget(5)),
        engine="padacioso",
        progress=told.append,
    )
    assert [1, 2, 3, 4, 5] == told
    assert (findings.seed, findings.is_cut_short) == (0, False)


@pytest.mark.long
@pytest.mark.parametrize("oracle", ["taint", "solo"])
def test_each_oracle_alone(oracle: str) -> None:
    """Each oracle that can find a leak finds it without the others."""
    found = only(searched(shared(), *KEEPING, oracles=[oracle]))
    assert oracle == found.leak.oracle
    assert 2 == len(found.case.turns)


def test_an_unknown_oracle() -> None:
    """A misspelt oracle is an error with the nearest name."""
    with pytest.raises(KitError) as caught:
        searched(shared(), *KEEPING, oracles=["tant"])
    assert (
        'unknown oracle "tant" (did you mean "taint"?)\n'
        "  known: taint, stray, crash, solo, state, sent, echo"
    ) == str(caught.value)


def test_without_hypothesis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Hypothesis, nothing is tried, and the extra is named."""
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    assistant = shared()
    with pytest.raises(KitError) as caught:
        searched(assistant, *KEEPING)
    assert assistant.replays == 0
    assert (
        "`kit isolate` needs Hypothesis, which is not installed\n"
        '  pip install "ovos-dialogue-kit[isolate]"'
    ) == str(caught.value)


@pytest.mark.long
def test_chance_is_told() -> None:
    """Random values are not leaks, and are listed."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        return Answer(str(stage.chance.random()))

    findings = searched(toy(answer), "a: roll", "b: roll")
    assert () == findings.leaks
    assert {'a, "roll": reply.0.text', 'b, "roll": reply.0.text'} == set(
        findings.unjudged
    )


@pytest.mark.long
def test_a_leak_that_chance_alone_shows_is_none() -> None:
    """A difference with one random seed only is not reported."""

    def make() -> Skill:
        seen: set[str] = set()

        def answer(stage: Stage, session: str, said: str) -> Answer:
            seen.add(session)
            number = stage.chance.random()
            is_lucky = len(seen) > 1 and 0.75 < number < 0.76  # with the seed 0 it is
            return Answer("lucky" if is_lucky else "no")

        return answer

    assert () == searched(Toy(make), "a: x", "b: x").leaks


def test_what_chance_made_too_small_is_not_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If the shrunk schedule shows no leak in the end, the first one is reported."""
    monkeypatch.setattr(finding, "shrink", lambda *_, **__: Schedule((Step(0),)))
    assert 7 == len(only(searched(shared(), *KEEPING)).case.turns)


def overlapping() -> Toy:
    """Return an assistant that answers all open turns with the words of one."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        words = {who: what for _, who, what, _ in stage.open}
        return Answer(words[stage.open[-1][1]])

    return toy(answer)


@pytest.mark.long
def test_a_leak_that_needs_an_overlap() -> None:
    """A leak that shows only with overlaps has a script with an overlap."""
    found = only(searched(overlapping(), "a: apple", "a: x", "b: pear", "b: y"))
    assert 2 == len(found.case.turns)
    assert found.case.turns[0].overlap
    assert found.is_confirmed
    assert "overlap: true" in found.script


@pytest.mark.long
def test_a_leak_that_needs_another_order_of_listeners() -> None:
    """A leak that needs shuffled listeners is reported with their seed."""
    found = only(searched(Toy(leaky_if_shuffled), "a: x", "b: x"))
    assert found.order_seed is not None
    assert found.is_confirmed
    assert 2 == len(found.case.turns)


def test_a_stray_to_nobody_needs_one_session() -> None:
    """One turn is enough to show a reply to a session that takes no part."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        stage.stray("default", "hello")
        return Answer("hello")

    found = only(searched(toy(answer), "a: x", "b: y", "a: z"))
    assert 1 == len(found.case.turns)
    assert found.alone is None
    assert found.is_confirmed


def evicting() -> Toy:
    """Return an assistant that remembers two sessions and forgets the third."""

    def make() -> Skill:
        words: dict[str, str] = {}

        def answer(stage: Stage, session: str, said: str) -> Answer:
            if said.startswith("keep"):
                words[session] = said.removeprefix("keep ")
                if len(words) > 2:
                    del words[next(iter(words))]
                return Answer("kept")
            return Answer(f"it is {words.get(session, 'nothing')}")

        return answer

    return Toy(make)


@pytest.mark.long
def test_a_memory_that_is_too_small() -> None:
    """A leak that needs three sessions and four turns is shrunk to these."""
    turns = [f"{name}: {said}" for name in "abc" for said in ("keep x", "tell me")]
    found = only(searched(evicting(), *turns))
    assert 3 == len(found.case.sessions)
    assert 4 == len(found.case.turns)


def test_the_twin_of_a_single_session() -> None:
    """A dialogue of one session is searched with a twin of it."""
    found = only(searched(shared(), "a: keep apple", "a: tell me"))
    assert {"a", "a_2"} == set(found.case.sessions)


def test_unlucky_shrinking_spares_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Hypothesis does not find is left out one by one."""
    import hypothesis  # noqa: PLC0415  # of this test alone
    import hypothesis.errors  # noqa: PLC0415

    def find(*_: object, **__: object) -> object:
        raise hypothesis.errors.NoSuchExample("x")

    monkeypatch.setattr(hypothesis, "find", find)
    assert 2 == len(only(searched(shared(), *KEEPING)).case.turns)


def test_dialogs_are_expected_by_name() -> None:
    """The script expects the dialog that the session hears alone."""

    def make() -> Skill:
        kept: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            kept.append(session)
            data = {"who": kept[0]}
            return Answer(
                Reply(session, kept[0], 0.0, stage.index, dialog="first", data=data)
            )

        return answer

    found = only(searched(Toy(make), "a: x", "b: y", oracles=["solo"]))
    heard = found.case.turns[1].session
    assert f"expect: {{dialog: first, data: {{who: {heard}}}}}" in found.script


def loaded(findings: Findings) -> Fixture:
    return fixtures(only(findings).script)[0]


def test_a_script_says_all_that_the_dialogue_did() -> None:
    """Sessions, language and ``allow:`` are in the script."""
    head = (
        "lang: pt-PT\nallow: {lang: whatever}\n"
        "sessions:\n"
        "  a: {lang: en-US, site_id: attic, prefs: {time_format: full}}\n"
        '  b: {session_id: default, context: {"it\'s": [1, "2"]}}\n'
    )
    findings = searched(
        shared(),
        "a: keep apple",
        "b: keep apple",
        "a: tell me",
        "b: tell me",
        head=head,
    )
    fixture, found = loaded(findings), only(findings)
    assert fixture.cases[0].sessions.keys() == found.case.sessions.keys()
    for name, wire in fixture.cases[0].sessions.items():
        own = {**found.case.sessions[name]}
        if name == "a":
            own.pop("session_id")
            wire = {key: value for key, value in wire.items() if key != "session_id"}  # noqa: PLW2901
        assert own == wire
    assert ("pt-PT", {"lang": "whatever"}) == (fixture.langs[0], fixture.marks.allow)


class Mortal(Toy):
    """An assistant that is lost after so many replays."""

    def __init__(self, make: Callable[[], Skill], replays: int) -> None:
        super().__init__(make)
        self._left = replays

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        self._left -= 1
        if self._left < 0:
            raise AssistantError("it is gone")
        return super().replay(fixture, case, options)


@pytest.mark.parametrize(
    ("replays", "kind"), [(10, "undecided"), (15, "undecided"), (60, "leak")]
)
def test_a_leak_that_was_seen_before_the_assistant_was_lost(
    replays: int, kind: str
) -> None:
    """What was seen is reported as it was, and so is the error."""
    answer = Answer("different", intent="greet", skill="x", matched=True)
    counting = second(lambda _: answer).make
    findings = searched(Mortal(counting, replays), "a: x", "b: x", "b: x")
    (job,) = jobs_of(findings.fixture, Settings())
    found = only(findings)
    assert str(findings.error) == "it is gone"
    assert (found.evidence.kind, found.not_shrunk, found.is_confirmed) == (
        kind,
        "the assistant was lost",
        False,
    )
    assert 3 == len(found.case.turns)
    told = search_text(SearchResult(job, CHOSEN, findings, findings.error))
    is_open = "seen once: it could not be tried again" in told
    assert (kind == "undecided") == is_open
    assert "not shrunk, as the assistant was lost" in told
    assert told.endswith('"x": it is gone')
    heard = found.company.turns[found.leak.turn or 0].replies[0].text
    assert ("different", found.leak.company) == (heard, "different")


def test_an_assistant_that_is_lost_at_once() -> None:
    """A search that could not begin has its error, and no leak."""
    findings = searched(Mortal(lambda: lambda *_: Answer("x"), 0), "a: x", "b: x")
    assert (0, ()) == (findings.tried, findings.leaks)
    assert str(findings.error) == "it is gone"


def test_what_chance_decides_is_not_expected() -> None:
    """The script expects the reply that leaks, and any other words beside it."""

    def make() -> Skill:
        kept: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            kept.append(session)
            return Answer(f"ticket {stage.chance.random()}", kept[0])

        return answer

    found = only(searched(Toy(make), "a: x", "b: y", oracles=["solo"]))
    expected = found.script.splitlines()[-1].strip()
    assert expected.startswith('expect: [{regex: ".*"}, {text: ')
    assert found.is_confirmed


def test_what_goes_wrong_alone_is_allowed() -> None:
    """The script allows the errors that each session gets alone."""

    def make() -> Skill:
        kept: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            kept.append(session)
            return Answer(kept[0], faults=(Fault("raised", "own"),))  # type: ignore[arg-type]

        return answer

    found = only(searched(Toy(make), "a: x", "b: y"))
    allow = "allow: {raised: it is the same when the session is alone}"
    assert 2 == found.script.count(allow)
    assert found.is_confirmed


def test_an_error_that_a_session_is_spared() -> None:
    """An error that is raised alone only is told, but a script cannot expect it."""

    def make() -> Skill:
        kept: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            kept.append(session)
            faults = () if len(set(kept)) > 1 else (Fault("raised", "not set"),)
            return Answer("x", faults=faults)  # type: ignore[arg-type]

        return answer

    found = only(searched(Toy(make), "a: x", "b: y"))
    assert not found.is_confirmed
    assert "expect" not in found.script
    name = found.leak.session
    words = f"{name} is spared an error that is raised when it is alone"
    assert words == leak_sentence(found, found.leak)


# -- scripts of leaks that are not about a reply --------------------------------------


def started(assistant: Toy) -> Toy:
    assistant.start()
    return assistant


class OneAlarm:
    """Has one alarm for everybody, which rings in the next silence."""

    def __init__(self) -> None:
        self.alarm = ("", "")

    def __call__(self, stage: Stage, session: str, said: str) -> Answer:
        self.alarm = (session, said.removeprefix("remind me of "))
        return Answer("will do")

    def ring(self, stage: Stage, silent: str) -> list[str]:
        (session, thing), self.alarm = self.alarm, ("", "")
        if session and session != silent:
            stage.stray(session, f"think of {thing}")
        return [f"think of {thing}"] if session == silent else []


class OwnAlarms(OneAlarm):
    """Has an alarm for each session."""

    def __init__(self) -> None:
        self.alarms: dict[str, str] = {}

    def __call__(self, stage: Stage, session: str, said: str) -> Answer:
        self.alarms[session] = said.removeprefix("remind me of ")
        return Answer("will do")

    def ring(self, stage: Stage, silent: str) -> list[str]:
        for session in [name for name in self.alarms if name != silent]:
            stage.stray(session, f"think of {self.alarms.pop(session)}")
        return [f"think of {self.alarms.pop(silent)}"] if silent in self.alarms else []


def test_what_is_missed_is_expected_of_ones_own_silence() -> None:
    """The script lets the session be silent that misses something when others are."""
    turns = ("a: remind me of tea", "b: remind me of cake", "b: {silence: 5s}")
    found = only(searched(Toy(OneAlarm), *turns, oracles=("stray",)))
    assert found.is_confirmed
    assert 3 == len(found.case.turns)
    assert ["heard nothing"] == replayed(started(Toy(OneAlarm)), found)
    assert [] == replayed(started(Toy(OwnAlarms)), found)


def test_an_error_that_is_spared() -> None:
    """What a session hears in place of its error must not be heard."""

    def make(key: Callable[[str], str]) -> Callable[[], Skill]:
        def skill() -> Skill:
            begun: set[str] = set()

            def answer(stage: Stage, session: str, said: str) -> Answer:
                if said == "begin":
                    begun.add(key(session))
                elif key(session) not in begun:
                    fault = Fault("raised", "x: ValueError: not begun", "a trace")
                    return Answer("an error", faults=(fault,))  # type: ignore[arg-type]
                return Answer("fine")

            return answer

        return skill

    leaky, sound = Toy(make(lambda _: "all")), Toy(make(str))
    found = only(searched(leaky, "a: begin", "b: go", oracles=("crash",)))
    assert found.is_confirmed
    assert "allow: {raised: it is the same when the session is alone}" in found.script
    assert "expect: {not: {replies_include: [{text: fine}]}}" in found.script
    assert ["a forbidden reply was given"] == replayed(started(leaky), found)
    assert [] == replayed(started(sound), found)


def test_an_error_that_is_spared_without_a_word() -> None:
    """Where nothing is heard in place of the error, a script cannot tell it."""
    fault = Fault("raised", "x: ValueError: alone", "a trace")

    def make() -> Skill:
        seen: set[str] = set()

        def answer(stage: Stage, session: str, said: str) -> Answer:
            seen.add(session)
            return Answer(faults=(fault,) if len(seen) == 1 else ())  # type: ignore[arg-type]

        return answer

    found = only(searched(Toy(make), "a: hello", "b: go", oracles=("crash",)))
    assert not found.is_confirmed
    assert "expect" not in found.script


class Fading(Toy):
    """An assistant with a leak that is gone after so many replays."""

    def __init__(self, replays: int) -> None:
        super().__init__(shared().make)
        self._left = replays

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        self._left -= 1
        if self._left == 0:
            self.make = separate().make
        return super().replay(fixture, case, options)


def test_a_leak_that_is_not_there_again() -> None:
    """A leak that does not show while it is shrunk is reported as it was seen."""
    found = only(
        searched(Fading(70), "a: keep it", "a: hello", "b: hello", oracles=("solo",))
    )
    assert "nothing smaller is certain to show it" == found.not_shrunk


def test_a_stray_word_that_was_seen_before_the_assistant_was_lost() -> None:
    """A leak in no turn is reported as it was seen, with whose words they are."""

    def make() -> Skill:
        def answer(stage: Stage, session: str, said: str) -> Answer:
            stage.stray("default", said)
            return Answer("fine")

        return answer

    turns = ("a: hello $canary", "b: hello")
    findings = searched(Mortal(make, 9), *turns, oracles=("taint",), seed=1)
    found = only(findings)
    assert ("the assistant was lost", None) == (found.not_shrunk, found.leak.turn)
    assert found.case.turns[found.leak.source or 0].said.startswith("hello ")


@pytest.mark.parametrize("needed", [["system_unit"], ["date_format", "time_format"]])
def test_a_script_has_the_settings_that_the_leak_needs(needed: list[str]) -> None:
    """Of the settings that sessions get in a variant, the script keeps no other."""

    def make() -> Skill:
        known: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            own = [str(stage.case.sessions[session].get(name)) for name in needed]
            known.append(" ".join(own))
            return Answer(known[0])

        return answer

    found = only(searched(Toy(make), "a: hello", "b: hello"))
    settings = ("site_id", "location", "system_unit", "date_format", "time_format")
    kept = [name for name in settings if name in found.script]
    assert 1 == len(kept)
    assert kept[0] in needed
    assert found.is_confirmed


def test_settings_that_a_leak_does_not_need_are_left_out() -> None:
    """A leak that was seen in the variant with other settings may need none."""
    fixture, assistant = dialogue("a: keep apple", "b: tell me"), shared()
    assistant.start()

    def play(case: Case, options: Options) -> Transcript:
        return assistant.replay(fixture, case, options)

    case = with_other_settings(fixture.cases[0])
    judge = Judge(fixture, Variant(case, {}, "settings"))
    judged = (judge.judgement(each, play, ORACLES) for each in explore(case, seed=0))
    seen = next(each for each in judged if each.leak)
    assert seen.leak
    assert seen.evidence
    sighting = Sighting(judge, seen.played, seen.leak, seen.evidence)
    found = finding.finding_of(fixture, "padacioso", sighting, play)
    assert "sessions:" not in found.script


def test_a_word_that_two_sessions_say_is_no_canary() -> None:
    """It is not one in what is left of a variant, either."""
    case = dialogue("a: $canary").cases[0]
    schedule = Schedule((Step(0),))
    assert {} == finding.reduced(Variant(case, {}, "plain"), schedule).canaries


@pytest.mark.long
def test_a_long_schedule_is_thinned_first() -> None:
    """Of more than ten turns, those are left out one by one that a leak can spare."""
    turns = (*("a: hello",) * 6, "a: keep apple", *("b: hello",) * 6, "b: tell me")
    assert 2 == len(only(searched(shared(), *turns, oracles=["solo"])).case.turns)


def test_what_is_shared_on_purpose_is_no_echo_while_a_leak_is_shrunk() -> None:
    """A smaller schedule shows an echo only if its values are random."""

    def make() -> Skill:
        kept: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            kept.append(said)
            return Answer(" and ".join(kept))

        return answer

    fixture, assistant = dialogue("a: milk", "b: tea"), started(Toy(make))
    judge = Judge(fixture, Variant(fixture.cases[0], {}, "plain"))
    schedule = Schedule((Step(0), Step(1)))
    play = lambda case, options: assistant.replay(fixture, case, options)  # noqa: E731
    assert not judge.shows(schedule, play, "echo", is_thorough=False)


def test_a_race_that_leaks_is_not_called_random() -> None:
    """Where a leak is found, no earlier doubt about the same place is told."""
    replays = count()
    first = Random(0).random()  # noqa: S311  # not secret

    def make() -> Skill:
        number, before = next(replays), set[str]()

        def answer(stage: Stage, session: str, said: str) -> Answer:
            before.add(session)
            is_leak = len(before) > 1 and (
                number > 30
                or (stage.order is not None and stage.chance.random() == first)
            )
            return Answer("leak" if is_leak else "fine")

        return answer

    found = searched(Toy(make), "a: hello", "b: hello")
    assert found.tried > 2
    assert ("b", ()) == (only(found).leak.session, found.unjudged)


def test_oracles_are_the_most_telling_first() -> None:
    """In whatever order they are named, each once."""
    assert read_oracles(["solo", "taint", "echo", "solo"]) == ("taint", "solo", "echo")


# -- what is told of the schedules ----------------------------------------------------

HEARD = dialogue("a: hello", "b: hi", "a: bye")


def found_of(
    monkeypatch: pytest.MonkeyPatch,
    *judged: tuple[VariantName, Judgement],
    progress: Callable[[int], None] = lambda _: None,
) -> Findings:
    """Return the findings of a search in which the schedules are judged so."""
    asked: list[object] = []

    def judgements(
        tasks: Iterator[object], team: Team, oracles: object, _: object
    ) -> Iterator[tuple[Judge, Judgement]]:
        asked.append(oracles)
        for name, judgement in judged:
            next(tasks)
            yield Judge(HEARD, Variant(HEARD.cases[0], {}, name)), judgement

    monkeypatch.setattr(searching, "judgements_of", judgements)
    toy = separate()
    findings = search(
        HEARD,
        HEARD.cases[0],
        [toy],
        SearchSettings(Budget(30), 5, ("solo",)),
        engine="adapt",
        deadline=9.0,
        progress=progress,
    )
    assert asked == [("solo",)]
    assert toy.deadlines == {9.0}
    assert (findings.engine, findings.seed, findings.budget) == ("adapt", 5, 30)
    assert (findings.fixture, findings.case) == (HEARD, HEARD.cases[0])
    return findings


def judgement(
    random: Collection[tuple[str, ValueKey]] = (),
    doubtful: Collection[tuple[str, ValueKey]] = (),
    leak: Leak | None = None,
    error: AssistantError | None = None,
) -> Judgement:
    played = PlayedSchedule(Schedule((Step(0), Step(1), Step(2))), transcript())
    evidence = Evidence("leak") if leak else None
    return Judgement(
        played, leak, evidence, frozenset(random), frozenset(doubtful), error
    )


TEXT: ValueKey = (2, "reply", 0, "text")
END: ValueKey = (1, "end")
STRAY: ValueKey = (-1, "stray", 0)


def test_places_are_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once, in the order of the schedules; what once is random is not in doubt."""
    findings = found_of(
        monkeypatch,
        ("plain", judgement([("b", END)], [("a", TEXT), ("a", (0, "end"))])),
        ("canaries", judgement([("", STRAY), ("b", END)], [("b", END)])),
        ("words", judgement([("radio", STRAY), ("a", TEXT)])),
    )
    assert findings.unjudged == (
        'b, "hi": end',
        "(nobody), (something nobody asked for): stray.0",
        'a, "bye": reply.0.text',
        "radio, (something nobody asked for): stray.0",
    )
    assert findings.undecided == ('a, "hello": end',)
    assert (findings.tried, findings.leaks, findings.error) == (3, (), None)


def test_what_chance_does_to_a_crowd_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It does so to the sessions of the script; but the schedule counts."""
    findings = found_of(
        monkeypatch,
        ("crowd", judgement([("b", END)], [("a", TEXT)])),
        ("pauses", judgement([], [("a", TEXT)])),
    )
    assert (findings.unjudged, findings.undecided) == ((), ('a, "bye": reply.0.text',))
    assert findings.tried == 2


def test_the_first_leak_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is, nothing is random or in doubt; elsewhere it may be."""
    lost = AssistantError("gone")
    leak = Leak("solo", "a", 2, TEXT)
    findings = found_of(
        monkeypatch,
        ("plain", judgement([("a", TEXT), ("b", END)], [("b", (1, "route"))])),
        ("plain", judgement([], [("a", TEXT)], leak, lost)),
        ("plain", judgement([("a", (0, "end"))])),
    )
    assert (findings.tried, findings.error) == (2, lost)
    assert [each.leaks for each in findings.leaks] == [(leak,)]
    assert findings.unjudged == ('b, "hi": end',)
    assert findings.undecided == ('b, "hi": route',)
    assert only(findings).engine == "adapt"


def test_without_evidence_there_is_no_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    """A difference that could not be tried again is one that is still open."""
    open_one = replace(judgement(leak=Leak("solo", "a", 2, TEXT)), evidence=None)
    findings = found_of(monkeypatch, ("plain", open_one), ("plain", judgement()))
    assert (findings.leaks, findings.tried) == ((), 2)


def test_seconds_are_those_until_the_first_leak(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or until the end; what was before the search does not count."""
    clock = [100.0]
    monkeypatch.setattr(searching, "time", SimpleNamespace(monotonic=lambda: clock[-1]))
    findings = found_of(
        monkeypatch,
        *[("plain", judgement())] * 3,
        progress=lambda number: clock.append(100.0 + 2.5 * number),
    )
    assert findings.seconds == 7.5
