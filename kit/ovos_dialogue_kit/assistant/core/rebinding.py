"""Replace a function of OVOS wherever it is known."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

__all__ = ["rebind"]


def rebind(owner: Any, name: str, replacement: Callable[..., Any]) -> None:
    """Replace what a module defines, also where others have imported it by name."""
    original = getattr(owner, name)
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get(name) is original:
            setattr(module, name, replacement)
