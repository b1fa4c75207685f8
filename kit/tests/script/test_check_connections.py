"""Satellites that contradict each other, and speakers without a connection."""

from __future__ import annotations

import pytest
from support.codes import without_codes

from ovos_dialogue_kit.errors import ScriptError
from ovos_dialogue_kit.script.parse import parse_script

GONE = "- k: {disconnect: true}"
BACK = "- k: {connect: true}"


def problems(*turns: str, sessions: str = "{hall: {}}") -> str:
    """Return what is wrong with a dialogue, whose turns begin on the fourth line."""
    lines = [f"sessions: {sessions}", "dialogues:", "  d:", *turns]
    try:
        parse_script("\n".join(lines).replace("\n- ", "\n  - "), "a.yaml")
    except ScriptError as error:
        return without_codes(str(error))
    return ""


@pytest.mark.parametrize(
    "turns",
    [
        (GONE, BACK, "- k: hi"),
        (GONE, "- l: hi", "- k: {silence: 2s}"),
        (GONE, BACK, GONE, BACK),
        (GONE, "- {k: hi, skip: not now}"),
    ],
)
def test_what_satellites_can_do(turns: tuple[str, ...]) -> None:
    """They come and go; meanwhile others speak, and time passes."""
    assert problems(*turns) == ""


@pytest.mark.parametrize(
    ("turn", "problem"),
    [
        ("- k: hi", '"k" is disconnected since line 4'),
        ("- k: {emit: {type: x.y}}", '"k" is disconnected since line 4'),
        (GONE, '"k" is disconnected since line 4'),
    ],
)
def test_without_a_connection(turn: str, problem: str) -> None:
    """A session can neither say anything, nor disconnect once more."""
    assert problems(GONE, "- l: hi", turn) == (
        f'a.yaml:6:5: {problem}\n  let it connect before: "k: {{connect: true}}"'
    )


def test_a_second_connection() -> None:
    """A satellite that is connected cannot connect."""
    assert problems("- l: hi", BACK) == (
        'a.yaml:5:5: "k" is connected already\n'
        "  a satellite is, until a turn disconnects it"
    )


@pytest.mark.parametrize(
    "sessions",
    [
        "{k: {session_id: s}, l: {session_id: s}}",
        "{k: {client: sessionless}, l: {client: sessionless}}",
        "{k: {satellite: {connection: b}}, l: {satellite: {connection: b}}}",
    ],
)
def test_a_connection_that_is_shared(sessions: str) -> None:
    """Whoever shares it, by its name or by a session, is away, too."""
    assert problems(GONE, "- l: hi", sessions=sessions) == (
        'a.yaml:5:5: "l" is disconnected since line 4\n'
        '  let it connect before: "l: {connect: true}"'
    )


@pytest.mark.parametrize(
    "second",
    [
        "{session_id: s, satellite: {key: own}}",
        "{session_id: s, satellite: {connection: own}}",
        "{session_id: t}",
    ],
)
def test_a_connection_of_ones_own(second: str) -> None:
    """One with another key or name is another connection, even with the same id."""
    sessions = f"{{k: {{session_id: s}}, l: {second}}}"
    assert problems(GONE, "- l: hi", sessions=sessions) == ""


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("session_id: s", "session_id: s, satellite: {admin: true}", "connection"),
        (
            "satellite: {connection: a}",
            "satellite: {connection: a, key: b}",
            "connection",
        ),
        ("satellite: {key: a}", "satellite: {key: a, allowed: x.y}", "key"),
    ],
)
def test_satellites_that_contradict_each_other(
    first: str, second: str, what: str
) -> None:
    """Those with one key, or one connection, have one row in the hub's database."""
    sessions = f"{{k: {{{first}}}, l: {{{second}}}}}"
    column = sessions.index("l:") + len("sessions: ") + 1
    assert problems("- k: hi", sessions=sessions) == (
        f'a.yaml:1:{column}: "l" has the {what} of "k", but another satellite\n'
        "  write the same satellite for both, or give each a session and a key of its "
        "own"
    )
