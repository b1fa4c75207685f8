"""Parrots that repeat to everybody their own words."""

from __future__ import annotations

import queue
import threading

from catalogue.parrot import Parrot, session_id
from ovos_bus_client.message import Message
from ovos_workshop.decorators import intent_handler


class BySession(Parrot):
    """The base class, unchanged."""


class HearsInAThread(Parrot):
    """Passes words to a thread as an argument, and waits for it."""

    def hear(self, message: Message) -> None:
        thread = threading.Thread(target=super().hear, args=(message,))
        thread.start()
        thread.join()


class WithAWorker(Parrot):
    """Has one thread, started with the skill, that keeps words in order."""

    def initialize(self) -> None:
        self.queue: queue.Queue[Message] = queue.Queue()
        super().initialize()
        threading.Thread(target=self.work, daemon=True).start()

    def hear(self, message: Message) -> None:
        self.queue.put(message)

    def work(self) -> None:
        """Keep what comes."""
        while True:
            super().hear(self.queue.get())
            self.queue.task_done()

    @intent_handler("again.intent")
    def handle_again(self, message: Message) -> None:
        self.queue.join()
        super().handle_again(message)


class RepeatsItself(Parrot):
    """Remembers what it told each session."""

    def initialize(self) -> None:
        super().initialize()
        self.told: dict[str, str] = {}
        self.add_event("speak", self.hear_itself, speak_errors=False)

    def hear_itself(self, message: Message) -> None:
        """Remember what was told."""
        self.told[session_id(message)] = message.data["utterance"]

    @intent_handler("told.intent")
    def handle_told(self, message: Message) -> None:
        """Repeat what was told."""
        told = self.told.get(session_id(message))
        if told is None:
            self.speak_dialog("nothing")
        else:
            self.speak_dialog("again", {"words": told})
