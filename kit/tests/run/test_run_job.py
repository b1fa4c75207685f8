"""Tests of jobs as they are run, and of their results."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import pytest
from support.actors import Actor, Troupe, fixtures

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError, EngineMissingError, Mark
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import (
    Job,
    Result,
    Settings,
    SkippedTurn,
    jobs_of,
    reason_to_skip,
)
from ovos_dialogue_kit.run.run_job import run_job
from ovos_dialogue_kit.script.model import RunMarks, Satellite, Xfail

MISSING = EngineMissingError(
    'the engine "adapt" is not installed', hint="pip install adapt"
)


def job_of(dialogue: str, **marks: object) -> Job:
    """Return the job of a dialogue, given its turns and the dialogue's marks."""
    head = "skill: a.test\ndialogues:\n  greeting:\n"
    (fixture,) = fixtures(head + dialogue)
    if marks:
        fixture = replace(fixture, marks=RunMarks(**marks))  # type: ignore[arg-type]
    (job,) = jobs_of(fixture, Settings())
    return job


def result_of(job: Job, settings: Settings | None = None) -> Result:
    with Assistants(Troupe()) as assistants:
        return run_job(job, assistants, settings or Settings())


GOOD = "    - kitchen: hi\n      expect: HI\n"
BAD = "    - kitchen: hi\n      expect: hello\n"


def test_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A result has the seconds that it took, whatever came of it."""
    clock = SimpleNamespace(monotonic=count(5.0, 2.5).__next__)
    monkeypatch.setattr("ovos_dialogue_kit.run.run_job.time", clock)
    assert result_of(job_of(GOOD)).seconds == 2.5
    assert result_of(job_of(GOOD, skip="not today")).seconds == 2.5


def test_run_passes() -> None:
    """A dialogue passes if the expected replies are heard."""
    result = result_of(job_of(GOOD))
    assert (result.outcome, result.mismatches, result.is_bad) == ("passed", (), False)
    assert result.transcript
    assert result.transcript.turns[0].replies[0].text == "HI"


def test_run_fails() -> None:
    """A dialogue fails if different replies are heard."""
    result = behind_a_hub(job_of(BAD), troupe := Hub(), "real")
    assert len(troupe.actors) == 1
    assert (result.outcome, result.is_bad) == ("failed", True)
    assert [each.problem for each in result.mismatches] == ["heard a different reply"]
    assert result.mismatches[0].without_hub is None


def test_run_passes_options_on() -> None:
    """The options of the replay reach the assistant."""
    troupe = Troupe()
    options = Options(deadline=3.0, traced=True)
    with Assistants(troupe) as assistants:
        run_job(job_of(GOOD), assistants, Settings(options=options))
    assert [actor.options for actor in troupe.actors] == [options]


def test_run_skips() -> None:
    """A skipped dialogue boots nothing and has its reason."""
    troupe = Troupe()
    with Assistants(troupe) as assistants:
        result = run_job(job_of(GOOD, skip="not today"), assistants, Settings())
    assert (result.outcome, result.reason) == ("skipped", "not today")
    assert not result.lacks_engine
    assert troupe.actors == []


def test_run_requires() -> None:
    """``requires`` is checked against the installed distributions."""
    result = result_of(job_of(GOOD, requires={"pytest": "<1", "no-such-thing": ">1"}))
    assert result.outcome == "skipped"
    assert result.reason == f"needs pytest <1, but {pytest.__version__} is installed"


def test_a_satellite_needs_a_hub() -> None:
    """On another bus its dialogue is skipped, with a reason that names one."""
    job = job_of(GOOD)
    case = replace(job.case, satellites={"kitchen": Satellite(key="one")})
    result = result_of(replace(job, case=case))
    assert result.outcome == "skipped"
    assert result.reason == (
        'a "satellite" needs a HiveMind hub: --bus hivemind-memory (in pytest: '
        "--kit-bus hivemind-memory)"
    )


def test_a_running_hub_has_its_own_rights() -> None:
    """What a script says of a satellite is not told to a hub of the user's own."""
    job = job_of(GOOD)
    case = replace(job.case, satellites={"kitchen": Satellite(key="one")})
    job = replace(job, case=case)
    assert reason_to_skip(job, "hivemind://hub.local", {}) == (
        'a running hub itself decides what a "satellite" may do: use --bus '
        "hivemind-memory (in pytest: --kit-bus hivemind-memory)"
    )
    assert reason_to_skip(job, "hivemind", {}) is None
    assert reason_to_skip(job_of(GOOD), "hivemind://hub.local", {}) is None


def test_a_connection_needs_a_hub() -> None:
    """On another bus a dialogue in which a satellite disconnects is skipped."""
    gone = "    - kitchen: {disconnect: true}\n"
    result = result_of(job_of(GOOD + gone))
    assert result.reason == (
        'a "disconnect" needs a HiveMind hub: --bus hivemind-memory (in pytest: '
        "--kit-bus hivemind-memory)"
    )


