"""Parse the text of a ``*.dialogue.yaml`` into a ``Script``, or report its problems.

The format's definitions read the nodes and check each value; here the dataclasses are
built from the values. ``check_names`` then checks the names that refer to one another.
Each of these steps works on whatever could be read, so that one run finds all problems
that do not depend on each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import KitError, Mark, ScriptError, near_name
from ovos_dialogue_kit.project.paths import relative_path, script_path
from ovos_dialogue_kit.project.text_files import read_text
from ovos_dialogue_kit.script.check_connections import check_connections
from ovos_dialogue_kit.script.check_names import check_names
from ovos_dialogue_kit.script.format.keys import SCRIPT, TURN
from ovos_dialogue_kit.script.format.nodes import compose
from ovos_dialogue_kit.script.format.sections import Fields
from ovos_dialogue_kit.script.model import (
    ANY_HOST,
    AUTO_ENGINE,
    Connection,
    Dialogue,
    Emit,
    Expansion,
    RunMarks,
    Satellite,
    Say,
    Script,
    SessionSpec,
    Silence,
    Text,
    Turn,
    Xfail,
)
from ovos_dialogue_kit.script.parse_expect import build_expectation
from ovos_dialogue_kit.script.problems import Problems

__all__ = ["build_session", "load_script", "parse_script"]

_COMPARISONS = 100_000
"""Comparisons of an undeclared speaker with a declared one; then nobody looks alike."""

_RESERVED = frozenset(key.name for key in TURN.keys)


def load_script(path: Path, root: Path | None = None) -> Script:
    """Return the script in a file.

    Args:
        path: the file.
        root: the project's root, to which the script's path is relative; the current
            folder, if left out.

    Raises:
        ScriptError: the file lies outside the root, cannot be read or is not UTF-8; or
            as ``parse_script``.

    """
    root = root or Path.cwd()
    mark = None
    try:
        mark = Mark(script_path(path, root))
        _require_text(mark)
        if path.exists():
            relative_path(path, root)  # raises if it leads out of the project
        text = read_text(path, mark.path)
    except FileNotFoundError as error:
        problem = "there is no such file"
        raise ScriptError(problem, mark, code=Code.MISSING_FILE) from error
    except KitError as error:
        place = error.mark or mark
        raise ScriptError(error.problem, place, error.hint, error.code) from error
    return parse_script(text, mark.path)


def _require_text(mark: Mark) -> None:
    """Raise unless a path is text, as fixtures and session ids need it."""
    try:
        mark.path.encode()
    except UnicodeEncodeError as error:
        raise ScriptError(
            "the name of the file, or of its folder, is not text in this locale",
            mark,
            'rename it, or set the locale that it is from: "export LC_ALL=C.UTF-8"',
            Code.NOT_UTF8,
        ) from error


def parse_script(text: str, path: str) -> Script:
    """Return the script in a text.

    Every speaker has a ``SessionSpec``, whether the script declares it or not.

    Args:
        text: the YAML.
        path: the name of the file in marks; relative to the project's root and POSIX.

    Raises:
        ScriptError: the text is not YAML or not a script; with the place. Its
            ``others`` are the further problems, in the order of the file.

    """
    problems = Problems()
    with problems:
        script = _parse(text, path, problems)
    problems.require_none()
    return script


def _parse(text: str, path: str, problems: Problems) -> Script:
    node = compose(text, path, problems)
    if node is None:
        raise ScriptError(
            "the script is empty",
            Mark(path),
            'it needs "dialogues:" with at least one dialogue',
            Code.EMPTY_VALUE,
        )
    fields = SCRIPT.read(node, "script", problems)
    script = _script(fields, path, problems)
    check_names(script, fields, problems)
    return script


def _script(fields: Fields, path: str, problems: Problems) -> Script:
    values = fields.values
    expansion = _expansion(values.get("expand"), Expansion())
    dialogues = tuple(
        _dialogue(name, values["dialogues"].marks[name], part, expansion, problems)
        for name, part in values["dialogues"].values.items()
    )
    return Script(
        path=path,
        mark=fields.mark,
        dialogues=dialogues,
        skills=values.get("skill", ()),
        sessions=_sessions(values.get("sessions"), dialogues, problems),
        phrases=_named(values.get("phrases")),
        expansion=expansion,
        engines=values.get("engine", (AUTO_ENGINE,)),
        **_shared(values),
        **{key: values[key] for key in _PLAIN if key in values},
    )


_PLAIN = ("lang", "transformers", "clock", "isolate")


def _shared(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that scripts and dialogues have in common."""
    return {
        "matrix": _named(values.get("matrix")),
        "values": _named(values.get("with")),
        "marks": _marks(values),
        "config": values.get("config", {}),
    }


def _named(fields: Fields | None) -> Mapping[str, Any]:
    return fields.values if fields else {}


def _expansion(fields: Fields | None, default: Expansion) -> Expansion:
    return replace(default, **fields.values) if fields else default


