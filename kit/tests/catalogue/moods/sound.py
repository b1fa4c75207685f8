"""Skills that are moody, but to everybody alike."""

from __future__ import annotations

import itertools
import os
import random
import secrets
import signal
import threading
import time
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

from catalogue.moods import SECONDS, Moody, session_id
from ovos_bus_client.message import Message
from ovos_bus_client.session import Session

# -- chance ---------------------------------------------------------------------------


class SeldomBad(Moody):
    """Is bad one time in forty."""

    def state(self, message: Message) -> str:
        return "bad" if random.random() < 1 / 40 else "fine"  # noqa: S311  # not secret


class VerySeldomBad(Moody):
    """Is bad one time in two hundred, by secret random numbers."""

    def state(self, message: Message) -> str:
        return "bad" if secrets.randbelow(200) == 0 else "fine"


class OftenBad(Moody):
    """Is bad one time in six, by a UUID."""

    def state(self, message: Message) -> str:
        return "bad" if uuid.uuid4().int % 6 == 0 else "fine"


class BadByTheSystem(Moody):
    """Is bad one time in thirty-two, by the system's random bytes."""

    def state(self, message: Message) -> str:
        return "bad" if os.urandom(1)[0] < 8 else "fine"


class BadByTheClock(Moody):
    """Is bad at some microseconds of the clock."""

    def state(self, message: Message) -> str:
        moment = datetime.now(tz=timezone.utc)
        return "bad" if moment.microsecond % 7 == 0 else "fine"


class BadByTheAddress(Moody):
    """Is bad if a new object has a certain address in memory."""

    def state(self, message: Message) -> str:
        return "bad" if id(object()) // 16 % 7 == 0 else "fine"


class TellsTheAddress(Moody):
    """Tells a new object, by its address in memory."""

    def state(self, message: Message) -> str:
        return str(object())


class OrdersBySet(Moody):
    """Takes the first of a set, whose order depends on addresses in memory."""

    def state(self, message: Message) -> str:
        moods = {object(): "bad", object(): "fine", object(): "so so"}
        return moods[next(iter(set(moods)))]


# -- errors ---------------------------------------------------------------------------


class RaisesAfterwards(Moody):
    """Raises an error whenever it has told its state."""

    def state(self, message: Message) -> str:
        self.speak_dialog("state", {"state": "worse"})
        raise RuntimeError("that was too much")


class RaisesSeldom(Moody):
    """Raises an error one time in twenty."""

    def state(self, message: Message) -> str:
        if random.randrange(20) == 0:  # noqa: S311  # not secret
            raise RuntimeError("not now")
        return "fine"


class RaisesLater(Moody):
    """Starts a timer that raises an error."""

    def begin(self, message: Message) -> None:
        threading.Timer(SECONDS, self.fail).start()

    def fail(self) -> None:
        """Raise an error for nobody."""
        raise RuntimeError("too late")


class RaisesLaterForTheSession(Moody):
    """Raises an error in a thread that knows the session's message."""

    def begin(self, message: Message) -> None:
        threading.Timer(SECONDS, self.fail, args=(message,)).start()

    def fail(self, message: Message) -> None:
        """Raise an error for the session."""
        raise RuntimeError(f"too late for {message.msg_type}")


class RaisesInScheduledEvents(Moody):
    """Schedules an event for the session that raises an error."""

    def begin(self, message: Message) -> None:
        self.schedule_event(
            self.fail, SECONDS, name=f"{uuid.uuid4()}", context=message.context
        )

    def fail(self, message: Message) -> None:
        """Raise an error."""
        raise RuntimeError("not this event")


class CannotStop(Moody):
    """Is asked to stop, and raises an error."""

    def can_stop(self, message: Message) -> bool:
        """Fail to say."""
        raise NotImplementedError

    def stop(self) -> bool:
        """Fail to stop."""
        raise NotImplementedError


class FailsToStop(Moody):
    """Says that it can stop a session, and raises an error when it does."""

    def can_stop(self, message: Message) -> bool:
        """Say so."""
        return True

    def stop_session(self, session: Session) -> bool:
        """Fail while it has a message in hand that belongs to no session."""
        message = Message("mood.over")
        raise KeyError(message.msg_type)


class EndsTheProcess(Moody):
    """Ends the process when it begins."""

    def begin(self, message: Message) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


# -- time -----------------------------------------------------------------------------


class SpeaksLate(Moody):
    """Speaks again when its handler has long returned."""

    def begin(self, message: Message) -> None:
        threading.Timer(SECONDS, self.call, args=(message,)).start()

    def call(self, message: Message) -> None:
        """Speak to the session that a message belongs to."""
        self.speak_dialog("late")


class AsksInVain(Moody):
    """Asks, and waits for an answer until its time is over."""

    def begin(self, message: Message) -> None:
        self.get_response("how.long", num_retries=0)


