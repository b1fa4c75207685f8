"""Coverage of what runs in an assistant's process, where its user is being measured.

``pytest --cov`` then counts the lines of the skill under test, which run in copies of
that process. coverage.py writes down what it measured when Python ends; these processes
end by a signal, so it is done by hand before that.
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["is_measured", "keep_measurement", "keep_own_measurement", "measure"]


def measure(settings: dict[str, Any] | None) -> None:
    """Measure this process and its copies, if the user's process is measured.

    With coverage.py's ``patch = subprocess`` that is so from the first line on.

    Args:
        settings: arguments of ``coverage.Coverage``.

    """
    if settings is None:
        return  # pragma: no cover  # nobody looks
    import coverage

    current = coverage.Coverage.current()
    if not current or current.config.data_file != settings["data_file"]:
        coverage.Coverage(**settings, data_suffix=True).start()


def is_measured() -> bool:
    """Return whether this process is measured."""
    return "coverage" in sys.modules


def keep_measurement() -> None:
    """End the measurement and write down what it was, if there is one."""
    module = sys.modules.get("coverage")
    while module and (  # pragma: no branch  # it is there, if this is measured
        current := module.Coverage.current()
    ):
        current.stop()
        current.save()  # pragma: no cover  # nobody looks any more


def keep_own_measurement() -> None:
    """Keep what was measured of the kit itself, where that is what is measured.

    What ran of a skill is known from the copies of this process. Its own file would
    come too late for ``pytest --cov``, which has put all of them together by then.
    """
    module = sys.modules.get("coverage")
    current = module.Coverage.current() if module else None
    own = "ovos_dialogue_kit"
    if current and own in (current.config.source_pkgs or ()):  # pragma: no branch
        keep_measurement()