def _marks(values: Mapping[str, Any]) -> RunMarks:
    return RunMarks(
        tags=values.get("tags", ()),
        skip=values.get("skip"),
        xfail=_xfail(values.get("xfail")),
        requires=_named(values.get("requires")),
        **_allowed(_named(values.get("allow"))),
    )


def _allowed(read: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments for the checks that are switched off, and for hosts."""
    network = read.get("network")
    if network is None:
        return {"allow": read}
    if isinstance(network, str):
        return {"allow": read, "hosts": (ANY_HOST,)}
    hosts = network.values.get("hosts", (ANY_HOST,))
    return {"allow": {**read, "network": network.values["reason"]}, "hosts": hosts}


def _xfail(read: Text | Fields | None) -> Xfail | None:
    if isinstance(read, Fields):
        return Xfail(mark=read.mark, **read.values)
    return Xfail(read.value, read.mark) if read else None


def _sessions(
    declared: Fields | None, dialogues: tuple[Dialogue, ...], problems: Problems
) -> dict[str, SessionSpec]:
    sessions = {}
    if declared:
        for name, fields in declared.values.items():
            with problems:
                _require_free(name, declared.marks[name])
                sessions[name] = build_session(
                    name, declared.marks[name], fields.values
                )
    names = tuple(declared.marks) if declared else ()
    left = _COMPARISONS
    for dialogue in dialogues:
        for turn in dialogue.turns:
            if turn.session not in sessions:
                left -= len(names)
                with problems:
                    _require_unlike(turn, names if left >= 0 else ())
                sessions[turn.session] = SessionSpec(turn.session, turn.mark)
    check_connections(sessions, dialogues, problems)
    return sessions


def build_session(name: str, mark: Mark, read: Mapping[str, Any]) -> SessionSpec:
    """Return a session with the values that were read for its keys."""
    values = dict(read)
    for key in ("prefs", "intent_context"):
        values[key] = _named(values.get(key))
    if fields := values.get("satellite"):
        values["satellite"] = Satellite(**fields.values)
    return SessionSpec(name=name, mark=mark, **values)


def _require_free(name: str, mark: Mark) -> None:
    """Raise if a speaker's name is a key of a turn."""
    if name in _RESERVED:
        raise ScriptError(
            f'"{name}" cannot name a speaker, because it is a key of a turn',
            mark,
            "choose a different name",
            Code.INVALID_NAME,
        )


def _require_unlike(turn: Turn, declared: tuple[str, ...]) -> None:
    """Raise if an undeclared speaker looks like a misspelt one."""
    if turn.session in declared:  # whose declaration could not be read
        return
    if near := near_name(turn.session, declared):
        raise ScriptError(
            f'unknown session "{turn.session}"{near}',
            turn.mark,
            "if a different speaker is meant, declare it: "
            f'"sessions: {{{turn.session}: {{}}}}"',
            Code.UNKNOWN_SESSION,
        )


def _dialogue(
    name: str,
    mark: Mark,
    part: tuple[Fields, ...] | Fields,
    outer: Expansion,
    problems: Problems,
) -> Dialogue:
    if isinstance(part, tuple):
        return Dialogue(name, mark, problems.collect(_turn, part))
    values = part.values
    return Dialogue(
        name=name,
        mark=mark,
        turns=problems.collect(_turn, values["turns"]),
        engines=values.get("engine"),
        lang=values.get("lang"),
        expansion=_expansion(values["expand"], outer) if "expand" in values else None,
        isolate=values.get("isolate"),
        **_shared(values),
    )


def _turn(fields: Fields) -> Turn:
    values = fields.values
    session = next(key for key in values if key not in _RESERVED)
    expect = values.get("expect")
    return Turn(
        mark=_place(fields, session),
        session=session,
        action=_action(values[session], session),
        expect=build_expectation(expect, fields.marks["expect"]) if expect else None,
        overlap=values.get("overlap", False),
        within=values.get("within"),
        until=values.get("until"),
        marks=_marks(values),
        values=_named(values.get("with")),
    )


def _place(fields: Fields, session: str) -> Mark:
    """Return the place of a turn: its speaker's, unless that is an alias or merged."""
    speaker = fields.marks[session]
    begins = (fields.mark.line, fields.mark.column)
    return speaker if begins <= (speaker.line, speaker.column) else fields.mark


def _action(read: Text | Fields, name: str) -> Say | Emit | Silence | Connection:
    if isinstance(read, Text):
        return Say(read)
    fields = read.values.get("session")
    own = None
    if fields:
        own = build_session(name, read.marks["session"], fields.values)
    if "say" in read.values:
        text, *others = read.values["say"]
        rest = {k: read.values[k] for k in ("lang", "context") if k in read.values}
        return Say(text, tuple(others), session=own, **rest)
    if "emit" in read.values:
        return Emit(**read.values["emit"].values, session=own)
    if "silence" in read.values:
        return Silence(read.values["silence"])
    return Connection(opens="connect" in read.values)
