"""Write a leak as a script that ``kit replay`` fails on.

The script expects what the session hears when it is alone. So it fails as long as there
is the leak, and is a test against its return from then on.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ovos_dialogue_kit.fixture.model import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.isolate.oracles import Leak
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript, TurnTranscript
from ovos_dialogue_kit.script.write import literal_turn, write_script

__all__ = ["script_of"]

_PREFS = ("system_unit", "time_format", "date_format")
_SAME = (
    "site_id",
    "location",
    "pipeline",
    "blacklisted_skills",
    "blacklisted_intents",
    "active_skills",
    "response_mode",
    "intent_context",
)
_GENERATED_VERSION = 5
"""Version of the UUIDs that the kit generates for sessions (RFC 9562)."""
_ADDRESS = ("source", "destination", "session")


def script_of(
    fixture: Fixture,
    case: Case,
    engine: str,
    leaks: Iterable[Leak] = (),
    alone: Transcript | None = None,
) -> str:
    """Return a script of one dialogue, as YAML.

    Args:
        fixture: the dialogue.
        case: the turns to write, in their order.
        engine: the script's engine.
        leaks: what must not happen.
        alone: what happens without the other sessions; expected where a leak shows.

    """
    expected = {
        turn: expect
        for turn in dict.fromkeys(leak.turn for leak in leaks)
        if turn is not None and alone
        for expect in _expected(alone, turn, [k for k in leaks if k.turn == turn])
    }
    script: dict[str, Json] = {
        "skill": _one_or_more(fixture.skills),
        "lang": case.lang or fixture.langs[0],
        "engine": engine,
    }
    specs = {name: session_spec(fixture, case, name) for name in case.sessions}
    script |= {"sessions": {**specs}} if any(specs.values()) else {}
    script |= {"transformers": [*fixture.transformers]} if fixture.transformers else {}
    script |= {"config": dict(fixture.config)} if fixture.config else {}
    script |= {"clock": fixture.clock} if fixture.clock != "virtual" else {}
    script |= {"allow": dict(fixture.marks.allow)} if fixture.marks.allow else {}
    turns: list[Json] = [
        _turn(case, turn, expected.get(index)) for index, turn in enumerate(case.turns)
    ]
    return write_script({**script, "dialogues": {fixture.dialogue: turns}})


def _one_or_more(values: Sequence[str]) -> Json:
    return values[0] if len(values) == 1 else list(values)


# -- sessions -------------------------------------------------------------------------


def session_spec(fixture: Fixture, case: Case, name: str) -> dict[str, Json]:
    """Return what a script has to set for a session; empty for one of defaults."""
    wire = case.sessions[name]
    spec = _session_fields(wire)
    if wire.get("lang") != (case.lang or fixture.langs[0]):
        spec["lang"] = wire.get("lang")
    if name in case.clients:
        spec["client"] = case.clients[name]
    if case.clients.get(name) != "sessionless" and not _is_generated(
        str(wire["session_id"])
    ):
        spec["session_id"] = wire["session_id"]
    context = _session_context(case, name)
    return spec | ({"context": context} if context else {})


def _session_fields(wire: Mapping[str, Json]) -> dict[str, Json]:
    """Return fields of a session as a script has them."""
    spec: dict[str, Json] = {key: wire[key] for key in _SAME if key in wire}
    prefs: dict[str, Json] = {key: wire[key] for key in _PREFS if key in wire}
    return spec | ({"prefs": prefs} if prefs else {})


def _is_generated(session_id: str) -> bool:
    """Return True for an id that the kit generates, which may differ next time."""
    try:
        return uuid.UUID(session_id).version == _GENERATED_VERSION
    except ValueError:
        return False


def _session_context(case: Case, name: str) -> dict[str, Json]:
    """Return the context that all messages of a session have in common."""
    found = [
        context
        for turn in case.turns
        if turn.session == name and (context := _context(turn)) is not None
    ]
    first = found[0] if found else {}
    return {
        key: value
        for key, value in first.items()
        if all(context.get(key) == value for context in found)
    }


def _context(turn: FixtureTurn) -> dict[str, Json] | None:
    if turn.message is None:
        return None
    context = mapping_in(turn.message, "context")
    return {key: value for key, value in context.items() if key not in _ADDRESS}


# -- turns ----------------------------------------------------------------------------


def _turn(case: Case, turn: FixtureTurn, expected: Json) -> dict[str, Json]:
    """Return a turn of a script; ``expected`` is ``None`` if nothing is."""
    written = _action(case, turn)
    written |= {"overlap": True} if turn.overlap else {}
    written |= {"within": f"{turn.within:g}s"} if turn.within is not None else {}
    written |= {"until": turn.until} if turn.until is not None else {}
    written |= {"allow": dict(turn.marks.allow)} if turn.marks.allow else {}
    written |= {"expect": expected} if expected is not None else {}
    return written


def _action(case: Case, turn: FixtureTurn) -> dict[str, Json]:
    message = turn.message
    if message is None:
        return {turn.session: {"silence": turn.said}}
    shared = _session_context(case, turn.session)
    own: Json = {k: v for k, v in (_context(turn) or {}).items() if k not in shared}
    more: dict[str, Json] = {"context": own} if own else {}
    data = mapping_in(message, "data")
    changed = _overrides(turn)
    if message["type"] == turn.said:
        more |= {"data": dict(data)} if data else {}
        return {turn.session: {"emit": {"type": turn.said, **more}, **changed}}
    more |= changed
    if data.get("lang") != case.sessions[turn.session].get("lang"):
        more["lang"] = data.get("lang")
    listed = data.get("utterances")
    others = listed[1:] if isinstance(listed, list) else []
    return literal_turn(turn.session, turn.said, *map(str, others), more=more)


def _overrides(turn: FixtureTurn) -> dict[str, Json]:
    fields = _session_fields(turn.overrides)
    fields |= {k: lang for k, lang in turn.overrides.items() if k == "lang"}
    return {"session": fields} if fields else {}


def _expected(alone: Transcript, index: int, leaks: Sequence[Leak]) -> Iterator[Json]:
    """Yield the expectation of a turn, if the session took it when alone."""
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
