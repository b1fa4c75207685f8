"""Change inputs at random, as texts or as nested data."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random
from typing import Any

import yaml

__all__ = ["PIECES", "mutant", "mutants"]

PIECES = (
    *("(a|b)", "(", "]", "{x}", "{", "<ask>", "&a ", "*a", "!x ", "? ", "- ", ": "),
    *("\n", "\n  ", "\t", "'", '"', "\\", "%", "|-\n", "---\n", "~", "1e999", "-1"),
    *("\u2028", "\ufeff", "\x85", "\0", "\\ud800", "<<: ", "$canary", "1s", "expand:"),
    *(
        "null",
        "[]",
        "{}",
        "true",
        "NaN",
        "9" * 400,
        "\x1b[2J",
        "\u202e",
        "[[a]",
        "(a+)+",
    ),
)
"""Texts that mean something to one of the readers."""

VALUES: tuple[Any, ...] = (
    *("", "x", "{thing}", "<ask>", "(a", "true", "2s", "1", "$canary", "<<", "x" * 300),
    *(None, -1, 0, 7, 1.5, 1e308, True, False, [], {}, ["a", "a"], {"a": "b"}, [""]),
    *({"turns": []}, {"k": "x"}, {"type": "x"}, {"reason": "x"}, [{"k": "x"}]),
    *({"turns": [{"k": "x"}]}, {"no_reply": "true", "text": "x"}, {"regex": "(a+)+$"}),
)
KEYS = """
k expect turns dialogues with matrix phrases sessions xfail not emit silence any_of
within no_reply type reason skill tags regex slots messages session lang requires when
"""


_MOST_PARTS = 5000
"""Parts of nested data at which it is not rearranged: aliases of YAML make billions."""


def mutants(seeds: Sequence[bytes], seed: int, count: int) -> Iterator[bytes]:
    """Yield inputs made of seeds."""
    chance = Random(seed)  # noqa: S311  # not secret
    for _ in range(count):
        yield mutant(chance.choice(seeds), seeds, chance)


def mutant(data: bytes, seeds: Sequence[bytes], chance: Random) -> bytes:
    """Return an input that is another one with a few changes."""
    if chance.random() < 0.5:
        changed = _rearranged(data, chance)
        if changed is not None:
            return changed
    text = data.decode("utf-8", "replace")
    for _ in range(chance.choice((1, 1, 2, 4))):
        text = _spliced(text, seeds, chance)
    return text.encode("utf-8", "replace")


def _spliced(text: str, seeds: Sequence[bytes], chance: Random) -> str:
    """Return a text with something missing, repeated, moved or put in."""
    start = chance.randrange(len(text) + 1)
    end = start + chance.choice((0, 1, 2, 10, 100))
    other = chance.choice(seeds).decode("utf-8", "replace")
    place = chance.randrange(len(other) + 1)
    piece = chance.choice(
        (
            "",
            chance.choice(PIECES),
            text[start:end] * 20,
            other[place : place + 40],
            chr(chance.randrange(0x3000)),
        )
    )
    return text[:start] + piece + text[end:]


def _rearranged(data: bytes, chance: Random) -> bytes | None:
    """Return nested data with some values exchanged, removed or under other keys.

    JSON stays JSON, YAML becomes JSON, which is YAML; ``None`` for anything else.
    """
    try:
        nested = _loaded(data)
    except (ValueError, yaml.YAMLError, RecursionError):
        return None
    if not isinstance(nested, (dict, list)):
        return None
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        found = list(islice(_parts_of(nested), _MOST_PARTS))
        if len(found) == _MOST_PARTS:
            return None
        parts = [part for part in found if part]
        if not parts:
            break
        _change(chance.choice(parts), chance)
    try:
        text = json.dumps(nested, ensure_ascii=False)
    except RecursionError:
        return None
    return text.encode("utf-8", "replace")


def _change(part: Any, chance: Random) -> None:
    """Change a list or a mapping in place."""
    keys = list(part) if isinstance(part, dict) else range(len(part))
    key, act = chance.choice(list(keys)), chance.random()
    if act < 0.5:
        part[key] = copy.deepcopy(chance.choice(VALUES))
    elif act < 0.65:
        del part[key]
    elif act < 0.7:
        for _ in range(chance.choice((1, 70, 600))):
            part[key] = [part[key]]
    elif isinstance(part, dict):
        part[chance.choice(KEYS.split())] = part.pop(key)


def _loaded(data: bytes) -> Any:
    text = data.decode("utf-8", "replace")
    if text.lstrip()[:1] in "{[":
        return json.loads(text)
    return _as_texts(text)


def _as_texts(text: str) -> Any:
    """Return the data of a YAML text, every scalar a text."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    return yaml.load(text, loader)  # noqa: S506  # it makes nothing but texts


def _parts_of(data: Any) -> Iterator[Any]:
    """Yield all mappings and lists of some data."""
    waiting = [data]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (dict, list)):
            yield part
            waiting.extend(part.values() if isinstance(part, dict) else part)
