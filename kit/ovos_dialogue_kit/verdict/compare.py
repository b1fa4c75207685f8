"""Compare a fixture's expectations with what really happened.

All mismatches of a dialogue are collected, but each cause is reported once: a skill
that raised explains the wrong reply of its turn, a turn that did not end explains what
is missing at its end, and a crash explains every turn that was not replayed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.regex_search import SECONDS, SlowRegexError
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.script.model import Conditions
from ovos_dialogue_kit.verdict.exchange import Exchange
from ovos_dialogue_kit.verdict.faults import (
    crash_mismatches,
    fault_mismatches,
    stray_mismatches,
)
from ovos_dialogue_kit.verdict.mismatch import Item, Mismatch
from ovos_dialogue_kit.verdict.turn_conditions import given_conditions
from ovos_dialogue_kit.verdict.turn_replies import denied_mismatch, reply_mismatch

__all__ = ["compare"]

_LONG = 80
"""Characters of a regular expression that are shown."""

_SLOW = (
    f"it was given up after {SECONDS:g} s of processor time; a repetition within "
    "another, as in (a+)+, takes time that doubles with each character"
)


def compare(
    fixture: Fixture, case: Case, transcript: Transcript
) -> tuple[Mismatch, ...]:
    """Return what differs from the script, in the order of its turns.

    Faults, strays and a crash count whether or not a turn expects anything, unless
    ``allow`` of the turn or of the dialogue names their kind.

    Args:
        fixture: the dialogue.
        case: the variant of it that was replayed.
        transcript: what happened; its turns are those of the case, maybe fewer, each
            with its index in the case.

    """
    found = list(crash_mismatches(fixture, case, transcript))
    for happened in transcript.turns:
        exchange = Exchange(fixture, case, transcript, happened)
        try:
            found.extend(_mismatches(exchange))
        except SlowRegexError as error:
            found.extend(fault_mismatches(exchange, set()))
            found.append(_undecided(exchange, error))
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
    if denied := denied_mismatch(exchange):
        yield denied
    if exchange.sent.expect:
        yield from _unfulfilled(exchange, exchange.sent.expect.holds)
        yield from _denied(exchange, exchange.sent.expect.denied)


def _undecided(exchange: Exchange, error: SlowRegexError) -> Mismatch:
    """Return the mismatch of a turn whose expectation takes too long to check."""
    expect: Any = exchange.sent.expect  # without one nothing is searched for
    pattern = error.pattern
    if len(pattern) > _LONG:
        pattern = f"{pattern[:_LONG]}…"
    problem = f"the regular expression /{pattern}/ takes too long"
    mismatch = exchange.mismatch("reply", problem)
    return replace(mismatch, mark=expect.mark, notes=(("note", _SLOW),))


def _unfulfilled(exchange: Exchange, expected: Conditions) -> Iterator[Mismatch]:
    """Yield the conditions that do not hold, those about the match in one mismatch."""
    turn = exchange.happened
    failing = {
        name: (condition.problem, *condition.difference(wanted, turn))
        for name, condition, wanted in given_conditions(expected)
        if not (exchange.is_cut_short and not condition.is_known(turn))
        and not condition.holds(wanted, turn)
    }
    matching = [name for name in failing if name not in ("messages", "session")]
    if matching:
        problem, *_ = failing[matching[0]]
        if turn.matched is False and not expected.no_match:
            problem = "no intent matched"
        yield replace(
            exchange.mismatch(matching[0], problem),
            notes=turn.nearest,
            expected=({name: failing[name][1] for name in matching},),
            heard=({name: failing[name][2] for name in matching},),
        )
    for name in list(failing)[len(matching) :]:
        problem, wanted, seen = failing[name]
        yield replace(
            exchange.mismatch(name, problem),
            expected=_items(wanted, exchange),
            heard=_items(seen, exchange),
        )


def _denied(exchange: Exchange, denied: Conditions) -> Iterator[Mismatch]:
    """Yield one mismatch if any of the denied conditions holds."""
    holding: dict[str, Any] = {
        name: wanted
        for name, condition, wanted in given_conditions(denied)
        if condition.holds(wanted, exchange.happened)
    }
    if "messages" in holding:
        holding["messages"] = _items(holding["messages"], exchange)
    if holding:
        yield replace(
            exchange.mismatch("denied", "a forbidden condition holds"),
            expected=({"not": holding},),
            heard=(holding,),
        )


def _items(value: Json, exchange: Exchange) -> tuple[Item, ...]:
    """Return what can be listed of a value: a mapping, or the mappings of a list.

    The session of a message is named by its speaker.
    """
    listed = value if isinstance(value, (list, tuple)) else [value]
    turn, wires = exchange.happened, exchange.case.sessions
    names = {wire.get("session_id"): name for name, wire in wires.items()}
    names[turn.session_after.get("session_id")] = turn.session
    items = (item for item in listed if isinstance(item, dict))
    return tuple(
        {**item, "session": names.get(item["session"], item["session"])}
        if isinstance(item.get("session"), str)
        else item
        for item in items
    )
