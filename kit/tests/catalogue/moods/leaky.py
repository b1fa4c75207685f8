"""Moody skills whose mood is another session's doing."""

from __future__ import annotations

import itertools
import threading
import time

from catalogue.moods import SECONDS, Moody
from ovos_bus_client.message import Message


class SparesAnError(Moody):
    """Raises an error until anybody has begun."""

    has_begun = False

    def begin(self, message: Message) -> None:
        self.has_begun = True

    def state(self, message: Message) -> str:
        if not self.has_begun:
            raise RuntimeError("nobody has begun")
        return "fine"


class HasOneTimer(Moody):
    """Forgets its timer when that ends, though another session has begun, too."""

    def initialize(self) -> None:
        self.timers: dict[str, threading.Timer] = {}

    def begin(self, message: Message) -> None:
        self.timers["timer"] = threading.Timer(SECONDS, self.end)
        self.timers["timer"].start()

    def end(self) -> None:
        """Forget the timer, and raise an error if that is gone."""
        del self.timers["timer"]


class ChimesForGuests(Moody):
    """Has a clock that chimes on the device, in other words once anybody has begun."""

    is_quiet = False

    def initialize(self) -> None:
        threading.Thread(target=self.chime, daemon=True).start()

    def begin(self, message: Message) -> None:
        self.is_quiet = True

    def chime(self) -> None:
        """Chime again and again."""
        for _ in itertools.count():
            time.sleep(SECONDS)
            self.speak_dialog("state" if self.is_quiet else "late", {"state": "quiet"})
