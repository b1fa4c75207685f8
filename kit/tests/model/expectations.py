"""Combine the keys of expectations, and turns that they may hold for or not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product
from pathlib import Path
from typing import Any, TypeAlias

from model.disagreement import Disagreement
from model.meaning import does_hold

from ovos_dialogue_kit.errors import ScriptError
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript, TurnTranscript
from ovos_dialogue_kit.script.parse import parse_script
from ovos_dialogue_kit.verdict.compare import compare

__all__ = ["disagreements_of_turns", "expectations", "turns"]

Plain: TypeAlias = Any  # what YAML and JSON have

_OF_REPLY: Mapping[str, tuple[Plain, ...]] = {
    "text": ("hello dear friend", "your name  is bob ", "nothing"),
    "contains": ("dear", "bob"),
    "regex": ("^hello", "(bob|eve)$"),
    "dialog": ("hello", "named", "missing"),
    "data": ({"name": "bob"}, {"name": "eve"}, {"other": 5}),
    "lang": ("en-us", "pt-PT"),
    "asks": (True, False),
    "within": ("2s", "5s"),
    "skill": ("a.skill", "b.skill"),
}
_OF_TURN: Mapping[str, tuple[Plain, ...]] = {
    "intent": ("greet", "other"),
    "route": ("intent", "fallback"),
    "slots": ({"name": "bob"}, {"name": {"any": True}}, {"name": {"contains": "o"}}),
    "slots_include": ({"name": "bob"}, {"name": {"regex": "^e"}}),
    "messages": (
        {"type": "a.b"},
        [{"type": "a.b"}, {"type": "c.d", "data": {"n": 1}}],
        [{"type": {"regex": "^c"}, "data": {"n": True}}, {"type": "a.b"}],
        {"type": "c.d", "data": {"deep": {}}},
    ),
    "session": (
        {"site_id": "hall"},
        {"lang": "EN-us"},
        {"site_id": None},
        {"context": {}},
        {"context": {"a": {}}},
        {"flag": False},
        {"listed": []},
        {"listed": ["x"]},
    ),
    "replies_include": ("hello dear friend", [{"contains": "dear"}, {"contains": "e"}]),
}
_ALONE: Mapping[str, tuple[Plain, ...]] = {
    "no_reply": (True,),
    "no_match": (True,),
    "replies_in_any_order": ([{"contains": "bob"}, {"contains": "dear"}],),
}


def _atoms(*tables: Mapping[str, tuple[Plain, ...]]) -> list[dict[str, Plain]]:
    return [{key: value} for table in tables for key in table for value in table[key]]


def expectations() -> Iterator[Plain]:
    """Yield each key alone, in a list, in ``any_of``, in ``not``, and beside others."""
    of_reply, of_turn = _atoms(_OF_REPLY), _atoms(_OF_TURN)
    both, alone = of_reply + of_turn, _atoms(_ALONE)
    yield from ("hello dear friend", ["hello dear friend", "your name is bob"])
    yield from both + alone
    for one in both:
        yield {"not": one}
        yield [one]
    for one, two in product(both + alone, both):
        yield {**two, **one}
        yield {**one, "not": two}
        yield [one, two]
        yield [one, {"not": two}]
    for one, two in product(both, both):
        yield {"not": {**one, **two}}
    for one, two in product(of_reply, of_reply):
        yield {"any_of": [one, two]}
        yield {"any_of": [{**one, **two}, "hello dear friend"]}
        yield {"not": {"any_of": [one, two]}}
        yield {"dialog": "named", "any_of": [one, two]}
        yield {"replies_include": [one, two]}
        yield {"replies_in_any_order": [one, two]}
        yield {"not": {"replies_include": [one, two]}}
        yield {"dialog": "named", "not": {**one, **two}}
        yield [{**one, "not": two}, two]
    for one, two in product(of_reply, of_turn):
        yield {"any_of": [one, "nothing"], **two}
        yield {"any_of": [one, "nothing"], "not": two}
        yield {"replies_include": one, **two}
        yield {"not": {"replies_include": one, **two}}
    for one, two, three in product(of_reply[::2], both[::2], both[1::3]):
        yield {**two, **one, "not": three}
        yield [one, {**two, "not": three}]


_REPLIES: tuple[Mapping[str, Plain], ...] = (
    {"text": "hello dear friend", "skill": "a.skill"},
    {"text": "hello  dear friend", "skill": "b.skill", "asks": True},
    {"text": "hello dear friend", "dialog": "hello", "data": {}, "skill": "a.skill"},
    {"text": "your name is bob", "skill": "a.skill", "at": 3.0},
    {
        "text": "your name is bob",
        "dialog": "named",
        "data": {"name": "bob", "other": "5"},
        "skill": "a.skill",
    },
    {
        "text": "your name is eve",
        "dialog": "named",
        "data": {"name": "eve"},
        "skill": "b.skill",
        "at": 9.0,
    },
    {"text": "nothing", "skill": None, "lang": None, "at": 2.0},
)
_MATCHES: tuple[Mapping[str, Plain], ...] = (
    {"intent": "greet", "skill": "a.skill", "route": "intent", "slots": {}},
    {
        "intent": "other",
        "skill": "b.skill",
        "route": "intent",
        "slots": {"name": "bob"},
    },
    {"route": "fallback", "skill": "b.skill", "slots": {"name": "eve", "x": 1}},
    {"matched": False},
)
_AFTER: tuple[Mapping[str, Plain], ...] = (
    {"session": {"lang": "en-US"}, "messages": []},
    {
        "session": {"lang": "en-US", "site_id": "hall", "context": {}, "flag": False},
        "messages": [
            {"type": "a.b", "data": {}, "context": {}},
            {"type": "c.d", "data": {"n": 1, "deep": {"x": 1}}, "context": {}},
        ],
    },
    {
        "session": {"lang": "pt-PT", "context": {"a": {"b": 1}}, "listed": ["x"]},
        "messages": [
            {"type": "c.d", "data": {"n": True, "deep": {}}, "context": {}},
            {"type": "a.b", "data": {}, "context": {}},
        ],
    },
)
_DIALOGS = {
    "en-US": {"hello": ["hello dear friend"], "named": ["your name is {name}"]},
    "pt-PT": {"hello": ["nothing"], "named": ["hello {name} friend", "{other}"]},
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A turn as the model sees it, and as a transcript; ``index`` is that of the turn.

    The dialogue has two turns, of two sessions with a language each; ``overlap`` says
    whether the first overlaps the second.
    """

    plain: Mapping[str, Plain]
    transcript: Transcript
    index: int
    overlap: bool


