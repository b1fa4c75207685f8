"""Tests of the transports and their capabilities."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from importlib import import_module

import pytest
from support.dialogues import dialogue

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.transports.registry import (
    TRANSPORTS,
    Transport,
    transport_of,
)
from ovos_dialogue_kit.errors import KitError

NAMES = ("memory", "real", "hivemind-memory", "hivemind")
ADDRESS = "ws://127.0.0.1:8181/core"
HUB = "hivemind://127.0.0.1:5678"


def test_a_name_or_an_address_chooses_a_transport() -> None:
    """Every transport is reached by what the documentation says."""
    addresses = (ADDRESS, "wss://a.b/core", HUB, "hiveminds://hub.local")
    assert [*TRANSPORTS[:5], TRANSPORTS[4], TRANSPORTS[5], TRANSPORTS[5]] == [
        transport_of(bus) for bus in (*NAMES, *addresses)
    ]


@pytest.mark.parametrize(
    ("bus", "near"),
    [
        ("", ""),
        ("memroy", ' (did you mean "memory"?)'),
        ("http://127.0.0.1:8181/core", ""),
        ("memory://", ' (did you mean "memory"?)'),
    ],
)
def test_anything_else_is_an_error(bus: str, near: str) -> None:
    """It lists what there is, and the near name; a setup is refused, too."""
    expected = (
        f'unknown bus "{bus}"{near}; use memory, real, hivemind-memory, hivemind or '
        f"an address such as {ADDRESS} or {HUB}"
    )
    with pytest.raises(KitError) as error:
        transport_of(bus)
    assert expected == str(error.value)
    with pytest.raises(KitError) as error:
        Setup.of(dialogue("a.skill", ("kitchen", "hi")), "padacioso", bus)
    assert expected == str(error.value)


def test_a_setup_knows_its_transport() -> None:
    """A setup knows its transport."""
    assert transport_of("real") == Setup(("a.skill",), bus="real").transport


def test_a_foreign_assistant_is_not_copied() -> None:
    """Each dialogue has an assistant of its own, unless that is not the kit's."""
    for bus in (*NAMES, ADDRESS, HUB):
        transport = transport_of(bus)
        assert transport.is_forked == transport.has_own_assistant


@pytest.mark.ovos
@pytest.mark.parametrize("transport", TRANSPORTS, ids=lambda each: each.assistant)
def test_every_transport_has_its_host(transport: Transport) -> None:
    """The class that an entry names exists and can start and replay."""
    module, _, name = transport.assistant.partition(":")
    host = getattr(import_module(module), name)
    assert callable(host.start)
    assert callable(host.replay)


def test_asking_imports_no_ovos() -> None:
    """A command line that refuses a bus has not waited for OVOS."""
    code = (
        "import sys; "
        "from ovos_dialogue_kit.assistant.transports.registry import transport_of; "
        "transport_of('real'); "
        "print([m for m in sys.modules if m.startswith(('ovos_', 'pytest'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    names = done.stdout.strip()
    assert "ovos_core" not in names
    assert "ovos_bus_client" not in names
    assert "pytest" not in names


@pytest.mark.parametrize(
    ("needs", "is_installed"), [("", True), ("json", True), ("no_such_module", False)]
)
def test_what_a_transport_needs(
    needs: str,
    is_installed: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """It is there if its module can be found, which is not imported for that."""
    transport = replace(TRANSPORTS[0], needs=needs)
    assert transport.is_installed == is_installed
