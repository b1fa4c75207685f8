"""Make a text safe to show: escapes for whatever a terminal obeys or hides.

Names, utterances and error texts may come from a stranger's script or from a skill.
Everything that is printed passes through here, once or more: an escaped text passes
unchanged.
"""

from __future__ import annotations

import json
import re
import unicodedata

__all__ = ["looks_like", "revealed", "visible", "visible_json", "visible_lines"]

_HIDDEN = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # controls (Cc)
    "\xad\u180e\u200b\u2060-\u2065\ufeff"  # nothing is seen of these
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # change the order of what follows
    "\u206a-\u206f\ufff9-\ufffb\U000e0001"  # deprecated, or for annotations
    "\u2028\u2029"  # end a line for some readers
    "\ud800-\udfff"  # surrogates, which no encoding has
    "]"
)
"""All but letters, marks and signs; joiners, which scripts and emoji need, may stay."""

_UNSEEN = re.compile(
    "[\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
"""Characters by which texts may differ without a difference that is seen."""


def visible(text: str) -> str:
    """Return a text as one line in which nothing is hidden or obeyed by a terminal."""
    return _HIDDEN.sub(_escape, text)


def visible_lines(text: str) -> str:
    """Return ``visible`` of each line of a text."""
    return "\n".join(map(visible, text.split("\n")))


def visible_json(text: str) -> str:
    """Return a JSON text with JSON's own escapes for what is hidden.

    A lone surrogate, which strict readers refuse even as an escape, becomes the words
    of one.
    """
    return _HIDDEN.sub(_escape_in_json, text)


def revealed(text: str) -> str:
    """Return a text with escapes, too, for what has more than one encoding.

    ``é`` may be U+00E9, or ``e`` and U+0301; a joiner may stand between two letters.
    """
    return "".join(_escaped(c) if _is_ambiguous(c) else c for c in visible(text))


def looks_like(part: str, text: str) -> bool:
    """Return True if a part only seems to be in a text, or to be the whole of it."""
    if part.isascii() and text.isascii():
        return False
    seen, whole = _look(part), _look(text)
    return (seen == whole and part != text) or (seen in whole and part not in text)


def _look(text: str) -> str:
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def _is_ambiguous(character: str) -> bool:
    return (
        unicodedata.combining(character) != 0
        or _UNSEEN.match(character) is not None
        or not unicodedata.is_normalized("NFD", character)
    )


def _escape_in_json(found: re.Match[str]) -> str:
    escape = json.dumps(found[0])[1:-1]
    is_surrogate = "\ud800" <= found[0] <= "\udfff"
    return f"\\{escape}" if is_surrogate else escape


def _escape(found: re.Match[str]) -> str:
    return _escaped(found[0])


def _escaped(character: str) -> str:
    return ascii(character)[1:-1]
