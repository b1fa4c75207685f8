"""Test OpenVoiceOS skills that several people talk to at once.

For tests in Python: ``load`` dialogues, ``replay`` them on real ``Assistants`` and
``judge`` the transcripts by what was expected (``compare`` lists every difference,
expected failures or not), or talk in a ``Conversation`` (in
pytest: the fixture ``assistant``). Names are imported on first use, because pytest
imports this package in every test run where it is installed.
"""

from __future__ import annotations

from importlib import import_module

from ovos_dialogue_kit._version import __version__

TYPE_CHECKING = False  # type checkers know the name; to import typing takes a while
if TYPE_CHECKING:
    from ovos_dialogue_kit.api import (
        Assistants,
        Conversation,
        compare,
        judge,
        load,
        replay,
    )
    from ovos_dialogue_kit.errors import AssistantError, EngineMissingError, KitError
    from ovos_dialogue_kit.fixture.model import Case, Fixture
    from ovos_dialogue_kit.pytest_plugin.assistant import AssistantFactory
    from ovos_dialogue_kit.render.lines import render_dialogue, render_mismatches
    from ovos_dialogue_kit.replayer.replay_options import Options
    from ovos_dialogue_kit.replayer.transcript import Reply, Transcript, TurnTranscript
    from ovos_dialogue_kit.verdict.judge import Verdict
    from ovos_dialogue_kit.verdict.mismatch import Mismatch

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
    "Verdict",
    "__version__",
    "compare",
    "judge",
    "load",
    "render_dialogue",
    "render_mismatches",
    "replay",
]

_MODULES = {
    "AssistantError": "errors",
    "AssistantFactory": "pytest_plugin.assistant",
    "Assistants": "api",
    "Case": "fixture.model",
    "Conversation": "api",
    "EngineMissingError": "errors",
    "Fixture": "fixture.model",
    "KitError": "errors",
    "Mismatch": "verdict.mismatch",
    "Options": "replayer.replay_options",
    "Reply": "replayer.transcript",
    "Transcript": "replayer.transcript",
    "TurnTranscript": "replayer.transcript",
    "Verdict": "verdict.judge",
    "compare": "api",
    "judge": "api",
    "load": "api",
    "render_dialogue": "render.lines",
    "render_mismatches": "render.lines",
    "replay": "api",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
