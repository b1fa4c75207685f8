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
from typing import Any

from packaging.specifiers import SpecifierSet

from ovos_dialogue_kit.assistant.core.engines import (
    import_elsewhere,
    match_in_process,
    train_repeatably,
)
from ovos_dialogue_kit.assistant.core.file_locks import (
    copy_locks_fast,
    keep_locks_private,
)
from ovos_dialogue_kit.assistant.core.kept_configuration import (
    keep_configuration,
    read_configuration_fast,
)
from ovos_dialogue_kit.assistant.core.known_results import (
    carry_fields_fast,
    normalize_once,
    standardize_once,
)
from ovos_dialogue_kit.assistant.core.plain_data import (
    handle_envelopes_fast,
    handle_messages_fast,
)
from ovos_dialogue_kit.assistant.core.shortcuts import (
    check_utf8_fast,
    count_parameters_fast,
    find_messages_fast,
    log_errors_fast,
    log_errors_only,
    upload_nothing_fast,
)
from ovos_dialogue_kit.assistant.core.twins import find_twins_fast

__all__ = [
    "adapt_companions",
    "installed_version",
    "is_stock",
    "needed",
    "patient_scheduler",
]

_ADAPTERS = (
    ("filelock", ">=3.32.7,<4", copy_locks_fast),  # before others import it
    ("combo-lock", ">=0", keep_locks_private),  # before ovos-config has one
    ("ovos-utils", ">=0", log_errors_only),  # before others log that they are imported
    ("ovos-utils", "<0.15.5a1", log_errors_fast),
    ("ovos-utils", ">=0", count_parameters_fast),
    ("ovos-utils", ">=0", standardize_once),
    ("ovos-bus-client", "<2.11.26a1", find_messages_fast),
    ("ovos-bus-client", "<2", handle_messages_fast),
    ("ovos-bus-client", ">=2.11.29a1,<3", handle_envelopes_fast),
    ("ovos-bus-client", ">=2.11.29a1,<3", find_twins_fast),
    ("ovos-bus-client", ">=2.11.29a1,<3", normalize_once),
    ("ovos-bus-client", ">=2.11.29a1,<3", carry_fields_fast),
    ("websocket-client", ">=1,<2", check_utf8_fast),
    ("ovos-config", "<2.3.9a2", keep_configuration),
    ("ovos-config", ">=2.3.9a2", read_configuration_fast),
    ("padacioso", ">=0.2.1,<1.0.1a0", match_in_process),
    ("fann2", ">=0", train_repeatably),
    ("ovos-adapt-parser", ">=0", partial(import_elsewhere, "ovos_adapt")),
    ("adapt-parser", ">=0", partial(import_elsewhere, "adapt")),
)
"""Distributions, the versions that need an adapter, and the adapter, in this order."""

_SHORTCUTS = {
    copy_locks_fast,
    log_errors_only,
    log_errors_fast,
    check_utf8_fast,
    find_messages_fast,
    handle_messages_fast,
    handle_envelopes_fast,
    normalize_once,
    carry_fields_fast,
    count_parameters_fast,
    standardize_once,
    keep_configuration,
    read_configuration_fast,
    find_twins_fast,
}
"""The adapters that change nothing but the time that OVOS takes."""


def adapt_companions(leave_out_thread: Callable[[], bool] = lambda: False) -> None:
    """Call the adapters that the installed versions need; none starts a thread.

    Args:
        leave_out_thread: see ``upload_nothing_fast``.

    """
    for adapt in needed(installed_version, is_stock=is_stock()):
        adapt()
    if _is_of("ovos-core", "<3.7") and _is_of("ovos-utils", ">=0.8.5"):
        upload_nothing_fast(leave_out_thread)


def patient_scheduler() -> Any:  # a subclass of the installed EventScheduler
    """Return the event scheduler that sleeps until an event is due, if there is one.

    The installed ones look for events all the time.
    """
    from ovos_dialogue_kit.assistant.core.event_scheduler import PatientScheduler
    from ovos_dialogue_kit.assistant.core.event_service import PatientService

    made = {"<2": PatientScheduler, ">=2.11.29a1,<3": PatientService}
    return next((made[each] for each in made if _is_of("ovos-bus-client", each)), None)


def _is_of(distribution: str, versions: str) -> bool:
    """Return True if OVOS is to be made faster, and an installed version needs it."""
    found = None if is_stock() else installed_version(distribution)
    return found is not None and SpecifierSet(versions).contains(
        found, prereleases=True
    )


def is_stock() -> bool:
    """Return True if the user wants OVOS no faster than it is."""
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


def installed_version(distribution: str) -> str | None:
    """Return the version of a distribution, ``None`` if it is not installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
