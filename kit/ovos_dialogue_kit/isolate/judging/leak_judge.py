"""Replay schedules and decide what leaks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.isolate.dialogues.alone import Play, PlayedSchedule, SoloReplays
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule
from ovos_dialogue_kit.isolate.dialogues.speakers import (
    sessions_by_speaker,
    speakers_of,
)
from ovos_dialogue_kit.isolate.dialogues.variants import Variant
from ovos_dialogue_kit.isolate.judging.experience import (
    LESSONS,
    Experience,
    Lesson,
)
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.observation import (
    Observation,
    Oracle,
    ValueKey,
    differing,
    observe,
    oracle_of,
)
from ovos_dialogue_kit.isolate.judging.oracles import leaks_in, observations
from ovos_dialogue_kit.isolate.judging.scene import Scene
from ovos_dialogue_kit.isolate.judging.trial import (
    RULES,
    SHUFFLED,
    Decision,
    Evidence,
    Pair,
    tried,
)
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["Judge", "Judgement", "PlayedSchedule", "Trial"]

_SEEDS = 1 << 32
_FEW = 3
"""Random seeds with which a schedule must differ while a leak is shrunk."""

_WORDS: tuple[Oracle, ...] = ("taint",)
"""The oracle that needs no session alone."""

_SOME = 4
"""Random seeds with which each lesson shows what chance does to a session alone."""

_FEWEST = 2
"""Seeds after which a value that is always the same is taken not to be random."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result of one schedule: its first leak, if there is one, and its evidence.

    ``random`` are the sessions and places of values that differ by chance, ``open``
    those of which it could not be decided. ``error`` is why a difference, which is then
    in ``leak``, could not be tried again.
    """

    played: PlayedSchedule
    leak: Leak | None = None
    evidence: Evidence | None = None
    random: frozenset[tuple[str, ValueKey]] = frozenset()
    open: frozenset[tuple[str, ValueKey]] = frozenset()
    error: AssistantError | None = None


class Trial:
    """Further replays of one schedule, in company and alone, with other random seeds.

    The seeds are the same for all schedules of a search, so that what a session hears
    alone is replayed only once for each of its timelines.

    Args:
        judge: replays the schedule.
        played: the schedule and its transcript.
        play: replays cases.

    """

    def __init__(self, judge: Judge, played: PlayedSchedule, play: Play) -> None:
        self._judge = judge
        self._played = played
        self._play = play
        self._scenes: list[Scene] = []
        self._seen: dict[tuple[str, int], tuple[Observation, Observation]] = {}

    def evidence(self, leak: Leak) -> Evidence:
        """Decide whether a difference is a leak.

        A word that only one session says is evidence enough.
        """
        if leak.oracle == "taint":
            return Evidence("leak")
        is_shuffled = self._played.schedule.order_seed is not None
        rules = SHUFFLED if is_shuffled else RULES
        if leak.oracle == "echo" and not self._is_random(leak):
            return Evidence("chance", _FEWEST)
        first = self._pair(leak, 0)
        return tried(first, lambda number: self._pair(leak, number), rules)

    def _is_random(self, leak: Leak) -> bool:
        """Return True if what is heard at the place of an echo depends on chance."""
        place = (leak.key[0], *leak.key[2:])
        heard = []
        for number in range(_FEWEST + 1):
            company, _ = self._observed(leak.session, number)
            heard.append({k: v for k, v in company.items() if k[: len(place)] == place})
        return any(each != heard[0] for each in heard)

    def is_likely(self, leak: Leak) -> bool:
        """Return True if a few seeds show a difference, too."""
        if leak.oracle == "taint":
            return True
        if leak.oracle == "echo" and not self._is_random(leak):
            return False
        pairs = [self._pair(leak, number) for number in range(_FEW + 1)]
        company, alone = pairs[0]
        return all(one == company != other for one, other in pairs) or all(
            other == alone != one for one, other in pairs
        )

    def random_when_alone(self, session: str) -> frozenset[ValueKey]:
        """Return the places at which a session alone has had different values."""
        numbers = range(len(self._scenes) + 1)
        alone = [self._observed(session, number)[1] for number in numbers]
        return frozenset(key for each in alone for key in differing(alone[0], each))

    def _pair(self, leak: Leak, number: int) -> Pair:
        """Return the values at a leak's place, with the seed of a number."""
        company, alone = self._observed(leak.session, number)
        return company.get(leak.key, ...), alone.get(leak.key, ...)

    def _observed(self, session: str, number: int) -> tuple[Observation, Observation]:
        key = session, number
        if key not in self._seen:
            self._seen[key] = observations(self.scene(number), session)
        return self._seen[key]

    def in_company(self, leak: Leak) -> Observation:
        """Return what the session of a leak went through when it was seen."""
        return self._observed(leak.session, 0)[0]

    def scene(self, number: int) -> Scene:
        """Return a replay of the schedule; number 0 is the one that was seen first."""
        if number == 0:
            return self._judge.scene(self._played, self._play)
        while len(self._scenes) < number:
            self._scenes.append(self._another(len(self._scenes) + 1))
        return self._scenes[number - 1]

    def _another(self, number: int) -> Scene:
        schedule = self._played.schedule
        seeds = _random(self._judge.seed, number)
        chance = seeds.randrange(1, _SEEDS)
        is_shuffled = schedule.order_seed is not None
        order, solo_order = (
            seeds.randrange(_SEEDS) if is_shuffled else None for _ in range(2)
        )
        again = Schedule(schedule.steps, order)
        played = self._judge.played(again, self._play, chance)
        return self._judge.scene(played, self._play, chance, solo_order)


