"""The generated files are up to date, and the command writes those that are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from generated_files import make_generated_files, write_generated_files
from script_page import make_script_page
from support.places import ROOT


@pytest.mark.parametrize("name", make_generated_files())
def test_generated_file_is_fresh(name: str) -> None:
    """The committed files are those that the code generates."""
    committed = (ROOT / name).read_text(encoding="utf-8")
    fresh = committed == make_generated_files()[name]
    assert fresh, f"{name} is stale: run python kit/generators"


def test_command_writes_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command makes missing files, and leaves those that are right alone."""
    write_generated_files(tmp_path)
    (tmp_path / "docs" / "script.md").write_text("old", encoding="utf-8")
    write_generated_files(tmp_path)
    assert capsys.readouterr().out == (
        "wrote docs/errors.md\n"
        "wrote docs/script.md\n"
        "wrote kit/ovos_dialogue_kit/schema/dialogue.schema.json\n"
        "unchanged docs/errors.md\n"
        "wrote docs/script.md\n"
        "unchanged kit/ovos_dialogue_kit/schema/dialogue.schema.json\n"
    )
    written = (tmp_path / "docs" / "script.md").read_text(encoding="utf-8")
    assert written == make_script_page()
