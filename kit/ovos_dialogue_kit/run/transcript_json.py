"""Transcripts as JSON text, for machines that read what was heard.

A field that has its default is left out, as in fixtures.
"""

from __future__ import annotations

import json

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.jsondata import as_json, from_json, parse_json
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["dumps", "loads"]


def dumps(transcript: Transcript, *, pretty: bool = False) -> str:
    """Return a transcript as JSON: one line without an end, or indented with one."""
    data = as_json(transcript)
    if pretty:
        return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def loads(text: str, path: str) -> Transcript:
    """Return the transcript that a text holds: exactly what ``dumps`` was given.

    Args:
        text: the JSON text.
        path: what errors call its file.

    Raises:
        KitError: it is no transcript; where and why.

    """
    try:
        return from_json(Transcript, parse_json(text, path), text, path)
    except KitError as error:
        problem = f"the transcript cannot be read: {error.problem}"
        raise KitError(problem, error.mark) from error
