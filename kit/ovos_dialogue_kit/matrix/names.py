"""Name cells after their files, so that no two have the same name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ovos_dialogue_kit.matrix.tox import TRANSCRIPTS

__all__ = ["cell_names", "cell_place"]


def cell_place(path: Path) -> Path:
    """Return the folder of a tox environment for its file, any other path as it is."""
    return path.parent if path.name == TRANSCRIPTS else path


def cell_names(paths: Sequence[Path]) -> list[str]:
    """Return a name for each of some different paths.

    It is that of the file without its suffix, or of the folder if the file is
    ``transcripts.jsonl``. Paths with the same name are told apart by their folders,
    from the first that differs.
    """
    places = [cell_place(path.absolute()) for path in paths]
    names = [_stem(place) for place in places]
    for name in {name for name in names if names.count(name) > 1}:
        at = [number for number, each in enumerate(names) if each == name]
        for number, longer in zip(at, _apart([places[n] for n in at]), strict=True):
            names[number] = longer
    return names


def _stem(place: Path) -> str:
    return place.name if place.is_dir() else place.stem


def _apart(places: Sequence[Path]) -> list[str]:
    """Return the paths below the folder that all of some paths share."""
    shared = os.path.commonpath([place.parent for place in places])
    below = [place.relative_to(shared) for place in places]
    short = [
        place.with_name(_stem(place)).relative_to(shared).as_posix() for place in places
    ]
    whole = [path.as_posix() for path in below]
    return short if len({*short}) == len(short) else whole
