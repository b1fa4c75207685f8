"""Write a leak as a script that ``kit replay`` fails on.

The script expects what the session hears when it is alone, where the leak shows and
nowhere else. So it fails as long as there is the leak, and is a test against its return
from then on. What chance decides is not expected, and what goes wrong even if a session
is alone is allowed.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ovos_dialogue_kit.assistant.protocol import HOME_PREFIX
from ovos_dialogue_kit.fixture.model import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.isolate.dialogues.speakers import sessions_by_speaker
from ovos_dialogue_kit.isolate.expected_messages import expected_messages
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.observation import ValueKey
from ovos_dialogue_kit.jsondata import Json, as_json, mapping_in
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript, TurnTranscript
from ovos_dialogue_kit.script.model import ANY_HOST, RunMarks
from ovos_dialogue_kit.script.write import literal_turn, write_script

__all__ = ["Solos", "script_of"]

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


_ANY: Mapping[str, Json] = {"regex": ".*"}
_HOME = f"{tempfile.gettempdir()}/{HOME_PREFIX}"
"""The beginning of the name of an assistant's folder, which is never the same."""

_ABOUT_REPLIES = frozenset({"reply", "replies", "end", "order"})

_ALLOWED = "it is the same when the session is alone"


@dataclass(frozen=True, slots=True)
class Solos:
    """The transcripts of the sessions alone, by name.

    ``random`` are the places at which chance decides what is heard; ``strays`` are the
    turns during which a session or the device hears something that it hears alone, too.
    ``company`` is the transcript of all sessions together.
    """

    alone: Mapping[str, Transcript] = field(default_factory=dict)
    random: Collection[ValueKey] = ()
    strays: Collection[int] = ()
    company: Transcript | None = None


def script_of(
    fixture: Fixture,
    case: Case,
    engine: str,
    leaks: Iterable[Leak] = (),
    solos: Solos | None = None,
) -> str:
    """Return a script of one dialogue, as YAML.

    Args:
        fixture: the dialogue.
        case: the turns to write, in their order.
        engine: the script's engine.
        leaks: what must not happen.
        solos: what happens without the other sessions; expected where a leak shows.

    """
    solos, leaks = solos or Solos(), list(leaks)
    expected = {
        turn: expect
        for turn in dict.fromkeys(leak.turn for leak in leaks)
        if turn is not None
        for expect in _expected(turn, [k for k in leaks if k.turn == turn], solos)
    }
    allowed = _allowed(case, solos)
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
    script |= {"allow": _allow(fixture.marks)} if fixture.marks.allow else {}
    turns: list[Json] = [
        _turn(case, turn, expected.get(index), allowed.get(index, {}))
        for index, turn in enumerate(case.turns)
    ]
    return write_script({**script, "dialogues": {fixture.dialogue: turns}})


def _one_or_more(values: Sequence[Json]) -> Json:
    return list(values) if len(values) > 1 else next(iter(values))


# -- sessions -------------------------------------------------------------------------


def session_spec(fixture: Fixture, case: Case, name: str) -> dict[str, Json]:
    """Return what a script has to set for a session; empty for one of defaults."""
    wire = case.sessions[name]
    spec = _session_fields(wire)
    if wire.get("lang") != (case.lang or fixture.langs[0]):
        spec["lang"] = wire.get("lang")
    if name in case.clients:
        spec["client"] = case.clients[name]
    if name in case.satellites:
        spec["satellite"] = as_json(case.satellites[name])
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
    first, *others = [
        _context(turn.message)
        for turn in case.turns
        if turn.session == name and turn.message is not None
    ] or [{}]
    return {
        key: value
        for key, value in first.items()
        if all(context.get(key) == value for context in others)
    }


def _context(message: Mapping[str, Json]) -> dict[str, Json]:
    context = mapping_in(message, "context")
    return {key: value for key, value in context.items() if key not in _ADDRESS}


# -- turns ----------------------------------------------------------------------------


def _turn(
    case: Case, turn: FixtureTurn, expected: Json, allowed: Mapping[str, Json]
) -> dict[str, Json]:
    """Return a turn of a script; ``expected`` is ``None`` if nothing is."""
    allow: dict[str, Json] = {**allowed, **_allow(turn.marks)}
    written = _action(case, turn)
    written |= {"overlap": True} if turn.overlap else {}
    written |= {"within": f"{turn.within:g}s"} if turn.within is not None else {}
    written |= {"until": turn.until} if turn.until is not None else {}
    written |= {"allow": allow} if allow else {}
    written |= {"expect": expected} if expected is not None else {}
    return written


def _allow(marks: RunMarks) -> dict[str, Json]:
    """Return the checks that are switched off, as a script writes them."""
    written: dict[str, Json] = {**marks.allow}
    if "network" in written and ANY_HOST not in marks.hosts:
        reason = written["network"]
        written["network"] = {"reason": reason, "hosts": [*marks.hosts]}
    return written


