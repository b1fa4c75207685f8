"""What a person did wrong where the YAML parser only tells what it met.

Most broken scripts have one cause: a spoken text that YAML takes for something else,
because of how it begins (``[what] time``) or of a colon in it.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from ovos_dialogue_kit.errors import Mark, ScriptError

__all__ = ["explain_yaml_error"]

# What stands before a text on its line: dashes, then perhaps a key without quotes.
_ENTRY = re.compile(r"\s*(?:-\s+)*(?:[^\s\"'#\[{\-%][^#\[{]*?:\s+)?")


def explain_yaml_error(
    error: yaml.MarkedYAMLError, text: str, path: str
) -> ScriptError:
    """Return what the parser met as what a person did wrong, with its place.

    Args:
        error: what PyYAML raised when it read ``text``.
        text: the whole YAML.
        path: what to call the file in the mark.

    """
    place: Any = error.problem_mark  # the parser's and the scanner's errors have one
    lines = text.splitlines()
    line = lines[place.line] if place.line < len(lines) else ""
    mark = Mark(path, place.line + 1, place.column + 1)
    if line[place.column : place.column + 1] == "\t":
        return ScriptError("a tab cannot indent YAML", mark, "use spaces")
    entry = _ENTRY.match(line)
    start = entry.end() if entry else 0
    value = line[start:]
    reason = _needs_quotes(value, place.column - start)
    if start and reason:
        quoted = "'" + value.rstrip().replace("'", "''") + "'"
        return ScriptError(
            f"a text that {reason} must be in quotes",
            Mark(path, place.line + 1, start + 1),
            f"write {line[:start].strip()} {quoted}",
        )
    what = ", ".join(part for part in (error.context, error.problem) if part)
    return ScriptError(f"not valid YAML: {what}", mark)


def _needs_quotes(value: str, offset: int) -> str:
    """Return how a text trips YAML, which met the problem ``offset`` into it."""
    first = value[:1]
    if first in "[{" and offset > 0:
        rest = value[_closing(value) + 1 :].strip()
        return f'begins with "{first}"' if rest and rest[0] not in ",]}#:" else ""
    if first and first in "*&@`%|>?":
        return f'begins with "{first}"'
    if offset > 0 and first not in "\"'" and value[offset : offset + 2] in (": ", ":"):
        return 'has ": " in it'
    return ""


def _closing(value: str) -> int:
    """Return where the bracket that opens ``value`` is closed, else its end."""
    depth = 0
    for index, character in enumerate(value):
        depth += character in "[{"
        depth -= character in "]}"
        if not depth:
            return index
    return len(value)
