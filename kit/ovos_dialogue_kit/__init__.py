"""Test OpenVoiceOS skills that several people talk to at once.

For tests in Python: ``load`` dialogues, ``replay`` them on real ``Assistants``,
``compare`` what was expected with what happened, or talk in a ``Conversation`` (in
pytest: the fixture ``assistant``). All is imported when it is asked for, because pytest
imports this package wherever it is installed.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from ovos_dialogue_kit._version import __version__

if TYPE_CHECKING:
    from ovos_dialogue_kit.api import (
        Assistants,
        Conversation,
        compare,
        load,
        replay,
    )
    from ovos_dialogue_kit.assistant.options import Options
    from ovos_dialogue_kit.errors import (
        AssistantError,
        EngineMissingError,
        KitError,
    )
    from ovos_dialogue_kit.fixture import Case, Fixture
    from ovos_dialogue_kit.mismatch import Mismatch
    from ovos_dialogue_kit.pytest_assistant import AssistantFactory
    from ovos_dialogue_kit.render import render_dialogue, render_mismatches
    from ovos_dialogue_kit.transcript import Reply, Transcript, TurnTranscript

__all__ = [
    "AssistantError",
    "AssistantFactory",
    "Assistants",
    "Case",
    "Conversation",
    "EngineMissingError",
    "Fixture",
    "KitError",
    "Mismatch",
    "Options",
    "Reply",
    "Transcript",
    "TurnTranscript",
    "__version__",
    "compare",
    "load",
    "render_dialogue",
    "render_mismatches",
    "replay",
]

_PLACES = {
    "AssistantError": "errors",
    "AssistantFactory": "pytest_assistant",
    "Assistants": "api",
    "Case": "fixture",
    "Conversation": "api",
    "EngineMissingError": "errors",
    "Fixture": "fixture",
    "KitError": "errors",
    "Mismatch": "mismatch",
    "Options": "assistant.options",
    "Reply": "transcript",
    "Transcript": "transcript",
    "TurnTranscript": "transcript",
    "compare": "api",
    "load": "api",
    "render_dialogue": "render",
    "render_mismatches": "render",
    "replay": "api",
}


class _Package(ModuleType):
    """Keeps ``compare`` and ``replay`` the functions, not the modules that define them.

    The import system sets a module as an attribute of its package when it is loaded
    first, whoever loads it.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _PLACES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
