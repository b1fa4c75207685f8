"""Frames: an answer is read as it was sent, or it counts as garbled."""

from __future__ import annotations

import json

import pytest

from ovos_dialogue_kit.assistant.process import frames
from ovos_dialogue_kit.assistant.process.frames import (
    FrameReader,
    GarbledError,
    TooLargeError,
    frame,
    framed,
    parse,
)


def read(number: int, content: bytes, size: int = 1 << 16) -> bytes | None:
    """Return the JSON of the frame with a number in bytes that arrive piecemeal."""
    reader = FrameReader(number)
    for start in range(0, len(content), size):
        found = reader.feed(content[start : start + size])
        if found is not None:
            return found
    return None


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
def test_an_answer_arrives_in_any_pieces(size: int) -> None:
    """Pipes cut what they carry anywhere."""
    found = read(3, frame(3, {"text": "ö\ud800"}), size)
    assert found is not None
    assert parse(found) == {"text": "ö\ud800"}


def test_an_answer_that_nobody_waited_for_is_skipped() -> None:
    """A request that was given up is answered all the same, before the next one is."""
    late, due = frame(1, {"late": True}), frame(2, {})
    assert read(2, late + due) == b"{}"
    assert read(2, late) is None


@pytest.mark.parametrize(
    "content",
    [
        b"a line that some skill printed\n",
        b"junk" + frame(1, {}),
        frame(1, {})[:-1] + b"!",
        frame(2, {}),
        frame(1, {}).replace(b"\0\0\0\0\0\0\0\2", b"\1\0\0\0\0\0\0\2"),
    ],
    ids=["junk", "junk before", "changed", "number to come", "length"],
)
def test_what_is_no_answer_is_told(content: bytes) -> None:
    """Nothing that is written into the pipe is taken for an answer."""
    with pytest.raises(GarbledError) as error:
        read(1, content)
    assert str(error.value) == (
        "the answer of its process cannot be read: a skill, or a library, has written "
        "into the kit's own pipe"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"1 / 0", "it is not JSON"),
        (b"9" * 5000, "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"[]", "it is not an object"),
        (
            b'{"a":%b%b}' % (b"[" * 200, b"]" * 200),
            "it is nested 201 levels deep; the limit is 200",
        ),
    ],
)
def test_what_is_no_object_is_told(content: bytes, reason: str) -> None:
    """A frame may hold what a skill made of ``json``: only an object is read."""
    with pytest.raises(GarbledError) as error:
        parse(content)
    assert str(error.value) == f"the answer of its process cannot be read: {reason}"


def test_brackets_in_texts_are_not_nested() -> None:
    """Only arrays and objects count, whatever is quoted."""
    data = {"a": "[" * 500, "b": ['"', "\\", "{" * 500, '"\\"[' * 500]}
    assert parse(json.dumps(data).encode()) == data


def test_an_answer_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is larger is not sent, and is not read if it is sent all the same."""
    monkeypatch.setattr(frames, "LARGEST", 1 << 20)
    with pytest.raises(TooLargeError, match="3 MB; the limit is 1 MB"):
        frame(1, {"text": "x" * (3 << 20)})
    with pytest.raises(
        GarbledError, match="a skill, or a library, has written into the kit's own pipe"
    ):
        read(1, framed(1, b" " * (1 << 20) + b"{}"))
