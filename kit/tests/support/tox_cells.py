"""The ``.tox`` of a project with cells in it."""

from __future__ import annotations

from pathlib import Path

from support.cells import KEY, heard, line, passed

from ovos_dialogue_kit.matrix.cells import (
    Replayed,
)


def make_tox(project: Path) -> Path:
    """Make and return a ``.tox`` with two cells and a third that failed."""
    folder = project / ".tox"
    for name, replayed in (
        ("core1.0-py310", passed(heard(core="1.0"))),
        ("mine", Replayed(KEY, "passed", None, heard("ho", core="2.0"), "abc")),
    ):
        (folder / name).mkdir(parents=True)
        (folder / name / "transcripts.jsonl").write_text(line(replayed))
    logs = folder / "core3.0-py313" / "log"
    logs.mkdir(parents=True)
    (logs / "1-venv.log").write_text("name: x\nexit_code: 0\n\nstandard error:\nfine\n")
    (logs / "2-install_deps.log").write_text(
        "name: x\nenv TOKEN: secret\nexit_code: 1\n\nstandard error:\n  no solution\n"
    )
    (logs / "10-freeze.log").write_text("name: x\nexit_code: 0\n")
    (folder / "lint").mkdir()
    (folder / "corelib").mkdir()
    (folder / "channel-alpha").mkdir()
    return folder
