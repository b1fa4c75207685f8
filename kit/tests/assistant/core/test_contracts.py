"""Tests that a missing internal name of OVOS is reported at boot."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ovos_dialogue_kit.assistant.core import contracts
from ovos_dialogue_kit.assistant.core.contracts import Contract, require_contracts
from ovos_dialogue_kit.assistant.core.file_locks import keep_locks_private
from ovos_dialogue_kit.assistant.core.generations import core_2_2
from ovos_dialogue_kit.errors import AssistantError

HINT = (
    "\n  upgrade the kit, or install an older {0}: constraints/ lists versions that "
    "work together"
)


@pytest.mark.ovos
def test_what_is_installed_keeps_the_contracts() -> None:
    """Every name is there, so that an assistant boots."""
    require_contracts()


@pytest.mark.ovos
@pytest.mark.parametrize(
    ("owner", "whose"),
    [
        ("pyee:EventEmitter", "EventEmitter"),
        ("ovos_workshop.decorators.killable", "ovos_workshop.decorators.killable"),
    ],
)
def test_a_renamed_name_is_told(
    monkeypatch: pytest.MonkeyPatch, owner: str, whose: str
) -> None:
    """The distribution and the name are said, and what to do."""
    renamed = (Contract("something", owner, "_renamed"),)
    monkeypatch.setattr(contracts, "CONTRACTS", renamed)
    with pytest.raises(AssistantError) as error:
        require_contracts()
    assert str(error.value) == (
        f'the installed something has no "{whose}._renamed", on which the kit relies'
        + HINT.format("something")
    )


@pytest.mark.ovos
def test_locks_that_cannot_be_made_private_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else an assistant would wait for one of the user's own OVOS."""
    from combo_lock import combo_lock  # noqa: PLC0415  # OVOS

    monkeypatch.delattr(combo_lock, "get_ram_directory")
    with pytest.raises(AssistantError) as error:
        keep_locks_private()
    assert error.value.problem == (
        'the installed combo_lock has no "combo_lock.combo_lock.get_ram_directory", on '
        "which the kit relies"
    )
    assert not hasattr(combo_lock, "get_ram_directory")


@pytest.mark.parametrize(
    ("plugins", "installed", "is_trained"),
    [
        ({}, "2.2.8a1", True),
        ({"_background_trainer": None}, "2.2.8a1", True),
        ({"_background_trainer": object()}, "2.2.8a1", False),
        ({"other": None}, "2.0.9a1", True),
    ],
)
def test_padatious_is_trained(
    monkeypatch: pytest.MonkeyPatch,
    plugins: dict[str, object],
    installed: str,
    is_trained: bool,  # noqa: FBT001  # a parameter
) -> None:
    """Its training is over when its thread is gone; older versions have none."""
    monkeypatch.setattr(core_2_2, "version", lambda _: installed)
    assert core_2_2.GENERATION.is_trained(_service(plugins)) is is_trained


def test_a_padatious_whose_training_cannot_be_seen_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else dialogues would begin before its training is over."""
    monkeypatch.setattr(core_2_2, "version", lambda _: "2.9.0")
    with pytest.raises(AssistantError) as error:
        core_2_2.GENERATION.is_trained(_service({"_trainer": None}))
    assert error.value.problem == (
        'the installed ovos-padatious has no "SimpleNamespace._background_trainer", on '
        "which the kit relies"
    )


def _service(plugin: dict[str, object]) -> SimpleNamespace:
    """Return an intent service, with padatious if it has any attribute."""
    plugins = {"ovos-padatious-pipeline-plugin": SimpleNamespace(**plugin)}
    return SimpleNamespace(pipeline_plugins=plugins if plugin else {})
