"""The assistant's side of the connection to its user, and what it says over it.

Frames are written without a buffer, which a crash would lose and a fork would
duplicate.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from json import dumps
from typing import Any

from ovos_dialogue_kit.assistant.process.frames import FrameReader, framed, parse
from ovos_dialogue_kit.assistant.system.ending import leave
from ovos_dialogue_kit.errors import AssistantError, EngineMissingError

__all__ = ["HANG", "LOADING", "Channel", "refusal", "write_all"]

HANG = "hang.txt"
"""The file in an assistant's folder that says where its boot hung, empty if it did not.

It is written by ``faulthandler``: the stack of each thread, the main thread's last.
"""


LOADING = "loading.txt"
"""The file there with the id of the skill that is being loaded, empty if none is."""


def refusal(error: AssistantError) -> dict[str, object]:
    """Return why there is no assistant, as the answer to a request."""
    is_engine = isinstance(error, EngineMissingError)
    return {"problem": error.problem, "hint": error.hint, "engine": is_engine}


def write_all(sink: int, content: bytes) -> None:
    """Write all bytes to an open file, in as many parts as it takes."""
    while content:
        content = content[os.write(sink, content) :]


@dataclass(slots=True)
class Channel:
    """The assistant's side: two open files. The process ends if its user is gone.

    ``number`` is that of the last request, which is answered next.
    """

    source: int
    sink: int
    number: int = 0
    reader: FrameReader = field(default_factory=FrameReader)

    def read(self) -> Any:  # JSON of our own making
        """Return the next request; end the process if there is none."""
        content = self.reader.feed(b"")  # two requests may have come at once
        while content is None:
            content = self.reader.feed(self._chunk())
        self.number = self.reader.number
        return parse(content)

    def _chunk(self) -> bytes:
        chunk = os.read(self.source, 1 << 16)
        if not chunk:
            leave()
        return chunk

    def answer(self, data: object) -> None:
        """Answer the last request; end the process if its user is gone."""
        self.relay(dumps(data).encode())

    def relay(self, content: bytes) -> None:
        """Answer the last request with JSON that has been written already."""
        try:
            write_all(self.sink, framed(self.number, content))
        except BrokenPipeError:
            leave()

    def close(self) -> None:
        """Close both files, in a fork, whose skill must not write to them."""
        os.close(self.source)
        os.close(self.sink)
