"""An assistant in the process of its user, where a debugger reaches the skill.

What ``process`` has from a fork (a fresh copy for every case, and nothing left of it)
is done by hand here: each case gets a private home, modules of OVOS and of the skill
that are imported anew, and a boot of its own. That takes about a second a case. What a
case changes in the process is put back (``borrowed``).

Two things are as the process has them: the hash seed, which is fixed only before Python
starts (``PYTHONHASHSEED=0`` does so for a skill that depends on the order of sets), and
a skill that ends the process ends it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from ovos_dialogue_kit.assistant.core.boot import configuration, packages_of
from ovos_dialogue_kit.assistant.host.borrowed import borrowed
from ovos_dialogue_kit.assistant.host.sandbox import Sandbox
from ovos_dialogue_kit.assistant.host.system import require_linux
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["Shared"]


class Shared:
    """An assistant in this process, on a bus in memory; used like ``Process``.

    Args:
        setup: what it is started with; its bus must be in memory.

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
        root = Path(tempfile.mkdtemp(prefix="kit-"))
        try:
            sandbox = Sandbox(root)
            environment = sandbox.environment(os.environ)
            with borrowed(environment, packages_of(self.setup)):
                sandbox.configure(configuration(self.setup))
                return self._replay(fixture, case, options or Options())
        finally:
            shutil.rmtree(root, ignore_errors=True)

    def _replay(self, fixture: Fixture, case: Case, options: Options) -> Transcript:
        from ovos_dialogue_kit.assistant.transports.on_memory import Local

        local = Local(self.setup)
        try:
            local.prepare()
            local.start()
            return local.replay(fixture, case, options)
        finally:
            local.stop()

    def close(self) -> None:
        """Do nothing: nothing is left of a case."""
