"""Compare values so that one script serves every OVOS version.

Versions differ in how they space a rendered dialog, in how they write a language and in
whether a slot's value is a number or a text. None of that is a mismatch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.regex_search import is_found

__all__ = [
    "as_text",
    "fits",
    "includes",
    "matches_partly",
    "same_language",
    "same_text",
    "squeeze",
]


def squeeze(text: str) -> str:
    """Return the text with each run of white space as one space, none at the ends.

    ovos-core 0.2 to 2.1 keep doubled spaces inside a slot's value, older and newer ones
    collapse them.
    """
    return " ".join(text.split())


def as_text(value: Json) -> str:
    """Return a text as it is and any other value as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def same_text(expected: Json, heard: Json) -> bool:
    """Return True if two values read the same but for white space (``5``, ``"5"``)."""
    return squeeze(as_text(expected)) == squeeze(as_text(heard))


def fits(expected: Json, heard: Json) -> bool:
    """Return True if a value reads like the expected text, or fits the pattern.

    ``{"any": true}`` takes any value but ``null``. ``{"regex": …}`` and
    ``{"contains": …}`` look for a part of the value; white space does not count.
    """
    if not isinstance(expected, dict):
        return same_text(expected, heard)
    text = squeeze(as_text(heard))
    if "regex" in expected:
        return is_found(str(expected["regex"]), text)
    if "contains" in expected:
        return squeeze(str(expected["contains"])) in text
    return heard is not None


def includes(expected: Mapping[str, Json], heard: Mapping[str, Json]) -> bool:
    """Return True if every expected key was heard with a value that reads the same."""
    return all(
        key in heard and same_text(value, heard[key]) for key, value in expected.items()
    )


def same_language(expected: str, heard: str | None) -> bool:
    """Return True for tags of one language: ``en-us``, ``en-US`` (BCP 47, 2.1.1)."""
    return heard is not None and expected.casefold() == heard.casefold()


def matches_partly(expected: Json, heard: Json, key: str = "") -> bool:
    """Return True if all that is expected is found in what was heard.

    A mapping matches one that has its keys and more, at any depth, an empty one only
    another empty one. A list matches a list of the same length, item by item. Scalars
    are equal as JSON (``1`` is ``1.0`` but not ``true`` or ``"1"``), except that
    languages (``lang``, ``stt_lang``, ``secondary_langs`` …) are compared as such.

    Args:
        expected: the value in the script.
        heard: the value that was seen.
        key: the name of the mapping's key that holds the two.

    """
    if isinstance(expected, dict):
        return (
            isinstance(heard, dict)
            and bool(expected or not heard)
            and all(
                name in heard and matches_partly(value, heard[name], name)
                for name, value in expected.items()
            )
        )
    if isinstance(expected, list):
        return (
            isinstance(heard, list)
            and len(expected) == len(heard)
            and all(map(matches_partly, expected, heard, [key] * len(expected)))
        )
    if isinstance(expected, str) and isinstance(heard, str) and _is_language(key):
        return same_language(expected, heard)
    return isinstance(expected, bool) == isinstance(heard, bool) and expected == heard


def _is_language(key: str) -> bool:
    return key.endswith(("_lang", "_langs")) or key == "lang"
