"""Frame the JSON that an assistant's process, its forks and its user exchange.

What a skill prints into a pipe that it does not know, or what is left of an answer that
nobody waited for, must not be taken for an answer. So each piece of JSON has a head: a
mark, the number of the request to which it belongs, its length and its checksum. The
functions of ``json`` are bound here, before a skill can replace them.
"""

from __future__ import annotations

import re
import struct
from json import loads
from typing import Any
from zlib import crc32

from ovos_dialogue_kit.jsondata import as_json_text

__all__ = [
    "LARGEST",
    "FrameReader",
    "GarbledError",
    "TooLargeError",
    "frame",
    "framed",
    "parse",
]

LARGEST = 64 << 20
"""The largest frame in bytes: the transcript of millions of words."""

_DEEPEST = 200
"""How deeply arrays and objects may be nested, far from the limit of recursion."""

_HEAD = struct.Struct(">4sQQI")
_MARK = b"kit\n"
_MARKS_ONLY = bytes(set(range(256)) - set(b'[]{}"\\'))
_ESCAPES = re.compile(rb"\\.")
_STRINGS = re.compile(rb'"[^"]*"')


class GarbledError(Exception):
    """An answer cannot be read; the message says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the answer of its process cannot be read: {reason}")


def frame(number: int, data: object) -> bytes:
    """Return data as JSON in a frame.

    Args:
        number: that of the request that is made or answered.
        data: what ``as_json_text`` can write.

    Raises:
        TooLargeError: the frame would not be read.

    """
    content = as_json_text(data).encode()
    if len(content) > LARGEST:
        raise TooLargeError(len(content))
    return framed(number, content)


def framed(number: int, content: bytes) -> bytes:
    """Return JSON in a frame."""
    return _HEAD.pack(_MARK, number, len(content), crc32(content)) + content


class TooLargeError(Exception):
    """A piece of JSON has more than ``LARGEST`` bytes; the message has both sizes."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size >> 20} MB; the limit is {LARGEST >> 20} MB")


class FrameReader:
    """Takes the bytes that arrive, until they are a frame.

    Args:
        awaited: the number that the frame must have. Those with lower numbers, answers
            for which nobody waits any more, are skipped. 0 stands for any number.

    ``number`` is that of the frame.
    """

    def __init__(self, awaited: int = 0) -> None:
        self.number = 0
        self._awaited = awaited
        self._bytes = bytearray()

    def feed(self, chunk: bytes) -> bytes | None:
        """Take some bytes and return the JSON of the frame if it is complete.

        Raises:
            GarbledError: the bytes are not those of a frame.

        """
        self._bytes += chunk
        while len(self._bytes) >= _HEAD.size:
            mark, self.number, length, checksum = _HEAD.unpack_from(self._bytes)
            is_ours = mark == _MARK and self.number <= (self._awaited or self.number)
            if not is_ours or length > LARGEST:
                raise GarbledError(
                    "a skill, or a library, has written into the kit's own pipe"
                )
            if len(self._bytes) < _HEAD.size + length:
                return None
            content = bytes(self._bytes[_HEAD.size : _HEAD.size + length])
            del self._bytes[: _HEAD.size + length]
            if crc32(content) != checksum:
                raise GarbledError(
                    "a skill, or a library, has written into the kit's own pipe"
                )
            if self.number >= self._awaited:
                return content
        return None


def parse(content: bytes) -> dict[str, Any]:  # what is in it is the reader's to check
    """Return the object that JSON describes.

    Raises:
        GarbledError: it is not JSON, no object, or nested too deeply.

    """
    try:
        data = loads(content)
    except (ValueError, RecursionError) as error:
        raise GarbledError("it is not JSON") from error
    if not isinstance(data, dict):
        raise GarbledError("it is not an object")
    depth = _depth(content)
    if depth > _DEEPEST:
        raise GarbledError(f"it is nested {depth} levels deep; the limit is {_DEEPEST}")
    return data


def _depth(content: bytes) -> int:
    """Return how deeply arrays and objects of valid JSON are nested."""
    if b"\\" in content:
        content = _ESCAPES.sub(b"", content)
    depth = deepest = 0
    for bracket in _STRINGS.sub(b"", content.translate(None, _MARKS_ONLY)):
        if bracket in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return deepest
