"""Make canaries: words that are said only once, to see who hears them.

In a script ``$canary`` stands for a different word in each turn, so that the words of
one session can be recognised wherever they turn up.
"""

from __future__ import annotations

__all__ = ["CANARY", "make_canary"]

CANARY = "$canary"
"""The placeholder for a turn's own word in the texts of a script."""

_CONSONANTS = "bdfghjklmnprstvwyzcx"
_VOWELS = "aeiou"
_SYLLABLES = len(_CONSONANTS) * len(_VOWELS)
_SYLLABLES_IN_A_WORD = 3
_ALL = _SYLLABLES**_SYLLABLES_IN_A_WORD
_STEP, _START = 361_279, 104_729
"""A step that has no divisor in common with ``_ALL`` visits every word once."""


def make_canary(number: int) -> str:
    """Return a word that can be pronounced and means nothing: ``vubosuk``.

    The first million numbers give different words, none of which is part of another.

    Args:
        number: the turn's number in its dialogue, from 0.

    """
    rest, word = (_START + number * _STEP) % _ALL, ""
    for _ in range(_SYLLABLES_IN_A_WORD):
        rest, syllable = divmod(rest, _SYLLABLES)
        consonant, vowel = divmod(syllable, len(_VOWELS))
        word += _CONSONANTS[consonant] + _VOWELS[vowel]
    return f"{word}k"
