"""Generate the files that follow from the code; a test checks that they are fresh."""

from __future__ import annotations

import json
from pathlib import Path

from errors_page import make_errors_page
from json_schema import make_schema
from script_page import make_script_page

from ovos_dialogue_kit.project.text_files import read_text, write_text

__all__ = ["make_generated_files", "write_generated_files"]


def make_generated_files() -> dict[str, str]:
    """Return the text of each generated file by its path from the project's root."""
    schema = json.dumps(make_schema(), ensure_ascii=False, indent=2, sort_keys=True)
    return {
        "docs/errors.md": make_errors_page(),
        "docs/script.md": make_script_page(),
        "kit/ovos_dialogue_kit/schema/dialogue.schema.json": f"{schema}\n",
    }


def write_generated_files(root: Path) -> None:
    """Write the files that differ, and print a line for each file.

    Args:
        root: the project's root.

    """
    for name, text in make_generated_files().items():
        path = root / name
        try:
            state = "unchanged" if read_text(path, name) == text else "wrote"
        except FileNotFoundError:
            state = "wrote"
        if state == "wrote":
            write_text(path, text, name, root)
        print(f"{state} {name}")  # noqa: T201 - this is a command
