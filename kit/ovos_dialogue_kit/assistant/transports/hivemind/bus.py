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
from collections.abc import Callable, Mapping
from dataclasses import replace

from ovos_dialogue_kit.assistant.transports.hivemind.hub import Hive
from ovos_dialogue_kit.assistant.transports.hivemind.satellites import (
    HubClient,
    foreign_words,
    satellites_of,
)
from ovos_dialogue_kit.assistant.transports.websocket_bus import ECHO, WebsocketBus
from ovos_dialogue_kit.fixture.model import DEVICE, Case, session_id_of
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.bus import BusLostError, Caught, Heard
from ovos_dialogue_kit.replayer.transcript import Fault

__all__ = ["SatellitesBus"]

_BACK = "kit.echo.back"
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
        self._satellites = {each.session_id: each for each in satellites_of(case)}
        self._by_name = {each.name: each for each in self._satellites.values()}
        self._by_speaker = {
            name: each for each in self._satellites.values() for name in each.speakers
        }
        self._peers: dict[str, str] = {}
        self._own_ids: dict[str, str] = {}
        self._foreign: Mapping[str, tuple[tuple[str, str], ...]] = {}
        self._early: list[Heard] = []
        self._is_sent = False
        try:
            self._connect_all()
        except BaseException:
            super().close()
            raise

    def _connect_all(self) -> None:
        self._hive.serve([*self._satellites.values()])
        self._hive.connect_all([*self._satellites.values()])
        for each in self._satellites.values():
            try:
                self._echo_up(each, _REFUSED_SECONDS)
            except BusLostError as error:  # noqa: PERF203  # seconds, a few times
                raise self._hive.not_taken(each.name, str(error)) from error
        satellites = [*self._satellites.values()]
        self._foreign = foreign_words(satellites, self._peers)
        self._start = time.monotonic()

    # -- upwards --------------------------------------------------------------------

    def send(self, message: Mapping[str, Json]) -> None:
        """Let the satellite of the message's session send it, and wait till it has.

        Raises:
            BusLostError: the hub is gone, or the satellite's connection.

        """
        context = mapping_in(message, "context")
        session_id = mapping_in(context, "session").get("session_id")
        speaker = self._by_speaker.get(str(context.get("kit_session")))
        first = next(iter(self._satellites.values()))
        end = self._satellites.get(str(session_id), speaker or first)
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
        until = self.now + seconds
        while self.now < until:
            self._hive.require_alive()
            item = self._next(min(until, self.now + _LOOK_SECONDS))
            if item is None:
                continue
            if item.topic == ECHO and token in item.payload:
                seen = mapping_in(item.message, "context")
                self._peers[end.session_id] = str(seen.get("peer"))
                on_bus = str(mapping_in(seen, "session").get("session_id"))
                if on_bus != end.session_id:
                    self._own_ids[on_bus] = end.session_id
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
        given = self._echo_down()
        known = {(each.topic, _data(each)) for each in given}
        unseen = [
            replace(each, payload=self._in_own_ids(each.payload), given_to="")
            for each in seen
            if (each.topic, _data(each)) not in known
        ]
        return [*unseen, *given]

    def _echo_down(self) -> list[Heard]:
        """Return all that the satellites have been given so far."""
        token = str(uuid.uuid4())
        waiting = set(self._satellites)
        for peer in self._peers.values():
            session: Json = {"session_id": DEVICE}
            context: dict[str, Json] = {
                "source": "kit:echo",
                "destination": [peer],
                "session": session,
            }
            self._put({"type": _BACK, "data": {"token": token}, "context": context})
        given: list[Heard] = []
        until = time.monotonic() + _ECHO_SECONDS
        while waiting:
            event = self._hive.event(until)
            if event is None:
                names = ", ".join(self._satellites[each].name for each in waiting)
                raise BusLostError(
                    f"the HiveMind hub has given nothing to {names} for "
                    f"{_ECHO_SECONDS:g} s"
                )
            if "heard" not in event:
                continue
            end, message = self._by_name[event["heard"]], event["message"]
            if message["type"] != _BACK:
                given.append(self._given(end, message))
            elif message["data"].get("token") == token:
                waiting.discard(end.session_id)
        return given

    def _given(self, end: HubClient, message: Mapping[str, Json]) -> Heard:
        payload = json.dumps(message)
        topic = str(message["type"])
        other = self._satellites.get(session_id_of(message))
        if other and other is not end:
            self._blame(end, f'it gave the satellite "{topic}" of {other.name}')
        for words, what in self._foreign[end.session_id]:
            if words in payload:
                self._blame(end, f'in "{topic}", it told the satellite {what}')
        return Heard(self.now, payload, given_to=end.session_id)

    def _blame(self, end: HubClient, detail: str) -> None:
        self._own_faults.append(Caught(Fault("hub", detail), end.session_id))

    def _all_faults(self) -> list[Caught]:
        own, self._own_faults = self._own_faults, []
        others = (
            replace(
                each,
                session_id=self._own_ids.get(each.session_id or "", each.session_id),
            )
            for each in self._assistants_faults()
        )
        return [*own, *others]

    def _in_own_ids(self, payload: str) -> str:
        for on_bus, own_id in self._own_ids.items():
            payload = payload.replace(on_bus, own_id)
        return payload

    def close(self) -> None:
        """End the satellites' connections, and the observer's."""
        for each in self._satellites.values():
            self._hive.close(each)
        super().close()


def _data(heard: Heard) -> str:
    return json.dumps(heard.message.get("data"), sort_keys=True)
