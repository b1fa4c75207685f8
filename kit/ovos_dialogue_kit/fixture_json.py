"""Fixtures as JSON text: one canonical form, so that equal means equal bytes.

Keys are sorted, the indent is two spaces, text is UTF-8, a final newline ends it.
Beside the fields of ``Fixture`` stand ``format`` and ``digest``: the digest over the
rest tells a fixture that was edited by hand from one whose script has moved on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from ovos_dialogue_kit.codec import Keys, as_json, from_json, mark_of, parse_json
from ovos_dialogue_kit.errors import FixtureError, KitError, Mark, near_name
from ovos_dialogue_kit.files import read_text
from ovos_dialogue_kit.fixture import FORMAT, Fixture
from ovos_dialogue_kit.kinds import Choice
from ovos_dialogue_kit.scalars import ENGINE, STAGE
from ovos_dialogue_kit.script import Json

__all__ = [
    "ForeignFileError",
    "Header",
    "NewerFixtureError",
    "dumps",
    "load",
    "loads",
    "loads_header",
]

_ANEW = '"kit generate" makes it anew'
_FOREIGN = "this is no fixture of the kit"
_AWAY = 'a fixture is what "kit generate" writes; keep other files elsewhere'


class NewerFixtureError(FixtureError):
    """A fixture whose format this kit does not know; it is not to be overwritten."""


class ForeignFileError(FixtureError):
    """A JSON file that the kit did not write; it is not to be overwritten."""


@dataclass(frozen=True, slots=True)
class Header:
    """What tells whose a fixture is, whatever became of the rest of it."""

    script: str
    dialogue: str


def dumps(fixture: Fixture) -> str:
    """Return a fixture as the text of its file."""
    content: dict[str, Json] = {"format": FORMAT, **as_json(fixture)}
    content["digest"] = _digest(content)
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def loads(text: str, path: str) -> Fixture:
    """Return the fixture that a text holds: exactly what ``dumps`` was given.

    Args:
        text: the text of a fixture file.
        path: what errors call the file.

    Raises:
        FixtureError: it is cut off, damaged, of a newer format, not what the kit wrote,
            or it names an engine or a pipeline stage that this kit does not know;
            where, and what helps.

    """
    try:
        content = _content(text, path)
        content.pop("format")
        content.pop("digest", None)
        fixture = from_json(Fixture, content, text, path)
    except FixtureError:
        raise
    except KitError as error:
        problem = f"the fixture is not as the kit wrote it: {error.problem}"
        raise FixtureError(problem, error.mark, _ANEW) from error
    _refuse_edits(text, dumps(fixture), path, fixture.script)
    _refuse_unknown(fixture, text, path)
    return fixture


def load(path: Path, shown: str) -> Fixture:
    """Return the fixture that a file holds, as ``loads`` does.

    Args:
        path: the file.
        shown: what errors call it.

    Raises:
        FixtureError: as ``loads``, or the file cannot be read.

    """
    try:
        text = read_text(path, shown)
    except FileNotFoundError as error:
        raise FixtureError("there is no such fixture", Mark(shown), _ANEW) from error
    except KitError as error:
        problem = f"the fixture {error.problem}"
        raise FixtureError(problem, error.mark, _ANEW) from error
    return loads(text, shown)


def loads_header(text: str, path: str) -> Header:
    """Return whose fixture a text is.

    Raises:
        NewerFixtureError: it is a fixture of a newer format.
        ForeignFileError: it is no fixture.
        FixtureError: it is cut off or damaged.

    """
    content = _content(text, path)
    script, dialogue = content.get("script"), content.get("dialogue")
    if not isinstance(script, str) or not isinstance(dialogue, str):
        raise ForeignFileError(_FOREIGN, Mark(path), _AWAY)
    return Header(script, dialogue)


def _content(text: str, path: str) -> dict[str, Json]:
    """Return a fixture's top level, whose format is one that this kit reads."""
    try:
        data = parse_json(text, path)
    except KitError as error:
        problem = f"the fixture {error.problem}"
        raise FixtureError(problem, error.mark, _ANEW) from error
    version = data.get("format") if isinstance(data, dict) else None
    if not isinstance(data, dict) or type(version) is not int or version < 1:
        raise ForeignFileError(_FOREIGN, Mark(path), _AWAY)
    if version > FORMAT:
        raise NewerFixtureError(
            f"the fixture has format {version}, this kit reads up to {FORMAT}",
            mark_of(("format",), text, path),
            '"pip install -U ovos-dialogue-kit" gets the kit that wrote it',
        )
    return data


def _digest(content: dict[str, Json]) -> str:
    compact = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(compact.encode("ascii")).hexdigest()


def _refuse_edits(text: str, canonical: str, path: str, script: str) -> None:
    """Raise if a fixture's text is not, byte for byte, what the kit makes of it."""
    if text == canonical:
        return
    pairs = enumerate(zip_longest(text.split("\n"), canonical.split("\n")), start=1)
    line = next(number for number, (ours, theirs) in pairs if ours != theirs)
    raise FixtureError(
        "the fixture was edited by hand",
        Mark(path, line),
        f'change "{script}" instead; {_ANEW}',
    )


def _refuse_unknown(fixture: Fixture, text: str, path: str) -> None:
    """Raise if a fixture names an engine or a stage that this kit does not know."""
    for choice, name, keys in _names(fixture):
        if name not in choice.names:
            raise FixtureError(
                f'unknown {choice.noun} "{name}"{near_name(name, choice.names)}',
                mark_of(keys, text, path),
                f"known: {', '.join(choice.names)}",
            )


def _names(fixture: Fixture) -> Iterator[tuple[Choice, str, Keys]]:
    """Yield the names that a fixture takes from the format, and where they are."""
    for index, engine in enumerate(fixture.engines):
        for name in engine.split(ENGINE.joint):
            yield ENGINE, name, ("engines", index)
    for number, case in enumerate(fixture.cases):
        for speaker, session in case.sessions.items():
            stages = session.get("pipeline")
            for index, stage in enumerate(stages if isinstance(stages, list) else ()):
                keys = ("cases", number, "sessions", speaker, "pipeline", index)
                yield STAGE, str(stage), keys
