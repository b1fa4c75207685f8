"""Parrots that repeat to one what another said."""

from __future__ import annotations

import queue
import threading
import time

from catalogue.parrot import Parrot, session_id
from ovos_bus_client.message import Message
from ovos_workshop.decorators import intent_handler


class AnswersTheLastSpeaker(Parrot):
    """Answers the last speaker, who may not be the one who asked."""

    def hear(self, message: Message) -> None:
        self.heard = message
        super().hear(message)

    @intent_handler("again.intent")
    def handle_again(self, message: Message) -> None:
        words = self.words.get(session_id(message), "nothing")
        self.bus.emit(
            self.heard.forward("speak", {"utterance": words, "lang": self.lang})
        )


class AsksWhoSpokeLast(Parrot):
    """Answers the right session with the words of the last speaker."""

    def hear(self, message: Message) -> None:
        self.speaker = session_id(message)
        super().hear(message)

    @intent_handler("again.intent")
    def handle_again(self, message: Message) -> None:
        words = self.words.get(self.speaker)
        if words is None:
            self.speak_dialog("nothing")
        else:
            self.speak_dialog("again", {"words": words})


class SharesAQueue(Parrot):
    """Puts the words of all sessions into one queue."""

    def initialize(self) -> None:
        super().initialize()
        self.queue: queue.Queue[str] = queue.Queue()

    def hear(self, message: Message) -> None:
        utterance = message.data["utterances"][0]
        if not self.voc_match(utterance, "again"):
            self.queue.put(utterance)

    @intent_handler("again.intent")
    def handle_again(self, message: Message) -> None:
        if self.queue.empty():
            self.speak_dialog("nothing")
        else:
            self.speak_dialog("again", {"words": self.queue.get()})


class HearsInAThread(Parrot):
    """Passes words to a thread in an attribute of the skill."""

    def hear(self, message: Message) -> None:
        self.heard = message
        threading.Thread(target=self.keep).start()

    def keep(self) -> None:
        """Remember what was heard, when a database is ready for it."""
        time.sleep(0.05)
        super().hear(self.heard)


class RepeatsItself(Parrot):
    """Remembers only what it last told anybody."""

    told: str | None = None

    def initialize(self) -> None:
        super().initialize()
        self.add_event("speak", self.hear_itself, speak_errors=False)

    def hear_itself(self, message: Message) -> None:
        """Remember what was told."""
        self.told = message.data["utterance"]

    @intent_handler("told.intent")
    def handle_told(self, message: Message) -> None:
        """Repeat what was told."""
        if self.told is None:
            self.speak_dialog("nothing")
        else:
            self.speak_dialog("again", {"words": self.told})