class Judge:
    """Replays schedules of one variant and decides what leaks; thread-safe.

    Args:
        fixture: the dialogue.
        variant: the variant of its case to replay.
        seed: decides with which random seeds a difference is tried again.
        dialogs: the lines of the skills' dialogs, by name.

    """

    def __init__(
        self,
        fixture: Fixture,
        variant: Variant,
        seed: int = 0,
        dialogs: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.variant = variant
        self.seed = seed
        self._fixture = fixture
        self._solos = SoloReplays(variant.case)
        self._experience = Experience(
            at_any_time=variant.name != "pauses", files=dialogs
        )

    def played(self, schedule: Schedule, play: Play, chance: int = 0) -> PlayedSchedule:
        """Replay a schedule, and return it with its transcript."""
        options = Options(
            schedule=schedule.steps,
            order_seed=schedule.order_seed,
            chance_seed=chance,
            outgoing=True,
        )
        return PlayedSchedule(schedule, play(self.variant.case, options))

    def alone(self, played: PlayedSchedule, session: str, play: Play) -> Transcript:
        """Return the transcript of a session without the others."""
        return self._solos.alone(played, session, play)

    def scene(
        self,
        played: PlayedSchedule,
        play: Play,
        chance: int = 0,
        order_seed: int | None = None,
    ) -> Scene:
        """Return a replayed schedule with access to its sessions alone."""
        schedule = played.schedule
        return Scene(
            fixture=self._fixture,
            case=self.variant.case,
            company=played.transcript,
            alone=lambda session: self._solos.alone(
                played, session, play, chance, order_seed
            ),
            canaries=self.variant.canaries,
            taken=schedule.turns,
            has_overlaps=any(step.overlap for step in schedule.steps),
            is_shuffled=schedule.order_seed is not None,
        )

    def judgement(
        self,
        schedule: Schedule,
        play: Play,
        oracles: Collection[Oracle],
        number: int | None = None,
    ) -> Judgement:
        """Replay a schedule and return its first leak that is not by chance.

        Args:
            schedule: the schedule.
            play: replays cases.
            oracles: the oracles to use.
            number: that of the schedule, from 0, if the first ones are to teach what
                the others need not replay; then each of those must be judged, too.

        """
        if number is None:
            return self._judged(schedule, play, oracles, Lesson())
        known = self._experience.known_in(number)
        if number >= LESSONS:
            return self._judged(schedule, play, oracles, known)
        with self._experience.lesson(number) as lesson:
            return self._judged(schedule, play, oracles, known, lesson)

    def has_learned(self) -> bool:
        """Return True if each session has gone through the same in all lessons.

        This waits for the lessons.
        """
        names = sessions_by_speaker(self.variant.case)
        speaking = {names[turn.session] for turn in self.variant.case.turns}
        return speaking <= self._experience.learned().alone.keys()

    def is_usual(self, played: PlayedSchedule, play: Play) -> bool:
        """Return True if all sessions go through what each of them does alone.

        This knows the sessions alone by the lessons.
        """
        scene = self.scene(played, play)
        is_usual = self._experience.learned().is_usual(scene)
        return is_usual and next(leaks_in(scene, _WORDS), None) is None

    def _judged(
        self,
        schedule: Schedule,
        play: Play,
        oracles: Collection[Oracle],
        known: Lesson,
        lesson: Lesson | None = None,
    ) -> Judgement:
        """Replay a schedule and judge it, but for what is known; add to a lesson."""
        played = self.played(schedule, play)
        scene = self.scene(played, play)
        if known.is_usual(scene):
            oracles = [each for each in oracles if each in _WORDS]
        trial = Trial(self, played, play)
        places: dict[Decision, set[tuple[str, ValueKey]]] = {
            kind: set() for kind in ("chance", "undecided")
        }
        judged = Judgement(played)
        for leak in leaks_in(scene, oracles):
            place = leak.session, leak.key
            if known.is_random(*place, trial.in_company(leak)):
                places["chance"].add(place)
                continue
            try:
                evidence = trial.evidence(leak)
            except AssistantError as error:
                judged = Judgement(played, leak, Evidence("undecided"), error=error)
                break
            if evidence.kind == "leak":
                judged = Judgement(played, leak, evidence)
                break
            places[evidence.kind].add(place)
        if lesson and not judged.leak and {*oracles}.difference(_WORDS):
            self._teach(lesson, scene, played, play, places["chance"])
        return replace(
            judged,
            random=_listed(places["chance"]),
            open=_listed(places["undecided"]),
        )

    def _teach(
        self,
        lesson: Lesson,
        scene: Scene,
        played: PlayedSchedule,
        play: Play,
        random: Collection[tuple[str, ValueKey]],
    ) -> None:
        """Add what a schedule has shown to a lesson.

        Of a session to which chance makes a difference, several replays alone are added
        that have other random seeds. One is enough to see, in the first lesson, that it
        makes none.
        """
        lesson.add_alone(scene)
        lesson.echoes.update(place for place in random if oracle_of(place[1]) == "echo")
        sessions = {session for session, _ in random}
        for session in scene.sessions if lesson.number == 0 else sessions:
            alone = [lesson.alone[session]] if session in lesson.alone else []
            for number in range(_SOME):
                alone.append(
                    self._alone_by_chance(lesson, played, session, play, number)
                )
                if session not in sessions and alone[0] == alone[-1]:
                    break
            lesson.add_chance(session, alone)

    def _alone_by_chance(
        self,
        lesson: Lesson,
        played: PlayedSchedule,
        session: str,
        play: Play,
        number: int,
    ) -> Observation:
        """Return what a session goes through alone, with another random seed."""
        seeds = _random(self.seed, 1 + _SOME * lesson.number + number)
        seed = seeds.randrange(1, _SEEDS)
        alone = self._solos.alone(played, session, play, seed)
        return observe(alone, speakers_of(self.variant.case, session))

    def shows(
        self, schedule: Schedule, play: Play, oracle: Oracle, *, is_thorough: bool
    ) -> bool:
        """Return True if a schedule shows a leak to an oracle, or is likely to."""
        played = self.played(schedule, play)
        trial = Trial(self, played, play)
        return any(
            trial.is_likely(leak)
            and (not is_thorough or trial.evidence(leak).kind == "leak")
            for leak in self.differences(played, play, (oracle,))
        )

    def differences(
        self,
        played: PlayedSchedule,
        play: Play,
        oracles: Collection[Oracle],
        about: str | None = None,
    ) -> Iterator[Leak]:
        """Yield what may be leaks in a schedule, the most telling first.

        Args:
            played: the schedule, replayed.
            play: replays cases.
            oracles: the oracles to use.
            about: only leaks into this session; default: into any.

        """
        return leaks_in(self.scene(played, play), oracles, about)


def _random(seed: int, number: int) -> Random:
    """Return a generator of random seeds for a further replay."""
    return Random(f"{seed} {number}")  # noqa: S311  # not secret


def _listed(
    places: Collection[tuple[str, ValueKey]],
) -> frozenset[tuple[str, ValueKey]]:
    """Return the places to list: of an echo, the value itself is listed."""
    return frozenset(place for place in places if place[1][1] != "echo")
