"""Reminders that reach the session that asked for them."""

from __future__ import annotations

import queue
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from catalogue.timers import SECONDS, Reminder
from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_workshop.decorators import intent_handler


class ByTimer(Reminder):
    """Passes the message to a timer."""

    def set_up(self, message: Message, thing: str) -> None:
        threading.Timer(SECONDS, self.remind, args=(message, thing)).start()


class ByThread(Reminder):
    """Starts a thread for each reminder."""

    def set_up(self, message: Message, thing: str) -> None:
        threading.Thread(target=self.wait_and_ring, args=(message, thing)).start()

    def wait_and_ring(self, message: Message, thing: str) -> None:
        """Remind when the time has come."""
        time.sleep(SECONDS)
        self.remind(message, thing)


class ByPool(Reminder):
    """Reminds in a pool of threads while the handler waits."""

    def initialize(self) -> None:
        self.pool = ThreadPoolExecutor(2)

    def set_up(self, message: Message, thing: str) -> None:
        self.pool.submit(self.remind, message, thing).result()


class ByWorker(Reminder):
    """Reminds in one thread, started when needed, while the handler waits."""

    def initialize(self) -> None:
        self.messages: queue.Queue[Message] = queue.Queue()
        self.begins = threading.Lock()
        self.worker: threading.Thread | None = None

    def set_up(self, message: Message, thing: str) -> None:
        with self.begins:
            if self.worker is None:
                self.worker = threading.Thread(target=self.work, daemon=True)
                self.worker.start()
        self.messages.put(message)
        self.messages.join()

    def work(self) -> None:
        """Remind of one thing after another."""
        while True:
            message = self.messages.get()
            self.remind(message, message.data["thing"])
            self.messages.task_done()


class ByScheduler(Reminder):
    """Schedules each alarm under its own name."""

    def set_up(self, message: Message, thing: str) -> None:
        self.schedule_event(
            self.ring,
            SECONDS,
            data={"thing": thing},
            name=f"alarm {uuid.uuid4()}",
            context=message.context,
        )

    def ring(self, message: Message) -> None:
        """Remind."""
        self.remind(message, message.data["thing"])


class ByClosure(Reminder):
    """Creates a handler for each message."""

    def set_up(self, message: Message, thing: str) -> None:
        topic = f"catalogue.alarm.{uuid.uuid4()}"

        def ring(alarm: Message) -> None:
            self.remind(message, alarm.data["thing"])

        self.add_event(topic, ring, once=True)
        alarm = message.forward(topic, {"thing": thing})
        threading.Timer(SECONDS, self.bus.emit, args=(alarm,)).start()


class Crier(Reminder):
    """Announces a reminder to the whole house on purpose."""

    def initialize(self) -> None:
        self.house: dict[str, Message] = {}

    def set_up(self, message: Message, thing: str) -> None:
        self.enter(message)
        for guest in tuple(self.house.values()):
            self.remind(guest, thing)

    def enter(self, message: Message) -> None:
        """Count a session as one of the house."""
        self.house[SessionManager.get(message).session_id] = message

    @intent_handler("here.intent")
    def handle_here(self, message: Message) -> None:
        """Greet."""
        self.enter(message)
        self.speak_dialog("welcome")
