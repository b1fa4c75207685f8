"""Explain a YAML error by the mistake that probably caused it.

Most broken scripts have one cause: a spoken text that YAML takes for something else,
because of how it begins (``[what] time``) or because of a colon in it.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import Mark, ScriptError

__all__ = ["LINE_BREAK", "explain_yaml_error"]

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""The line breaks of YAML 1.1 (section 5.4), by which the parser counts lines."""

# The part of a line before its text: dashes, then perhaps a key without quotes.
_ENTRY = re.compile(r"\s*(?:-\s+)*(?:[^\s\"'#\[{\-%][^#\[{]*?:\s+)?")


def explain_yaml_error(
    error: yaml.MarkedYAMLError, text: str, path: str
) -> ScriptError:
    """Return the user's mistake, with its place, for what the parser met.

    Args:
        error: what PyYAML raised when it read ``text``.
        text: the whole YAML.
        path: the name of the file in the mark.

    """
    place: Any = error.problem_mark  # the parser's and the scanner's errors have one
    lines = LINE_BREAK.split(text)
    number = min(place.line, len(lines) - 1)  # it may lie behind the last one
    line = lines[number]
    mark = Mark(path, number + 1, min(place.column, len(line)) + 1)
    if line[place.column : place.column + 1] == "\t":
        problem = "YAML cannot be indented with tabs"
        return ScriptError(problem, mark, "use spaces", Code.TAB_INDENT)
    entry = _ENTRY.match(line)
    start = entry.end() if entry else 0
    value = line[start:]
    reason = _needs_quotes(value, place.column - start)
    if start and reason:
        quoted = "'" + value.rstrip().replace("'", "''") + "'"
        return ScriptError(
            f"a text that {reason} must be in quotes",
            Mark(path, number + 1, start + 1),
            f"write {line[:start].strip()} {quoted}",
            Code.UNQUOTED_TEXT,
        )
    what = ", ".join(part for part in (error.context, error.problem) if part)
    return ScriptError(f"not valid YAML: {what}", mark, code=Code.INVALID_YAML)


def _needs_quotes(value: str, offset: int) -> str:
    """Return why a text needs quotes, empty if it does not.

    The parser met the problem ``offset`` characters into it.
    """
    first = value[:1]
    if first in "[{" and offset > 0:
        rest = value[_closing(value) + 1 :].strip()
        return f'begins with "{first}"' if rest and rest[0] not in ",]}#:" else ""
    if first and first in "*&@`%|>?":
        return f'begins with "{first}"'
    if offset > 0 and first not in "\"'" and value[offset : offset + 2] in (": ", ":"):
        return 'contains ": "'
    return ""


def _closing(value: str) -> int:
    """Return the index at which the bracket that opens ``value`` is closed.

    It is the length of the text if the bracket is not closed.
    """
    depth = 0
    for index, character in enumerate(value):
        depth += character in "[{"
        depth -= character in "]}"
        if not depth:
            return index
    return len(value)
