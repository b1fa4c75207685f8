"""Print lines in colour on a terminal, and as plain text elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Literal

from rich.console import Console
from rich.text import Text

from ovos_dialogue_kit.cli.output import written_to
from ovos_dialogue_kit.render.lines import Line
from ovos_dialogue_kit.visible import visible

__all__ = ["Printer", "console_on"]

_STYLES = {
    "place": "bold",
    "problem": "red",
    "label": "cyan",
    "expected": "green",
    "heard": "yellow",
    "leak": "bold magenta",
    "quiet": "dim",
}


class _Console(Console):
    """A console that leaves it to ``main`` how to end when its reader has left."""

    def on_broken_pipe(self) -> None:
        """Raise the error on; rich itself would exit with 1."""
        raise  # noqa: PLE0704  # rich calls this while it handles the error


def console_on(*, stderr: bool) -> Console:
    """Return a console on standard output or standard error.

    Where ``NO_COLOR`` is set it writes no styles at all (https://no-color.org).
    """
    colors: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    return _Console(stderr=stderr, highlight=False, color_system=colors)


class Printer:
    """A printer of lines on standard output; respects ``NO_COLOR``."""

    def __init__(self) -> None:
        self._console = console_on(stderr=False)

    def show(self, lines: Iterable[Line]) -> None:
        """Print each line without wrapping it; what a terminal would obey is escaped.

        Raises:
            OutputError: standard output cannot be written.

        """
        with written_to("stdout"):
            for line in lines:
                text = Text()
                for style, words in line:
                    text.append(visible(words), _STYLES.get(style))
                text.rstrip()
                self._console.print(text, soft_wrap=True)
