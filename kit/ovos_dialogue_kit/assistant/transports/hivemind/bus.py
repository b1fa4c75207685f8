"""Talk to an assistant through the sockets of a real HiveMind hub, in real time.

The satellites are in a process of their own. An observer on the message bus sees what
none of them is given. An echo of the kit tells what has arrived. Upwards, when the
observer sees it, everything that the satellite sent before is on the bus. Downwards,
when the satellite is given it, everything that the hub gave it before has been heard.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ovos_dialogue_kit.assistant.transports.hivemind.hub import Hive
from ovos_dialogue_kit.assistant.transports.hivemind.satellites import (
    Household,
    HubClient,
    satellites_of,
)
from ovos_dialogue_kit.assistant.transports.websocket_bus import ECHO, WebsocketBus
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.model import DEVICE, Case
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.bus import BusLostError, Caught, Heard

__all__ = ["SatellitesBus"]

_BACK = "kit.echo.back"
_GONE = "hive.client.disconnect"
_ECHO_SECONDS = 30.0
_LOOK_SECONDS = 0.5
_REFUSED_SECONDS = 15.0
"""Seconds for the first message of a satellite: one that is refused connects again."""


class SatellitesBus(WebsocketBus):
    """The satellites of a HiveMind hub, and an observer on the bus behind it.

    Args:
        hive: the hub and the process of its satellites.
        case: whose sessions are the satellites.
        url: the address of the message bus.
        faults: returns what went wrong in the assistant since it was last asked.
        traceback_of: returns the traceback of an exception that was logged.
        has_settled: see ``WebsocketBus``.

    Raises:
        AssistantError: a satellite could not be connected.

    """

    def __init__(  # noqa: PLR0913  # those of a bus, and the hub
        self,
        hive: Hive,
        case: Case,
        url: str,
        *,
        faults: Callable[[], list[Caught]],
        traceback_of: Callable[[str], str | None],
        has_settled: Callable[[str], bool] | None,
    ) -> None:
        super().__init__(
            url,
            is_shared=False,
            faults=self._all_faults,
            traceback_of=traceback_of,
            has_settled=has_settled,
        )
        self._assistants_faults = faults
        self._own_faults: list[Caught] = []
        self._hive = hive
        self._household = Household(satellites_of(case))
        self._satellites = self._household.by_name
        self._peers: dict[str, str] = {}
        self._early: list[Heard] = []
        self._unread: list[dict[str, Any]] = []
        self._away: set[str] = set()
        self._is_sent = False
        try:
            self._connect_all()
        except BaseException:
            super().close()
            raise

    def _connect_all(self) -> None:
        satellites = [*self._satellites.values()]
        self._hive.serve(satellites)
        self._hive.connect_all(satellites)
        self._await(satellites)
        self._household.learn(self._peers)
        self._start = time.monotonic()

    def _await(self, satellites: Sequence[HubClient]) -> None:
        """Wait until the hub has taken satellites that are connected.

        Raises:
            AssistantError: it does not take one.

        """
        for each in satellites:
            try:
                self._echo_up(each, _REFUSED_SECONDS)
            except BusLostError as error:  # noqa: PERF203  # seconds, a few times
                raise self._hive.not_taken(each.name, str(error)) from error

    def connect(self, client: str, session: Mapping[str, Json]) -> None:  # noqa: ARG002  # its hello has only the id
        """Connect the satellite of a client again, and wait until the hub knows it.

        Raises:
            BusLostError: it does not take it.

        """
        end = self._household.by_client[client]
        try:
            self._unread += self._hive.connect_again(end)
            self._await([end])
        except AssistantError as error:
            raise BusLostError(error.problem) from error
        self._early = [self._missed(each) for each in self._early]
        self._away.discard(end.name)

    def disconnect(self, client: str) -> None:
        """Cut the connection of a client's satellite, and wait till the hub notices.

        Raises:
            BusLostError: it does not.

        """
        end = self._household.by_client[client]
        self._unread += self._given_events()
        self._away.add(end.name)
        self._hive.close(end)
        peer = self._peers[end.name]
        for item in self._passed_on(_ECHO_SECONDS):
            self._early.append(item)
            context = mapping_in(item.message, "context")
            if item.topic == _GONE and context.get("source") == peer:
                return
        raise BusLostError(
            f"the HiveMind hub has not noticed for {_ECHO_SECONDS:g} s that "
            f'"{end.name}" has disconnected'
        )

    def _passed_on(self, seconds: float) -> Iterator[Heard]:
        """Yield what arrives on the bus, for some seconds.

        Raises:
            BusLostError: the hub, or the satellites' process, has ended.

        """
        until = self.now + seconds
        while self.now < until:
            self._hive.require_alive()
            item = self._next(min(until, self.now + _LOOK_SECONDS))
            if item:
                yield item

    # -- upwards --------------------------------------------------------------------

    def send(self, message: Mapping[str, Json]) -> None:
        """Let the satellite of the message's speaker send it, and wait till it has.

        Raises:
            BusLostError: the hub is gone, or the satellite's connection.

        """
        end = self._household.sender_of(message)
        if end.name in self._away:
            return
        self._hive.emit(end, message)
        self._echo_up(end)
        self._is_sent = True

    def _echo_up(self, end: HubClient, seconds: float = _ECHO_SECONDS) -> None:
        """Wait until everything that a satellite has sent is on the bus."""
        token = str(uuid.uuid4())
        session: Json = {"session_id": end.session_id}
        context: dict[str, Json] = {"session": session}
        echo: dict[str, Json] = {"type": ECHO, "data": {"token": token}}
        self._hive.emit(end, {**echo, "context": context})
        for item in self._passed_on(seconds):
            if item.topic == ECHO and token in item.payload:
                seen = mapping_in(item.message, "context")
                self._peers[end.name] = str(seen.get("peer"))
                on_bus = str(mapping_in(seen, "session").get("session_id"))
                if on_bus != end.session_id:
                    self.own_ids[on_bus] = end.session_id
                return
            self._early.append(item)
        raise BusLostError(
            f'the HiveMind hub has passed on nothing of "{end.name}" for {seconds:g} s'
        )

    # -- downwards ------------------------------------------------------------------

    def advance(self, until: float, *, is_settling: bool = False) -> list[Heard]:
        """Wait for the next message and return it with all that were sent before.

        Raises:
            BusLostError: the hub is gone, or the connection to the bus.

        """
        if self._is_sent or self._early:
            self._is_sent = False
            found = self._collected(until, is_settling=is_settling, is_waiting=False)
            if found:
                return found
        return self._collected(until, is_settling=is_settling, is_waiting=True)

    def _collected(
        self, until: float, *, is_settling: bool, is_waiting: bool
    ) -> list[Heard]:
        """Return what the satellites and, besides, the observer have heard."""
        seen, self._early = self._early, []
        if is_waiting:
            seen += super().advance(until, is_settling=is_settling)
        else:
            self._echo(self.now + _ECHO_SECONDS, seen)
        seen = [each for each in seen if each.topic not in {ECHO, _BACK}]
        events, self._unread = [*self._unread, *self._given_events()], []
        given = [self._given(each) for each in events]
        known = {(each.topic, _data(each)) for each in given}
        unseen = [
            replace(self._missed(each), given_to="")
            for each in seen
            if (each.topic, _data(each)) not in known
        ]
        return [*unseen, *given]

    def _missed(self, item: Heard) -> Heard:
        """Return a message on the bus in own ids, which a satellite may have missed."""
        item = replace(item, payload=self._in_own_ids(item.payload))
        is_away = (
            bool(self._away)
            and self._household.sender_of(item.message).name in self._away
        )
        return replace(item, is_missed=item.is_missed or is_away)

    def _given_events(self) -> list[dict[str, Any]]:
        """Return the events of what the satellites have been given so far."""
        token = str(uuid.uuid4())
        waiting = self._satellites.keys() - self._away
        for name in sorted(waiting):
            session: Json = {"session_id": DEVICE}
            context: dict[str, Json] = {
                "source": "kit:echo",
                "destination": [self._peers[name]],
                "session": session,
            }
            self._put({"type": _BACK, "data": {"token": token}, "context": context})
        given: list[dict[str, Any]] = []
        until = time.monotonic() + _ECHO_SECONDS
        while waiting:
            event = self._hive.event(until)
            if event is None:
                names = ", ".join(sorted(waiting))
                raise BusLostError(
                    f"the HiveMind hub has given nothing to {names} for "
                    f"{_ECHO_SECONDS:g} s"
                )
            if "heard" not in event:
                continue
            if event["message"]["type"] != _BACK:
                given.append(event)
            elif event["message"]["data"].get("token") == token:
                waiting.discard(event["heard"])
        return given

    def _given(self, event: Mapping[str, Any]) -> Heard:
        """Return what a satellite has been given, and blame the hub if it must not."""
        end: HubClient = self._satellites[event["heard"]]
        message: Mapping[str, Json] = event["message"]
        payload = json.dumps(message)
        self._own_faults += self._household.faults_in(end, message, payload)
        return Heard(self.now, payload, given_to=end.client_of(message))

    def _all_faults(self) -> list[Caught]:
        own, self._own_faults = self._own_faults, []
        others = (
            replace(
                each,
                session_id=self.own_ids.get(each.session_id or "", each.session_id),
            )
            for each in self._assistants_faults()
        )
        return [*own, *others]

    def _in_own_ids(self, payload: str) -> str:
        for on_bus, own_id in self.own_ids.items():
            payload = payload.replace(on_bus, own_id)
        return payload

    def close(self) -> None:
        """End the satellites' connections, and the observer's."""
        for each in self._satellites.values():
            self._hive.close(each)
        super().close()


def _data(heard: Heard) -> str:
    return json.dumps(heard.message.get("data"), sort_keys=True)
