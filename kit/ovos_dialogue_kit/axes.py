"""What the turns of a dialogue leave open: variants of texts, and values of slots.

A name means the nearest of these: the ``with:`` of this turn or an earlier one, the
matrix's axis, the ``with:`` of the dialogue or script, and, where something that is
said uses it, the skill's ``.entity`` file in the speaker's language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ovos_dialogue_kit.choices import Axes, Options
from ovos_dialogue_kit.errors import ScriptError, near_name
from ovos_dialogue_kit.filling import names_in
from ovos_dialogue_kit.script import Emit, Say, SessionSpec, Turn
from ovos_dialogue_kit.templates import slots

__all__ = ["Entities", "Part", "open_axes"]

Entities: TypeAlias = Callable[[str, str], tuple[str, ...]]
"""Returns the values that the skill gives a slot (name, language); none if it does not.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A turn: the variants of what is said (one, empty, if nothing is), and by whom.

    ``lang`` is the language that the speaker has here.
    """

    turn: Turn
    variants: tuple[str, ...]
    speaker: SessionSpec
    lang: str


@dataclass(slots=True)
class _Names:
    """The names in force while the turns are walked through.

    ``given`` are those that the script gives values, as opposed to ``.entity`` files.
    """

    axes: frozenset[str]
    values: list[tuple[str, ...]] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    entities: dict[tuple[str, str], int] = field(default_factory=dict)

    def give(self, named: Mapping[str, tuple[str, ...]]) -> None:
        """Take over the values of a ``with:``."""
        for name, values in named.items():
            self.index[name] = self.add(values)
            self.given.add(name)

    def add(self, values: Iterable[str]) -> int:
        """Return the index of new values."""
        self.values.append(tuple(dict.fromkeys(values)))
        return len(self.values) - 1

    def knows(self, name: str) -> bool:
        """Say whether a name has values that the script gives."""
        return name in self.given or name in self.axes


def open_axes(
    parts: Iterable[Part],
    values: Mapping[str, tuple[str, ...]],
    axes: Iterable[str],
    entities: Entities,
) -> Axes:
    """Return what turns leave open.

    Args:
        parts: the turns.
        values: the ``with:`` of the dialogue and script.
        axes: the names of the matrix's axes.
        entities: where other names get their values from.

    Raises:
        ScriptError: a name has no values; where it is used.

    """
    names = _Names(frozenset(axes))
    names.give({name: v for name, v in values.items() if name not in names.axes})
    options = tuple(_options(part, names, entities) for part in parts)
    return Axes(options, tuple(names.values))


def _options(part: Part, names: _Names, entities: Entities) -> Options:
    names.give(part.turn.values)
    for name in dict.fromkeys(name for text in part.variants for name in slots(text)):
        if not names.knows(name):
            names.index[name] = _entity(name, part, names, entities)
    expected = names_in(part.turn.expect)
    _refuse_unknown(part.turn, expected, names)
    emitted = names_in(part.turn.action) if isinstance(part.turn.action, Emit) else ()
    always = {*names_in(part.speaker), *expected, *emitted}
    uses = tuple(
        frozenset(names.index[n] for n in always.union(slots(text)) if n in names.index)
        for text in part.variants
    )
    return Options(part.variants, dict(names.index), uses)


def _entity(name: str, part: Part, names: _Names, entities: Entities) -> int:
    """Return the index of the values that the skill gives a slot in a language."""
    key = (name, part.lang)
    if key not in names.entities:
        values = entities(*key)
        if not values:
            action = part.turn.action
            raise ScriptError(
                f'unknown slot "{name}"{_near(name, names)}',
                action.text.mark if isinstance(action, Say) else part.turn.mark,
                f'give it values: "with: {{{name}: […]}}", or a file '
                f'"locale/{part.lang}/{name}.entity"',
            )
        names.entities[key] = names.add(values)
    return names.entities[key]


def _refuse_unknown(turn: Turn, expected: Iterable[str], names: _Names) -> None:
    """Raise if an expectation uses a name without values, outside of raw bus data."""
    unknown = [n for n in expected if n not in names.index and n not in names.axes]
    if turn.expect is None or not unknown:
        return
    for name in names_in(turn.expect, raw=False):
        if name in unknown:
            raise ScriptError(
                f'nothing gives "{{{name}}}" a value{_near(name, names)}',
                turn.expect.mark,
                f'use it in what is said, or give it values: "with: {{{name}: […]}}"',
            )


def _near(name: str, names: _Names) -> str:
    return near_name(name, [*names.index, *sorted(names.axes)])
