"""Print lines in colour on a terminal, and as plain text elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from ovos_dialogue_kit.render.lines import Line

__all__ = ["Printer"]

_STYLES = {
    "place": "bold",
    "problem": "red",
    "label": "cyan",
    "expected": "green",
    "heard": "yellow",
    "leak": "bold magenta",
    "quiet": "dim",
}


class Printer:
    """A printer of lines on standard output; respects ``NO_COLOR``."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)

    def show(self, lines: Iterable[Line]) -> None:
        """Print each line without wrapping it."""
        for line in lines:
            text = Text()
            for style, words in line:
                text.append(words, _STYLES.get(style))
            text.rstrip()
            self._console.print(text, soft_wrap=True)
