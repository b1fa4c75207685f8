"""Messages without the codes of their problems, which ``docs/errors.md`` shows."""

from __future__ import annotations

import re

__all__ = ["without_codes"]


def without_codes(message: str) -> str:
    """Return a message without the codes at the ends of its lines."""
    return re.sub(r"  \[KIT\d{3}\]$", "", message, flags=re.MULTILINE)
