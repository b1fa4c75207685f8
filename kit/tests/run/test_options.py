"""The options that the command line and the pytest plugin share."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.places import ROOT

from ovos_dialogue_kit.assistant.transports.hivemind.keys import KEYS_FILE
from ovos_dialogue_kit.run.options import (
    BUS_OPTION,
    DEADLINE_OPTION,
    ENGINE_OPTION,
    ORDER_SEED_OPTION,
    PYTEST_OPTIONS,
    SCHEDULES_OPTION,
    Option,
    read_count,
    read_seconds,
    read_seed,
    require_bus,
)


@pytest.mark.parametrize(
    ("option", "text", "value"),
    [
        (ENGINE_OPTION, "padacioso+adapt", "padacioso+adapt"),
        (BUS_OPTION, "memory", "memory"),
        (BUS_OPTION, "real", "real"),
        (BUS_OPTION, "wss://example.org/core", "wss://example.org/core"),
        (DEADLINE_OPTION, "2.5", 2.5),
        (DEADLINE_OPTION, "0.5", 0.5),
        (ORDER_SEED_OPTION, "0", 0),
    ],
)
def test_values(option: Option, text: str, value: object) -> None:
    """The text of an option is read as the value that the run takes."""
    assert value == option.read(text)


@pytest.mark.parametrize(
    ("read", "text", "problem"),
    [
        (
            ENGINE_OPTION.read,
            "adapt+padatios",
            (
                'unknown engine "padatios" (did you mean "padatious"?); known: '
                "padacioso, padatious, adapt, auto"
            ),
        ),
        (
            BUS_OPTION.read,
            "localhost:8181",
            (
                'unknown bus "localhost:8181"; use memory, real, hivemind-memory, '
                "hivemind or an address such as ws://127.0.0.1:8181/core or "
                "hivemind://127.0.0.1:5678"
            ),
        ),
        (read_seconds, "0", 'must be a number of seconds above 0, not "0"'),
        (read_seconds, "-0.5", 'must be a number of seconds above 0, not "-0.5"'),
        (read_seconds, "nan", 'must be a number of seconds above 0, not "nan"'),
        (read_seconds, "inf", 'must be a number of seconds above 0, not "inf"'),
        (read_seconds, "soon", 'must be a number of seconds above 0, not "soon"'),
        (read_count, "0", 'must be a whole number above 0, not "0"'),
        (read_count, "2.5", 'must be a whole number above 0, not "2.5"'),
        (read_seed, "-1", 'must be a whole number, 0 or above, not "-1"'),
    ],
)
def test_wrong_values(read: Callable[[str], object], text: str, problem: str) -> None:
    """A wrong value is refused with a sentence that says what it must be."""
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        read(text)


def test_a_running_hub_needs_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without them its address is refused, and with what is wrong in their file."""
    monkeypatch.delenv(KEYS_FILE, raising=False)
    with pytest.raises(ValueError, match=r"^a running hub needs the keys"):
        BUS_OPTION.read("hivemind://hub.local")
    path = tmp_path / "keys.yaml"
    monkeypatch.setenv(KEYS_FILE, str(path))
    path.write_text("kitchen: none\n")
    with pytest.raises(ValueError, match=r'keys.yaml:1:10: "kitchen" must be'):
        BUS_OPTION.read("hivemind://hub.local")
    path.write_text("kitchen: {key: a, password: b}\n")
    assert BUS_OPTION.read("hivemind://hub.local") == "hivemind://hub.local"


def test_extra_of_a_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bus whose extra is not installed is refused with the command to install it."""
    monkeypatch.setitem(sys.modules, "ovos_messagebus", None)
    problem = (
        '"real" needs ovos-messagebus, which is not installed: '
        'pip install "ovos-dialogue-kit[bus]"'
    )
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        BUS_OPTION.read("real")
    monkeypatch.setitem(sys.modules, "hivemind_core", None)
    problem = (
        '"hivemind-memory" needs hivemind-core, which is not installed: pip install '
        '"ovos-dialogue-kit[hivemind]"; where that cannot be installed, use '
        '"hivemind", whose hub has an environment of its own'
    )
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        BUS_OPTION.read("hivemind-memory")


def test_capability_of_a_bus() -> None:
    """A bus that lacks what an option needs is refused, naming those that have it."""
    require_bus("memory", lambda transport: transport.controls_order)
    problem = 'works only with the bus "memory" or "hivemind-memory", not with "ws://x"'
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        require_bus("ws://x", lambda transport: transport.controls_order)


def test_names_for_pytest() -> None:
    """An ini value has the name of its option, with a prefix."""
    prefixed = {name.removeprefix("kit_").replace("_", "-") for name in PYTEST_OPTIONS}
    names = {option.name for option in PYTEST_OPTIONS.values()}
    assert prefixed - names == {"isolate-schedules"}


def test_defaults() -> None:
    """Each is a text that its option can read; pytest tries fewer schedules."""
    assert {
        name: option.read(option.default)
        for name, option in PYTEST_OPTIONS.items()
        if option.default
    } == {
        "kit_bus": "memory",
        "kit_boot_timeout": 60.0,
        "kit_training_timeout": 60.0,
        "kit_dialogue_timeout": 60.0,
        "kit_isolate_schedules": 100,
    }
    assert SCHEDULES_OPTION.read(SCHEDULES_OPTION.default) == 500


def test_what_may_be_repeated() -> None:
    """Engines, skills and transformers; a different default changes nothing of that."""
    repeatable = {name for name, each in PYTEST_OPTIONS.items() if each.is_repeatable}
    assert repeatable == {"kit_engine", "kit_skill", "kit_transformer"}
    other = ENGINE_OPTION.with_default("adapt")
    assert [getattr(other, name) for name in Option.__slots__] == [
        "adapt" if name == "default" else getattr(ENGINE_OPTION, name)
        for name in Option.__slots__
    ]


def test_the_page_about_pytest_has_every_option() -> None:
    """Each option of the plugin has a row, with the name of its value."""
    page = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(--kit-[^`]+)` \|", page, re.MULTILINE)
    assert rows == [
        f"--{name.replace('_', '-')} {option.metavar or ''}".strip()
        for name, option in PYTEST_OPTIONS.items()
    ]


def test_the_pages_have_the_words_of_every_option() -> None:
    """Those of ``--help`` or, for the two that only pytest has, of its page."""
    cli, plugin = (
        "".join((ROOT / "docs" / name).read_text(encoding="utf-8").split())
        for name in ("cli.md", "pytest.md")
    )
    for option in PYTEST_OPTIONS.values():
        if option.name in ("shared", "isolate"):
            words = f"|{option.help[0].lower()}{option.help[1:-1]}"
            assert "".join(words.split()) in plugin
        else:
            words = f"--{option.name}{option.metavar or ''}{option.help}"
            assert "".join(words.split()) in cli
