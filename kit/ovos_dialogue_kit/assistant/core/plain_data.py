"""Copy and serialise messages fast where they hold nothing but plain data.

A message is copied with ``deepcopy`` whenever another one is derived from it, and is
walked through for objects whenever it is sent: on ovos-core 3.7 that looks at 1,800
values in a turn, nearly all of which are texts and numbers. Here, ``marshal`` does both
in C; what it does not know is left to the function that is replaced. Besides what JSON
knows, it knows bytes, sets and code, of which no message can tell.
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
    """Do what ``copy.deepcopy`` does: what is there twice is so in the copy."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if memo is None and (kind is dict or kind is list):
        if not value:
            return kind()
        try:
            return marshal.loads(marshal.dumps(value))  # noqa: S302  # of our own making
        except ValueError:
            pass
    return copy.deepcopy(value, memo)


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
        marshal.dumps(value)
    except ValueError:
        return False
    return True
