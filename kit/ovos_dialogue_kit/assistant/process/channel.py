"""Exchange lines of JSON between an assistant's process and its user's.

They are written without a buffer, which a crash would lose and a fork would duplicate.
Each answer is a list: the number of its request and the answer itself.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from ovos_dialogue_kit.assistant.host.ending import leave
from ovos_dialogue_kit.errors import AssistantError, EngineMissingError

__all__ = ["HANG", "Channel", "as_line", "refusal_line", "write_line"]

HANG = "hang.txt"
"""The file in an assistant's folder that says where its boot hung, empty if it did not.

It is written by ``faulthandler``: the stack of each thread, the main thread's last.
"""


def as_line(data: object) -> bytes:
    """Return data as JSON on a line of its own."""
    return json.dumps(data).encode() + b"\n"


def refusal_line(error: AssistantError) -> bytes:
    """Return why there is no assistant, as a line that answers a request."""
    is_engine = isinstance(error, EngineMissingError)
    return as_line({"problem": error.problem, "hint": error.hint, "engine": is_engine})


def write_line(sink: int, line: bytes) -> None:
    """Write all of a line to an open file, in as many parts as it takes."""
    while line:
        line = line[os.write(sink, line) :]


@dataclass(slots=True)
class Channel:
    """The assistant's side: two open files. The process ends if its user is gone.

    ``number`` is that of the last request, which the next answer gets.
    """

    source: int
    sink: int
    number: int = 0

    def read(self) -> Any:  # JSON of our own making
        """Return the data of the next line; end the process if there is none."""
        line = bytearray()
        while not line.endswith(b"\n"):
            chunk = os.read(self.source, 1 << 16)
            if not chunk:
                leave()
            line += chunk
        request = json.loads(line)
        self.number = request["number"]
        return request

    def write(self, line: bytes) -> None:
        """Send a line as the answer; end the process if its user is gone."""
        try:
            write_line(self.sink, b"[%d, %b]\n" % (self.number, line.rstrip()))
        except BrokenPipeError:
            leave()