def turns() -> Iterator[Sample]:
    """Yield turns with no, one and two replies, of either session, with all matches."""
    two = ((one, other) for one in _REPLIES[::2] for other in _REPLIES[1::2])
    heard: list[tuple[Mapping[str, Plain], ...]] = [(), *((one,) for one in _REPLIES)]
    heard += [*two, (_REPLIES[0], _REPLIES[0]), (_REPLIES[4], _REPLIES[0])]
    cells = product(heard, _MATCHES, _AFTER)
    for number, (replies, match, after) in enumerate(cells):
        yield _sample(replies, {**match, **after}, number % 2, overlap=number % 3 == 0)


def _sample(
    replies: tuple[Mapping[str, Plain], ...],
    parts: Mapping[str, Plain],
    index: int,
    *,
    overlap: bool,
) -> Sample:
    lang, name = (("en-US", "kitchen"), ("pt-PT", "quarto"))[index]
    began = 1.0 if overlap else 4.0
    given = [{"at": 0.5, "asks": False, "lang": lang, **reply} for reply in replies]
    given = [{**reply, "at": reply["at"] + began} for reply in given]
    plain = {
        "at": began,
        "replies": given,
        "dialogs": _DIALOGS[lang],
        "intent": None,
        "skill": None,
        "route": None,
        "slots": {},
        "matched": True,
        **parts,
    }
    of_turn = TurnTranscript(
        index=index,
        session=name,
        said="hi",
        at=began,
        end="handled",
        ended=20.0,
        replies=tuple(Reply(session=name, turn=index, **reply) for reply in given),
        route=plain["route"],
        intent=plain["intent"],
        skill=plain["skill"],
        slots=plain["slots"],
        matched=plain["matched"],
        session_after=plain["session"],
        messages=tuple(plain["messages"]),
    )
    other = ("quarto", "kitchen")[index]
    reply = Reply(other, "nothing", began, 1 - index, skill="b.skill")
    of_other = TurnTranscript(
        1 - index, other, "hi", 0.0, "handled", 9.0, (reply,), intent="greet"
    )
    both = (of_turn, of_other) if index == 0 else (of_other, of_turn)
    lines = {
        f"{dialog}/{tag}": tuple(texts)
        for tag, known in _DIALOGS.items()
        for dialog, texts in known.items()
    }
    transcript = Transcript("a", "b", "", "padacioso", "memory", both, dialogs=lines)
    return Sample(plain, transcript, index, overlap)


