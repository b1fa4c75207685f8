"""Whoever replays a schedule and says what leaks."""

from __future__ import annotations

from collections.abc import Collection

from ovos_dialogue_kit.assistant.options import Options
from ovos_dialogue_kit.fixture import Fixture
from ovos_dialogue_kit.isolate.observe import Key
from ovos_dialogue_kit.isolate.oracles import Evidence, Leak, leaks_in
from ovos_dialogue_kit.isolate.schedules import Schedule
from ovos_dialogue_kit.isolate.solo import CHANCES, Company, Play, Solos
from ovos_dialogue_kit.isolate.worlds import World
from ovos_dialogue_kit.transcript import Transcript

__all__ = ["Judge"]


class Judge:
    """Replays schedules of one world and says what leaks.

    Args:
        fixture: the dialogue.
        world: the variant of its case that is replayed.

    ``unjudged`` collects what differed by chance.
    """

    def __init__(self, fixture: Fixture, world: World) -> None:
        self.world = world
        self.unjudged: set[tuple[str, Key]] = set()
        self._fixture = fixture
        self._solos = Solos(world.case)

    def company(self, schedule: Schedule, play: Play, chance: int = 0) -> Company:
        """Replay a schedule."""
        options = Options(
            schedule=schedule.steps,
            order_seed=schedule.order_seed,
            chance_seed=chance,
        )
        return Company(schedule, play(self.world.case, options))

    def alone(self, company: Company, session: str, play: Play) -> Transcript:
        """Return what happens to a session without the others."""
        return self._solos.alone(company, session, play)

    def leaks(
        self,
        schedule: Schedule,
        play: Play,
        oracles: Collection[str],
        *,
        chance: int = 0,
        chances: int = CHANCES,
    ) -> list[Leak]:
        """Replay a schedule and return the leaks that it shows.

        Args:
            schedule: the turns and their order.
            play: replays cases.
            oracles: whom to ask.
            chance: the seed of chance in company.
            chances: how many seeds are tried alone before a difference counts.

        """
        company = self.company(schedule, play, chance)

        def varying(session: str, keys: Collection[Key]) -> frozenset[Key]:
            found = self._solos.by_chance(company, session, play, keys, chances)
            self.unjudged.update((session, key) for key in found)
            return found

        evidence = Evidence(
            fixture=self._fixture,
            case=self.world.case,
            company=company.transcript,
            alone=lambda session: self._solos.alone(company, session, play),
            varying=varying,
            canaries=self.world.canaries,
            taken=schedule.turns,
            has_overlaps=any(step.overlap for step in schedule.steps),
        )
        return leaks_in(evidence, oracles)

    def is_lasting(self, leak: Leak, schedule: Schedule, play: Play) -> bool:
        """Say whether a leak shows whatever chance decides."""
        return all(
            any(
                (other.oracle, other.session) == (leak.oracle, leak.session)
                for other in self.leaks(schedule, play, (leak.oracle,), chance=chance)
            )
            for chance in (1, 2)
        )
