"""Whoever replays a schedule and says what leaks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.isolate.alone import CHANCES, Company, Play, Solos
from ovos_dialogue_kit.isolate.observation import Oracle, ValueKey
from ovos_dialogue_kit.isolate.oracles import Evidence, Leak, leaks_in
from ovos_dialogue_kit.isolate.schedules import Schedule
from ovos_dialogue_kit.isolate.variants import Variant
from ovos_dialogue_kit.replayer.options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["Judge", "Judgement"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one schedule came to: the first leak that lasts, if there is one.

    ``unjudged`` is what differed by chance: whose, and where.
    """

    leak: Leak | None
    unjudged: frozenset[tuple[str, ValueKey]]


class Judge:
    """Replays schedules of one variant and says what leaks.

    Args:
        fixture: the dialogue.
        variant: the variant of its case that is replayed.

    Several threads may use it at once.
    """

    def __init__(self, fixture: Fixture, variant: Variant) -> None:
        self.variant = variant
        self._fixture = fixture
        self._solos = Solos(variant.case)

    def company(self, schedule: Schedule, play: Play, chance: int = 0) -> Company:
        """Replay a schedule."""
        options = Options(
            schedule=schedule.steps,
            order_seed=schedule.order_seed,
            chance_seed=chance,
        )
        return Company(schedule, play(self.variant.case, options))

    def alone(self, company: Company, session: str, play: Play) -> Transcript:
        """Return what happens to a session without the others."""
        return self._solos.alone(company, session, play)

    def judgement(
        self, schedule: Schedule, play: Play, oracles: Collection[Oracle]
    ) -> Judgement:
        """Replay a schedule and return the first leak that chance cannot undo."""
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
        """Yield the leaks that a schedule shows, as far as somebody asks for them.

        Args:
            company: the schedule, replayed.
            play: replays cases.
            oracles: whom to ask.
            about: only leaks into this session; by default into any.
            chances: how many seeds are tried alone before a difference counts.
            unjudged: collects what differed by chance.

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
        """Say whether a leak shows whatever chance decides."""
        others = (self.company(schedule, play, chance) for chance in (1, 2))
        return all(
            any(self.leaks(other, play, (leak.oracle,), about=leak.session))
            for other in others
        )
