"""Which cases a dialogue has: the product of what its templates and matrix leave open.

A choice picks a value for each axis of the matrix, a variant of what is said in each
turn, and a value for each slot that these variants and the expectations use. The
product is walked lazily, so that a cap is cheap to check, and a sample is drawn without
walking it. Draws come from a hash, which is the same on every Python.

A slot has one value throughout a case; ``axes`` says where its values come from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import TypeAlias

from ovos_dialogue_kit.errors import ScriptError
from ovos_dialogue_kit.script import Dialogue, Expansion

__all__ = ["Axes", "Choice", "Options", "Space", "choose"]

Indices: TypeAlias = "tuple[int, ...]"
Pick: TypeAlias = "tuple[Indices, Indices, Indices]"
"""Indices into the matrix's axes, the turns' variants and the slots' values."""

_ROOM = 10
_DRAWS = 20
"""A sample is drawn if the product has more than ``_ROOM`` times as many, in at most
``_DRAWS`` times as many draws; a smaller product is listed."""


@dataclass(frozen=True, slots=True)
class Options:
    """What one turn leaves open.

    ``slots`` maps the names in force to the index of their values; ``uses`` holds, for
    each variant, the indices that matter if it is taken.
    """

    variants: tuple[str, ...]
    slots: Mapping[str, int]
    uses: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class Axes:
    """What a dialogue leaves open in one row of the matrix."""

    turns: tuple[Options, ...]
    slots: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Space:
    """All that a dialogue leaves open; ``axes`` tells it for a row of the matrix."""

    matrix: Mapping[str, tuple[str, ...]]
    axes: Callable[[Mapping[str, str]], Axes]


@dataclass(frozen=True, slots=True)
class Choice:
    """One case of a dialogue, its slots not yet filled in.

    ``row`` are the values of the matrix's axes; ``variants`` and ``values`` hold, for
    each turn, what is said and the value of every name in force.
    """

    row: Mapping[str, str]
    variants: tuple[str, ...]
    values: tuple[Mapping[str, str], ...]


def choose(dialogue: Dialogue, expansion: Expansion, space: Space) -> list[Choice]:
    """Return a dialogue's cases, in the order of the product: matrix rows outermost.

    Args:
        dialogue: whose cases.
        expansion: how many are allowed or taken.
        space: what is left open.

    Raises:
        ScriptError: there are more than the cap allows.

    """
    if expansion.sample is not None:
        picks = _sample(space, expansion.sample, expansion.seed)
        return [_choice(space, pick) for pick in picks]
    picks = list(islice(_walk(space), expansion.cap + 1))
    if len(picks) > expansion.cap:
        raise ScriptError(
            f'"{dialogue.name}" expands to more than {expansion.cap} variants',
            dialogue.mark,
            'take some of them with "expand: {sample: 20}", or allow more with '
            f'"expand: {{cap: {expansion.cap * 10}}}"',
        )
    return [_choice(space, pick) for pick in picks]


def _walk(space: Space) -> Iterator[Pick]:
    for row in product(*(range(len(values)) for values in space.matrix.values())):
        axes = space.axes(_row(space, row))
        for said in product(*(range(len(turn.variants)) for turn in axes.turns)):
            used = _used(axes, said)
            sizes = (
                range(len(values)) if index in used else (0,)
                for index, values in enumerate(axes.slots)
            )
            for slots in product(*sizes):
                yield row, said, slots


def _used(axes: Axes, said: Indices) -> frozenset[int]:
    """Return the slots that matter once it is known what is said."""
    pairs = zip(axes.turns, said, strict=True)
    return frozenset().union(*(turn.uses[variant] for turn, variant in pairs))


def _sample(space: Space, size: int, seed: str) -> list[Pick]:
    listed = list(islice(_walk(space), size * _ROOM + 1))
    if len(listed) <= size * _ROOM:
        return sorted(sorted(listed, key=lambda pick: _hash(seed, pick))[:size])
    drawn: set[Pick] = set()
    for number in range(size * _DRAWS):
        drawn.add(_draw(space, f"{seed}\n{number}"))
        if len(drawn) == size:
            return sorted(drawn)
    rest = (pick for pick in listed if pick not in drawn)
    return sorted(drawn.union(islice(rest, size - len(drawn))))


def _draw(space: Space, seed: str) -> Pick:
    row = tuple(
        _hash(seed, ("row", index)) % len(values)
        for index, values in enumerate(space.matrix.values())
    )
    axes = space.axes(_row(space, row))
    said = tuple(
        _hash(seed, ("turn", index)) % len(turn.variants)
        for index, turn in enumerate(axes.turns)
    )
    used = _used(axes, said)
    slots = tuple(
        _hash(seed, ("slot", index)) % len(values) if index in used else 0
        for index, values in enumerate(axes.slots)
    )
    return row, said, slots


def _hash(seed: str, what: object) -> int:
    """Return a number that nothing but the seed and the text of ``what`` decides."""
    digest = hashlib.sha256(f"{seed}\n{what}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def _row(space: Space, row: Indices) -> dict[str, str]:
    pairs = zip(space.matrix.items(), row, strict=True)
    return {name: values[index] for (name, values), index in pairs}


def _choice(space: Space, pick: Pick) -> Choice:
    row = _row(space, pick[0])
    axes = space.axes(row)
    said = zip(axes.turns, pick[1], strict=True)
    taken = [values[i] for values, i in zip(axes.slots, pick[2], strict=True)]
    return Choice(
        row,
        tuple(turn.variants[variant] for turn, variant in said),
        tuple(
            {**row, **{name: taken[i] for name, i in turn.slots.items()}}
            for turn in axes.turns
        ),
    )
