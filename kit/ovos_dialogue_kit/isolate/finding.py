"""Shrink a leak, and write the script that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate.as_script import Solos, script_of
from ovos_dialogue_kit.isolate.dialogues.alone import Play, PlayedSchedule
from ovos_dialogue_kit.isolate.dialogues.canaries import canaries_in
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule
from ovos_dialogue_kit.isolate.dialogues.speakers import speakers_of
from ovos_dialogue_kit.isolate.dialogues.variants import Variant
from ovos_dialogue_kit.isolate.dialogues.worlds import with_fewer_settings
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.leak_judge import Judge, Trial
from ovos_dialogue_kit.isolate.judging.observation import Oracle
from ovos_dialogue_kit.isolate.judging.scene import Scene
from ovos_dialogue_kit.isolate.judging.trial import Evidence
from ovos_dialogue_kit.isolate.shrink import shrink
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript
from ovos_dialogue_kit.script.parse import parse_script
from ovos_dialogue_kit.verdict.compare import compare

__all__ = ["Finding", "Sighting", "as_seen", "finding_of"]

_NAME = "leak.dialogue.yaml"
_SEEDS = 3
"""Random seeds with which a script must pass on a skill without the leak."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A schedule that shows a leak, before it is shrunk."""

    judge: Judge
    played: PlayedSchedule
    leak: Leak
    evidence: Evidence

    @property
    def schedule(self) -> Schedule:
        """The schedule."""
        return self.played.schedule


@dataclass(frozen=True, slots=True)
class Finding:
    """A leak, as small as possible.

    ``case`` has only the turns that are needed, in the order that shows the leak;
    ``order_seed`` shuffles the listeners, if that is needed. ``company`` is its
    transcript, ``alone`` that of the session concerned by itself. ``leaks`` are all
    that show, ``leaks[0]`` the one that was shrunk, and ``evidence`` is for that.
    ``script`` is the YAML that shows it. ``is_confirmed`` is true if ``kit replay``
    fails on that because of the leak, and would pass if each session heard what it
    hears alone. ``not_shrunk`` is the reason why it is still as it was seen, if it is.
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
    evidence: Evidence
    order_seed: int | None = None
    not_shrunk: str | None = None

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
        AssistantError: the assistant is lost.
        CancelledError: the time is up.

    """
    leak = sighting.leak
    for schedule in _smaller(sighting, play):
        steps = tuple(replace(step, turn=n) for n, step in enumerate(schedule.steps))
        variant = reduced(sighting.judge.variant, schedule)
        judge = Judge(fixture, variant, sighting.judge.seed)
        in_order = Schedule(steps, schedule.order_seed)
        small = _InOrder(fixture, engine, judge, in_order, play)
        evidence = small.judge_all(leak.oracle)
        if evidence:
            small, evidence = _plainer(small, leak.oracle, evidence, play)
            return _confirmed(small, evidence, play)
    return as_seen(fixture, engine, sighting, "nothing smaller is certain to show it")


def _smaller(sighting: Sighting, play: Play) -> Iterator[Schedule]:
    """Yield the shrunk schedule, one that is shrunk with more care, and the whole."""
    seen = (sighting.judge, sighting.schedule, sighting.leak, play)
    yield shrink(*seen)
    yield shrink(*seen, is_thorough=True)
    yield sighting.schedule


