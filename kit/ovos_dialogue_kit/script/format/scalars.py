"""Define the kinds of single values that the format has."""

from __future__ import annotations

import re
from typing import get_args

from ovos_dialogue_kit.regex_search import compiled
from ovos_dialogue_kit.script.format.kinds import OneOf, Scalar
from ovos_dialogue_kit.script.model import AUTO_ENGINE, EngineName, FaultKind, Route

__all__ = [
    "CHECKS",
    "DURATION",
    "ENGINE",
    "ENGINES",
    "FLAG",
    "HOST",
    "INTENT",
    "LANG",
    "LONGEST",
    "NUMBER",
    "REGEX",
    "ROUTES",
    "STAGE",
    "TAG",
    "TEXT",
    "TRUE",
    "VERSIONS",
    "WHEN",
]

ENGINES = tuple(name for name in get_args(EngineName) if name != AUTO_ENGINE)
"""The intent engines, by the kit's names."""

_LEVELS = ("high", "medium", "low")

ROUTES: tuple[str, ...] = get_args(Route)
"""The parts of the intent service that an expectation may name."""

FAULTS: tuple[str, ...] = get_args(FaultKind)
"""The faults that ``allow:`` may name; see ``transcript.Fault``."""

CHECKS = (*FAULTS, "echo", "sent", "solo", "state", "taint")
"""All checks that ``allow:`` may name: faults, and those of ``isolate``."""

LONGEST = 10 * 366 * 24 * 3600.0
"""Seconds of the longest duration: ten years, of which clocks and calendars know."""

_DURATION = r"(\d+(?:\.\d+)?)(ms|s|m|h)"
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_LANG = r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*"
_HOST = r"(?:(?:\*\.)?[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_TAG = r"[A-Za-z][A-Za-z0-9_.-]*"


def _seconds(text: str) -> float:
    found = re.fullmatch(_DURATION, text, re.ASCII)
    if not found:
        raise ValueError
    amount, unit = found.groups()
    # 700 * 0.001 is not 0.7, but 700 / 1000 is.
    seconds = float(amount) / 1000 if unit == "ms" else float(amount) * _SECONDS[unit]
    if seconds > LONGEST:
        raise ValueError("it is longer than ten years")
    if not seconds:
        raise ValueError
    return seconds


def _flag(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError
    return text == "true"


def _true(text: str) -> bool:
    if text != "true":
        raise ValueError
    return True


def _number(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise ValueError
    return int(text)


def _regex(text: str) -> str:
    try:
        compiled(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from error
    return text


def _lang(text: str) -> str:
    if not re.fullmatch(_LANG, text):
        raise ValueError
    return text


def _intent(text: str) -> str:
    if text.endswith(".intent"):
        raise ValueError
    return text


def _tag(text: str) -> str:
    if not re.fullmatch(_TAG, text):
        raise ValueError
    return text


def _versions(text: str) -> str:
    # Imported late: most scripts have none, and packaging takes some milliseconds.
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415

    try:
        SpecifierSet(text)
    except InvalidSpecifier as error:
        raise ValueError from error
    return text


def _when(text: str) -> str:
    from packaging.requirements import (  # noqa: PLC0415 - see _versions
        InvalidRequirement,
        Requirement,
    )

    try:
        wanted = Requirement(text)
    except InvalidRequirement as error:
        raise ValueError from error
    if wanted.url or wanted.extras or wanted.marker:
        raise ValueError
    return text


def _host(text: str) -> str:
    if not re.fullmatch(_HOST, text):
        raise ValueError
    return text


TEXT = Scalar()
HOST = Scalar(
    "a host",
    _host,
    "for example api.example.org, *.example.org, or 127.0.0.1:8080 with a port",
    {"type": "string", "pattern": f"^(?:{_HOST})$"},
)
FLAG = Scalar("true or false", _flag, json={"type": "boolean"})
TRUE = Scalar("true", _true, "to switch it off, leave out the key", {"const": True})
NUMBER = Scalar(
    "a whole number above 0", _number, json={"type": "integer", "minimum": 1}
)
DURATION = Scalar(
    "a duration",
    _seconds,
    "for example 500ms, 2s, 1.5s, 10m or 1h",
    {"type": "string", "pattern": f"^{_DURATION}$"},
)
LANG = Scalar(
    "a language tag",
    _lang,
    "for example en-US",
    {"type": "string", "pattern": f"^{_LANG}$"},
)
INTENT = Scalar(
    "the name of an intent",
    _intent,
    "name the intent without its skill and its file suffix",
)
TAG = Scalar(
    "a tag",
    _tag,
    'use letters, digits, "_", "-" and ".", beginning with a letter',
    {"type": "string", "pattern": f"^{_TAG}$"},
)
REGEX = Scalar("a regular expression", _regex)
VERSIONS = Scalar("version specifiers", _versions, 'for example ">=1.3,<2.0"')
WHEN = Scalar(
    "a distribution with version specifiers", _when, "for example ovos-core <1.0"
)
ENGINE = OneOf("engine", ENGINES, "+", exclusive=(AUTO_ENGINE,))
STAGE = OneOf(
    "pipeline stage",
    (
        "converse",
        "common_qa",
        *(
            f"{name}_{level}"
            for name in ("stop", "engine", *ENGINES, "ocp", "fallback")
            for level in _LEVELS
        ),
    ),
    others=r"[A-Za-z0-9][A-Za-z0-9_.-]*",
)
