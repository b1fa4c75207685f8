"""Reminders that reach the wrong session, or none."""

from __future__ import annotations

import queue
import threading
import time
import uuid

from catalogue.timers import SECONDS, Reminder
from ovos_bus_client.message import Message


class RemindsTheLatest(Reminder):
    """Takes the latest message when the timer expires."""

    def set_up(self, message: Message, thing: str) -> None:
        self.latest = message
        threading.Timer(SECONDS, self.ring).start()

    def ring(self) -> None:
        """Remind whoever it was."""
        self.remind(self.latest, self.latest.data["thing"])


class RemindsTheFirst(Reminder):
    """Creates its alarm handler once, with the first session's message."""

    is_ready = False

    def set_up(self, message: Message, thing: str) -> None:
        if not self.is_ready:
            self.is_ready = True
            self.add_event(
                "catalogue.alarm",
                lambda alarm: self.remind(message, alarm.data["thing"]),
            )
        alarm = message.forward("catalogue.alarm", {"thing": thing})
        threading.Timer(SECONDS, self.bus.emit, args=(alarm,)).start()


class RemindsNobody(Reminder):
    """Speaks in a thread that was not given a message."""

    def set_up(self, message: Message, thing: str) -> None:
        threading.Thread(target=self.wait_and_ring, args=(thing,)).start()

    def wait_and_ring(self, thing: str) -> None:
        """Remind when the time has come."""
        time.sleep(SECONDS)
        self.speak_dialog("reminder", {"thing": thing})


class RingsForNobody(Reminder):
    """Rings with the same words for everybody, in a thread without a message."""

    def set_up(self, message: Message, thing: str) -> None:
        threading.Timer(SECONDS, self.speak, args=("time is up",)).start()


class DigsInItsThread(Reminder):
    """Uses one thread, in which OVOS finds the message of the first session."""

    def initialize(self) -> None:
        self.things: queue.Queue[str] = queue.Queue()
        self.thread: threading.Thread | None = None

    def set_up(self, message: Message, thing: str) -> None:
        self.things.put(thing)
        if self.thread is None:
            self.thread = threading.Thread(target=self.work, args=(message,))
            self.thread.start()

    def work(self, message: Message) -> None:
        """Remind of one thing after another, where OVOS digs for the message."""
        while True:
            thing = self.things.get()
            time.sleep(SECONDS)
            self.speak_dialog("reminder", {"thing": thing})


class HasOneAlarm(Reminder):
    """Has only one alarm: a new one replaces that of another session."""

    def set_up(self, message: Message, thing: str) -> None:
        self.cancel_scheduled_event("alarm")
        self.schedule_event(
            self.ring,
            SECONDS,
            data={"thing": thing},
            name="alarm",
            context=message.context,
        )

    def ring(self, message: Message) -> None:
        """Remind."""
        self.remind(message, message.data["thing"])


class UsesOneContext(Reminder):
    """Gives each alarm its own name, but all of them one context."""

    def initialize(self) -> None:
        self.context: dict[str, object] = {}

    def set_up(self, message: Message, thing: str) -> None:
        self.context.update(message.context)
        timer = threading.Timer(SECONDS, self.ring, args=(thing, self.context))
        timer.start()

    def ring(self, thing: str, context: dict[str, object]) -> None:
        """Remind in the context that was kept."""
        self.remind(Message("catalogue.alarm", context=context), thing)


class SchedulesByMethod(Reminder):
    """Gives no names to its alarms, so all have the name of the method."""

    def set_up(self, message: Message, thing: str) -> None:
        self.schedule_event(
            self.ring, SECONDS, data={"thing": thing}, context=message.context
        )

    def ring(self, message: Message) -> None:
        """Remind."""
        self.remind(message, message.data["thing"])


class SchedulesForTheFirst(Reminder):
    """Gives each alarm its own name, but the session of the first one."""

    def initialize(self) -> None:
        self.context: dict[str, object] = {}

    def set_up(self, message: Message, thing: str) -> None:
        self.context = self.context or message.context
        self.schedule_event(
            self.ring,
            SECONDS,
            data={"thing": thing},
            name=f"alarm {uuid.uuid4()}",
            context=self.context,
        )

    def ring(self, message: Message) -> None:
        """Remind."""
        self.remind(message, message.data["thing"])
