"""Messages without the codes of their problems, which ``docs/errors.md`` shows."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from ovos_dialogue_kit.errors import KitError

__all__ = ["error_of", "without_codes"]


def without_codes(message: str) -> str:
    """Return a message without the codes at the ends of its lines."""
    return re.sub(r"  \[KIT\d{3}\]$", "", message, flags=re.MULTILINE)


def error_of(act: Callable[[], object]) -> str:
    """Return the error of a function, without codes."""
    with pytest.raises(KitError) as caught:
        act()
    return without_codes(str(caught.value))
