"""Skills that mix up what a service answers, or to whom."""

from __future__ import annotations

import threading

from catalogue.lookup import Encyclopedia
from ovos_bus_client.message import Message
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class TakesAnyAnswer(Encyclopedia):
    """Takes the first response, whoever it is for."""

    def look_up(self, message: Message, thing: str) -> str | None:
        request = message.forward("catalogue.look_up", {"thing": thing})
        answer = self.bus.wait_for_response(request)
        return answer.data["thing"] if answer else None


class KeepsOneAnswer(Encyclopedia):
    """Stores each answer in the same place."""

    def initialize(self) -> None:
        super().initialize()
        self.arrived = threading.Event()
        self.add_event("catalogue.look_up.response", self.arrive, speak_errors=False)

    def arrive(self, message: Message) -> None:
        """Take an answer."""
        self.answer = message.data["thing"]
        self.arrived.set()

    def look_up(self, message: Message, thing: str) -> str | None:
        self.arrived.clear()
        self.bus.emit(message.forward("catalogue.look_up", {"thing": thing}))
        return self.answer if self.arrived.wait(5) else None


class AnswersWithoutContext(OVOSSkill):
    """Answers in a new message, which has no session."""

    @intent_handler("look.up.intent")
    def handle_look_up(self, message: Message) -> None:
        """Tell what is known."""
        about = f"it is about {message.data['thing']}"
        self.bus.emit(Message("speak", {"utterance": about, "lang": self.lang}))


class LosesTheContext(Encyclopedia):
    """Forwards the request, but answers in a new message without a session."""

    def initialize(self) -> None:
        self.add_event("catalogue.look_up", self.serve, speak_errors=False)
        self.add_event("catalogue.answer", self.arrive, speak_errors=False)

    def serve(self, message: Message) -> None:
        self.bus.emit(Message("catalogue.answer", message.data))

    def arrive(self, message: Message) -> None:
        """Tell the answer."""
        self.speak_dialog("result", {"thing": message.data["thing"]})

    @intent_handler("look.up.intent")
    def handle_look_up(self, message: Message) -> None:
        self.bus.emit(message.forward("catalogue.look_up", message.data))


class KeepsItsLock(OVOSSkill):
    """Does not release its lock after an exception, which blocks everybody."""

    def initialize(self) -> None:
        self.lock = threading.Lock()

    @intent_handler("add.intent")
    def handle_add(self, message: Message) -> None:
        """Count apples."""
        self.lock.acquire()
        count = int(message.data["number"])
        self.lock.release()
        self.speak_dialog("added", {"count": count})
