"""Run an assistant in the process of its user, where a debugger reaches the skill.

There is no fork to give each case a fresh copy. Instead, each case gets a private home,
imports the modules of OVOS and of the skill again, and boots: that takes about a
second. What it changes in the process is put back (``system/borrowed.py``).

Two things differ from ``assistant_process``. The hash seed is that of the process,
because it is fixed when Python starts: set ``PYTHONHASHSEED=0`` for a skill that
depends on the order of sets. And a skill that ends the process ends the test run.
"""

from __future__ import annotations

import os
import threading

from ovos_dialogue_kit.assistant.core.boot import configuration, packages_of
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system.borrowed import borrowed
from ovos_dialogue_kit.assistant.system.descendants import end_at_home
from ovos_dialogue_kit.assistant.system.linux import require_linux
from ovos_dialogue_kit.assistant.system.namespace import without_proxies
from ovos_dialogue_kit.assistant.system.own_folder import make_own_folder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["InProcessAssistant"]

_LENT = threading.Lock()
"""Held while this process is lent to an assistant: other threads wait."""


class InProcessAssistant:
    """An assistant in this process, used like ``SubprocessAssistant``.

    Args:
        setup: what it is started with; its transport must be able to share a process.

    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup

    def start(self) -> None:
        """Do nothing: each case boots for itself."""

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        """Replay a case in this thread and return what happened.

        Raises:
            AssistantError: what the setup asks for is missing, a skill does not load,
                or this is not Linux.

        """
        require_linux()
        with _LENT:
            folder = make_own_folder()
            try:
                sandbox = Sandbox(folder)
                environment = sandbox.environment(os.environ)
                if not self.setup.is_online:
                    without_proxies(environment)
                with borrowed(environment, packages_of(self.setup)):
                    sandbox.configure(configuration(self.setup))
                    return self._replay(fixture, case, options or Options())
            finally:
                end_at_home(folder.path)
                folder.remove()

    def _replay(self, fixture: Fixture, case: Case, options: Options) -> Transcript:
        from ovos_dialogue_kit.assistant.transports.on_memory import MemoryBusAssistant

        assistant = MemoryBusAssistant(self.setup)
        is_interrupted = True
        try:
            assistant.prepare()
            assistant.start()
            transcript = assistant.replay(fixture, case, options)
            is_interrupted = False
        finally:
            assistant.stop(is_interrupted=is_interrupted)
        return transcript

    def close(self) -> None:
        """Do nothing: each case has ended what it started."""
