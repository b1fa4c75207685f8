"""Make values of two replays comparable: without times, and without places.

Each assistant has a folder of its own, and objects at addresses of their own; in a
comparison, all folders are the same, and so are all addresses.
"""

from __future__ import annotations

import re
import tempfile

from ovos_dialogue_kit.assistant.protocol import HOME_PREFIX
from ovos_dialogue_kit.jsondata import Json

__all__ = ["text_without_places", "timeless", "without_places"]

_EPOCH = 1e9
"""Unix time in seconds that is in the past for any clock. Larger numbers in data are
taken for times: those that skills and plugins add are not known by name."""

_HOME = re.compile(re.escape(f"{tempfile.gettempdir()}/{HOME_PREFIX}") + r"\w+")
"""The folder of an assistant; see ``assistant.system.own_folder``."""

_ADDRESS = re.compile(r"\b0x[0-9a-f]{4,}")
"""The address of an object, as in its ``repr``."""


def text_without_places(text: str) -> str:
    """Return a text with one name for any assistant's folder, and for any address."""
    if HOME_PREFIX in text:  # most have neither, and sound as text is long
        text = _HOME.sub("~", text)
    return _ADDRESS.sub("0x", text) if "0x" in text else text


def without_places(value: Json) -> Json:
    """Return a value whose texts have one name for any folder, and for any address."""
    if isinstance(value, str):
        return text_without_places(value)
    if isinstance(value, dict):
        return {key: without_places(part) for key, part in value.items()}
    return (
        [without_places(part) for part in value] if isinstance(value, list) else value
    )


def timeless(value: Json) -> Json:
    """Return a value without the times in it."""
    if isinstance(value, dict):
        parts = {key: timeless(part) for key, part in value.items()}
        return {key: part for key, part in parts.items() if not _is_moment(part)}
    if isinstance(value, list):
        return [timeless(part) for part in value if not _is_moment(part)]
    return value


def _is_moment(value: Json) -> bool:
    """Return True for a number that only a clock shows."""
    return isinstance(value, (int, float)) and value >= _EPOCH
