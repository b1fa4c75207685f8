"""Make values of two replays comparable: without times, and with one name for a folder.

Where the assistant keeps its files is the same to every observer, although each
assistant has a folder of its own.
"""

from __future__ import annotations

import re
import tempfile

from ovos_dialogue_kit.jsondata import Json

__all__ = ["text_without_home", "timeless", "without_home"]

_EPOCH = 1e9
"""Unix time in seconds that is in the past for any clock. Larger numbers in data are
taken for times: those that skills and plugins add are not known by name."""

_HOME = re.compile(re.escape(tempfile.gettempdir()) + r"/kit-\w+")
"""The folder of an assistant; see ``assistant.process``."""


def text_without_home(text: str) -> str:
    """Return a text with the same name for the folder of any assistant."""
    return _HOME.sub("~", text)


def without_home(value: Json) -> Json:
    """Return a value with the same name for the folder of any assistant."""
    if isinstance(value, str):
        return text_without_home(value)
    if isinstance(value, dict):
        return {key: without_home(part) for key, part in value.items()}
    return [without_home(part) for part in value] if isinstance(value, list) else value


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
