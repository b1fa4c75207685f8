"""List what ``skip``, ``requires`` and ``xfail`` make of what happens, row by row.

``docs/script.md`` shows the rows as a table, and a test replays each of them with every
front end.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

__all__ = ["MARKS", "ROWS", "Row", "make_outcomes_table"]

MARKS = {
    "`skip`": "skip: later",
    "`requires`": 'requires: {ovos-core: ">=99"}',
    "`xfail`": "xfail: known",
    "`xfail`, not strict": "xfail: {reason: known, strict: false}",
    "`xfail`, other `when`": 'xfail: {reason: known, when: "ovos-core <0"}',
}
"""The marks in the rows, as they are written in a script."""


@dataclass(frozen=True, slots=True)
class Row:
    """A dialogue of two turns, and its outcome.

    ``script``, ``dialogue`` and ``turn`` are the marks of the script, of the dialogue
    and of its first turn; ``first`` and ``second`` are how its turns go: right, wrong,
    or the assistant crashes.
    """

    script: str
    dialogue: str
    turn: str
    first: str
    second: str
    outcome: str


_NONE, _SKIP, _XFAIL, _LOOSE = "", "`skip`", "`xfail`", "`xfail`, not strict"
_REQUIRES, _OTHER = "`requires`", "`xfail`, other `when`"

ROWS = (
    Row(_NONE, _NONE, _NONE, "right", "right", "passed"),
    Row(_NONE, _NONE, _NONE, "wrong", "right", "failed"),
    Row(_NONE, _SKIP, _NONE, "wrong", "wrong", "skipped"),
    Row(_NONE, _REQUIRES, _NONE, "wrong", "wrong", "skipped"),
    Row(_SKIP, _XFAIL, _XFAIL, "right", "right", "skipped"),
    Row(_NONE, _NONE, _SKIP, "wrong", "right", "passed"),
    Row(_NONE, _NONE, _REQUIRES, "wrong", "wrong", "failed"),
    Row(_NONE, _NONE, _SKIP, "crashes", "right", "passed"),
    Row(_NONE, _XFAIL, _SKIP, "wrong", "right", "failed"),
    Row(_NONE, _XFAIL, _SKIP, "right", "wrong", "xfailed"),
    Row(_NONE, _XFAIL, _NONE, "wrong", "right", "xfailed"),
    Row(_NONE, _XFAIL, _NONE, "wrong", "wrong", "xfailed"),
    Row(_NONE, _XFAIL, _NONE, "right", "right", "failed"),
    Row(_NONE, _XFAIL, _NONE, "crashes", "right", "xfailed"),
    Row(_NONE, _LOOSE, _NONE, "wrong", "right", "xfailed"),
    Row(_NONE, _LOOSE, _NONE, "right", "right", "xpassed"),
    Row(_NONE, _OTHER, _NONE, "wrong", "right", "failed"),
    Row(_NONE, _OTHER, _NONE, "right", "right", "passed"),
    Row(_XFAIL, _NONE, _NONE, "wrong", "right", "xfailed"),
    Row(_XFAIL, _NONE, _NONE, "right", "right", "failed"),
    Row(_XFAIL, _LOOSE, _NONE, "right", "right", "xpassed"),
    Row(_LOOSE, _XFAIL, _NONE, "right", "right", "failed"),
    Row(_XFAIL, _OTHER, _NONE, "wrong", "right", "failed"),
    Row(_NONE, _NONE, _XFAIL, "wrong", "right", "xfailed"),
    Row(_NONE, _NONE, _XFAIL, "wrong", "wrong", "failed"),
    Row(_NONE, _NONE, _XFAIL, "right", "right", "failed"),
    Row(_NONE, _NONE, _XFAIL, "right", "wrong", "failed"),
    Row(_NONE, _NONE, _XFAIL, "crashes", "right", "failed"),
    Row(_NONE, _NONE, _LOOSE, "wrong", "right", "xfailed"),
    Row(_NONE, _NONE, _LOOSE, "right", "right", "xpassed"),
    Row(_NONE, _NONE, _LOOSE, "right", "wrong", "failed"),
    Row(_NONE, _NONE, _LOOSE, "crashes", "right", "failed"),
    Row(_NONE, _NONE, _OTHER, "wrong", "right", "failed"),
    Row(_NONE, _NONE, _OTHER, "right", "right", "passed"),
    Row(_NONE, _XFAIL, _XFAIL, "wrong", "wrong", "xfailed"),
    Row(_NONE, _XFAIL, _XFAIL, "wrong", "right", "failed"),
    Row(_NONE, _XFAIL, _XFAIL, "right", "wrong", "failed"),
    Row(_NONE, _XFAIL, _XFAIL, "right", "right", "failed"),
    Row(_NONE, _XFAIL, _XFAIL, "crashes", "right", "xfailed"),
    Row(_NONE, _XFAIL, _LOOSE, "right", "wrong", "xfailed"),
    Row(_NONE, _XFAIL, _LOOSE, "wrong", "right", "failed"),
    Row(_NONE, _LOOSE, _XFAIL, "wrong", "right", "xfailed"),
    Row(_NONE, _LOOSE, _XFAIL, "right", "wrong", "failed"),
    Row(_NONE, _LOOSE, _XFAIL, "right", "right", "failed"),
    Row(_NONE, _LOOSE, _LOOSE, "right", "right", "xpassed"),
    Row(_NONE, _LOOSE, _LOOSE, "wrong", "right", "xfailed"),
)
"""Every row; a ``requires`` in them is not fulfilled."""

_INTRO = """\
## Outcomes

`skip`, `requires` and `xfail` may stand in a script, a dialogue or a turn. A skipped
dialogue is not replayed; a skipped turn is left out, and the others keep their numbers.
A dialogue's `xfail` replaces the script's. An `xfail` of a turn accounts for what goes
wrong in that turn, one of the dialogue for what is left. A strict one fails if it has
nothing to account for; so does one of the dialogue if a turn's takes everything. The
`xfail` of a turn that is not replayed is ignored.

A crash ends the replay. Turns that are not replayed because of it are a failure, even
if a turn's `xfail` or `allow: {crash: …}` accounts for the crash itself: skip them, or
put them into a dialogue of their own. A committed fixture that is out of date, an
assistant that does not start and a leak between sessions fail whatever is expected; an
engine that is not installed skips.

The outcome is the same for `kit replay` and pytest. This table has a dialogue of two
turns; its `requires` is not fulfilled.
"""


def make_outcomes_table() -> str:
    """Return the section of ``docs/script.md`` with all rows."""
    heads = ("script", "dialogue", "turn 1", "turn 1 goes", "turn 2 goes", "outcome")
    rows = [tuple(getattr(row, each.name) for each in fields(Row)) for row in ROWS]
    lines = [f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in rows]
    table = "\n".join([f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *lines])
    return f"{_INTRO}\n{table}\n"
