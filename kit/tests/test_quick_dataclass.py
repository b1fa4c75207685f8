"""Tests that the kit's dataclasses behave as those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from ovos_dialogue_kit.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """One with all kinds of fields."""

    name: str
    size: float = 1.0
    guests: list[str] = field(default_factory=list)
    seen: int = field(default=0, compare=False, repr=False)
    label: str = field(init=False)

    def __post_init__(self) -> None:
        """Compute a field."""
        object.__setattr__(self, "label", self.name.title())


@dataclass(slots=True)
class Counter:
    """One that changes."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class Nothing:
    """One without fields, that has words of its own."""

    def __repr__(self) -> str:
        """Return the words."""
        return "nothing"


@dataclasses.dataclass(frozen=True, slots=True)
class Usual:
    """One of the standard library."""

    name: str
    size: float = 1.0
    guests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quick:
    """The same one of the kit."""

    name: str
    size: float = 1.0
    guests: tuple[str, ...] = ()


def test_fields_have_their_values_and_defaults() -> None:
    """Values are given by place or name; a default is made anew for each instance."""
    kitchen, bedroom = Room("kitchen", 2.0), Room(name="bedroom", guests=["ana"])
    assert (kitchen.name, kitchen.size, kitchen.guests) == ("kitchen", 2.0, [])
    assert (bedroom.size, bedroom.guests, bedroom.label) == (1.0, ["ana"], "Bedroom")
    assert kitchen.guests is not Room("kitchen").guests


@pytest.mark.parametrize("arguments", [(), ("a", 1.0, (), "more")])
def test_wrong_arguments_are_refused_in_the_usual_words(
    arguments: tuple[object, ...],
) -> None:
    """A missing or further argument raises what Python says of every function."""
    told = []
    for kind in (Usual, Quick):
        with pytest.raises(TypeError) as caught:
            kind(*arguments)  # type: ignore[arg-type]
        told.append(str(caught.value).replace(kind.__name__, ""))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a",), ("a", 1.0)),
        (("a",), ("b",)),
        (("a", float("nan")), ("a", 2.0)),
        (("a", 1.0, ("x",)), ("a", 1.0, ("x",))),
    ],
)
def test_equality_is_the_usual_one(
    one: tuple[Any, ...], other: tuple[Any, ...]
) -> None:
    """Instances are equal, and have the same hash, as the standard library's are."""
    assert (Quick(*one) == Quick(*other)) is (Usual(*one) == Usual(*other))
    assert (hash(Quick(*one)) == hash(Quick(*other))) is (
        hash(Usual(*one)) == hash(Usual(*other))
    )
    assert hash(Quick(*one)) == hash(Usual(*one))


def test_another_class_is_never_equal() -> None:
    """An instance is not equal to one of another class with the same values."""
    assert Quick("a") != Usual("a")
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())


def test_one_field_is_compared_as_several_are() -> None:
    """A value that is not equal to itself, such as NaN, is the same as itself."""
    number: Any = float("nan")
    assert Counter(number) == Counter(number)


def test_a_field_can_be_left_out_of_comparisons_and_words() -> None:
    """``field(compare=False, repr=False)`` is respected."""
    assert Room("hall", seen=1) == Room("hall", seen=2)
    assert repr(Room("hall")) == "Room(name='hall', size=1.0, guests=[], label='Hall')"


def test_words_are_the_usual_ones() -> None:
    """``repr`` shows all fields, unless a class has its own."""
    assert repr(Quick("a")) == repr(Usual("a")).replace("Usual", "Quick")
    assert repr(Nothing()) == "nothing"


def test_a_frozen_one_does_not_change() -> None:
    """Setting and deleting a field raise what the standard library raises."""
    told = []
    for one in (Usual("a"), Quick("a")):
        for change in (lambda: setattr(one, "name", "b"), lambda: delattr(one, "name")):  # noqa: B023
            with pytest.raises(FrozenInstanceError) as caught:
                change()
            told.append(str(caught.value))
    assert told == 2 * ["cannot assign to field 'name'", "cannot delete field 'name'"]


def test_one_that_is_not_frozen_changes_and_has_no_hash() -> None:
    """Without ``frozen``, fields can be set, so it is no key of a mapping."""
    counter = Counter()
    counter.number += 1
    assert counter == Counter(1)
    with pytest.raises(TypeError, match="unhashable type: 'Counter'"):
        hash(counter)


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))],  # noqa: S301  # ours
)
@pytest.mark.parametrize("one", [Room("hall", 3.0, ["ana"]), Counter(2), Nothing()])
def test_copies_are_equal(copied: Any, one: object) -> None:
    """An instance can be copied and pickled."""
    assert copied(one) == one


def test_it_is_a_dataclass_with_slots() -> None:
    """``replace`` and patterns work; there is no ``__dict__``."""
    assert dataclasses.replace(Quick("a"), size=2.0) == Quick("a", 2.0)
    match Quick("a", 2.0):
        case Quick(name, size):
            assert (name, size) == ("a", 2.0)
    assert not hasattr(Quick("a"), "__dict__")
