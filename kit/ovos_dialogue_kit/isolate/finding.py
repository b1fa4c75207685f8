"""A leak made as small as possible, and written as a script that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate.alone import Company, Play
from ovos_dialogue_kit.isolate.as_script import script_of
from ovos_dialogue_kit.isolate.judge import Judge
from ovos_dialogue_kit.isolate.oracles import Leak
from ovos_dialogue_kit.isolate.schedules import Schedule
from ovos_dialogue_kit.isolate.shrink import shrink
from ovos_dialogue_kit.isolate.variants import Variant
from ovos_dialogue_kit.replayer.options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.script.parse import parse_script
from ovos_dialogue_kit.verdict.compare import compare

__all__ = ["Finding", "Sighting", "finding_of", "reduced"]

_NAME = "leak.dialogue.yaml"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A schedule that shows a leak, as it was come across."""

    judge: Judge
    schedule: Schedule
    leak: Leak


@dataclass(frozen=True, slots=True)
class Finding:
    """A leak, made as small as possible.

    ``case`` holds only the turns that are needed, in the order that shows it;
    ``order_seed`` is what shuffles the listeners, if that is needed. ``company`` is the
    transcript of it, ``alone`` that of the session that is concerned, by itself.
    ``leaks`` is all that shows, ``leaks[0]`` what was looked for. ``script`` is it all
    as YAML, and ``is_confirmed`` says that ``kit replay`` of that fails.
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
        """What was looked for."""
        return self.leaks[0]


def finding_of(
    fixture: Fixture, engine: str, sighting: Sighting, play: Play
) -> Finding:
    """Return what a sighting comes down to.

    Raises:
        KitError: Hypothesis is not installed.

    """
    small = shrink(sighting.judge, sighting.schedule, sighting.leak, play)
    judge, company, leaks = _in_order(fixture, sighting, small, play)
    if not leaks:  # chance showed it to be smaller than it is
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
    """Say whether a script fails when it is replayed as scripts are."""
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
    """Return a script in which a session is silent wherever another one is.

    What it misses while it does not speak can be expected then, of its own silence; and
    to a skill it is the same who is silent.
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
    """Replay a dialogue in the order of a schedule.

    Returns who judges it, what happened, and the leaks that show.
    """
    steps = tuple(replace(step, turn=n) for n, step in enumerate(schedule.steps))
    judge = Judge(fixture, reduced(sighting.judge.variant, schedule))
    company = judge.company(Schedule(steps, schedule.order_seed), play)
    leaks = judge.leaks(company, play, (sighting.leak.oracle,))
    return judge, company, list(leaks)


def reduced(variant: Variant, schedule: Schedule) -> Variant:
    """Return a variant with only the turns of a schedule, in its order."""
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
