"""Try schedules of a dialogue, one after another, until one shows a leak.

The order in which schedules are tried and the one that is reported depend on the seed
alone, not on how many assistants work on them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from ovos_dialogue_kit.assistant.protocol import Assistant
from ovos_dialogue_kit.errors import AssistantError, KitError, near_name
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate.dialogues.known_words import known_words
from ovos_dialogue_kit.isolate.dialogues.schedules import count_orders, tracks_of
from ovos_dialogue_kit.isolate.dialogues.variants import plans_of, variants_of
from ovos_dialogue_kit.isolate.dialogues.worlds import in_company
from ovos_dialogue_kit.isolate.finding import (
    Finding,
    Sighting,
    as_seen,
    finding_of,
)
from ovos_dialogue_kit.isolate.judging.leak_judge import Judge, Judgement
from ovos_dialogue_kit.isolate.judging.observation import ORACLES, Oracle, ValueKey
from ovos_dialogue_kit.isolate.shrink import require_hypothesis
from ovos_dialogue_kit.isolate.trying import (
    Team,
    judgements_of,
    tasks_of,
    until_over,
)

__all__ = [
    "Budget",
    "Findings",
    "SearchSettings",
    "read_oracles",
    "search",
]


_SHRINKING = 10.0
"""Seconds for which a leak may still be shrunk when the time is up."""

_LOST = "the assistant was lost"


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of a search: a number of schedules, and seconds of real time.

    A schedule is one order of the turns of one variant. When the time is up, a leak
    that was found is still shrunk for a few seconds.
    """

    schedules: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """The result of a search in one case.

    ``tried`` is the number of schedules that were replayed of the ``budget``,
    ``orders`` how many there are without overlaps and shuffled listeners. ``seconds``
    is the real time until the first leak was seen or, without one, until the end.
    ``unjudged`` are the places of random values, in words, ``undecided`` those of which
    it is not certain that they are. ``error`` is why the search ended too early;
    ``is_cut_short`` is true if the reason is that its time was up.
    """

    fixture: Fixture
    case: Case
    engine: str
    seed: int
    tried: int
    orders: int
    seconds: float
    leaks: tuple[Finding, ...]
    unjudged: tuple[str, ...]
    undecided: tuple[str, ...]
    budget: int
    is_cut_short: bool
    error: AssistantError | None


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """Settings of a search.

    ``oracles`` are the ones to use. ``seed`` decides which schedules are tried, and in
    which order.
    """

    budget: Budget
    seed: int = 0
    oracles: tuple[Oracle, ...] = ORACLES


