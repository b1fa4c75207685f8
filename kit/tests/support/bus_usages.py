"""Functions that use the bus as skills do, each with its result.

They get the bus that a skill has, and run in one of its handlers. A result is plain
data, the same on a real bus and in memory; see ``usages``.
"""

from __future__ import annotations

import _thread
import json
import multiprocessing
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import websocket
from ovos_bus_client import MessageBusClient
from ovos_bus_client.message import Message
from ovos_bus_client.send_func import send
from ovos_bus_client.util import get_mycroft_bus, send_message, wait_for_reply
from ovos_config import Configuration

WHILE = 0.5
"""Seconds in which what was sent has arrived."""


def hear(bus: Any, topic: str, *messages: dict[str, object]) -> list[object]:
    """Emit messages, and return the data that a listener gets."""
    heard: list[object] = []
    bus.on(topic, lambda message: heard.append(message.data))
    for data in messages:
        bus.emit(Message(topic, data))
    time.sleep(WHILE)
    return heard


def a_process_that_a_handler_forks(_: Any) -> object:
    process = multiprocessing.get_context("fork").Process()
    process.start()
    process.join(100)
    return process.exitcode


# -- listeners -----------------------------------------------------------------------


def once_and_removed(bus: Any) -> object:
    heard: list[str] = []

    def first(_: object) -> None:
        heard.append("first")
        bus.remove("use.b", second)

    def second(_: object) -> None:
        heard.append("second")

    bus.once("use.a", lambda _: heard.append("once"))
    bus.on("use.b", first)
    bus.on("use.b", second)
    for topic in ("use.a", "use.a", "use.b"):
        bus.emit(Message(topic))
    time.sleep(WHILE)
    bus.emit(Message("use.b"))
    time.sleep(WHILE)
    return sorted(heard)


def an_error_that_is_listened_to(bus: Any) -> object:
    heard: list[str] = []
    bus.once("error", lambda error: heard.append(repr(error)))
    bus.once("use.fail", lambda _: {}["use"])
    bus.emit(Message("use.fail"))
    time.sleep(WHILE)
    return heard


def an_error_that_is_not(bus: Any) -> object:
    bus.once("use.fail.too", lambda _: 1 / 0)
    bus.emit(Message("use.fail.too"))
    time.sleep(WHILE)
    return "goes on"


def handlers_that_wait_for_handlers(bus: Any) -> object:
    """Return how deep a chain of handlers is that wait for each other."""

    def chain(depth: int, patience: float) -> object:
        def handler(number: int) -> Callable[[Message], None]:
            def answer(message: Message) -> None:
                below = number + 1 < depth and bus.wait_for_response(
                    Message(f"use.{depth}.{number + 1}"), timeout=patience
                )
                data = {"depth": below.data["depth"] + 1 if below else 1}
                bus.emit(message.response(data))

            return answer

        for number in range(depth):
            bus.on(f"use.{depth}.{number}", handler(number))
        found = bus.wait_for_response(Message(f"use.{depth}.0"), timeout=WHILE * 20)
        return found and found.data["depth"]

    return chain(6, WHILE * 10) == 6, chain(9, WHILE) == 9


def many_listeners_at_a_time(bus: Any) -> object:
    started: list[int] = []
    go_on = threading.Event()

    def work(_: object) -> None:
        started.append(1)
        go_on.wait()

    bus.on("use.work", work)
    for _ in range(20):
        bus.emit(Message("use.work"))
    time.sleep(WHILE)
    before = len(started)
    go_on.set()
    time.sleep(WHILE)
    return before, len(started)


def the_thread_of_a_listener(_: Any) -> object:
    thread = threading.current_thread()
    name = thread.name.split("-")[0]
    return type(thread).__name__, name, thread.is_alive(), thread.daemon


def threads_that_raise(_: Any) -> object:
    def fail(kind: str) -> None:
        raise KeyError(kind)

    threading.Thread(target=fail, args=("Thread",)).start()
    time.sleep(WHILE)
    threading.Timer(0, fail, ["Timer"]).start()
    time.sleep(WHILE)
    _thread.start_new_thread(fail, ("raw",))
    threading.Thread(target=sys.exit, args=(3,)).start()
    _thread.start_new_thread(sys.exit, ())
    time.sleep(WHILE)
    return "goes on"


# -- messages ------------------------------------------------------------------------


def data_of_all_kinds(bus: Any) -> object:
    data = {"tuple": (1, 2), "text": "é \N{GRINNING FACE}", "big": 1e300, "no": None}
    return hear(bus, "use.data", data, {1: 2, "inf": float("inf")})


