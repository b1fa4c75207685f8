"""Read the keys that a running HiveMind hub knows, each for a speaker of the scripts.

They are in a YAML or JSON file that an environment variable names: passwords belong
neither into a script nor onto a command line.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import KitError, Mark, ScriptError
from ovos_dialogue_kit.project.text_files import read_text
from ovos_dialogue_kit.script.format.nodes import compose
from ovos_dialogue_kit.script.format.scalars import TEXT
from ovos_dialogue_kit.script.format.sections import KeySpec, MapOf, Section
from ovos_dialogue_kit.script.problems import Problems

__all__ = ["KEYS_FILE", "HubKey", "load_keys"]

KEYS_FILE = "KIT_HIVEMIND_KEYS"
"""The environment variable that names the file."""

_HINT = "for example: kitchen: {key: the-access-key, password: the-password}"
_KEY = Section(
    "key",
    "the key of a speaker",
    (
        KeySpec("key", TEXT, "The access key.", required=True),
        KeySpec("password", TEXT, "The password.", required=True),
    ),
    hint=_HINT,
)
_KEYS = MapOf(_KEY, "speaker", "a mapping of speakers to keys")


@dataclass(frozen=True, slots=True)
class HubKey:
    """An access key of a hub, and its password."""

    key: str
    password: str


def load_keys() -> Mapping[str, HubKey]:
    """Return the keys in the user's file, by the names of the speakers.

    Raises:
        KitError: there is no such file, or something in it is wrong; with the place.

    """
    path = os.environ.get(KEYS_FILE, "")
    if not path:
        raise KitError(
            "a running hub needs the keys of its satellites",
            hint="write them into a file and set the environment variable "
            f"{KEYS_FILE} to its path; {_HINT}",
        )
    try:
        text = read_text(Path(path), path)
    except FileNotFoundError as error:
        problem = f"there is no such file, which {KEYS_FILE} names"
        raise KitError(problem, Mark(path)) from error
    problems = Problems()
    keys: dict[str, HubKey] = {}
    with problems:
        node = compose(text, path, problems)
        if node is None:
            raise ScriptError(
                "the file of keys is empty", Mark(path), _HINT, Code.EMPTY_VALUE
            )
        found = _KEYS.read(node, "keys", problems).values
        keys = {name: HubKey(**fields.values) for name, fields in found.items()}
    problems.require_none()
    return keys
