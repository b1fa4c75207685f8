"""Adapt to the versions of the libraries that are installed beside ovos-core.

One ovos-core works with many versions of the bus client, of ovos-utils and of the
engines, so their own versions decide here, not that of ovos-core.

What is done only to make OVOS faster is in ``_SHORTCUTS``. The environment variable
``KIT_STOCK`` turns it off, to compare.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from packaging.specifiers import SpecifierSet

from ovos_dialogue_kit.assistant.core.engines import (
    import_elsewhere,
    match_in_process,
    train_repeatably,
)
from ovos_dialogue_kit.assistant.core.file_locks import keep_locks_private
from ovos_dialogue_kit.assistant.core.kept_configuration import keep_configuration
from ovos_dialogue_kit.assistant.core.plain_data import (
    handle_envelopes_fast,
    handle_messages_fast,
    normalize_once,
)
from ovos_dialogue_kit.assistant.core.shortcuts import (
    check_utf8_fast,
    find_messages_fast,
    log_errors_only,
)

__all__ = ["adapt_companions", "may_sleep_between_events", "needed"]

_ADAPTERS = (
    ("combo-lock", ">=0", keep_locks_private),  # before ovos-config has one
    ("ovos-utils", ">=0", log_errors_only),  # before others log that they are imported
    ("ovos-bus-client", "<2.11.26a1", find_messages_fast),
    ("ovos-bus-client", "<2", handle_messages_fast),
    ("ovos-bus-client", ">=2.11.29a1,<3", handle_envelopes_fast),
    ("ovos-bus-client", ">=2.11.29a1,<3", normalize_once),
    ("websocket-client", ">=1,<2", check_utf8_fast),
    ("ovos-config", "<2.3.9a2", keep_configuration),
    ("padacioso", ">=0.2.1,<1.0.1a0", match_in_process),
    ("fann2", ">=0", train_repeatably),
    ("ovos-adapt-parser", ">=0", partial(import_elsewhere, "ovos_adapt")),
    ("adapt-parser", ">=0", partial(import_elsewhere, "adapt")),
)
"""Distributions, the versions that need an adapter, and the adapter, in this order."""

_SHORTCUTS = {
    log_errors_only,
    check_utf8_fast,
    find_messages_fast,
    handle_messages_fast,
    handle_envelopes_fast,
    normalize_once,
    keep_configuration,
}
"""The adapters that change nothing but the time that OVOS takes."""


def adapt_companions() -> None:
    """Call the adapters that the installed versions need; none starts a thread."""
    for adapt in needed(_installed, is_stock=_is_stock()):
        adapt()


def may_sleep_between_events() -> bool:
    """Return True if the installed event scheduler looks for events all the time.

    It does in ovos-bus-client 1; version 2.11 has a scheduler of another design.
    """
    found = None if _is_stock() else _installed("ovos-bus-client")
    return found is not None and SpecifierSet("<2").contains(found, prereleases=True)


def _is_stock() -> bool:
    return "KIT_STOCK" in os.environ


def needed(
    installed: Callable[[str], str | None], *, is_stock: bool = False
) -> Iterator[Callable[[], None]]:
    """Yield the adapters that are needed.

    Args:
        installed: returns the version of a distribution, or ``None``.
        is_stock: leave out those that only make OVOS faster.

    """
    for distribution, versions, adapt in _ADAPTERS:
        if is_stock and adapt in _SHORTCUTS:
            continue
        found = installed(distribution)
        if found and SpecifierSet(versions).contains(found, prereleases=True):
            yield adapt


def _installed(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