def data_that_cannot_be_sent(bus: Any) -> object:
    def kind(data: dict[str, object]) -> str:
        try:
            bus.emit(Message("use.bad", data))
        except Exception as error:  # noqa: BLE001  # any, to compare it
            return type(error).__name__
        return ""

    return kind({"x": {1}}), kind({"x": b"1"}), hear(bus, "use.half", {"x": "\udc80"})


def changed_after_it_was_sent(bus: Any) -> object:
    numbers = [1]
    data = {"numbers": numbers}
    heard: list[object] = []
    bus.on("use.change", lambda message: heard.append(message.data))
    bus.emit(Message("use.change", data))
    numbers.append(2)
    time.sleep(WHILE)
    return heard


# -- other connections ---------------------------------------------------------------


def a_bus_of_its_own(bus: Any) -> object:
    heard: list[object] = []
    own = get_mycroft_bus()
    connected = own.connected_event.wait(10)
    own.on("use.own", lambda message: heard.append(message.data["to"]))
    bus.emit(Message("use.own", {"to": "own"}))
    bus.once("use.shared", lambda message: heard.append(message.data["to"]))
    time.sleep(WHILE)
    own.emit(Message("use.shared", {"to": "shared"}))
    time.sleep(WHILE)
    own.close()
    time.sleep(WHILE)
    bus.emit(Message("use.own", {"to": "closed"}))
    time.sleep(WHILE)
    return connected, heard


def functions_that_connect(bus: Any) -> object:
    heard: list[object] = []
    bus.on("use.sent", lambda message: heard.append(message.data["by"]))
    bus.on("use.ask", lambda message: bus.emit(message.response({"yes": True})))
    send("use.sent", {"by": "send"})
    time.sleep(WHILE)
    send_message("use.sent", {"by": "send_message"})
    time.sleep(WHILE)
    answer = wait_for_reply("use.ask", timeout=10)
    return heard, answer and answer.data


def the_usual_port(_: Any) -> object:
    client = MessageBusClient(host="localhost", port=8181)
    client.run_in_thread()
    is_connected = client.connected_event.wait(10)
    client.close()
    return is_connected


def a_plain_websocket(bus: Any) -> object:
    address = Configuration()["websocket"]
    url = f"ws://127.0.0.1:{address['port']}/core"
    connection = websocket.create_connection(url, timeout=WHILE * 2)
    first = json.loads(connection.recv())["type"]
    bus.emit(Message("use.plain"))
    while json.loads(connection.recv())["type"] != "use.plain":
        pass
    heard: list[object] = []
    bus.once("use.back", lambda message: heard.append(message.data))
    connection.send(json.dumps({"type": "use.back", "data": {}, "context": {}}))
    time.sleep(WHILE)
    try:
        while True:
            connection.recv()
    except websocket.WebSocketTimeoutException as error:
        end = str(error)
    connection.close()
    return first, heard, end


# -- what costs the connection or a thread; nothing can follow -----------------------


def a_thread_that_exits(bus: Any) -> object:
    bus.once("use.exit", lambda _: (time.sleep(0.1), sys.exit(3)))
    bus.emit(Message("use.exit"))
    time.sleep(WHILE)
    return "goes on"


def a_message_too_large(bus: Any) -> object:
    """Return what still arrives, and after which events.

    The test's ``mycroft.conf`` sets the limit to a megabyte: the client is cut off, and
    connects again after about five seconds.
    """
    log: list[str] = []
    bus.on("use.large", lambda _: log.append("arrived"))
    bus.on("use.after", lambda message: log.append(message.data["when"]))
    bus.on("reconnecting", lambda *_: log.append("reconnecting"))
    bus.emit(Message("use.large", {"x": "y" * 900_000}))
    time.sleep(WHILE * 2)
    bus.emit(Message("use.large", {"x": "y" * 1_100_000}))
    time.sleep(WHILE * 2)
    bus.emit(Message("use.after", {"when": "too early"}))
    time.sleep(WHILE * 16)
    bus.emit(Message("use.after", {"when": "again"}))
    time.sleep(WHILE)
    return log


def bus_usages() -> Iterable[Callable[[Any], object]]:
    """Return the functions above that take a bus and nothing else."""
    for name, value in list(globals().items()):
        is_own = getattr(value, "__module__", "") == __name__
        if is_own and name not in {"hear", "bus_usages"}:
            yield value
