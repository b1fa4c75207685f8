"""The tables of ``examples/peers`` say what its scripts say; tox replays these."""

import re
from pathlib import Path

import pytest
from support.places import ROOT

from ovos_dialogue_kit.script.parse import load_script

PEERS = ROOT / "examples" / "peers"
SCRIPTS = sorted(PEERS.glob("*/*.dialogue.yaml"))
TABLE = re.compile(
    r"^\[`[^`]+`\]\((?P<script>[^)]+)\).*\n\n(?P<rows>(?:\|.*\n)+)", re.MULTILINE
)


def table_of(script: Path) -> dict[str, bool]:
    """Return the dialogues in a script's table, and whether the kit says they fail."""
    page = (PEERS / "README.md").read_text("utf-8")
    (rows,) = (
        found["rows"].splitlines()[2:]
        for found in TABLE.finditer(page)
        if PEERS / found["script"] == script
    )
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return {dialogue: kit.startswith("fails") for _, dialogue, _, kit, _ in cells}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.parent.name)
def test_every_dialogue_has_a_row_with_its_result(script: Path) -> None:
    """A dialogue is in the table of its script, and fails there if it is an xfail."""
    dialogues = load_script(script, ROOT).dialogues
    expected = {each.name: each.marks.xfail is not None for each in dialogues}
    assert expected == table_of(script)


def test_there_are_enough_of_them() -> None:
    """More than a hundred dialogues have been ported."""
    assert 100 < sum(len(load_script(script, ROOT).dialogues) for script in SCRIPTS)
