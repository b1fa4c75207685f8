"""Ask the installed HiveMind hub what it does to the sessions of its satellites.

    python benchmarks/hub_sessions.py [docs/hivemind.md]

For each field of a session, satellites connect to the hub in memory with and without
it in their hello, and send a message with and without it. What is on the bus then, and
what comes back in an answer, is printed as a table, or put into the page, which has a
place for each version of hivemind-core.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ovos_dialogue_kit.assistant.core.boot import configuration
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox
from ovos_dialogue_kit.assistant.transports.hivemind.on_memory import (
    MemoryHiveAssistant,
)
from ovos_dialogue_kit.assistant.transports.hivemind.satellites import HubClient
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.session_state import wire_of
from ovos_dialogue_kit.script.model import Satellite

SETUP = Setup((), bus="hivemind-memory")
QUESTION, ANSWER = "probe.question", "probe.answer"
LISBON: Json = {
    "city": {
        "code": "Lisbon",
        "name": "Lisbon",
        "state": {
            "code": "11",
            "name": "Lisbon",
            "country": {"code": "PT", "name": "Portugal"},
        },
    },
    "coordinate": {"latitude": 38.7, "longitude": -9.1},
    "timezone": {"code": "Europe/Lisbon", "name": "Western European Time"},
}
FIELDS: dict[str, Json] = {
    "lang": "pt-PT",
    "site_id": "attic",
    "location": LISBON,
    "system_unit": "imperial",
    "time_format": "full",
    "date_format": "YMD",
    "pipeline": ["a.stage"],
    "blacklisted_skills": ["a.skill"],
    "blacklisted_intents": ["a.skill:intent"],
    "active_skills": ["a.skill"],
    "response_mode": "a.skill",
    "intent_context": {"a.skill:Name": "Ada"},
}
"""Fields as fixtures have them, with values that no configuration has."""

_NO_CONTEXT: Json = {"timeout": 120, "frame_stack": []}
"""The context of a session without any, as ovos-bus-client writes it."""

COLUMNS = (
    "field",
    "in each message",
    "only in the hello",
    "only in the message",
    "nowhere",
    "in an answer",
)
BEGIN = f"<!-- hub {version('hivemind-core')}: made by benchmarks/hub_sessions.py -->"
END = "<!-- end -->"


class Hub:
    """The installed hub in memory, and what it puts on the bus."""

    def __init__(self, home: Path) -> None:
        sandbox = Sandbox(OwnFolder(home))
        os.environ.update(sandbox.environment(os.environ))
        sandbox.configure(configuration(SETUP))
        assistant = MemoryHiveAssistant(SETUP)
        assistant.prepare()
        assistant.start()
        from ovos_dialogue_kit.assistant.transports.memory_bus import VirtualBus

        self._hive, hub = assistant._hive, assistant._hub  # noqa: SLF001  # to ask it
        self._hive.agent.passing = lambda give, payload: give(payload)
        hub.scheduler.adopt("driver")
        self._bus = VirtualBus(hub, list, lambda _: None)
        self._count = 0

    def sessions(
        self, hello: Mapping[str, Json], sent: Mapping[str, Json]
    ) -> tuple[Mapping[str, Json], Mapping[str, Json]]:
        """Return the session on the bus, and the one in an answer, of a new satellite.

        Args:
            hello: fields of the session in its hello.
            sent: those of the session in its message.

        """
        self._count += 1
        own: dict[str, Json] = {"session_id": f"own-{self._count}"}
        wire = {**wire_of(hello, 0.0), **own}
        satellite = HubClient(
            {}, (f"satellite-{self._count}",), wire, frozenset({QUESTION}), Satellite()
        )
        heard: list[str] = []
        end = self._hive.connect(satellite, wire, heard.append, lambda *_: None)
        session = {**wire_of(sent, 0.0), **own}
        message = {"type": QUESTION, "data": {}, "context": {"session": session}}
        self._hive.receive(end, "bus", message)
        [question] = self._on_bus(QUESTION)
        on_bus = mapping_in(mapping_in(question, "context"), "session")
        context = {"source": "skills", "destination": [end.peer], "session": on_bus}
        self._bus.send({"type": ANSWER, "data": {}, "context": context})
        self._on_bus(ANSWER)
        frames = map(json.loads, heard)
        [answer] = [
            each["payload"]
            for each in frames
            if each["msg_type"] == "bus" and each["payload"]["type"] == ANSWER
        ]
        return on_bus, mapping_in(mapping_in(answer, "context"), "session")

    def _on_bus(self, topic: str) -> list[Mapping[str, Json]]:
        """Return the messages of a type that are on the bus when all is done."""
        found: list[Mapping[str, Json]] = []
        while heard := self._bus.advance(self._bus.now):
            found += [each.message for each in heard if each.topic == topic]
        return found


def rows(hub: Hub) -> Iterator[Sequence[str]]:
    """Yield what becomes of each field."""
    on_bus, back = hub.sessions({}, {})
    own = str(back["session_id"])
    yield "`session_id`", _named(on_bus, own), "", _named(on_bus, own), "", "kept"
    for name, value in FIELDS.items():
        field: dict[str, Json] = {name: value}
        wire = wire_of(field, 0.0)
        whole, back = hub.sessions(field, field)
        sent = (whole, *(hub.sessions(*each)[0] for each in _partly(field)))
        yield f"`{name}`", *(_fate(each, wire) for each in (*sent, back))


def _partly(field: dict[str, Json]) -> Iterator[tuple[dict[str, Json], ...]]:
    """Yield a field in the hello alone, in the message alone, and nowhere."""
    yield field, {}
    yield {}, field
    yield {}, {}


def _named(session: Mapping[str, Json], own: str) -> str:
    found = str(session["session_id"])
    return "kept" if found == own else "with a prefix, by its key"


def _fate(session: Mapping[str, Json], wire: Mapping[str, Json]) -> str:
    """Return what has become of a field, of which there may be several forms."""
    known = {key: session.get(key) for key in wire if key in session}
    if any(_has(known[key], wire[key]) for key in known):
        return "kept"
    if any({*_leaves(known[key])} & {*_leaves(wire[key])} for key in known):
        return "in part"
    values = [value for value in known.values() if value and value != _NO_CONTEXT]
    return _shown(values[0]) if values else "none"


def _has(found: Json, wanted: Json) -> bool:
    """Return True if a value is the one that was sent, or has more."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        return all(_has(found.get(key), part) for key, part in wanted.items())
    return found == wanted


def _leaves(value: Json) -> Iterator[str]:
    """Yield the values in a value, as JSON."""
    if isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(part)
    else:
        yield json.dumps(value)


def _shown(value: Any) -> str:  # of any field
    """Return the value that the hub has put in, if it is short."""
    text = json.dumps(value)
    return f"`{text}`" if isinstance(value, str) else "the hub's own"


def table() -> str:
    """Return the table of the installed hub as Markdown."""
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(sys.stderr),  # OVOS logs
    ):
        home = Path(folder, "home")
        home.mkdir()
        lines = [COLUMNS, ("---",) * len(COLUMNS), *rows(Hub(home))]
    return "".join(f"| {' | '.join(each)} |\n" for each in lines)


def main() -> None:
    """Print the table, or replace that of a page."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("page", nargs="?", type=Path, help="docs/hivemind.md")
    page = options.parse_args().page
    made = table()
    if page is None:
        sys.stdout.write(made)
        return
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    if not begin:
        sys.exit(f"{page} has no place for it: {BEGIN}")
    _, end, after = rest.partition(END)
    page.write_text(f"{before}{begin}\n\n{made}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
