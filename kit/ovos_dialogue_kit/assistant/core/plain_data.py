"""Copy and serialise messages fast where they hold nothing but plain data.

A message is copied with ``deepcopy`` whenever another one is derived from it, and is
walked through for objects whenever it is sent: on ovos-core 3.7 that looks at 1,800
values in a turn, nearly all of which are texts and numbers. Here, texts and numbers are
passed over at once; whatever is neither plain nor a plain container is left to the
function that is replaced.
"""

from __future__ import annotations

import copy
import marshal
from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["handle_envelopes_fast", "handle_messages_fast"]

_PLAIN = frozenset({str, int, float, bool, type(None)})

_COPYING = ("ovos_spec_tools.message", "ovos_spec_tools.session")
"""The modules that copy messages and sessions."""

_WITHOUT_REFERENCES = 2
"""The version of ``marshal`` that does not look for what is there twice."""


def handle_messages_fast() -> None:
    """Make the ``Message`` of ovos-bus-client 1 fast with plain data."""
    from ovos_bus_client import message

    message.deepcopy = _deepcopy
    message.Message._json_dump = staticmethod(  # noqa: SLF001  # the slow part
        _serializing(message.Message._json_dump)  # noqa: SLF001
    )


def handle_envelopes_fast() -> None:
    """Make the ``Message`` and the ``Session`` of ovos-spec-tools fast with it."""
    from ovos_bus_client.client import client

    client.deepcopy = _deepcopy
    for name in _COPYING:
        import_module(name).deepcopy = _deepcopy  # type: ignore[attr-defined]
    message = import_module("ovos_spec_tools.message").Message
    message._to_jsonable = staticmethod(  # noqa: SLF001  # the slow part
        _jsonable_by(message._to_jsonable)  # noqa: SLF001
    )


def _deepcopy(value: Any, memo: dict[int, Any] | None = None) -> Any:  # of any type
    """Do what ``copy.deepcopy`` does."""
    return (
        value if type(value) in _PLAIN else _copied(value, {} if memo is None else memo)
    )


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    """Return a deep copy of what is not plain; ``memo`` is that of ``deepcopy``."""
    kind = type(value)
    if kind is not dict and kind is not list:
        return copy.deepcopy(value, memo)
    known = memo.get(id(value))
    if known is not None:  # it is there twice, or within itself
        return known
    if kind is list:
        parts: list[Any] = []
        memo[id(value)] = parts
        for part in value:
            parts.append(part if type(part) in _PLAIN else _copied(part, memo))  # noqa: PERF401  # it may be within itself
        return parts
    items: dict[Any, Any] = {}
    memo[id(value)] = items
    for key, part in value.items():
        own = key if type(key) in _PLAIN else copy.deepcopy(key, memo)
        items[own] = part if type(part) in _PLAIN else _copied(part, memo)
    return items


def _serializing(stock: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a fast equivalent of ``Message._json_dump``."""

    def json_dump(value: Any) -> Any:
        return dict(value) if type(value) is dict and _is_plain(value) else stock(value)

    return json_dump


def _jsonable_by(stock: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a fast equivalent of ``Message._to_jsonable``.

    What it returns goes straight to ``json``, which takes a tuple for a list.
    """

    def jsonable(value: Any) -> Any:
        return value if _is_plain(value) else stock(value)

    return jsonable


def _is_plain(value: Any) -> bool:
    """Return True if there is nothing in a value but what Python itself has.

    ``marshal`` looks at all of it in C. It knows containers and bytes that JSON does
    not, but no class that could say how it is serialised.
    """
    try:
        marshal.dumps(value, _WITHOUT_REFERENCES)
    except ValueError:
        return False
    return True