class _InOrder:
    """A case reduced to the turns of a schedule, in its order, and its leaks.

    Args:
        fixture: the dialogue.
        engine: the engine of the assistant.
        judge: judges the reduced case.
        schedule: takes its turns in their order.
        play: replays cases.

    """

    def __init__(
        self,
        fixture: Fixture,
        engine: str,
        judge: Judge,
        schedule: Schedule,
        play: Play,
    ) -> None:
        self.fixture = fixture
        self.engine = engine
        self.judge = judge
        self.variant = judge.variant
        self.played = judge.played(schedule, play)
        self.trial = Trial(judge, self.played, play)
        self.leaks: tuple[Leak, ...] = ()
        self._play = play

    def judge_all(self, oracle: Oracle, about: str | None = None) -> Evidence | None:
        """Find all leaks of an oracle; return the evidence of the first one."""
        found = self.judge.differences(self.played, self._play, (oracle,), about)
        judged = [(leak, self.trial.evidence(leak)) for leak in found]
        proved = [(leak, v) for leak, v in judged if v.kind == "leak"]
        self.leaks = tuple(leak for leak, _ in proved)
        return proved[0][1] if proved else None

    @property
    def known(self) -> list[Leak]:
        """The leaks into sessions that take part."""
        return [
            leak for leak in self.leaks if leak.session in self.variant.case.sessions
        ]

    def script(self) -> str:
        """Return the script that shows the leaks."""
        return script_of(
            self.fixture, self.variant.case, self.engine, self.known, self.solos()
        )

    def solos(self) -> Solos:
        """Return what the sessions go through alone."""
        scene = self.trial.scene(0)
        sessions = {leak.session for leak in self.known}
        return Solos(
            {name: _own(name, scene) for name in scene.sessions},
            {key for each in sessions for key in self.trial.random_when_alone(each)},
            self._turns_of_strays(scene),
            self.played.transcript,
        )

    def _turns_of_strays(self, scene: Scene) -> set[int]:
        """Return the turns during which strays are heard that are there alone, too."""
        own = [stray for name in scene.sessions for stray in _strays(name, scene)]
        return {stray.turn for stray in (*own, *_strays_of_nobody(scene))}

    def sound(self, happened: Transcript) -> Iterator[Transcript]:
        """Yield a transcript in which all sessions hear what they hear alone.

        That is so with several random seeds, one after another.
        """
        for number in range(_SEEDS + 1):
            scene = self.trial.scene(number)
            alone = [_own(name, scene) for name in scene.sessions]
            turns = [turn for each in alone for turn in each.turns]
            strays = [
                stray for name in scene.sessions for stray in _strays(name, scene)
            ]
            yield replace(
                happened,
                turns=tuple(sorted(turns, key=lambda turn: turn.index)),
                strays=(*strays, *_strays_of_nobody(scene)),
                crash=next((each.crash for each in alone if each.crash), None),
            )


def _plainer(
    small: _InOrder, oracle: Oracle, evidence: Evidence, play: Play
) -> tuple[_InOrder, Evidence]:
    """Leave out the settings of a variant that the leak does not need."""
    variant, schedule = small.variant, small.played.schedule
    changes = with_fewer_settings(variant.case) if variant.name == "settings" else ()
    for change in changes:
        case = change(small.variant.case)
        if case == small.variant.case:
            continue
        judge = Judge(small.fixture, replace(variant, case=case), small.judge.seed)
        plainer = _InOrder(small.fixture, small.engine, judge, schedule, play)
        found = plainer.judge_all(oracle)
        if found:
            small, evidence = plainer, found
    return small, evidence


def _turn_at(moment: float, company: Transcript) -> int:
    """Return the turn that has begun last at a moment; before all, the first."""
    begun = [turn for turn in company.turns if turn.at <= moment]
    first = company.turns[0]
    return max(begun, key=lambda turn: (turn.at, turn.index), default=first).index


def _own(session: str, scene: Scene) -> Transcript:
    """Return a session's transcript alone, without what others hear then."""
    alone, speakers = scene.alone(session), speakers_of(scene.case, session)
    own = tuple(stray for stray in alone.strays if stray.session in speakers)
    return replace(alone, strays=own)


def _strays(session: str, scene: Scene) -> list[Reply]:
    """Return what a session hears alone and not asked for, each with its turn."""
    return [
        replace(stray, turn=_turn_at(stray.at, scene.company))
        for stray in _own(session, scene).strays
    ]


def _strays_of_nobody(scene: Scene) -> list[Reply]:
    """Return what sessions that take no part hear when nobody is there."""
    return [stray for name in scene.outsiders for stray in _strays(name, scene)]


