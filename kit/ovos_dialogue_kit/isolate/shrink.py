"""Shrink a schedule that shows a leak to the smallest one that does, with Hypothesis.

The smallest has neither overlaps nor shuffled listeners if the leak shows without them,
then the fewest sessions, turns and changes of speaker. Each of these is a number that
Hypothesis makes smaller: 0 leaves something out or makes it plain, a large number keeps
it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from random import Random
from types import ModuleType
from typing import TYPE_CHECKING

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.isolate.dialogues.alone import Play
from ovos_dialogue_kit.isolate.dialogues.schedules import (
    Block,
    Schedule,
    own_overlaps,
    tracks_of,
)
from ovos_dialogue_kit.isolate.dialogues.speakers import sessions_by_speaker
from ovos_dialogue_kit.isolate.dialogues.variants import Variant
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.leak_judge import Judge
from ovos_dialogue_kit.replayer.replay_options import Step

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["require_hypothesis", "shrink"]

_TRIES = 400
_PLAIN_TRIES = 100
_MANY = 10
"""Turns of a schedule above which sessions and turns are left out one by one first."""

_KEEP = 19
"""Largest number drawn. Only 0 leaves something out, so most is kept at first."""


def shrink(
    judge: Judge,
    schedule: Schedule,
    leak: Leak,
    play: Play,
    *,
    is_thorough: bool = False,
) -> Schedule:
    """Return the smallest schedule that shows a leak to the same oracle.

    One with overlaps or shuffled listeners is returned only if no other is found.

    Args:
        judge: decides what leaks.
        schedule: a schedule that shows the leak.
        leak: the leak.
        play: replays cases.
        is_thorough: judge each smaller schedule with as many random seeds as a leak
            that is reported; by default, few must do, and the caller judges the result.

    Raises:
        KitError: Hypothesis is not installed.

    """
    known = {schedule: True}

    def shows(smaller: Schedule) -> bool:
        if smaller not in known:
            known[smaller] = judge.shows(
                smaller, play, leak.oracle, is_thorough=is_thorough
            )
        return known[smaller]

    if len(schedule.steps) > _MANY:
        schedule = _thinned(judge.variant, schedule, shows)
    own = own_overlaps(judge.variant.case)
    plain = Schedule(tuple(Step(turn, turn in own) for turn in schedule.turns))
    found = _find(judge.variant, plain, shows, _PLAIN_TRIES)
    if found is None and plain != schedule:
        found = _find(judge.variant, schedule, shows, _TRIES)
    return _thinned(judge.variant, found or schedule, shows)


def _thinned(
    variant: Variant, schedule: Schedule, shows: Callable[[Schedule], bool]
) -> Schedule:
    """Return a schedule without the sessions, and then the blocks, that it can spare.

    Of a crowd, Hypothesis would hardly ever keep the few that are needed; and it may
    give up before the last one is left out.
    """
    tracks = tracks_of(variant.case).values()
    whole = [tuple(turn for block in track for turn in block) for track in tracks]
    for part in (*whole, *(block for track in tracks for block in track)):
        steps = tuple(step for step in schedule.steps if step.turn not in part)
        smaller = replace(schedule, steps=steps)
        if shows(smaller):
            schedule = smaller
    return schedule


def _find(
    variant: Variant, schedule: Schedule, shows: Callable[[Schedule], bool], tries: int
) -> Schedule | None:
    hypothesis = require_hypothesis()
    settings = hypothesis.settings(
        database=None,
        deadline=None,
        max_examples=tries,
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    try:
        found: Schedule = hypothesis.find(
            _smaller(variant, schedule),
            shows,
            settings=settings,
            random=Random(0),  # noqa: S311  # not secret
        )
    except hypothesis.errors.NoSuchExample:
        return None
    return found


def require_hypothesis() -> ModuleType:
    """Return the module of Hypothesis.

    Raises:
        KitError: it is not installed.

    """
    try:
        import hypothesis  # noqa: PLC0415  # an extra
        import hypothesis.errors  # noqa: PLC0415
    except ImportError as error:
        raise KitError(
            "`kit isolate` needs Hypothesis, which is not installed",
            hint='pip install "ovos-dialogue-kit[isolate]"',
        ) from error
    return hypothesis


def _smaller(variant: Variant, schedule: Schedule) -> SearchStrategy[Schedule]:
    """Return a strategy for schedules with parts of a schedule left out."""
    from hypothesis import strategies  # noqa: PLC0415  # an extra

    return strategies.composite(_draw)(variant, schedule)


def _draw(draw: DrawFn, variant: Variant, schedule: Schedule) -> Schedule:
    from hypothesis import strategies  # noqa: PLC0415  # an extra

    numbers = strategies.integers(0, _KEEP)

    def number() -> int:
        return draw(numbers)

    order_seed = schedule.order_seed
    if order_seed is not None and not number():
        order_seed = None
    kept: set[Block] = set()
    for track in tracks_of(variant.case).values():
        if number():
            kept.update(block for block in track if number())
    blocks = [block for block in _blocks(variant, schedule) if block in kept]
    order = _plainer(variant, blocks, number)
    overlapping = {step.turn for step in schedule.steps if step.overlap}
    return Schedule(tuple(_steps(variant, order, overlapping, number)), order_seed)


def _blocks(variant: Variant, schedule: Schedule) -> list[Block]:
    """Return the blocks of a schedule in its order."""
    whole = {
        block[0]: block for track in tracks_of(variant.case).values() for block in track
    }
    return [whole[turn] for turn in schedule.turns if turn in whole]


def _plainer(
    variant: Variant, blocks: list[Block], number: Callable[[], int]
) -> list[Block]:
    """Return an order in which a number decides at each place whose turn it is.

    0 is the session that spoke last, then come the others in the script's order; a
    number beyond them keeps the order of the blocks.
    """
    order: list[Block] = []
    session = ""
    left = list(blocks)
    session_of = sessions_by_speaker(variant.case)
    while left:
        first: dict[str, Block] = {}
        for block in sorted(left):
            first.setdefault(session_of[variant.case.turns[block[0]].session], block)
        names = sorted(first, key=lambda name: (name != session, first[name]))
        place = number() if len(names) > 1 else 0
        chosen = first[names[place]] if place < len(names) else left[0]
        left.remove(chosen)
        order.append(chosen)
        session = session_of[variant.case.turns[chosen[0]].session]
    return order


def _steps(
    variant: Variant,
    order: Sequence[Block],
    overlapping: Collection[int],
    number: Callable[[], int],
) -> Iterator[Step]:
    """Yield the steps of an order, with the overlaps that are kept."""
    turns = variant.case.turns
    session_of = sessions_by_speaker(variant.case)
    for block, after in zip_longest(order, order[1:]):
        yield from (Step(turn, overlap=True) for turn in block[:-1])
        differs = after is not None and (
            session_of[turns[after[0]].session] != session_of[turns[block[-1]].session]
        )
        overlap = differs and block[-1] in overlapping and number() > 0
        yield Step(block[-1], overlap)