def _fixtures(expect: Plain) -> dict[tuple[int, bool], Fixture] | None:
    """Return dialogues of two turns, of which one has an expectation.

    They are by the turn's index, and by whether the first overlaps the second. A script
    that is refused has none.
    """
    script = {
        "skill": "a.skill",
        "sessions": {"quarto": {"lang": "pt-PT"}},
        "dialogues": {"b": [{"kitchen": "hi", "expect": expect}, {"quarto": "hi"}]},
    }
    try:
        parsed = parse_script(json.dumps(script), "a.dialogue.yaml")
    except ScriptError:
        return None
    (fixture,) = generate(parsed, Path())
    first, second = fixture.cases[0].turns
    return {
        (index, overlap): replace(
            fixture,
            cases=(
                replace(
                    fixture.cases[0],
                    turns=(
                        replace(
                            first,
                            overlap=overlap,
                            expect=first.expect if index == 0 else None,
                        ),
                        replace(second, expect=first.expect if index else None),
                    ),
                ),
            ),
        )
        for index, overlap in product((0, 1), (False, True))
    }


def disagreements_of_turns(every: int, tried: Counter[str]) -> Iterator[Disagreement]:
    """Yield what kit and model say differently of each expectation and each turn.

    Args:
        every: 1 for all combinations; N for each N-th expectation.
        tried: counts the combinations, also by each key.

    """
    samples, step = list(turns()), max(1, every // 10)
    for number, expect in enumerate(islice(expectations(), 0, None, every)):
        fixtures = _fixtures(expect)
        if fixtures is None:
            tried["refused"] += 1
            continue
        keys = tuple(sorted(_keys(expect)))
        for sample in samples[number % step :: step]:
            fixture = fixtures[sample.index, sample.overlap]
            found = compare(fixture, fixture.cases[0], sample.transcript)
            holds = does_hold(expect, sample.plain)
            tried["combinations"] += 1
            tried.update(keys)
            if holds == bool(found):
                said = ", ".join(each.problem for each in found) or "holds"
                told = f"{json.dumps(expect)} of {json.dumps(sample.plain)}"
                yield Disagreement(keys, said, str(holds), told)


def _keys(value: Plain) -> Iterator[str]:
    """Yield the keys of an expectation, without those of data."""
    if isinstance(value, list):
        for item in value:
            yield from _keys(item)
    elif isinstance(value, dict):
        yield from value
        for key in ("not", "any_of", "replies_include", "replies_in_any_order"):
            yield from _keys(value.get(key))
