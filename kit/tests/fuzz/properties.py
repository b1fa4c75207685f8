"""What must hold for every reader and every input.

A reader succeeds or raises a ``KitError`` whose places exist in the file that was read,
without a warning, without a character that a terminal obeys, and within a bound of
processor time.
"""

from __future__ import annotations

import re
import time
import traceback
import warnings
from collections.abc import Mapping
from pathlib import Path

from fuzz.project import Project, Reader

from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.project.paths import SUFFIX
from ovos_dialogue_kit.visible import visible_lines

__all__ = ["SECONDS", "fault_of"]

SECONDS = 5.0
"""Seconds of processor time that one input may take."""

_BREAK = re.compile("[\n\x85\u2028\u2029]")
"""Where lines end for YAML 1.1, and so for the places in a script."""


def fault_of(
    reader: Reader, data: bytes, project: Project, seconds: float = SECONDS
) -> str | None:
    """Return what is wrong with how an input is read, in a line; ``None`` if nothing.

    Inputs with the same cause have the same words.
    """
    began = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            reader.read(data, project)
    except KitError as error:
        return _fault_in(error, project.texts) or _slow(began, seconds)
    except Exception as error:  # noqa: BLE001  # any other is the finding
        return f"{type(error).__name__} in {_place(error)}"
    return _slow(began, seconds)


def _slow(began: float, seconds: float) -> str | None:
    return "too slow" if time.process_time() - began > seconds else None


def _place(error: Exception) -> str:
    """Return the innermost place in the kit at which an error was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "ovos_dialogue_kit" in frame.filename]
    frame = (own or frames)[-1]
    return f"{Path(frame.filename).name}, {frame.name}"


def _fault_in(error: KitError, texts: Mapping[str, str]) -> str | None:
    text = str(error)
    if visible_lines(text) != text:
        return "a control character in an error"
    for each in error.split():
        if each.mark is None:
            return f"no place: {each.problem[:40]}"
        text = texts.get(each.mark.path)
        if text is not None and not _exists(each.mark, text):
            return f"no such place: {each.problem[:40]}"
    return None


def _exists(mark: Mark, text: str) -> bool:
    is_script = mark.path.endswith(SUFFIX)
    lines = _BREAK.split(text) if is_script else text.split("\n")
    if not 1 <= mark.line <= len(lines):
        return False
    return 1 <= mark.column <= len(lines[mark.line - 1]) + 1
