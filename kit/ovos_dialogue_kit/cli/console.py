"""Print lines in colour on a terminal, and as plain text elsewhere.

A few styles need no library: to import rich takes as long as to read all scripts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator

from ovos_dialogue_kit.cli.output import write_line, written_to
from ovos_dialogue_kit.render.lines import Line
from ovos_dialogue_kit.visible import visible

__all__ = ["Printer"]

_STYLES = {
    "place": "1",  # bold
    "problem": "31",  # red
    "label": "36",  # cyan
    "expected": "32",  # green
    "heard": "33",  # yellow
    "leak": "1;35",  # bold magenta
    "quiet": "2",  # dim
}
"""The parameters of the escape sequence ``SGR`` (ECMA-48) for each style."""


class Printer:
    """A printer of lines on standard output.

    It writes no styles at all where ``NO_COLOR`` is set (https://no-color.org), and
    writes them where there is no terminal if ``FORCE_COLOR`` is.
    """

    def __init__(self) -> None:
        self._is_styled = _is_styled()

    def show(self, lines: Iterable[Line]) -> None:
        """Print each line without wrapping it; what a terminal would obey is escaped.

        Raises:
            OutputError: standard output cannot be written.

        """
        with written_to("stdout"):
            for line in lines:
                write_line(sys.stdout, "".join(self._parts(line)))

    def _parts(self, line: Line) -> Iterator[str]:
        """Yield the parts of a line with their styles, without spaces at its end."""
        shown = [(_STYLES.get(style), visible(words)) for style, words in line]
        left = len("".join(words for _, words in shown).rstrip())
        for style, words in shown:
            part = words[:left]
            left -= len(part)
            is_styled = self._is_styled and style and part
            yield f"\x1b[{style}m{part}\x1b[0m" if is_styled else part


def _is_styled() -> bool:
    """Return True if standard output shows colours, as far as that is known."""
    given = os.environ.get
    if given("NO_COLOR") or given("TERM", "").lower() in {"dumb", "unknown"}:
        return False
    return bool(given("FORCE_COLOR") or (sys.stdout and sys.stdout.isatty()))
