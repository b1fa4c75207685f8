"""Count and fill columns of a terminal, where a character takes none, one or two."""

from __future__ import annotations

__all__ = ["columns_of", "filled"]


def columns_of(text: str) -> int:
    """Return the number of columns that a text takes, once it is ``visible``."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # noqa: PLC0415  # a tenth of the command's imports

    return int(wcswidth(text))


def filled(text: str, columns: int) -> str:
    """Return a text with spaces after it up to a number of columns."""
    return text + " " * (columns - columns_of(text))