class GivesUpInTime(Moody):
    """Waits two seconds for work that takes one to three, as chance will have it."""

    def state(self, message: Message) -> str:
        is_done = threading.Event()
        seconds = random.uniform(1, 3)  # noqa: S311  # not secret
        threading.Timer(seconds, is_done.set).start()
        return "done" if is_done.wait(2) else "not done"


class TakesItsTime(Moody):
    """Takes as many seconds as it likes, at most ten."""

    def state(self, message: Message) -> str:
        time.sleep(random.uniform(0, 10))  # noqa: S311  # not secret
        return "fine"


class OneAtATime(Moody):
    """Works for one session after another; whoever waits is told the same."""

    def initialize(self) -> None:
        self.lock = threading.Lock()

    def state(self, message: Message) -> str:
        with self.lock:
            time.sleep(2)
            return "fine"


class OneAtATimeByTheClock(OneAtATime):
    """Works for one session after another, and tells the time: waiting is meant."""

    def state(self, message: Message) -> str:
        with self.lock:
            time.sleep(2)
            return datetime.now(tz=timezone.utc).strftime("%H:%M:%S")


class RacesWithItself(Moody):
    """Two threads of one handler race for the answer."""

    def state(self, message: Message) -> str:
        moods: list[str] = []
        threads = [
            threading.Thread(target=self.feel, args=(moods, mood))
            for mood in ("bad", "fine")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return moods[0]

    def feel(self, moods: list[str], mood: str) -> None:
        """Note a mood after a moment."""
        time.sleep(random.choice((0.001, 0.002)))  # noqa: S311  # not secret
        moods.append(mood)


class Chimes(Moody):
    """Has a clock that chimes on the device, whoever is there."""

    def initialize(self) -> None:
        threading.Thread(target=self.chime, daemon=True).start()

    def chime(self) -> None:
        """Chime and count, again and again."""
        for _ in itertools.count():
            time.sleep(SECONDS)
            self.speak_dialog("late")


# -- shared, but heard by nobody ------------------------------------------------------


class CountsSilently(Moody):
    """Counts all questions, and keeps the number to itself."""

    def initialize(self) -> None:
        self.settings["asked"] = 0

    def state(self, message: Message) -> str:
        self.settings["asked"] += 1
        self.settings.store()
        self.log.info("asked %d times", self.settings["asked"])
        return "fine"


class FirstTimeTakesLonger(Moody):
    """Loads what all sessions share when the first one asks."""

    loaded: dict[str, str] | None = None

    def state(self, message: Message) -> str:
        if self.loaded is None:
            time.sleep(3)
            self.loaded = {"mood": "fine"}
        return self.loaded["mood"]


class TiresByItself(Moody):
    """Is tired after two questions of one session."""

    def initialize(self) -> None:
        self.asked: defaultdict[str, int] = defaultdict(int)

    def state(self, message: Message) -> str:
        self.asked[session_id(message)] += 1
        return "tired" if self.asked[session_id(message)] > 2 else "fine"


class RaisesUntilItBegins(Moody):
    """Raises an error until the session itself has begun."""

    def initialize(self) -> None:
        self.begun: set[str] = set()

    def begin(self, message: Message) -> None:
        self.begun.add(session_id(message))

    def state(self, message: Message) -> str:
        if session_id(message) not in self.begun:
            raise RuntimeError("you have not begun")
        return "fine"


class ForgetsItsTimers(Moody):
    """Forgets each timer when that ends."""

    def initialize(self) -> None:
        self.timers: dict[str, threading.Timer] = {}

    def begin(self, message: Message) -> None:
        name = str(uuid.uuid4())
        self.timers[name] = threading.Timer(SECONDS, self.end, args=(name,))
        self.timers[name].start()

    def end(self, name: str) -> None:
        """Forget a timer."""
        del self.timers[name]


# -- beside what is spoken ------------------------------------------------------------


class SendsProgress(Moody):
    """Sends messages to the session for some seconds after its handler has returned."""

    def begin(self, message: Message) -> None:
        threading.Thread(target=self.report, args=(message,)).start()

    def report(self, message: Message) -> None:
        """Send how far it is, each time with an id."""
        for percent in (30, 60, 100):
            time.sleep(random.choice((1, 2)))  # noqa: S311  # not secret
            data = {"percent": percent, "id": str(uuid.uuid4())}
            self.bus.emit(message.forward("catalogue.progress", data))


class ShowsItsMood(Moody):
    """Shows a random mood and the time on the screen."""

    def state(self, message: Message) -> str:
        self.gui["mood"] = random.choice(("good", "bad"))  # noqa: S311  # not secret
        self.gui["since"] = time.time()
        return "fine"


class HasOneWorker(Moody):
    """Lets one thread work for all sessions, one after another."""

    def initialize(self) -> None:
        self.worker = ThreadPoolExecutor(1)

    def state(self, message: Message) -> str:
        return self.worker.submit(self.work).result()

    def work(self) -> str:
        """Take two seconds for an answer."""
        time.sleep(2)
        return "fine"