def _allowed(case: Case, solos: Solos) -> dict[int, dict[str, Json]]:
    """Return for each turn the kinds of faults that there are alone, too."""
    names = sessions_by_speaker(case)
    allowed: dict[int, dict[str, Json]] = {}
    for index, turn in enumerate(case.turns):
        happened = _turn_of(solos.alone.get(names[turn.session]), index)
        kinds: list[str] = ["stray"] if index in solos.strays else []
        if happened:
            # with "network" there, it would not be refused any more
            kinds += [each.kind for each in happened.faults if each.kind != "network"]
            kinds += ["no_end"] if happened.end == "deadline" else []
        allowed[index] = dict.fromkeys(kinds, _ALLOWED)
    return allowed


def _turn_of(transcript: Transcript | None, index: int) -> TurnTranscript | None:
    turns = transcript.turns if transcript else ()
    return next((turn for turn in turns if turn.index == index), None)


def _action(case: Case, turn: FixtureTurn) -> dict[str, Json]:
    message = turn.message
    if message is None:
        action = "silence" if turn.connects is None else turn.said
        return {turn.session: {action: turn.said if action == "silence" else True}}
    shared = _session_context(case, turn.session)
    own: Json = {k: v for k, v in _context(message).items() if k not in shared}
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


def _expected(turn: int, leaks: Sequence[Leak], solos: Solos) -> Iterator[Json]:
    """Yield the expectation of a turn, if the session took it when alone.

    Nothing is expected of a turn in which a random value is heard that another session
    was told: a script cannot say that they must differ. Nor can it say that there must
    be an error; so what is heard in its place must not be heard.
    """
    (session,) = {leak.session for leak in leaks}
    happened = _turn_of(solos.alone.get(session), turn)
    here = _turn_of(solos.company, turn)
    if happened is None or here is None or any(map(_is_echo, leaks)):
        return
    if any(map(_is_spared, leaks)):
        yield from _unheard(here, happened)
        return
    keys = [leak.key for leak in leaks]
    conditions: dict[str, Json] = {}
    for leak in leaks:
        _, kind, *names = leak.key
        for name in map(str, names if kind == "session" else ()):
            state: dict[str, Json] = {name: happened.session_after.get(name)}
            conditions["session"] = {**mapping_in(conditions, "session"), **state}
    for name in ("intent", "route"):
        if any(key[1] == name for key in keys) and getattr(happened, name):
            conditions[name] = getattr(happened, name)
    if happened.slots and any(key[1] == "slot" for key in keys):
        conditions["slots"] = dict(happened.slots)
    conditions |= expected_messages(leaks, solos.random, here, happened)
    if any(key[1] in _ABOUT_REPLIES for key in keys) or not conditions:
        yield _replies(happened, conditions, leaks, solos.random)
    else:
        yield conditions


def _is_spared(leak: Leak) -> bool:
    """Return True if an error is raised alone but not in company."""
    return leak.key[1] == "fault" and leak.company is None


def _unheard(here: TurnTranscript, alone: TurnTranscript) -> Iterator[Json]:
    """Yield that what is heard only in company must not be heard."""
    known = {reply.text for reply in alone.replies}
    only: list[Json] = [
        {"text": reply.text} for reply in here.replies if reply.text not in known
    ]
    if only:
        yield {"not": {"replies_include": only}}


def _is_echo(leak: Leak) -> bool:
    return leak.oracle == "echo"


def _replies(
    happened: TurnTranscript,
    conditions: dict[str, Json],
    leaks: Sequence[Leak],
    random: Collection[ValueKey],
) -> Json:
    is_one = len(happened.replies) == 1
    replies: list[Json] = []
    for number, reply in enumerate(happened.replies):
        at: ValueKey = (happened.index, "reply", number)
        own = [leak for leak in leaks if leak.key[: len(at)] == at or _is_order(leak)]
        expected = _reply(reply, at, own, random) if own or is_one else dict(_ANY)
        replies.append(expected)
    if not replies:
        return {**conditions, "no_reply": True}
    if conditions:
        return [*replies, conditions]
    return _one_or_more(replies)


def _is_order(leak: Leak) -> bool:
    return leak.key[1] == "order"


def _reply(
    reply: Reply, at: ValueKey, leaks: Sequence[Leak], random: Collection[ValueKey]
) -> Json:
    """Return what is expected of a reply: what chance does not decide."""
    names = {str(name) for leak in leaks for name in leak.key[len(at) :]}
    if reply.dialog is None or (*at, "dialog") in random:
        if (*at, "text") not in random and _HOME not in reply.text:
            return {"text": reply.text}
        heard = next((k.company for k in leaks if k.key == (*at, "text")), None)
        return {"not": {"text": heard}} if isinstance(heard, str) else dict(_ANY)
    data = {
        name: value
        for name, value in (reply.data or {}).items()
        if (*at, "data", name) not in random and _HOME not in str(value)
    }
    expected: dict[str, Json] = {"dialog": reply.dialog}
    expected |= {"data": data} if data else {}
    is_about_words = names.isdisjoint({"dialog", "data"}) and (
        "text" in names or any(map(_is_order, leaks))
    )
    if is_about_words and (*at, "text") not in random:
        expected["text"] = reply.text
    return expected
