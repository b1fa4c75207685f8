"""Check the names in a script's texts: phrases, templates, and values that are used.

A slot that has no values in the script is accepted: it may have an ``.entity`` file,
which only ``generate`` looks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import Mark, ScriptError, near_name
from ovos_dialogue_kit.script.format.sections import Fields
from ovos_dialogue_kit.script.model import Say, Script, SessionSpec, Text, Turn
from ovos_dialogue_kit.script.problems import Problems
from ovos_dialogue_kit.script.slots import find_data_slots
from ovos_dialogue_kit.script.templates import Templates

__all__ = ["check_names", "names_used"]

_OWN_AXES = ("engine", "lang")


def check_names(script: Script, fields: Fields, problems: Problems) -> None:
    """Report malformed templates, unknown phrases, and values that are never used.

    Unused values are reported only if all else is well: a part that could not be read
    may use them.

    Args:
        script: the script, as far as it could be read.
        fields: the values from which it was built, with the places of names.
        problems: gets the errors; and has those found so far.

    """
    templates = Templates(script.phrases)
    complete = _has_all_phrases(fields)
    for text in _templates(script):
        if complete or "<" not in text.value:
            with problems:
                templates.check(text)
    _check_own_axes(fields, problems)
    for part in fields.values["dialogues"].values.values():
        if isinstance(part, Fields):
            _check_own_axes(part, problems)
    if not problems:
        _check_used(script, fields, templates, problems)


def _check_own_axes(fields: Fields, problems: Problems) -> None:
    """Report a language or an engine beside an axis of that name."""
    axes: Fields | None = fields.values.get("matrix")
    for name in _OWN_AXES:
        if axes and name in axes.values and name in fields.marks:
            error = ScriptError(
                f'"{name}" is set both by itself and in "matrix"',
                fields.marks[name],
                "remove one of them",
                Code.NAME_GIVEN_TWICE,
            )
            problems.add(error)


def _has_all_phrases(fields: Fields) -> bool:
    """Return True if no phrase is unknown only because it could not be read."""
    if "phrases" not in fields.marks:
        return True
    phrases: Fields | None = fields.values.get("phrases")
    return phrases is not None and phrases.values.keys() == phrases.marks.keys()


def _templates(script: Script) -> Iterator[Text]:
    """Yield the phrases, then the different texts that are said."""
    for phrase in script.phrases.values():
        yield from phrase
    known = set()
    for dialogue in script.dialogues:
        for turn in dialogue.turns:
            if isinstance(turn.action, Say) and turn.action.text.value not in known:
                yield turn.action.text
                known.add(turn.action.text.value)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The values and axes of a script, a dialogue or a turn, if there are any."""

    values: Fields | None
    axes: Fields | None = None


def _check_used(
    script: Script, fields: Fields, templates: Templates, problems: Problems
) -> None:
    """Report names that have values where nothing uses them."""
    if not any(scope.values or scope.axes for scope in _scopes(fields)):
        return
    everywhere: set[str] = set()
    parts = fields.values["dialogues"].values.values()
    for dialogue, part in zip(script.dialogues, parts, strict=True):
        used: set[str] = set()
        turns = zip(dialogue.turns, _turns(part), strict=True)
        for turn, scope in reversed(list(turns)):
            used.update(names_used(turn, script.sessions[turn.session], templates))
            _check_scope(_of_turn(scope), used, problems)
        if isinstance(part, Fields):
            _check_scope(_of_mapping(part), used, problems)
        everywhere |= used
    _check_scope(_of_mapping(fields), everywhere, problems)


def _scopes(fields: Fields) -> Iterator[_Scope]:
    yield _of_mapping(fields)
    for part in fields.values["dialogues"].values.values():
        if isinstance(part, Fields):
            yield _of_mapping(part)
        yield from map(_of_turn, _turns(part))


def _of_mapping(fields: Fields) -> _Scope:
    return _Scope(fields.values.get("with"), fields.values.get("matrix"))


def _of_turn(fields: Fields) -> _Scope:
    """Return the values of a turn, in which ``matrix`` is the name of a speaker."""
    return _Scope(fields.values.get("with"))


def _turns(part: Fields | tuple[Fields, ...]) -> Sequence[Fields]:
    turns: tuple[Fields, ...] = (
        part.values["turns"] if isinstance(part, Fields) else part
    )
    return turns


def names_used(turn: Turn, speaker: SessionSpec, templates: Templates) -> Iterator[str]:
    """Yield the names that a turn uses, its speaker's session included."""
    action = turn.action
    if isinstance(action, Say):
        yield from templates.slots(action.text)
        yield from find_data_slots((action.others, action.context, action.session))
    else:
        yield from find_data_slots(action)
    yield from find_data_slots(turn.expect)
    yield from find_data_slots(speaker)


def _check_scope(scope: _Scope, used: Iterable[str], problems: Problems) -> None:
    values = scope.values.marks if scope.values else {}
    axes = scope.axes.marks if scope.axes else {}
    for name, mark in values.items():
        if name not in used:
            problems.add(_unused(name, "with", mark, used))
    for name, mark in axes.items():
        if name not in used and name not in _OWN_AXES:
            problems.add(_unused(name, "matrix", mark, used))
        if name in values:
            problem = f'"{name}" is in both "with" and "matrix"'
            hint = "remove one of them"
            problems.add(ScriptError(problem, mark, hint, Code.NAME_GIVEN_TWICE))


def _unused(name: str, key: str, mark: Mark, used: Iterable[str]) -> ScriptError:
    return ScriptError(
        f'"{name}" of "{key}" is never used{near_name(name, used)}',
        mark,
        f'use it as "{{{name}}}" in a text that is said or expected',
        Code.UNUSED_NAME,
    )
