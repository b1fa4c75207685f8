"""Let the commands boot actors or toys, and start no process for them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.isolate import search_all as searching
from ovos_dialogue_kit.run import assistants, parallel

__all__ = ["let_replay_boot", "let_search_boot"]

_RUN_ALL = parallel.run_all
_SEARCH_ALL = searching.search_all


def let_replay_boot(patch: pytest.MonkeyPatch, boot: Callable[[Setup], Any]) -> None:
    """Let ``kit replay`` boot assistants by a function."""
    _start_nothing(patch)
    patch.setattr(parallel, "run_all", _with_boot(_RUN_ALL, boot))


def let_search_boot(patch: pytest.MonkeyPatch, boot: Callable[[Setup], Any]) -> None:
    """Let ``kit isolate`` and ``--kit-isolate`` boot assistants by a function."""
    _start_nothing(patch)
    patch.setattr(searching, "search_all", _with_boot(_SEARCH_ALL, boot))


def _start_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(assistants, "first_started_early", nullcontext)


def _with_boot(
    function: Callable[..., Any], boot: Callable[[Setup], Any]
) -> Callable[..., Any]:
    def run(*given: object, **named: object) -> object:
        return function(*given, **{**named, "boot": boot})

    return run
