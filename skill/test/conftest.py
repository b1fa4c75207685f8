"""Run the skill's tests in temporary folders.

ovos_config decides where the user's files are when it is imported, so the folders are
set here, before any test module imports OVOS, and reset at the end.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(tempfile.mkdtemp(prefix="repeater-test-"))
PRIVATE = {
    "HOME": str(ROOT),
    "XDG_CONFIG_HOME": str(ROOT / "config"),
    "XDG_DATA_HOME": str(ROOT / "data"),
    "XDG_CACHE_HOME": str(ROOT / "cache"),
    "XDG_STATE_HOME": str(ROOT / "state"),
    "XDG_CONFIG_DIRS": str(ROOT / "none"),
    "MYCROFT_SYSTEM_CONFIG": str(ROOT / "none" / "system"),
    "OVOS_DISTRIBUTION_CONFIG": str(ROOT / "none" / "distribution"),
    "MYCROFT_WEB_CACHE": str(ROOT / "none" / "web"),
    "OVOS_DEFAULT_LOG_LEVEL": "ERROR",
}
BEFORE = {name: os.environ[name] for name in PRIVATE if name in os.environ}
os.environ.update(PRIVATE)

from ovos_bus_client.message import Message  # noqa: E402  # after the folders
from ovos_bus_client.session import Session, SessionManager  # noqa: E402
from ovos_utils.fakebus import FakeBus  # noqa: E402

from ovos_skill_repeater import UtteranceRepeaterSkill  # noqa: E402
from ovos_skill_repeater.history import History  # noqa: E402


def pytest_unconfigure() -> None:
    for name in PRIVATE:
        os.environ.pop(name)
    os.environ.update(BEFORE)
    shutil.rmtree(ROOT, ignore_errors=True)


class OneAtATime(FakeBus):
    """The in-process bus; that of ovos-utils 0.15 loses messages sent at once."""

    def __init__(self) -> None:
        self._emitting = threading.RLock()
        super().__init__()

    def emit(self, message: Message) -> None:
        with self._emitting:
            super().emit(message)


class Alone:
    """The skill alone on an in-process bus, and what the sessions heard from it."""

    def __init__(self) -> None:
        self.bus = OneAtATime()
        self.heard: list[Message] = []
        self.skill = UtteranceRepeaterSkill(
            bus=self.bus, skill_id="ovos-skill-repeater.kit"
        )
        self.bus.on("speak", self.heard.append)

    @staticmethod
    def message(topic: str, session: str, /, **data: object) -> Message:
        """Build a message as a remote client of that session sends it."""
        serialized = Session(session, lang="en-US").serialize()
        context = {"session": serialized, "source": session, "destination": ["skills"]}
        return Message(topic, {"lang": "en-US", **data}, context)

    def say(self, session: str, utterance: object) -> None:
        """Let a session say something."""
        self.bus.emit(
            self.message("recognizer_loop:utterance", session, utterances=[utterance])
        )

    def ask(self, session: str, handler: str, /, **data: object) -> str | None:
        """Run an intent's handler and return what the session heard last."""
        getattr(self.skill, handler)(self.message(handler, session, **data))
        return self.last(session)

    def last(self, session: str) -> str | None:
        """Return what a session heard last."""
        heard = self.spoken(session)
        return heard[-1] if heard else None

    def spoken(self, session: str) -> list[str]:
        """Return all that a session heard."""
        return [
            message.data["utterance"]
            for message in list(self.heard)
            if message.context["session"]["session_id"] == session
        ]


@pytest.fixture(scope="session")
def started() -> Iterator[Alone]:
    """The skill, started only once, because that takes time."""
    once = Alone()
    yield once
    once.skill.default_shutdown()


@pytest.fixture
def alone(started: Alone, monkeypatch: pytest.MonkeyPatch) -> Alone:
    """The skill alone on a bus, before anything was said."""
    # nobody plays audio here, so nobody is to be waited for
    monkeypatch.setattr(SessionManager, "bus", None)
    monkeypatch.setattr(started.skill, "_history", History())
    started.heard.clear()
    return started


class Clock:
    """A clock that shows the time it is set to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()
