"""A finding as a script: what shows a leak, written for ``kit replay``.

What is expected in it is what the session hears alone, so the script fails for as long
as there is the leak, and is a test from then on.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence

from ovos_dialogue_kit.fixture.model import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.isolate.oracles import Leak
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript, TurnTranscript

__all__ = ["flow", "script_of", "session_spec"]

_PLAIN = re.compile(r"[^\W\d_][\w.' -]*[\w.']|[^\W\d_]")
_NOT_TEXT = ("true", "false", "null")
_TEMPLATE = re.compile(r"[()\[\]{}<>|$]")
_PREFS = ("system_unit", "time_format", "date_format")
_SAME = ("site_id", "location", "pipeline", "blacklisted_skills", "blacklisted_intents")
_MADE = 5
"""Version of the UUIDs that the kit makes."""
_ADDRESS = ("source", "destination", "session")


def script_of(
    fixture: Fixture,
    case: Case,
    engine: str,
    leaks: Iterable[Leak] = (),
    alone: Transcript | None = None,
) -> str:
    """Return a script of one dialogue.

    Args:
        fixture: where the dialogue comes from.
        case: the turns to be taken, in their order.
        engine: that of the script.
        leaks: what must not show.
        alone: what happens without the other sessions; what is expected where a leak
            shows.

    """
    expected = {
        turn: expect
        for turn in dict.fromkeys(leak.turn for leak in leaks)
        if turn is not None and alone
        for expect in _expected(alone, turn, [k for k in leaks if k.turn == turn])
    }
    head: dict[str, Json] = {
        "skill": _one_or_more(fixture.skills),
        "lang": fixture.langs[0],
        "engine": engine,
    }
    head |= {"transformers": list(fixture.transformers)} if fixture.transformers else {}
    head |= {"clock": fixture.clock} if fixture.clock != "virtual" else {}
    head |= {"allow": dict(fixture.marks.allow)} if fixture.marks.allow else {}
    lines = [f"{key}: {flow(value)}" for key, value in head.items()]
    lines += _sessions(fixture, case)
    lines += ["dialogues:", f"  {flow(fixture.dialogue)}:"]
    for index, turn in enumerate(case.turns):
        lines += _turn(turn, expected.get(index))
    return "\n".join(lines) + "\n"


def _one_or_more(values: Sequence[str]) -> Json:
    return values[0] if len(values) == 1 else list(values)


# -- sessions -------------------------------------------------------------------------


def _sessions(fixture: Fixture, case: Case) -> Iterator[str]:
    specs = {name: session_spec(fixture, case, name) for name in case.sessions}
    if any(specs.values()):
        yield "sessions:"
        for name, spec in specs.items():
            yield f"  {flow(name)}: {flow(spec)}"


def session_spec(fixture: Fixture, case: Case, name: str) -> dict[str, Json]:
    """Return what a script sets of a session."""
    wire = case.sessions[name]
    spec: dict[str, Json] = {key: wire[key] for key in _SAME if key in wire}
    if wire.get("lang") != fixture.langs[0]:
        spec["lang"] = wire.get("lang")
    prefs: dict[str, Json] = {key: wire[key] for key in _PREFS if key in wire}
    spec |= {"prefs": prefs} if prefs else {}
    if not _is_made(str(wire["session_id"])):
        spec["session_id"] = wire["session_id"]
    context = next((c for turn in case.turns if (c := _context(turn, name))), {})
    return spec | ({"context": context} if context else {})


def _is_made(session_id: str) -> bool:
    """Say whether an id is one that the kit makes: it need not be the same again."""
    try:
        return uuid.UUID(session_id).version == _MADE
    except ValueError:
        return False


def _context(turn: FixtureTurn, name: str) -> dict[str, Json]:
    if turn.session != name or turn.message is None:
        return {}
    context = mapping_in(turn.message, "context")
    return {key: value for key, value in context.items() if key not in _ADDRESS}


# -- turns ----------------------------------------------------------------------------


def _turn(turn: FixtureTurn, expected: Json) -> Iterator[str]:
    speaker = flow(turn.session)
    message = turn.message
    if message is None:
        yield f"    - {speaker}: {{silence: {turn.said}}}"
    elif message["type"] == turn.said:
        emit: dict[str, Json] = {"type": turn.said}
        emit |= {"data": message["data"]} if message.get("data") else {}
        yield f"    - {speaker}: {flow({'emit': emit})}"
    elif _TEMPLATE.search(turn.said):
        yield f'    - {speaker}: "{{said}}"'
        yield f"      with: {flow({'said': [turn.said]})}"
    else:
        yield f"    - {speaker}: {flow(turn.said)}"
    if turn.overlap:
        yield "      overlap: true"
    if turn.within is not None:
        yield f"      within: {turn.within:g}s"
    if turn.marks.allow:
        yield f"      allow: {flow(dict(turn.marks.allow))}"
    if expected is not None:
        yield f"      expect: {flow(expected)}"


def _expected(alone: Transcript, index: int, leaks: Sequence[Leak]) -> Iterator[Json]:
    """Yield what a turn must lead to, if there is something to say about it."""
    happened = next((turn for turn in alone.turns if turn.index == index), None)
    if happened is None:
        return
    keys = [leak.key for leak in leaks]
    conditions: dict[str, Json] = {}
    for leak in leaks:
        if leak.key[1] == "session" and len(leak.key) > len((index, "session")):
            name = str(leak.key[2])
            state: dict[str, Json] = {name: happened.session_after.get(name)}
            conditions["session"] = {**mapping_in(conditions, "session"), **state}
    for name in ("intent", "route"):
        if any(key[1] == name for key in keys) and getattr(happened, name):
            conditions[name] = getattr(happened, name)
    if happened.slots and any(key[1] == "slot" for key in keys):
        conditions["slots"] = dict(happened.slots)
    if any(key[1] in {"reply", "replies", "end"} for key in keys) or not conditions:
        yield _replies(happened, conditions)
    else:
        yield conditions


def _replies(happened: TurnTranscript, conditions: dict[str, Json]) -> Json:
    replies: list[Json] = [_reply(reply) for reply in happened.replies]
    if not replies:
        return {**conditions, "no_reply": True}
    if conditions:
        return [*replies, conditions]
    return replies[0] if len(replies) == 1 else replies


def _reply(reply: Reply) -> Json:
    if reply.dialog is None:
        return {"text": reply.text}
    data = dict(reply.data or {})
    return {"dialog": reply.dialog, **({"data": data} if data else {})}


# -- YAML -----------------------------------------------------------------------------


def flow(value: Json) -> str:
    """Return a value as YAML on one line; what is text reads as text."""
    if isinstance(value, dict):
        pairs = (f"{flow(key)}: {flow(part)}" for key, part in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value not in _NOT_TEXT:
        return value
    return json.dumps(value, ensure_ascii=False)
