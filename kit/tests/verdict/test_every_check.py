"""Each check of a turn is made wherever it is due, and invents nothing.

Two sessions speak in turn, twice each, to two skills. Whatever is wrong is so in one
turn: in the second of two sessions, of two turns, or of what two skills do. The tables
have a row for each check that there is; one without a row fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, get_args

import pytest
from support.conversation import (
    Conversation,
    conversation,
    denies,
    expected,
    holds,
    replies,
    spoken,
    turn,
)

from ovos_dialogue_kit.replayer.transcript import Fault, Reply
from ovos_dialogue_kit.script.format.scalars import FAULTS
from ovos_dialogue_kit.script.model import (
    ANY_HOST,
    Conditions,
    Expectation,
    ReplyExpectation,
    ReplyOrder,
    RunMarks,
)

SESSIONS = ("kitchen", "bedroom", "kitchen", "bedroom")
EACH_TURN = pytest.mark.parametrize("index", range(4))


def places(talk: Conversation) -> list[tuple[int | None, str | None, str]]:
    """Return the turn, the session and the kind of each mismatch."""
    return [(each.turn, each.session, each.kind) for each in talk.mismatches()]


# -- what counts in every turn --------------------------------------------------------


def in_turn(index: int, *faults: Fault, marks: Mapping[int, RunMarks]) -> Conversation:
    """Return a conversation with faults in one turn; ``marks`` are those of turns."""
    return conversation(
        *(
            turn(
                session,
                "hi",
                faults=faults if number == index else (),
                marks=marks.get(number),
            )
            for number, session in enumerate(SESSIONS)
        )
    )


def as_strays(
    index: int, *faults: Fault, marks: Mapping[int, RunMarks]
) -> Conversation:
    """Return a conversation with as many replies to a session that did not speak."""
    strays = tuple(Reply("hall", fault.detail, 0.0, index) for fault in faults)
    made = (
        turn(session, "hi", marks=marks.get(number))
        for number, session in enumerate(SESSIONS)
    )
    return conversation(*made, strays=strays)


def as_crash(index: int, *faults: Fault, marks: Mapping[int, RunMarks]) -> Conversation:
    """Return a conversation that ends with a turn, by the last of the faults."""
    made = (
        turn(
            session,
            "hi",
            end="lost" if number == index and faults else "handled",
            marks=marks.get(number),
        )
        for number, session in enumerate(SESSIONS[: index + 1])
    )
    return conversation(*made, crash=faults[-1] if faults else None)


HAPPENING: dict[str, Callable[..., Conversation]] = {
    "raised": in_turn,
    "no_end": in_turn,
    "two_ends": in_turn,
    "stray": as_strays,
    "session": in_turn,
    "lang": in_turn,
    "dialog": in_turn,
    "network": in_turn,
    "hub": in_turn,
    "refused": in_turn,
    "crash": as_crash,
}


@EACH_TURN
@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_found_in_its_turn(kind: str, index: int) -> None:
    """It is found once for each skill, and only ``allow`` of its own turn hides it."""
    here = (index, SESSIONS[index], kind)
    faults = [Fault(kind, f"{name}.skill: no") for name in ("first", "second")]  # type: ignore[arg-type]
    allow = RunMarks(allow={kind: "on purpose"}, hosts=(ANY_HOST,))
    others = dict.fromkeys({*range(4)} - {index}, allow)
    happening = HAPPENING[kind]
    assert places(happening(index, marks={})) == []
    assert places(happening(index, faults[1], marks=others)) == [here]
    assert places(happening(index, faults[1], marks={index: allow})) == []
    both = places(happening(index, *faults, marks=others))
    assert both == [here] * (1 if kind == "crash" else 2)


# -- conditions of a turn -------------------------------------------------------------

BY_SKILL: tuple[dict[str, Any], ...] = (
    {
        "matched": True,
        "intent": "repeat.stt",
        "skill": "first.skill",
        "route": "intent",
        "slots": {"thing": "the sky", "n": 5},
        "messages": ({"type": "lamp.on", "data": {"room": 1}},),
        "session_after": {"active_skills": ["first.skill"], "site_id": "attic"},
    },
    {
        "matched": False,
        "intent": "say.hello",
        "skill": "second.skill",
        "route": "fallback",
        "slots": {"thing": "grass"},
        "messages": ({"type": "lamp.on", "data": {"room": 2}},),
        "session_after": {"active_skills": ["second.skill"], "site_id": "hall"},
    },
)
"""What happens in the turns of either skill."""

CONDITIONS: dict[str, tuple[object, object]] = {
    "no_match": (False, True),
    "route": ("intent", "fallback"),
    "skill": ("first.skill", "second.skill"),
    "intent": ("repeat.stt", "say.hello"),
    "slots": ({"thing": "the sky", "n": "5"}, {"thing": "grass"}),
    "slots_include": ({"thing": "the sky"}, {"thing": "grass"}),
    "messages": (
        ({"type": "lamp.on", "data": {"room": 1}},),
        ({"type": "lamp.on", "data": {"room": 2}},),
    ),
    "session": ({"site_id": "attic"}, {"active_skills": ["second.skill"]}),
}
"""What is true of the turns of either skill, and not of the other's."""


