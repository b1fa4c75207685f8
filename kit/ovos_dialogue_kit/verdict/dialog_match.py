"""Match a spoken text against the variants in a ``.dialog`` file.

A skill that renders its dialogs itself and calls plain ``speak`` does not tell their
names; then the lines of the file decide. A line is a template of OVOS-INTENT-1:
``(a|b)``, ``[optional]`` and ``{slot}``. It is followed through the text with the
places that are reached so far. That takes time proportional to the lengths of both;
expanding the template, or a regular expression, could take exponential time. The places
behind a slot are a ``range`` and all others are packed, because a text may be long.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby
from typing import TypeAlias

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.skill.resources import is_content
from ovos_dialogue_kit.verdict.equality import as_text, squeeze

__all__ = ["is_rendered_from"]

_TOKEN = re.compile(
    r"\{+\s*(?:\w+:)?(?P<slot>\w+)\s*\}+|(?P<bracket>[()\[\]|])|[^{()\[\]|]+|."
)
_CLOSING = {"(": ")", "[": "]"}

_Branches: TypeAlias = "list[list[_Piece]]"
_Piece: TypeAlias = "str | _Branches | None"
"""A literal text, a slot that takes anything, or branches of which one is taken."""


def is_rendered_from(
    lines: Iterable[str], text: str, data: Mapping[str, Json] | None = None
) -> bool:
    """Return True if one of a dialog's lines can be rendered as the text.

    Empty lines and lines that begin with ``#`` are left out, as OVOS does. White space
    does not count.

    Args:
        lines: the lines of a ``.dialog`` file.
        text: what was spoken.
        data: values that slots must have; any other slot takes anything. A name that
            is no slot in any of the lines was not filled in.

    """
    padded = f" {squeeze(text)} "
    wanted, listed = data or {}, [line for line in lines if is_content(line)]
    if not wanted.keys() <= {slot for line in listed for slot in _slots(line)}:
        return False
    return any(
        len(padded) in _follow(_parse(f" {line.strip()} ", wanted), padded, [0])
        for line in listed
    )


def _slots(line: str) -> Iterator[str | None]:
    """Yield the slot of each token; most have none."""
    return (found["slot"] for found in _TOKEN.finditer(line))


def _follow(sequence: list[_Piece], text: str, places: Sequence[int]) -> Sequence[int]:
    """Return the places in the text that the sequence can reach from the given ones.

    Places are in order, each once.
    """
    for part in sequence:
        if not places:
            return places
        if part is None:
            places = range(places[0], len(text) + 1)
        elif isinstance(part, str):
            places = array("q", _follow_literal(part, text, places))
        else:
            reached = merge(*(_follow(branch, text, places) for branch in part))
            places = array("q", _once(reached))
    return places


def _follow_literal(literal: str, text: str, places: Iterable[int]) -> Iterable[int]:
    """Return the places that literal text reaches; a gap may have been passed already.

    An optional that is left out has a gap on either side and one space in the text.
    """
    for piece in filter(None, re.split(r"(\s+)", literal)):
        if piece.isspace():
            places = _once(_follow_gap(text, places))
        else:
            places = _follow_word(piece, text, places)
    return places


def _follow_gap(text: str, places: Iterable[int]) -> Iterator[int]:
    if isinstance(places, range):  # all that follow the first
        for place in _found(" ", text, places.start - 1):
            yield place + 1
        return
    for place in places:
        if text[place - 1 : place] == " ":
            yield place
        if text[place : place + 1] == " ":
            yield place + 1


def _follow_word(word: str, text: str, places: Iterable[int]) -> Iterator[int]:
    if isinstance(places, range):  # all that follow the first
        for place in _found(word, text, places.start):
            yield place + len(word)
        return
    for place in places:
        if text.startswith(word, place):
            yield place + len(word)


def _found(part: str, text: str, start: int) -> Iterator[int]:
    """Yield where a part begins in a text, overlapping ones too."""
    while (start := text.find(part, start)) >= 0:
        yield start
        start += 1


def _once(places: Iterable[int]) -> Iterator[int]:
    """Return places, which are in order, each once."""
    return (place for place, _ in groupby(places))


def _parse(line: str, data: Mapping[str, Json]) -> list[_Piece]:
    """Return the pieces of a line.

    In a line whose brackets do not pair up, brackets are literal text: nothing better
    can be made of it, and some published skills have such lines.
    """
    grouped = _is_balanced(line)
    sequence: list[_Piece] = []
    around: list[tuple[list[_Piece], _Branches]] = []
    for token in _TOKEN.finditer(line):
        bracket = token["bracket"] if grouped else None
        if bracket in _CLOSING:
            branch: list[_Piece] = []
            branches: _Branches = [branch, []] if bracket == "[" else [branch]
            sequence.append(branches)
            around.append((sequence, branches))
            sequence = branch
        elif bracket == "|":
            around[-1][1].append([])
            sequence = around[-1][1][-1]
        elif bracket:
            sequence, _ = around.pop()
        elif slot := token["slot"]:
            sequence.append(as_text(data[slot]) if slot in data else None)
        else:
            sequence.append(token[0])
    return sequence


def _is_balanced(line: str) -> bool:
    """Return True if brackets pair up and no ``|`` stands outside of them."""
    awaited: list[str] = []
    for token in _TOKEN.finditer(line):
        bracket = token["bracket"]
        if bracket in _CLOSING:
            awaited.append(_CLOSING[bracket])
        elif bracket and (not awaited or (bracket != "|" and awaited.pop() != bracket)):
            return False
    return not awaited
