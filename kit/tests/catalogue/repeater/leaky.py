"""Repeaters that mix up their sessions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ovos_skill_repeater
from ovos_bus_client.message import Message
from ovos_bus_client.session import Session
from ovos_skill_repeater import UtteranceRepeaterSkill
from ovos_skill_repeater.history import History
from ovos_workshop.decorators import intent_handler


class Repeater(UtteranceRepeaterSkill):
    """Has its texts where the original has them."""

    @property
    def root_dir(self) -> str:
        return str(Path(ovos_skill_repeater.__file__).parent)

    @root_dir.setter
    def root_dir(self, _: str) -> None:
        """Keep to it; the base class takes it for the folder of this file."""


class WithRoomForTwo(Repeater):
    """Has room for two sessions: a third makes it forget the first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._history = History(max_sessions=2)


class ForgetsEverybody(Repeater):
    """Forgets all sessions when one says stop."""

    def stop_session(self, session: Session) -> bool:
        has_stopped = super().stop_session(session)
        self._history = History()
        return has_stopped


class ToldAnybody(Repeater):
    """Remembers only what it last told anybody."""

    told: str | None = None

    def on_speak(self, message: Message) -> None:
        if message.data["meta"].get("dialog") != "repeat.tts":
            self.told = message.data["utterance"]

    @intent_handler("repeat.tts.intent")
    def handle_repeat_tts(self, message: Message) -> None:
        if self.told is None:
            self.speak_dialog("nothing.tts")
        else:
            self._speak_words("repeat.tts", "tts", self.told)