def _confirmed(small: _InOrder, evidence: Evidence, play: Play) -> Finding:
    """Return a finding with a script that is confirmed, if there is one."""
    script, known = small.script(), small.known
    is_confirmed = _is_right(script, small, play)
    listening = None if is_confirmed else _listening(small, play)
    if listening:
        other = listening.script()
        is_confirmed = _is_right(other, listening, play)
        script = other if is_confirmed else script
    return Finding(
        fixture=small.fixture,
        case=small.variant.case,
        engine=small.engine,
        leaks=small.leaks,
        company=small.played.transcript,
        alone=small.judge.alone(small.played, known[0].session, play)
        if known
        else None,
        canaries=small.variant.canaries,
        script=script,
        is_confirmed=is_confirmed,
        evidence=evidence,
        order_seed=small.played.schedule.order_seed,
    )


def _is_right(script: str, small: _InOrder, play: Play) -> bool:
    """Return True if a script fails because of a leak, and for no other reason.

    It is replayed as ``kit replay`` does, and compared with what all sessions hear
    alone, with several random seeds: that is what a skill without the leak does.
    """
    (fixture,) = generate(parse_script(script, _NAME), Path())
    (case,) = fixture.cases
    options = Options(order_seed=small.played.schedule.order_seed)
    happened = play(case, options)
    failing = {mismatch.turn for mismatch in compare(fixture, case, happened)}
    turn = small.leaks[0].turn if small.leaks else None
    if not failing or (turn is not None and turn not in failing):
        return False
    return not any(compare(fixture, case, sound) for sound in small.sound(happened))


def _listening(small: _InOrder, play: Play) -> _InOrder | None:
    """Return the same with the session concerned in all silences, if there are any.

    So what it misses while it does not speak can be expected of its own silence. To a
    skill it makes no difference who is silent.
    """
    case = small.variant.case
    if not small.known or all(turn.silence is None for turn in case.turns):
        return None
    session = small.known[0].session
    turns = tuple(
        turn if turn.silence is None else replace(turn, session=session)
        for turn in case.turns
    )
    variant = replace(small.variant, case=replace(case, turns=turns))
    judge = Judge(small.fixture, variant, small.judge.seed)
    schedule = small.played.schedule
    listening = _InOrder(small.fixture, small.engine, judge, schedule, play)
    listening.judge_all("solo", about=session)
    return listening


def as_seen(fixture: Fixture, engine: str, sighting: Sighting, reason: str) -> Finding:
    """Return a leak as it was seen, without any further replay.

    The reason completes the words "not shrunk, as".
    """
    schedule, company = sighting.schedule, sighting.played.transcript
    variant = reduced(sighting.judge.variant, schedule)
    places = {old: new for new, old in enumerate(schedule.turns)}
    leak, turns = sighting.leak, company.turns
    moved = [replace(turn, index=places[turn.index]) for turn in turns]
    company = replace(
        company,
        turns=tuple(sorted(moved, key=lambda turn: turn.index)),
        strays=tuple(replace(s, turn=places[s.turn]) for s in company.strays),
    )
    if leak.turn is not None:
        turn = places[leak.turn]
        leak = replace(leak, turn=turn, key=(turn, *leak.key[1:]))
    if leak.source is not None:
        leak = replace(leak, source=places[leak.source])
    return Finding(
        fixture=fixture,
        case=variant.case,
        engine=engine,
        leaks=(leak,),
        company=company,
        alone=None,
        canaries=variant.canaries,
        script=script_of(fixture, variant.case, engine),
        is_confirmed=False,
        evidence=sighting.evidence,
        order_seed=schedule.order_seed,
        not_shrunk=reason,
    )


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
    for place, turn in enumerate(turns):  # a crowd says them again
        for word in canaries_in(turn):
            if word in variant.canaries:
                canaries.setdefault(word, place)
    case = replace(variant.case, sessions=sessions, turns=turns)
    return replace(variant, case=case, canaries=canaries)
