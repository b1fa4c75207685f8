"""Which leaks a script allows, and where ``allow:`` must stand for that."""

from __future__ import annotations

import pytest
from support.scenes import happened, message, scene, transcript

from ovos_dialogue_kit.isolate.judging.allow import is_meant
from ovos_dialogue_kit.isolate.judging.leak import NOBODY, Leak
from ovos_dialogue_kit.isolate.judging.observation import Oracle, ValueKey
from ovos_dialogue_kit.isolate.judging.scene import Scene
from ovos_dialogue_kit.replayer.transcript import Fault, Reply, TurnTranscript


def allowing(
    turn: int, *names: str, faults: tuple[Fault, ...] = (), strays: str = ""
) -> Scene:
    """Return three turns of which one allows something, with a stray in each.

    ``strays`` are the sessions to which something is said, one in each turn.
    """
    script = [f"{name}: hi" for name in "aba"]
    allowed = ", ".join(f"{name}: known" for name in names)
    script[turn] = f"{{{script[turn]}, allow: {{{allowed}}}}}"
    own = (Fault("raised", "own"),)
    turns = [happened(n, "aba"[n], faults=faults if n == 1 else own) for n in range(3)]
    heard = [Reply(name, "psst", 0.0, n) for n, name in enumerate(strays)]
    return scene(transcript(*turns, strays=heard), None, *script)


def meant(leak: Leak, seen: list[Scene]) -> list[int]:
    """Return the numbers of the scenes in which a leak is meant."""
    return [number for number, each in enumerate(seen) if is_meant(leak, each)]


@pytest.mark.parametrize(
    ("oracle", "key", "names", "is_allowed"),
    [
        ("solo", (1, "reply", 0, "text"), ("solo",), True),
        ("solo", (1, "reply", 0, "text"), ("state", "solo"), True),
        ("solo", (1, "reply", 0, "text"), ("state", "lang"), False),
        ("solo", (1, "fault", "lang"), ("lang",), True),
        ("crash", (1, "fault", "raised"), ("raised",), True),
        ("crash", (1, "fault", "raised"), ("lang",), False),
        ("state", (1, "session", "lang"), ("lang",), False),
    ],
)
def test_a_leak_is_allowed_by_its_oracle_or_its_fault(
    oracle: Oracle, key: ValueKey, names: tuple[str, ...], *, is_allowed: bool
) -> None:
    """In the turn where it is, and in no other one; or in the whole dialogue."""
    leak = Leak(oracle, "b", 1, key)
    turns = [allowing(turn, *names) for turn in range(3)]
    assert meant(leak, turns) == ([1] if is_allowed else [])
    head = f"allow: {{{', '.join(f'{name}: known' for name in names)}}}\n"
    whole = scene(transcript(*(happened(n, "aba"[n]) for n in range(3))), head=head)
    assert is_meant(leak, whole) == is_allowed


def test_what_is_in_no_turn_is_allowed_where_it_was_noted() -> None:
    """A crash in the last turn; an error of nobody in the first that has one."""
    crash = Leak("crash", "a", None, (-1, "crash"))
    assert meant(crash, [allowing(turn, "crash") for turn in range(3)]) == [2]
    faults = Fault("raised", "x"), Fault("raised", "y", is_of_nobody=True)
    error = Leak("crash", NOBODY, None, (-1, "fault", "raised", "y"))
    turns = [allowing(turn, "raised", faults=faults) for turn in range(3)]
    assert meant(error, turns) == [1]
    assert meant(error, [allowing(turn, "raised") for turn in range(3)]) == []


@pytest.mark.parametrize(
    ("oracle", "session", "key", "expected"),
    [
        ("stray", "a", (-1, "stray", 1, "text"), [2]),  # its second one
        ("stray", "a", (-1, "stray", 0, "text"), [0]),
        ("stray", "b", (-1, "stray", 0, "text"), [1]),
        ("stray", "b", (-1, "stray", 1, "text"), []),  # that is missing
        ("stray", "hall", (-1, "stray", 0, "text"), []),
        ("taint", "a", (-1, "stray", 2), [2]),  # of all
        ("taint", "a", (-1, "stray", 0), [0]),
    ],
)
def test_a_stray_is_allowed_in_the_turn_during_which_it_was_heard(
    oracle: Oracle, session: str, key: ValueKey, expected: list[int]
) -> None:
    """Its number counts those of its session, but those of all for ``taint``."""
    turns = [allowing(turn, oracle, strays="aba") for turn in range(3)]
    assert meant(Leak(oracle, session, None, key), turns) == expected


def test_how_many_strays_there_are_is_allowed_where_the_last_is() -> None:
    """The number of strays is no stray itself; if all are missing, it is nowhere."""
    leak = Leak("stray", "a", None, (-1, "stray"))
    turns = [allowing(turn, "stray", strays="aaa") for turn in range(3)]
    assert meant(leak, turns) == [2]
    assert meant(Leak("stray", "b", None, (-1, "stray")), turns) == []
    late = [allowing(turn, "stray", strays="aaaa") for turn in range(3)]
    assert meant(leak, late) == []  # after the last turn


def spoke(index: int, *texts: str, topic: str = "speak") -> TurnTranscript:
    sent = (message(topic, utterance=text, meta={"x": text}) for text in texts)
    return happened(index, "b", messages=tuple(sent))


@pytest.mark.parametrize(
    ("here", "there", "topic", "is_allowed"),
    [
        (["hi", "x"], ["hi"], "speak", True),
        (["hi"], ["hi", "hi"], "speak", True),
        (["hi", "x"], ["hi"], "lamp.on", False),
        (["hi"], ["x"], "speak", False),  # said elsewhere, or by another skill
        (["hi", "y"], ["x", "z"], "speak", False),
    ],
)
def test_who_allows_other_words_allows_their_messages(
    here: list[str], there: list[str], topic: str, *, is_allowed: bool
) -> None:
    """If all that is sent differently is that more or less is said in that turn."""
    script = ["b: hi", "{b: hi, allow: {solo: known}}"]
    company = transcript(spoke(0, "other"), spoke(1, *here, topic=topic))
    alone = {"b": transcript(spoke(0), spoke(1, *there, topic=topic))}
    seen = scene(company, alone, *script)
    leak = Leak("sent", "b", 1, (1, "message", 1, "type"))
    assert is_meant(leak, seen) == is_allowed
    assert not is_meant(Leak("state", "b", 1, (1, "session", "x")), seen)
