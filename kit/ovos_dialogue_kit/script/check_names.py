"""The names in a script's texts: phrases and templates that hold, values that are used.

A slot whose values are nowhere is not looked for here: it may have an ``.entity`` file,
which ``generate`` knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ovos_dialogue_kit.errors import ScriptError, near_name
from ovos_dialogue_kit.script.format.sections import Fields
from ovos_dialogue_kit.script.model import Say, Script, Turn
from ovos_dialogue_kit.script.slots import find_data_slots
from ovos_dialogue_kit.script.templates import Templates

__all__ = ["check_names"]

_GIVING = frozenset({"matrix", "with"})
_OWN_AXES = ("engine", "lang")


def check_names(script: Script, read: Fields) -> None:
    """Raise if a template is malformed, or a name is given values and never used.

    Args:
        script: what was built.
        read: what it was built from, which knows the places of names.

    Raises:
        ScriptError: with the place of the template or name.

    """
    templates = Templates(script.phrases)
    for phrase in script.phrases.values():
        for text in phrase:
            templates.check(text)
    _check_said(script, templates)
    _check_used(script, read, templates)


def _check_said(script: Script, templates: Templates) -> None:
    known = set()
    for dialogue in script.dialogues:
        for turn in dialogue.turns:
            if isinstance(turn.action, Say) and str(turn.action.text) not in known:
                templates.check(turn.action.text)
                known.add(str(turn.action.text))


def _check_used(script: Script, read: Fields, templates: Templates) -> None:
    """Raise for names that nothing uses where they have their values."""
    if not any(_GIVING & scope.values.keys() for scope in _scopes(read)):
        return
    everywhere: set[str] = set()
    parts = read.values["dialogues"].values.values()
    for dialogue, part in zip(script.dialogues, parts, strict=True):
        used: set[str] = set()
        turns = zip(dialogue.turns, _turns(part), strict=True)
        for turn, scope in reversed(list(turns)):
            used.update(_used(turn, script, templates))
            _check_scope(scope, used)
        if isinstance(part, Fields):
            _check_scope(part, used)
        everywhere |= used
    _check_scope(read, everywhere)


def _scopes(read: Fields) -> Iterator[Fields]:
    yield read
    for part in read.values["dialogues"].values.values():
        if isinstance(part, Fields):
            yield part
        yield from _turns(part)


def _turns(part: Fields | tuple[Fields, ...]) -> Sequence[Fields]:
    turns: tuple[Fields, ...] = (
        part.values["turns"] if isinstance(part, Fields) else part
    )
    return turns


def _used(turn: Turn, script: Script, templates: Templates) -> Iterator[str]:
    """Yield the names that a turn uses, its speaker's session included."""
    if isinstance(turn.action, Say):
        yield from templates.slots(turn.action.text)
    else:
        yield from find_data_slots(turn.action)
    yield from find_data_slots(turn.expect)
    yield from find_data_slots(script.sessions[turn.session])


def _check_scope(scope: Fields, used: Iterable[str]) -> None:
    given = scope.values.get("with")
    axes = scope.values.get("matrix")
    for key, fields in (("with", given), ("matrix", axes)):
        for name, mark in fields.marks.items() if fields else ():
            if name not in used and not (key == "matrix" and name in _OWN_AXES):
                raise ScriptError(
                    f'nothing uses "{name}" of "{key}"{near_name(name, used)}',
                    mark,
                    f'use it as "{{{name}}}" in what is said or expected',
                )
            if given and key == "matrix" and name in given.values:
                raise ScriptError(f'"{name}" is in "with" and in "matrix"', mark)
