"""Shrink a leak, and write the script that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate.alone import Company, Play
from ovos_dialogue_kit.isolate.as_script import script_of
from ovos_dialogue_kit.isolate.leak_judge import Judge
from ovos_dialogue_kit.isolate.oracles import Leak
from ovos_dialogue_kit.isolate.schedules import Schedule
from ovos_dialogue_kit.isolate.shrink import shrink
from ovos_dialogue_kit.isolate.variants import Variant
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.script.parse import parse_script
from ovos_dialogue_kit.verdict.compare import compare

__all__ = ["Finding", "Sighting", "finding_of"]

_NAME = "leak.dialogue.yaml"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A schedule that shows a leak, before it is shrunk."""

    judge: Judge
    schedule: Schedule
    leak: Leak


@dataclass(frozen=True, slots=True)
class Finding:
    """A leak, as small as possible.

    ``case`` has only the turns that are needed, in the order that shows the leak;
    ``order_seed`` shuffles the listeners, if that is needed. ``company`` is its
    transcript, ``alone`` that of the session concerned by itself. ``leaks`` are all
    that show, ``leaks[0]`` the one that was shrunk. ``script`` is the YAML that shows
    it; ``is_confirmed`` is true if ``kit replay`` fails on that.
    """

    fixture: Fixture
    case: Case
    engine: str
    leaks: tuple[Leak, ...]
    company: Transcript
    alone: Transcript | None
    canaries: Mapping[str, int]
    script: str
    is_confirmed: bool
    order_seed: int | None = None

    @property
    def leak(self) -> Leak:
        """The leak that was shrunk."""
        return self.leaks[0]


def finding_of(
    fixture: Fixture, engine: str, sighting: Sighting, play: Play
) -> Finding:
    """Return the smallest form of a leak that was seen.

    Raises:
        KitError: Hypothesis is not installed.

    """
    small = shrink(sighting.judge, sighting.schedule, sighting.leak, play)
    judge, company, leaks = _in_order(fixture, sighting, small, play)
    if not leaks:  # by chance it was shrunk too far
        judge, company, leaks = _in_order(fixture, sighting, sighting.schedule, play)
    known = [leak for leak in leaks if leak.session in judge.variant.case.sessions]
    alone = judge.alone(company, known[0].session, play) if known else None
    script = script_of(fixture, judge.variant.case, engine, known, alone)
    is_confirmed = _fails(script, play)
    if known and not is_confirmed:
        other = _listening(fixture, engine, judge, company, known[0].session, play)
        is_confirmed = _fails(other, play)
        script = other if is_confirmed else script
    return Finding(
        fixture=fixture,
        case=judge.variant.case,
        engine=engine,
        leaks=tuple(leaks),
        company=company.transcript,
        alone=alone,
        canaries=judge.variant.canaries,
        script=script,
        is_confirmed=is_confirmed,
        order_seed=company.schedule.order_seed,
    )


def _fails(script: str, play: Play) -> bool:
    """Return True if a script fails when it is replayed as ``kit replay`` does."""
    (fixture,) = generate(parse_script(script, _NAME), Path())
    (case,) = fixture.cases
    return bool(compare(fixture, case, play(case, Options())))


def _listening(  # noqa: PLR0913, PLR0917  # all that makes a script
    fixture: Fixture,
    engine: str,
    judge: Judge,
    company: Company,
    session: str,
    play: Play,
) -> str:
    """Return a script in which every silence is a turn of the session.

    So what it misses while it does not speak can be expected of its own silence. To a
    skill it makes no difference who is silent.
    """
    case = judge.variant.case
    turns = tuple(
        turn if turn.silence is None else replace(turn, session=session)
        for turn in case.turns
    )
    variant = replace(judge.variant, case=replace(case, turns=turns))
    judge = Judge(fixture, variant)
    again = judge.company(company.schedule, play)
    leaks = judge.leaks(again, play, ["solo"], about=session)
    alone = judge.alone(again, session, play)
    return script_of(fixture, variant.case, engine, list(leaks), alone)


def _in_order(
    fixture: Fixture, sighting: Sighting, schedule: Schedule, play: Play
) -> tuple[Judge, Company, list[Leak]]:
    """Replay a case reduced to the turns of a schedule, in its order.

    Returns:
        the judge of the reduced case, what happened, and the leaks that show.

    """
    steps = tuple(replace(step, turn=n) for n, step in enumerate(schedule.steps))
    judge = Judge(fixture, reduced(sighting.judge.variant, schedule))
    company = judge.company(Schedule(steps, schedule.order_seed), play)
    leaks = judge.leaks(company, play, (sighting.leak.oracle,))
    return judge, company, list(leaks)


def reduced(variant: Variant, schedule: Schedule) -> Variant:
    """Return a variant reduced to the turns of a schedule, in its order."""
    turns = tuple(
        replace(variant.case.turns[step.turn], overlap=step.overlap)
        for step in schedule.steps
    )
    speakers = {turn.session for turn in turns}
    sessions = {
        name: wire for name, wire in variant.case.sessions.items() if name in speakers
    }
    places = {old: new for new, old in enumerate(schedule.turns)}
    canaries = {
        word: places[turn] for word, turn in variant.canaries.items() if turn in places
    }
    return Variant(replace(variant.case, sessions=sessions, turns=turns), canaries)
