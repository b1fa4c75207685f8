"""Turn expectations, replies and values into words, each in one line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.ovos_packages import is_file_of_ovos
from ovos_dialogue_kit.replayer.transcript import Reply
from ovos_dialogue_kit.script.model import ReplyExpectation
from ovos_dialogue_kit.verdict.equality import squeeze
from ovos_dialogue_kit.verdict.mismatch import Item
from ovos_dialogue_kit.visible import visible

__all__ = [
    "expectation_words",
    "flow",
    "item_texts",
    "item_words",
    "quoted",
    "relevant_trace",
    "reply_words",
    "seconds",
]

_LONGEST = 300
"""Characters of a text that are shown."""

_FRAMES = 3
"""Frames of a traceback that are shown, the innermost ones."""

_OF_PYTHON = re.compile(r"/python3\.\d+/(?!(site|dist)-packages/)")
"""Matches the files of Python's own library."""

_NEEDS_QUOTES = re.compile(
    r"""
    \s*                             # empty
    | .*[{}\[\],:"\#\\].*           # a character of YAML
    | \s.* | .*\s                   # white space that would not be seen
    | true | false | null           # text that reads like another JSON value
    | -?\d+(\.\d+)?([eE][-+]?\d+)?
    """,
    re.VERBOSE | re.DOTALL,
)


def quoted(text: str) -> str:
    """Return the text in quotes, with control characters escaped, shortened if long."""
    return f'"{_shown(text)}"'


def seconds(length: float) -> str:
    """Return a time in seconds, to the millisecond: ``1.5 s``."""
    return f"{round(length, 3):.10g} s"


def flow(value: Json) -> str:
    """Return a value on one line, much as YAML's flow style would write it."""
    if isinstance(value, dict):
        return f"{{{_pairs(value)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    if not isinstance(value, str):
        return json.dumps(value)
    return quoted(value) if _NEEDS_QUOTES.fullmatch(value) else _shown(value)


def item_words(
    what: Item, parts: Collection[str] = (), since: float | None = None
) -> str:
    """Return something expected or heard as words.

    Args:
        what: an expected reply, a reply or values by their names.
        parts: parts of a reply to name that are usually left out.
        since: when the turn began, in seconds, if times are to be shown.

    """
    if isinstance(what, ReplyExpectation):
        return expectation_words(what)
    if isinstance(what, Reply):
        return reply_words(what, parts, since)
    return ", ".join(
        f"{name}: {'(none)' if value is None else flow(value)}"
        for name, value in what.items()
    )


def item_texts(what: Item) -> Iterator[str]:
    """Yield the texts in something expected or heard that the other must have."""
    if isinstance(what, ReplyExpectation):
        texts = (what.text, what.contains, what.dialog)
        yield from map(squeeze, filter(None, texts))
        yield from _texts(dict(what.data or {}))
        for one in what.any_of or ():
            yield from item_texts(one)
    elif isinstance(what, Reply):
        yield from map(squeeze, filter(None, (what.text, what.dialog)))
        yield from _texts(dict(what.data or {}))
    else:
        yield from _texts(dict(what))


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield squeeze(value)
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def reply_words(
    heard: Reply, parts: Collection[str] = (), since: float | None = None
) -> str:
    """Return a reply as words: its dialog where it has one, and what was spoken."""
    words = []
    if since is not None:
        words.append(f"after {seconds(heard.at - since)}")
    if heard.dialog is not None:
        words.append(_dialog(heard.dialog, heard.data))
    words.append(quoted(heard.text))
    if "skill" in parts:
        words.append(f"by {heard.skill or 'no skill'}")
    if "lang" in parts:
        words.append(f"in {heard.lang or 'no language'}")
    if "asks" in parts:
        words.append(_asks(asks=heard.asks))
    return "   ".join(words)


def expectation_words(expected: ReplyExpectation) -> str:
    """Return an expected reply as words, its parts joined by commas."""
    parts = (
        words(part, expected)
        for name, words in _PARTS.items()
        if (part := getattr(expected, name)) is not None
    )
    return ", ".join(filter(None, parts)) or "any reply"


def relevant_trace(trace: str) -> list[str]:
    """Return the end of a Python traceback: the last error and where it came from.

    Of chained errors the last is shown, of its frames the innermost three: the skill's
    own innermost one, and two others if that is further out. Lines that only underline
    the one above are left out; their form depends on the Python version.
    """
    last = trace.rpartition("Traceback (most recent call last):\n")[2]
    lines = [line for line in last.splitlines() if line.strip(" ~^")]
    frames = [n for n, line in enumerate(lines) if line.startswith('  File "')]
    if len(frames) <= _FRAMES:
        return lines
    own = _own_frame([lines[n] for n in frames])
    if own is None or own >= len(frames) - _FRAMES:
        return [f"  … {len(frames) - _FRAMES} more", *lines[frames[-_FRAMES] :]]
    return [
        *([f"  … {own} more"] if own else []),
        *lines[frames[own] : frames[own + 1]],
        f"  … {len(frames) - own - _FRAMES} more",
        *lines[frames[1 - _FRAMES] :],
    ]


def _own_frame(frames: Sequence[str]) -> int | None:
    """Return the index of the innermost frame that is the skill's, if there is one.

    OVOS calls a skill, so the first frame that is not of OVOS is the skill's, as are
    others in its folder.
    """
    files = [frame.split('"')[1] for frame in frames]
    callees = (
        file for file in files if not (is_file_of_ovos(file) or _OF_PYTHON.search(file))
    )
    first = next(callees, None)
    if first is None:
        return None
    folder = first.rpartition("/")[0]
    own = first if not folder or folder.endswith("-packages") else f"{folder}/"
    return max(n for n, file in enumerate(files) if file.startswith(own))


def _dialog(name: str, data: Mapping[str, Json] | None) -> str:
    return f"{_shown(name)} {flow(dict(data))}" if data else _shown(name)


def _asks(*, asks: bool) -> str:
    return f"{'' if asks else 'not '}opening the microphone"


def _pairs(values: Mapping[str, Json]) -> str:
    return ", ".join(f"{_shown(key)}: {flow(value)}" for key, value in values.items())


def _shown(text: str) -> str:
    """Return a text that cannot move the cursor, recolour a terminal or fill it."""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}… ({len(text)} characters)"
    return visible(text)


def _data(data: Mapping[str, Json], expected: ReplyExpectation) -> str:
    """Return a reply's expected values unless they stand beside its dialog already."""
    return "" if expected.dialog is not None else f"data {flow(dict(data))}"


_PARTS: Mapping[str, Callable[[Any, ReplyExpectation], str]] = {
    "dialog": lambda name, expected: _dialog(name, expected.data),
    "data": _data,
    "text": lambda text, _: quoted(text),
    "regex": lambda regex, _: f"matching /{_shown(regex)}/",
    "contains": lambda text, _: f"containing {quoted(text)}",
    "any_of": lambda any_of, _: (
        f"any of ({' | '.join(map(expectation_words, any_of))})"
    ),
    "skill": lambda skill, _: f"by {skill}",
    "lang": lambda lang, _: f"in {lang}",
    "asks": lambda asks, _: _asks(asks=asks),
    "within": lambda within, _: f"within {seconds(within)}",
    "denied": lambda denied, _: f"not ({expectation_words(denied)})",
}
"""The words for each part of an expectation; each gets its value, if it has one."""