def search(  # noqa: PLR0913  # all that a search is about
    fixture: Fixture,
    case: Case,
    assistants: Sequence[Assistant],
    chosen: SearchSettings,
    *,
    engine: str,
    deadline: float | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Findings:
    """Try schedules of a case until one shows a leak, and shrink it.

    Args:
        fixture: the dialogue; what it allows is not a leak.
        case: the case to search in; a case of one session gets a twin of it.
        assistants: with the setup of the dialogue; all are used at the same time.
        chosen: settings of the search.
        engine: the engine of the assistants.
        deadline: seconds of the assistant's clock within which a turn must end;
            default: as in a replay.
        progress: called with the number of schedules tried so far.

    Raises:
        KitError: Hypothesis is not installed.
        AssistantError: an assistant does not start.

    """
    require_hypothesis()  # now, not when there is a leak
    began, limit = time.monotonic(), chosen.budget.seconds
    until = math.inf if limit is None else began + limit
    for assistant in assistants:
        assistant.start()  # here: its process ends with the thread that starts it
    team, outcome = Team(assistants, fixture, deadline), _Outcome()
    try:
        _try_until_leak(outcome, fixture, case, team, chosen, until, progress)
    except CancelledError:
        outcome.is_cut_short = True
    except AssistantError as error:
        outcome.error = error
    seconds = time.monotonic() - began
    leaks: tuple[Finding, ...] = ()
    if outcome.sighting and outcome.error:
        leaks = (as_seen(fixture, engine, outcome.sighting, _LOST),)
    elif outcome.sighting:
        until += _SHRINKING
        leaks, outcome.error = _shrunk(fixture, engine, outcome.sighting, team, until)
    outcome.forget(leaks)
    return Findings(
        fixture=fixture,
        case=case,
        engine=engine,
        seed=chosen.seed,
        tried=outcome.tried,
        orders=count_orders(tracks_of(in_company(case))),
        seconds=seconds,
        leaks=leaks,
        unjudged=tuple(outcome.unjudged),
        undecided=tuple(k for k in outcome.undecided if k not in outcome.unjudged),
        budget=chosen.budget.schedules,
        is_cut_short=outcome.is_cut_short,
        error=outcome.error,
    )


def _shrunk(
    fixture: Fixture, engine: str, sighting: Sighting, team: Team, until: float
) -> tuple[tuple[Finding], AssistantError | None]:
    """Return a leak made small; as it was seen, with the error, if that is lost."""
    try:
        with team.one() as play:
            in_time = until_over(lambda: time.monotonic() >= until, play)
            return (finding_of(fixture, engine, sighting, in_time),), None
    except CancelledError:
        return (as_seen(fixture, engine, sighting, "the time was up"),), None
    except AssistantError as error:
        return (as_seen(fixture, engine, sighting, _LOST),), error


def read_oracles(names: Collection[str]) -> tuple[Oracle, ...]:
    """Return oracles by their names, the most telling first.

    Raises:
        KitError: one is unknown.

    """
    for name in names:
        if name not in ORACLES:
            raise KitError(
                f'unknown oracle "{name}"{near_name(name, ORACLES)}',
                hint=f"known: {', '.join(ORACLES)}",
            )
    return tuple(name for name in ORACLES if name in names)


@dataclass(slots=True)
class _Outcome:
    """The result of trying schedules: their number, and the first that leaks.

    ``unjudged`` are the places of random values, in words, each once, in the order of
    their first schedule; ``undecided`` are those that may be random, but for those that
    once were.
    """

    tried: int = 0
    sighting: Sighting | None = None
    unjudged: dict[str, None] = field(default_factory=dict)
    undecided: dict[str, None] = field(default_factory=dict)
    is_cut_short: bool = False
    error: AssistantError | None = None

    def add(self, judge: Judge, judgement: Judgement) -> None:
        """Add the judgement of one schedule in one variant.

        What chance does to a crowd, it does to the sessions of the script.
        """
        self.tried += 1
        if judge.variant.name != "crowd":
            case = judge.variant.case
            self.unjudged.update(dict.fromkeys(_places(case, judgement.random)))
            self.undecided.update(dict.fromkeys(_places(case, judgement.open)))
        self.error = judgement.error
        if judgement.leak and judgement.evidence:
            self.sighting = Sighting(
                judge, judgement.played, judgement.leak, judgement.evidence
            )

    def forget(self, leaks: Iterable[Finding]) -> None:
        """Forget the places of leaks: a race may have left them in doubt before."""
        for each in leaks:
            keys = [(leak.session, leak.key) for leak in each.leaks]
            for place in _places(each.case, keys):
                self.unjudged.pop(place, None)
                self.undecided.pop(place, None)


def _try_until_leak(  # noqa: PLR0913, PLR0917  # all that a search is about
    outcome: _Outcome,
    fixture: Fixture,
    case: Case,
    team: Team,
    chosen: SearchSettings,
    until: float,
    progress: Callable[[int], None],
) -> None:
    """Try schedules, each in its variant, until the first that shows a leak.

    Raises:
        CancelledError: the time is up.
        AssistantError: an assistant is lost.

    """

    def is_up() -> bool:
        return time.monotonic() >= until

    words = known_words(fixture, case)
    with team.one() as play:
        variants = variants_of(
            case,
            until_over(is_up, play),
            words,
            is_real_time=fixture.clock == "real",
        )
    judges = {
        each.name: Judge(fixture, each, chosen.seed, words.dialogs) for each in variants
    }
    plans = islice(plans_of(variants, chosen.seed), chosen.budget.schedules)
    tasks = tasks_of(plans, judges)
    with closing(judgements_of(tasks, team, chosen.oracles, is_up)) as judgements:
        for judge, judgement in judgements:
            outcome.add(judge, judgement)
            progress(outcome.tried)
            if outcome.sighting:
                return


def _places(case: Case, keys: Collection[tuple[str, ValueKey]]) -> Iterator[str]:
    """Yield the places of values, in words."""
    for session, key in sorted(keys, key=str):
        turn = int(key[0])
        said = (
            f'"{case.turns[turn].said}"'
            if turn >= 0
            else "(something nobody asked for)"
        )
        what = ".".join(map(str, key[1:]))
        yield f"{session or '(nobody)'}, {said}: {what}"