@EACH_TURN
@pytest.mark.parametrize("skill", [0, 1])
@pytest.mark.parametrize("name", [field.name for field in fields(Conditions)])
def test_a_condition_is_about_its_own_turn(name: str, skill: int, index: int) -> None:
    """It is a mismatch if only other turns fulfil it, and denied if its own does."""

    def found(expect: Expectation) -> list[tuple[int | None, str | None, str]]:
        made = (
            turn(session, "hi", expect, **BY_SKILL[skill])
            if number == index
            else turn(session, "hi", **BY_SKILL[1 - skill])
            for number, session in enumerate(SESSIONS)
        )
        return places(conversation(*made))

    true, untrue = CONDITIONS[name][skill], CONDITIONS[name][1 - skill]
    assert found(holds(**{name: true})) == []
    assert found(denies(**{name: untrue})) == []
    assert found(holds(**{name: untrue})) == [(index, SESSIONS[index], name)]
    assert found(denies(**{name: true})) == [(index, SESSIONS[index], "denied")]


# -- replies --------------------------------------------------------------------------

REPLIES = (
    spoken(
        "the sky is blue",
        at=1.0,
        dialog="sky",
        data={"colour": "blue"},
        skill="first.skill",
        lang="en-US",
    ),
    spoken(
        "the grass is green",
        at=3.0,
        dialog="grass",
        data={"colour": "green"},
        skill="second.skill",
        lang="pt-PT",
        asks=True,
    ),
)
"""What either skill says."""

PARTS: dict[str, tuple[object, object]] = {
    "dialog": ("sky", "grass"),
    "data": ({"colour": "blue"}, {"colour": "green"}),
    "text": ("the sky is blue", "the grass is green"),
    "regex": ("sky|sea", "grass|hay"),
    "contains": ("blue", "green"),
    "any_of": (
        (expected(text="no"), expected(contains="sky")),
        (expected(text="no"), expected(contains="grass")),
    ),
    "skill": ("first.skill", "second.skill"),
    "lang": ("en-US", "pt-PT"),
    "asks": (False, True),
    "within": (2.0, 4.0),
    "denied": (expected(contains="grass"), expected(contains="sky")),
}
"""What is true of either reply; the first is not true of the second one."""

AS_A_KIND = ("asks", "lang", "skill", "within", "denied")
"""Parts whose mismatch is of a kind of its own if all others hold."""


@EACH_TURN
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(
    "part", [field.name for field in fields(ReplyExpectation) if field.name != "mark"]
)
def test_a_part_is_about_its_own_reply(part: str, place: int, index: int) -> None:
    """It is a mismatch if only the other skill's reply, or another turn's, has it."""
    heard = REPLIES[::-1] if place == 0 else REPLIES
    wanted = [expected(), expected()]

    def talk() -> Conversation:
        return conversation(
            *(
                turn(session, "hi", replies(*wanted), heard)
                if number == index
                else turn(session, "hi", None, heard[::-1])
                for number, session in enumerate(SESSIONS)
            )
        )

    untrue, true = PARTS[part]
    wanted[place] = expected(**{part: true})
    assert places(talk()) == []
    wanted[place] = expected(**{part: untrue})
    kind = part if part in AS_A_KIND else "reply"
    assert places(talk()) == [(index, SESSIONS[index], kind)]
    assert (talk().only().focus, talk().only().parts) == (place, {part})


SKY, GRASS = expected(contains="sky"), expected(contains="grass")
ORDERS: dict[str, tuple[Expectation, Expectation]] = {
    order: (
        Expectation(SKY.mark, replies=fulfilled, order=order),
        Expectation(SKY.mark, replies=failing, order=order),
    )
    for order, fulfilled, failing in (
        ("exact", (SKY, GRASS), (GRASS, SKY)),
        ("any", (GRASS, SKY), (GRASS, GRASS)),
        ("include", (GRASS,), (expected(contains="sea"),)),
    )
}
"""For each order, replies that are fulfilled and some that are not."""

LISTS: dict[str, tuple[Expectation, Expectation, str]] = {
    **{name: (*pair, "reply") for name, pair in ORDERS.items()},
    "too many": (replies(SKY, GRASS), replies(SKY), "reply"),
    "too few": (replies(SKY, GRASS), replies(SKY, GRASS, GRASS), "reply"),
    "no_reply": (replies(SKY, GRASS), replies(), "no_reply"),
    "denied": (
        Expectation(SKY.mark, denied_replies=(expected(contains="sea"),)),
        Expectation(SKY.mark, denied_replies=(expected(contains="sea"), GRASS)),
        "denied",
    ),
}


@EACH_TURN
@pytest.mark.parametrize(
    "name", [*get_args(ReplyOrder), *(name for name in LISTS if name not in ORDERS)]
)
def test_replies_are_about_their_own_turn(name: str, index: int) -> None:
    """A list of them is a mismatch in the turn that has it, and in no other one."""
    fulfilled, failing, kind = LISTS[name]

    def found(expect: Expectation) -> list[tuple[int | None, str | None, str]]:
        return places(
            conversation(
                *(
                    turn(
                        session, "hi", expect if number == index else fulfilled, REPLIES
                    )
                    for number, session in enumerate(SESSIONS)
                )
            )
        )

    assert found(fulfilled) == []
    assert found(failing) == [(index, SESSIONS[index], kind)]
