"""Define a schedule that was replayed, and access to what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate.dialogues.speakers import sessions_by_speaker
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["Scene"]


@dataclass(frozen=True, slots=True)
class Scene:
    """A transcript in company, and access to what it is compared with.

    ``alone`` returns the transcript of a session alone; for a session that takes no
    part, nobody speaks in it. ``taken`` are the indices of the turns that were taken.
    ``canaries`` maps words to the index of the turn that says them. ``is_shuffled`` is
    true if chance decides who of several comes first.
    """

    fixture: Fixture
    case: Case
    company: Transcript
    alone: Callable[[str], Transcript]
    canaries: Mapping[str, int]
    taken: Sequence[int]
    has_overlaps: bool
    is_shuffled: bool

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions that take turns, in the order of their first ones."""
        names = sessions_by_speaker(self.case)
        turns = (self.case.turns[index] for index in self.taken)
        return tuple(dict.fromkeys(names[turn.session] for turn in turns))

    @property
    def outsiders(self) -> tuple[str, ...]:
        """The sessions that take no part, but to which something is said."""
        said_to = dict.fromkeys(stray.session for stray in self.company.strays)
        return tuple(name for name in said_to if name not in self.case.sessions)
