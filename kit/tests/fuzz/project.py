"""A folder in which a reader does its work, and what a reader is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Project", "Reader", "words"]


@dataclass(slots=True)
class Project:
    """The folder of a reader; ``texts`` are the files that an error may be about."""

    folder: Path
    texts: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, data: bytes) -> Path:
        """Write a file, and remember what it says."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.texts[name] = self.texts[str(path)] = words(data)
        return path


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader: what it reads, what it is tried with first, and how."""

    seeds: Callable[[], Iterable[bytes]]
    read: Callable[[bytes, Project], object]


def words(data: bytes) -> str:
    """Return bytes as the text of a file, whatever they are."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")
