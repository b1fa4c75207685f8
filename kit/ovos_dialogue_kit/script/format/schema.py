"""The JSON Schema of scripts, for editors; made from the format's definitions.

``python -m ovos_dialogue_kit.script.format.schema``, in a checkout of the project,
writes it to ``schema/dialogue.schema.json`` of the package, and the script reference
to ``docs/``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.project.files import read_text, write_text
from ovos_dialogue_kit.script.format.keys import SCRIPT, list_sections
from ovos_dialogue_kit.script.format.kinds import Schema
from ovos_dialogue_kit.script.format.reference import reference

__all__ = ["generated_files", "schema"]

_LINK = re.compile(r"\[([^\]]+)\]\(#\w+\)")


def schema() -> Schema:
    """Return the JSON Schema (draft 2020-12)."""
    definitions: Schema = {
        part.name: _plain(part.definition()) for part in list_sections()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Dialogue script of ovos-dialogue-kit",
        "$ref": f"#/$defs/{SCRIPT.name}",
        "$defs": definitions,
    }


def _plain(value: Json) -> Json:
    """Return a definition whose descriptions have no links into the reference."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return _LINK.sub(r"\1", value) if isinstance(value, str) else value


def generated_files() -> dict[str, str]:
    """Return the text of each file made from the definitions, by its path.

    Paths are relative to the project's root.
    """
    text = json.dumps(schema(), ensure_ascii=False, indent=2, sort_keys=True)
    return {
        "docs/script.md": reference(),
        "kit/ovos_dialogue_kit/schema/dialogue.schema.json": f"{text}\n",
    }


def _main(root: Path) -> None:
    for name, text in generated_files().items():
        path = root / name
        try:
            state = "unchanged" if read_text(path, name) == text else "wrote"
        except FileNotFoundError:
            state = "wrote"
        if state == "wrote":
            write_text(path, text, name)
        print(f"{state} {name}")  # noqa: T201 - this is a command


if __name__ == "__main__":  # pragma: no cover - tests call _main
    _main(Path(__file__).parents[4])
