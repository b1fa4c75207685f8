"""Check the satellites of a script: what two of them share, and who is connected."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import Mark, ScriptError
from ovos_dialogue_kit.script.model import (
    Connection,
    Dialogue,
    Satellite,
    SessionSpec,
    Silence,
    Turn,
)
from ovos_dialogue_kit.script.problems import Problems

__all__ = ["check_connections"]


def check_connections(
    sessions: Mapping[str, SessionSpec],
    dialogues: Iterable[Dialogue],
    problems: Problems,
) -> None:
    """Report satellites that contradict each other, and speakers without a connection.

    Args:
        sessions: all speakers of the script, by name.
        dialogues: its dialogues.
        problems: gets the errors.

    """
    _check_shared(sessions.values(), problems)
    for dialogue in dialogues:
        lost: dict[Hashable, Mark] = {}
        for turn in dialogue.turns:
            with problems:
                _check_turn(turn, _connection(sessions[turn.session]), lost)


def _check_shared(specs: Iterable[SessionSpec], problems: Problems) -> None:
    """Report two satellites that have a connection or a key in common, but differ."""
    known: dict[Hashable, SessionSpec] = {}
    for spec in specs:
        satellite = spec.satellite or Satellite()
        shared: list[tuple[str, Hashable]] = [("connection", _connection(spec))]
        shared += [("key", satellite.key)] if satellite.key is not None else []
        for what, value in shared:
            first = known.setdefault((what, value), spec)
            if replace(satellite, connection=None) != replace(
                first.satellite or Satellite(), connection=None
            ):
                error = ScriptError(
                    f'"{spec.name}" has the {what} of "{first.name}", '
                    "but another satellite",
                    spec.mark,
                    "write the same satellite for both, or give each a session and "
                    "a key of its own",
                    Code.CONTRADICTION,
                )
                problems.add(error)
                break


def _check_turn(turn: Turn, connection: Hashable, lost: dict[Hashable, Mark]) -> None:
    """Raise if a turn needs a connection that there is not, or the other way round."""
    action, since = turn.action, lost.get(connection)
    if isinstance(action, Silence) or turn.marks.skip:
        return
    opens = action.opens if isinstance(action, Connection) else None
    if opens and not since:
        raise ScriptError(
            f'"{turn.session}" is connected already',
            turn.mark,
            "a satellite is, until a turn disconnects it",
            Code.CONTRADICTION,
        )
    if since and not opens:
        raise ScriptError(
            f'"{turn.session}" is disconnected since line {since.line}',
            turn.mark,
            f'let it connect before: "{turn.session}: {{connect: true}}"',
            Code.CONTRADICTION,
        )
    if opens:
        del lost[connection]
    elif opens is False:
        lost[connection] = turn.mark


def _connection(spec: SessionSpec) -> Hashable:
    """Return what identifies the connection of a speaker's satellite."""
    satellite = spec.satellite or Satellite()
    if satellite.connection is not None:
        return satellite.connection
    is_device = spec.client == "sessionless"
    session = "default" if is_device else spec.session_id or (spec.name,)
    return session, satellite.key
