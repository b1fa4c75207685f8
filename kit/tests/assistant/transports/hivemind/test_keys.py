"""The file with the keys that a running hub knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovos_dialogue_kit.assistant.transports.hivemind.keys import (
    KEYS_FILE,
    HubKey,
    load_keys,
)
from ovos_dialogue_kit.errors import KitError

EXAMPLE = "for example: kitchen: {key: the-access-key, password: the-password}"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(KEYS_FILE, "keys.yaml")
    return tmp_path / "keys.yaml"


@pytest.mark.parametrize(
    "text",
    [
        "kitchen: {key: 0123, password: yes}\nhall: {key: a b, password: '#1'}\n",
        (
            '{"kitchen": {"key": "0123", "password": "yes"},'
            ' "hall": {"key": "a b", "password": "#1"}}'
        ),
    ],
    ids=["YAML", "JSON"],
)
def test_keys_are_text(path: Path, text: str) -> None:
    """In YAML or JSON, each speaker has a key and a password, which are text."""
    path.write_text(text)
    assert load_keys() == {
        "kitchen": HubKey("0123", "yes"),
        "hall": HubKey("a b", "#1"),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", f"keys.yaml:1:1: the file of keys is empty  [KIT104]\n  {EXAMPLE}"),
        (
            "kitchen: {key: a, pasword: b}\nhall: a\n",
            (
                'keys.yaml:1:19: unknown key "pasword" in the key of a speaker (did '
                'you mean "password"?)  [KIT101]\n  known: key, password\n'
                'keys.yaml:2:7: "hall" must be a mapping, not "a"  [KIT106]\n'
                f"  {EXAMPLE}"
            ),
        ),
        (
            "kitchen:\n  key: a\n",
            'keys.yaml:2:3: "kitchen" needs the key "password"  [KIT103]',
        ),
        (
            "kitchen: {key: '', password: b}\n",
            'keys.yaml:1:16: "key" is empty  [KIT104]',
        ),
        (
            "- kitchen\n",
            (
                'keys.yaml:1:1: "keys" must be a mapping of speakers to keys, not a '
                "list  [KIT105]"
            ),
        ),
        (
            "kitchen: {key: a, password: b}\nkitchen: {key: c, password: d}\n",
            'keys.yaml:2:1: duplicate key "kitchen" (first on line 1)  [KIT102]',
        ),
    ],
)
def test_a_bad_file(path: Path, text: str, expected: str) -> None:
    """Each problem in it is told with its place."""
    path.write_text(text)
    with pytest.raises(KitError) as error:
        load_keys()
    assert str(error.value) == expected


def test_no_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name without a file is an error, and so is no name, with the way out."""
    with pytest.raises(KitError) as error:
        load_keys()
    assert str(error.value) == (
        f"{path.name}:1:1: there is no such file, which KIT_HIVEMIND_KEYS names"
    )
    monkeypatch.delenv(KEYS_FILE)
    with pytest.raises(KitError) as error:
        load_keys()
    assert str(error.value) == (
        "a running hub needs the keys of its satellites\n  write them into a file and "
        f"set the environment variable KIT_HIVEMIND_KEYS to its path; {EXAMPLE}"
    )