class Hub(Troupe):
    """Its actors whisper on the bus in memory, or do not start there."""

    def __call__(self, setup: Setup) -> Actor:
        actor = super().__call__(setup)
        return Whisperer(setup, actor.error) if setup.bus == "memory" else actor


class Whisperer(Actor):
    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        assert not case.satellites
        transcript = super().replay(fixture, case, options)
        turns = (
            replace(turn, replies=(replace(turn.replies[0], text="psst"),))
            for turn in transcript.turns
        )
        return replace(transcript, turns=tuple(turns))


def behind_a_hub(job: Job, troupe: Troupe, bus: str = "hivemind-memory") -> Result:
    with Assistants(troupe) as assistants:
        return run_job(job, assistants, Settings(bus=bus))


def test_what_is_heard_without_the_hub() -> None:
    """A failed dialogue is replayed once more, on the bus in memory."""
    job = job_of(BAD)
    job = replace(job, case=replace(job.case, satellites={"kitchen": Satellite()}))
    result = behind_a_hub(job, Hub())
    [mismatch] = result.mismatches
    assert [each.text for each in mismatch.without_hub or ()] == ["psst"]
    assert result.transcript
    assert result.transcript.bus == "hivemind-memory"


def test_what_needs_no_replay_without_the_hub() -> None:
    """One that passes does not, nor is there an assistant behind a running hub."""
    assert behind_a_hub(job_of(GOOD), troupe := Hub()).outcome == "passed"
    assert len(troupe.actors) == 1
    [mismatch] = behind_a_hub(job_of(BAD), Hub(), "hivemind://hub.local").mismatches
    assert mismatch.without_hub is None


def test_without_the_hub_there_is_no_assistant() -> None:
    """Then nothing is known, and the mismatch stands as it is."""

    class Lonely(Troupe):
        def __call__(self, setup: Setup) -> Actor:
            error = AssistantError("no") if setup.bus == "memory" else None
            return Actor(setup, error)

    [mismatch] = behind_a_hub(job_of(BAD), Lonely()).mismatches
    assert mismatch.without_hub is None


class Gossip(Actor):
    """An actor that tells the bedroom of the second turn."""

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        transcript = super().replay(fixture, case, options)
        return replace(transcript, strays=(Reply("bedroom", "psst", 0.0, 1),))


def test_run_skips_turns() -> None:
    """A skipped turn is left out; the others keep their indices."""
    skipped = "    - bedroom: good night\n      skip: too early\n"
    job = job_of(skipped + GOOD + skipped.replace("early", "late") + BAD)
    with Assistants(Gossip) as assistants:
        result = run_job(job, assistants, Settings())
    assert result.skip_reasons == {0: "too early", 2: "too late"}
    assert result.job == job
    assert [mismatch.turn for mismatch in result.mismatches] == [3, 3]
    assert result.wrong_turns == {3}
    assert result.transcript
    assert result.transcript.skipped == (0, 2)
    turns = result.transcript.turns
    assert [turn.index for turn in turns] == [1, 3]
    assert [reply.turn for turn in turns for reply in turn.replies] == [1, 3]
    assert [stray.turn for stray in result.transcript.strays] == [3]


def test_run_skips_all_turns() -> None:
    """A dialogue whose turns are all skipped has the reason of the first."""
    skipped = "    - kitchen: hi\n      skip: too early\n"
    result = result_of(job_of(skipped + skipped.replace("early", "late")))
    assert (result.outcome, result.reason) == ("skipped", "too early")
    assert result.skipped_turns == (
        SkippedTurn(0, "too early"),
        SkippedTurn(1, "too late"),
    )
    assert not result.lacks_engine


def test_run_xfails() -> None:
    """An expected failure is no failure, and has its reason."""
    mark = Mark("a.dialogue.yaml")
    result = result_of(job_of(BAD, xfail=Xfail("deaf", mark, when="pytest >1")))
    assert (result.outcome, result.reason) == ("xfailed", "deaf")


def test_run_without_engine() -> None:
    """A missing engine is a skip, with the command that helps."""
    with Assistants(Troupe({"padacioso": MISSING})) as assistants:
        result = run_job(job_of(GOOD), assistants, Settings())
    assert (result.outcome, result.reason) == (
        "skipped",
        'the engine "adapt" is not installed (pip install adapt)',
    )
    assert result.lacks_engine


def test_run_without_strict_engine() -> None:
    """With strict engines a missing engine is an error."""
    with Assistants(Troupe({"padacioso": MISSING})) as assistants:
        result = run_job(job_of(GOOD), assistants, Settings(strict_engines=True))
    assert (result.outcome, result.error, result.is_bad) == ("broken", MISSING, True)


def test_run_without_assistant() -> None:
    """A dialogue is broken if its assistant does not boot."""
    error = AssistantError('the skill "a.test" is not installed')
    with Assistants(Troupe({"padacioso": error})) as assistants:
        result = run_job(job_of(GOOD), assistants, Settings())
    assert (result.outcome, result.error) == ("broken", error)
