"""Keep what OVOS works out anew for each message although it is always the same.

A turn standardises the tag of the same language 35 times, normalises each line of a
vocabulary, and checks the fields of the same session again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, TypeAlias

from ovos_dialogue_kit.assistant.core.rebinding import rebind

__all__ = ["carry_fields_fast", "normalize_once", "standardize_once"]

_MOST_TEXTS = 4096
"""Texts of which the result is kept: vocabularies are much smaller."""

_TEXT = frozenset({str})

_HANDLERS = frozenset({"active_handlers", "converse_handlers"})

_Field: TypeAlias = "tuple[str, str | tuple[str, ...]]"
_Carry: TypeAlias = "Callable[[Mapping[str, Any]], dict[str, Any]]"


def standardize_once() -> None:
    """Standardise each tag of a language once; what is no text is left to OVOS."""
    for place, name in (
        ("ovos_utils.lang", "standardize_lang_tag"),
        ("ovos_spec_tools.language", "standardize_lang"),
    ):
        module = import_module(place)
        if hasattr(module, name):
            rebind(module, name, _once(getattr(module, name)))


def _once(stock: Callable[..., str]) -> Callable[..., str]:
    kept = lru_cache(_MOST_TEXTS)(stock)

    def standardized(tag: str, *args: Any, **kwargs: Any) -> str:
        known = type(tag) is str and not (args or kwargs)
        return kept(tag) if known else stock(tag, *args, **kwargs)

    return standardized


def normalize_once() -> None:
    """Normalise a line of a vocabulary once, not once for each utterance."""
    resources = import_module("ovos_spec_tools.resources")
    once = lru_cache(_MOST_TEXTS)(resources.normalize_for_match)
    resources.normalize_for_match = once  # type: ignore[attr-defined]


def carry_fields_fast() -> None:
    """Check a field of a session once for each value of texts that it has.

    ovos-spec-tools makes a whole session for each field, whenever one is read from a
    message.
    """
    module: Any = import_module("ovos_spec_tools.session")
    module.carried_fields = _carrying(module.carried_fields, module.Session)


def _carrying(stock: _Carry, session: Any) -> _Carry:
    """Return a fast equivalent of ``carried_fields``.

    Args:
        stock: the original, which warns of each value that it refuses.
        session: the class of sessions, by which that checks fields.

    """
    known: dict[_Field, bool] = {}
    """The fields that are carried as they are, and whether they are copied."""

    def carried(carrier: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in carrier.items():
            field = _field(name, value)
            if field in known:
                found[name] = list(value) if known[field] else value
            elif name in _HANDLERS and _are_handlers(value):
                if handlers := session._coerce_handlers(value):  # noqa: SLF001  # the part that matters
                    found[name] = handlers
            else:
                result = stock({name: value})
                found |= result
                if field and result.get(name) == value and len(known) < _MOST_TEXTS:
                    known[field] = result[name] is not value
        return found

    return carried


def _field(name: str, value: object) -> _Field | None:
    """Return a field of a session by which it is known, if it is one of texts."""
    if type(value) is str:
        return name, value
    if type(value) is list and _TEXT.issuperset(map(type, value)):
        return name, tuple(value)
    return None


def _are_handlers(value: object) -> bool:
    """Return True for a list of handlers that is as OVOS itself makes it."""
    return type(value) is list and all(
        type(entry) is dict
        and type(entry.get("skill_id")) is str
        and type(entry.get("activated_at")) in {int, float}
        for entry in value
    )
