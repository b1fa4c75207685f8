"""Find the sample sentence that is nearest to what was said, and how they differ.

A skill can have thousands of lines, each of which can stand for thousands of sentences.
So lines are first ranked by the letters that they share with what was said, and only
the best ones are expanded and compared word by word.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeAlias

from ovos_dialogue_kit.errors import ScriptError
from ovos_dialogue_kit.script.model import Text
from ovos_dialogue_kit.script.templates import expand_template

__all__ = ["Nearest", "find_nearest"]

_LINES = 12
"""Lines that are expanded."""

_SENTENCES = 500
"""Sentences of a line that are looked at; a line with more is compared unexpanded."""

_COMPARED = 40
"""Sentences that are compared word by word."""

_WORDS = 40
"""Words of each that are compared."""

_ALIKE = 0.75
"""How much two words may differ to count as the same one, perhaps misspelt."""

_SHORT = 3
"""Letters below which words that differ are different words."""

_FILLED = 0.05
"""What a word costs that fills a slot: plain words are nearer."""

_SLOT = re.compile(r"\{[^}]*\}+")
_GRAMMAR = re.compile(r"[()\[\]|]")

_Step: TypeAlias = "tuple[str, str]"
"""A word that was said and the word of the sentence in its place; either may be empty.
"""


@dataclass(frozen=True, slots=True)
class Nearest:
    """A sentence, the line that it comes from, and how it differs from what was said.

    ``difference`` is empty if it does not.
    """

    line: Text
    sentence: str
    difference: str


def find_nearest(said: str, lines: Iterable[Text]) -> Nearest | None:
    """Return the sentence that is nearest to what was said.

    It is ``None`` if none has much in common with it.

    Args:
        said: what was said.
        lines: templates with ``(a|b)``, ``[optional]`` and ``{slot}``.

    """
    wanted = _letters(said)

    def likeness(text: str) -> tuple[float, float]:
        found = _letters(text)
        both = len(wanted & found)
        # a line with many branches has other letters, too
        return both / (len(wanted) or 1), both / (len(found) or 1)

    near = (line for line in lines if wanted & _letters(line.value))
    best = heapq.nlargest(_LINES, near, key=lambda line: likeness(line.value))
    pairs = ((line, sentence) for line in best for sentence in _sentences(line))
    compared = heapq.nlargest(_COMPARED, pairs, key=lambda pair: sum(likeness(pair[1])))
    words = said.split()[:_WORDS]
    found = [
        (_align(words, _words(sentence)), line, sentence) for line, sentence in compared
    ]
    if not found:
        return None
    (_, steps), line, sentence = min(found, key=lambda each: each[0][0])
    if not _is_near(steps):
        return None
    return Nearest(line, sentence, _difference(steps, line.value))


def _letters(text: str) -> frozenset[str]:
    """Return the groups of three letters in a text, without its slots."""
    plain = _GRAMMAR.sub(" ", _SLOT.sub(" ", text)).casefold()
    padded = f" {' '.join(plain.split())} "
    return frozenset(padded[n : n + 3] for n in range(len(padded) - 2))


def _sentences(line: Text) -> Sequence[str]:
    try:
        return expand_template(line, {}, _SENTENCES)
    except ScriptError:
        return (_GRAMMAR.sub(" ", line.value),)


def _words(sentence: str) -> list[str]:
    """Return the words of a sentence, a slot being one."""
    joined = _SLOT.sub(lambda slot: "".join(slot[0].split()), sentence)
    return joined.split()[:_WORDS]


def _align(said: Sequence[str], words: Sequence[str]) -> tuple[float, list[_Step]]:
    """Return how much two texts differ, and the steps from one to the other.

    A slot stands for one word or more.
    """
    row: list[tuple[float, list[_Step]]] = [
        (float(n), [("", word) for word in words[:n]]) for n in range(len(words) + 1)
    ]
    for spoken in said:
        above, (cost, steps) = row, row[0]
        row = [(cost + 1, [*steps, (spoken, "")])]
        for n, word in enumerate(words):
            ways = [(above[n], _cost(spoken, word), word), (above[n + 1], 1.0, "")]
            if _is_slot(word):
                ways.append((above[n + 1], _FILLED, word))
            (cost, steps), more, other = min(ways, key=lambda way: way[0][0] + way[1])
            left, earlier = row[n]
            if left + 1 < cost + more:
                row.append((left + 1, [*earlier, ("", word)]))
            else:
                row.append((cost + more, [*steps, (spoken, other)]))
    return row[-1]


def _cost(spoken: str, word: str) -> float:
    """Return how much two words differ: from 0, not at all, to more than 1."""
    if spoken == word:
        return 0.0
    if _is_slot(word):
        return _FILLED
    if _plain(spoken) == _plain(word):
        return 0.1
    if min(len(spoken), len(word)) < _SHORT:
        return 1.2
    return 1.5 - SequenceMatcher(None, spoken.casefold(), word.casefold()).ratio()


def _is_slot(word: str) -> bool:
    return word.startswith("{")


def _is_near(steps: Sequence[_Step]) -> bool:
    """Return True if half of what was said, or of the sentence, is in the other."""
    plain = [step for step in steps if not _is_slot(step[1])]
    alike = sum(1 for step in plain if all(step) and _cost(*step) <= _ALIKE)
    said = sum(1 for spoken, _ in plain if spoken)
    words = sum(1 for _, word in plain if word)
    return alike * 2 >= min(said, words) and alike > 0


def _plain(word: str) -> str:
    return re.sub(r"\W", "", word.casefold())


def _difference(steps: Sequence[_Step], line: str) -> str:
    """Return the steps in words."""
    parts: list[str] = []
    for spoken, word in steps:
        if spoken == word or (spoken and _is_slot(word)):
            continue
        if not word:
            parts.append(f'without "{spoken}"')
        elif not spoken:
            parts.append(f'also "{word}"')
        else:
            parts.append(f'"{word}" for "{spoken}"')
    if not parts and re.search(r"\s{2}", line.strip()):
        parts.append("two spaces in a row")
    return ", ".join(parts)
