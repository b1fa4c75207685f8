"""A fixture's expectations against what really happened.

All mismatches of a dialogue are collected, but one cause is told once: a skill that
raised explains the wrong reply of its turn, a turn that did not end explains what is
missing at its end, and a crash explains every turn that was not replayed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.script.model import Conditions
from ovos_dialogue_kit.verdict.conditions import (
    CONDITIONS,
    condition_holds,
    difference,
    is_known,
)
from ovos_dialogue_kit.verdict.exchange import Exchange
from ovos_dialogue_kit.verdict.faults import (
    crash_mismatches,
    fault_mismatches,
    stray_mismatches,
)
from ovos_dialogue_kit.verdict.mismatch import Item, Mismatch
from ovos_dialogue_kit.verdict.replies import reply_mismatch

__all__ = ["compare"]

_OTHERWISE = {
    "no_match": "an intent matched, though none should",
    "route": "the turn took another route",
    "skill": "another skill answered",
    "intent": "another intent matched",
    "slots": "the intent matched with other slots",
    "slots_include": "the intent matched with other slots",
    "messages": "a bus message was not seen",
    "session": "the session is another afterwards",
}


def compare(
    fixture: Fixture, case: Case, transcript: Transcript
) -> tuple[Mismatch, ...]:
    """Return what went another way than the script says, in the order of its turns.

    Whether or not a turn expects anything, its faults count, as do strays and a crash,
    unless ``allow`` of the turn or of the dialogue names their kind.

    Args:
        fixture: the dialogue.
        case: the variant of it that was replayed.
        transcript: what happened; its turns are those of the case, maybe fewer.

    """
    found = list(crash_mismatches(fixture, case, transcript))
    for index in range(min(len(case.turns), len(transcript.turns))):
        found.extend(_mismatches(Exchange(fixture, case, transcript, index)))
    found.extend(stray_mismatches(fixture, case, transcript))
    return tuple(sorted(found, key=lambda mismatch: mismatch.turn or 0))


def _mismatches(exchange: Exchange) -> Iterator[Mismatch]:
    """Yield the mismatches of one turn, causes before what they may have caused."""
    faults = {fault.kind for fault in exchange.faults}
    wrong = reply_mismatch(exchange)
    hidden = {"stray"} if exchange.transcript.strays else set()
    hidden |= {"crash"} if exchange.transcript.crash else set()
    if "raised" in faults:
        hidden |= {"no_end", "lang"}
    elif wrong and wrong.kind == "lang":
        hidden |= {"lang"}
    for mismatch in fault_mismatches(exchange, hidden):
        if mismatch.kind == "raised" and wrong:
            yield replace(mismatch, expected=wrong.expected, heard=wrong.heard)
        else:
            yield mismatch
    if wrong and "raised" not in faults:
        yield wrong
    if exchange.sent.expect:
        yield from _unfulfilled(exchange, exchange.sent.expect.holds)
        yield from _denied(exchange, exchange.sent.expect.denied)


def _unfulfilled(exchange: Exchange, expected: Conditions) -> Iterator[Mismatch]:
    """Yield what does not hold; what concerns the match is told together."""
    turn = exchange.happened
    names = [
        name
        for name in CONDITIONS
        if getattr(expected, name) is not None
        and not (exchange.is_cut_short and not is_known(name, turn))
        and not condition_holds(name, expected, turn)
    ]
    differ = {name: difference(name, expected, turn) for name in names}
    matching = [name for name in names if name not in ("messages", "session")]
    if matching:
        yield replace(
            exchange.mismatch(matching[0], _problem(matching[0], exchange, expected)),
            expected=({name: differ[name][0] for name in matching},),
            heard=({name: differ[name][1] for name in matching},),
        )
    for name in names[len(matching) :]:
        yield replace(
            exchange.mismatch(name, _OTHERWISE[name]),
            expected=_items(differ[name][0]),
            heard=_items(differ[name][1]),
        )


def _problem(name: str, exchange: Exchange, expected: Conditions) -> str:
    if exchange.happened.matched is False and not expected.no_match:
        return "no intent matched"
    return _OTHERWISE[name]


def _denied(exchange: Exchange, denied: Conditions) -> Iterator[Mismatch]:
    """Yield one mismatch if any of the denied conditions holds."""
    holding: dict[str, Json] = {
        name: getattr(denied, name)
        for name in CONDITIONS
        if getattr(denied, name) is not None
        and condition_holds(name, denied, exchange.happened)
    }
    if holding:
        yield replace(
            exchange.mismatch("denied", "what must not be is so"),
            expected=({"not": holding},),
            heard=(holding,),
        )


def _items(value: Json) -> tuple[Item, ...]:
    """Return a value as what can be listed: a mapping, or the mappings of a list."""
    listed = value if isinstance(value, list) else [value]
    return tuple(item for item in listed if isinstance(item, dict))
