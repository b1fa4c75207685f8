"""Measure the coverage of an assistant's process if its user's process is measured.

``pytest --cov`` then counts the lines of the skill under test, which run in copies of
that process. coverage.py saves its data when Python exits, but these processes are
ended by a signal, so the kit saves it before that.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

__all__ = [
    "coverage_settings",
    "is_measured",
    "keep_measurement",
    "keep_own_measurement",
    "measure",
]

_UNDUE_WARNINGS = ("module-not-imported", "no-data-collected")
"""Modules that are not imported here are imported and measured in the assistant."""


def coverage_settings() -> dict[str, object] | None:
    """Return the settings with which coverage.py measures this process, if it does.

    Turn off those of its warnings that are wrong when an assistant is measured, too.
    """
    module = sys.modules.get("coverage")
    current = module.Coverage.current() if module else None
    if current is None or getattr(current, "_no_disk", False):
        # it is not measured, or by a plugin that would leave our files behind
        return None  # pragma: no cover
    quiet = current.get_option("run:disable_warnings")
    current.set_option("run:disable_warnings", sorted({*quiet, *_UNDUE_WARNINGS}))
    config = current.config
    return {
        "config_file": config.config_file or False,
        "data_file": config.data_file,
        "branch": config.branch,
        "source": _texts(config.source),
        "source_pkgs": _texts(config.source_pkgs),
        "include": _texts(config.run_include),
        "omit": _texts(config.run_omit),
    }


def _texts(values: Iterable[object] | None) -> list[str] | None:
    """Return values as JSON; plugins such as testmon give sets, and paths."""
    return None if values is None else [str(value) for value in values]


def measure(settings: dict[str, Any] | None) -> None:
    """Measure this process and its copies if the user's process is measured.

    With coverage.py's ``patch = subprocess`` they are measured from the first line on.

    Args:
        settings: arguments of ``coverage.Coverage``.

    """
    if settings is None:
        return  # pragma: no cover  # it is not measured
    import coverage

    current = coverage.Coverage.current()
    if not current or current.config.data_file != settings["data_file"]:
        # the kit itself is measured with patch = subprocess
        coverage.Coverage(**settings, data_suffix=True).start()  # pragma: no cover


def is_measured() -> bool:
    """Return True if this process is measured."""
    return "coverage" in sys.modules


def keep_measurement() -> None:
    """Stop the measurement, if there is one, and save its data."""
    module = sys.modules.get("coverage")
    while module and (  # pragma: no branch  # it is there, if this is measured
        current := module.Coverage.current()
    ):
        current.stop()
        current.save()  # pragma: no cover  # it is stopped


def keep_own_measurement() -> None:
    """Save the coverage of the kit itself, if the kit is what is measured.

    The coverage of a skill comes from the copies of this process. A file of this
    process would come too late for ``pytest --cov``, which combines all files earlier.
    """
    module = sys.modules.get("coverage")
    current = module.Coverage.current() if module else None
    own = "ovos_dialogue_kit"
    if current and own in (current.config.source_pkgs or ()):  # pragma: no branch
        keep_measurement()
