"""Replay schedules and decide what leaks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.isolate.alone import CHANCES, Company, Play, SoloReplays
from ovos_dialogue_kit.isolate.observation import Oracle, ValueKey
from ovos_dialogue_kit.isolate.oracles import Evidence, Leak, leaks_in
from ovos_dialogue_kit.isolate.schedules import Schedule
from ovos_dialogue_kit.isolate.variants import Variant
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["Judge", "Judgement"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result of one schedule: its first lasting leak, if there is one.

    ``unjudged`` are the sessions and places of values that differ by chance.
    """

    leak: Leak | None
    unjudged: frozenset[tuple[str, ValueKey]]


class Judge:
    """Replays schedules of one variant and decides what leaks; thread-safe.

    Args:
        fixture: the dialogue.
        variant: the variant of its case to replay.

    """

    def __init__(self, fixture: Fixture, variant: Variant) -> None:
        self.variant = variant
        self._fixture = fixture
        self._solos = SoloReplays(variant.case)

    def company(self, schedule: Schedule, play: Play, chance: int = 0) -> Company:
        """Replay a schedule."""
        options = Options(
            schedule=schedule.steps,
            order_seed=schedule.order_seed,
            chance_seed=chance,
        )
        return Company(schedule, play(self.variant.case, options))

    def alone(self, company: Company, session: str, play: Play) -> Transcript:
        """Return the transcript of a session without the others."""
        return self._solos.alone(company, session, play)

    def judgement(
        self, schedule: Schedule, play: Play, oracles: Collection[Oracle]
    ) -> Judgement:
        """Replay a schedule and return its first leak that is not by chance."""
        unjudged: set[tuple[str, ValueKey]] = set()
        company = self.company(schedule, play)
        for leak in self.leaks(company, play, oracles, unjudged=unjudged):
            if self.is_lasting(leak, schedule, play):
                return Judgement(leak, frozenset(unjudged))
        return Judgement(None, frozenset(unjudged))

    def leaks(  # noqa: PLR0913  # each has its default
        self,
        company: Company,
        play: Play,
        oracles: Collection[Oracle],
        *,
        about: str | None = None,
        chances: int = CHANCES,
        unjudged: set[tuple[str, ValueKey]] | None = None,
    ) -> Iterator[Leak]:
        """Yield the leaks that a schedule shows, the most telling first.

        Args:
            company: the schedule, replayed.
            play: replays cases.
            oracles: the oracles to use.
            about: only leaks into this session; default: into any.
            chances: random seeds with which the session is replayed alone before a
                difference counts.
            unjudged: collects the sessions and places of values that differ by chance.

        """

        def varying(session: str, keys: Collection[ValueKey]) -> frozenset[ValueKey]:
            found = self._solos.by_chance(company, session, play, keys, chances)
            if unjudged is not None:
                unjudged.update((session, key) for key in found)
            return found

        schedule = company.schedule
        evidence = Evidence(
            fixture=self._fixture,
            case=self.variant.case,
            company=company.transcript,
            alone=lambda session: self._solos.alone(company, session, play),
            varying=varying,
            canaries=self.variant.canaries,
            taken=schedule.turns,
            has_overlaps=any(step.overlap for step in schedule.steps),
        )
        return leaks_in(evidence, oracles, about)

    def is_lasting(self, leak: Leak, schedule: Schedule, play: Play) -> bool:
        """Return True if a leak shows with other random seeds, too."""
        others = (self.company(schedule, play, chance) for chance in (1, 2))
        return all(
            any(self.leaks(other, play, (leak.oracle,), about=leak.session))
            for other in others
        )
