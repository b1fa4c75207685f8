"""Leaks in what a session is sent besides speech, and in what it is told by chance."""

# ruff: noqa: ARG001  # every toy skill has the same arguments

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from support.searches import searched, told
from support.toys import Answer, Skill, Stage, Toy

from ovos_dialogue_kit.isolate.judging.observation import Oracle
from ovos_dialogue_kit.isolate.search import Findings
from ovos_dialogue_kit.jsondata import Json

ROUTE: Json = {"source": "skills", "destination": "kit.b"}
DEVICE: Json = {"session": {"session_id": "default"}}


def message(topic: str, data: Json, context: Json = None, at: float = 0.0) -> Json:
    return {"type": topic, "data": data, "context": context or ROUTE, "at": at}


def sending(message_of: Callable[[Stage, str], Sequence[Json]], *texts: str) -> Toy:
    """Return an assistant that keeps the last words of anybody, and sends them."""

    def make() -> Skill:
        kept = [""]

        def answer(stage: Stage, session: str, said: str) -> Answer:
            before, kept[0] = kept[0], said
            return Answer(*texts, messages=[*message_of(stage, before)])

        return answer

    return Toy(make)


def findings_of(toy: Toy, *turns: str, **options: Json) -> Findings:
    findings = searched(toy, *turns, **options).findings  # type: ignore[arg-type]
    assert findings
    return findings


def shows(_: Stage, words: str) -> Sequence[Json]:
    return [message("gui.value.set", {"note": words}), message("speak", {})]


def test_what_is_shown_is_compared() -> None:
    """A value that is shown to a session and not when it is alone is a leak."""
    lines = told(searched(sending(shows), "a: milk", "b: tea", oracles=("sent",)))
    what = "data.note of gui.value.set"
    assert lines[0].endswith(
        f"is sent something different from what it is sent alone: {what}"
    )
    assert lines[1].startswith("  heard     gui.value.set  {data.note: ")
    assert lines[2].startswith('  alone     gui.value.set  {data.note: "", ')
    expected = '{messages: [{type: gui.value.set, data: {note: ""}}]}'
    assert f"          expect: {expected}" in lines


def test_another_sessions_word_in_a_message() -> None:
    """A canary of another session in a message is a leak to ``taint``."""
    lines = told(searched(sending(shows), "a: $canary", "b: tea", oracles=("taint",)))
    assert lines[0].endswith("b is sent what a said")
    assert lines[1].startswith("  heard     gui.value.set  {data.note: junifak")


@pytest.mark.parametrize(
    ("part", "data"),
    [
        ("context.destination", {}),
        ("meta.skill", {"meta": {"skill": "x", "dialog": "d", "data": {}}}),
    ],
)
def test_a_reply_is_compared_beside_its_words(part: str, data: Json) -> None:
    """Whom a reply is routed to and its ``meta`` are compared, its words elsewhere."""

    def speaks(stage: Stage, words: str) -> Sequence[Json]:
        if not words:
            return [message("speak", data)]
        other: Json = {"meta": {"skill": "y"}} if data else {}
        context: Json = ROUTE if data else {"source": "skills", "destination": "x"}
        return [message("speak", other, context)]

    lines = told(searched(sending(speaks), "a: milk", "b: tea", oracles=("sent",)))
    assert lines[0].endswith(f"alone: {part} of speak")


def test_a_message_too_many() -> None:
    """A message that a session is sent in company only is refused by the script."""

    def maybe(stage: Stage, words: str) -> Sequence[Json]:
        return [message("lamp.on", {"room": 1})] if words else []

    lines = told(searched(sending(maybe), "a: milk", "b: tea", oracles=("sent",)))
    expected = "{not: {messages: {type: lamp.on, data: {room: 1}"
    assert any(expected in line for line in lines)


def test_a_message_too_few() -> None:
    """A message that a session is only sent alone is expected by the script."""

    def maybe(stage: Stage, words: str) -> Sequence[Json]:
        return [] if words else [message("lamp.on", {"room": 1})]

    lines = told(searched(sending(maybe), "a: milk", "b: tea", oracles=("sent",)))
    assert "type of lamp.on" in lines[0]
    assert "  heard     (nothing)" in lines
    assert any("{messages: [{type: lamp.on, data: {room: 1}" in line for line in lines)


def test_what_a_script_cannot_say_is_not_expected() -> None:
    """A path in the assistant's own folder is not expected, nor is another message."""
    home = f"{tempfile.gettempdir()}/ovos-kit-1234/x"

    def shown(stage: Stage, words: str) -> Sequence[Json]:
        values: Json = {"note": words, "path": "x" if words else home}
        first = message("e.f", {}) if words else message("c.d", {})
        return [first, message("a.b", values)]

    lines = told(searched(sending(shown), "a: milk", "b: tea", oracles=("sent",)))
    (expected,) = (line for line in lines if "expect:" in line)
    assert expected.endswith('{type: a.b, data: {note: ""}}]}')


@pytest.mark.long
def test_a_home_on_the_screen_is_not_expected() -> None:
    """A page in the assistant's own folder is not expected by the script."""
    home = f"{tempfile.gettempdir()}/ovos-kit-1234/x"
    toy = on_device(lambda words: {"x": "y"} if words else {"x": home}, "gui.page.show")
    lines = told(searched(toy, "a: milk", "b: tea", oracles=("sent",)))
    expected = "{not: {messages: {type: gui.page.show, data: {x: y}}}}"
    assert f"          expect: {expected}" in lines


@pytest.mark.long
def test_times_and_homes_are_no_difference() -> None:
    """Times in a message, and its number among others, are not compared."""

    def stamped(stage: Stage, words: str) -> Sequence[Json]:
        first, second = message("a.b", {"at": 2e9 + len(words)}), message("c.d", {})
        return [first, second] if words else [second, first]

    assert () == findings_of(sending(stamped), "a: milk", "b: tea").leaks


# -- the screen of the device ---------------------------------------------------------


def on_device(values: Callable[[str], Json], topic: str = "gui.value.set") -> Toy:
    def show(stage: Stage, words: str) -> Sequence[Json]:
        data = values(words)
        return [message(topic, data, DEVICE, stage.now)] if data else []

    return sending(show)


def test_another_sessions_value_on_the_device() -> None:
    """What a session alone never shows on the device's screen is a leak."""
    toy = on_device(lambda words: {"__from": "x", "note": words})
    lines = told(searched(toy, "a: milk", "b: tea", oracles=("sent",)))
    words = "shows on the device what it does not show there alone: gui.value.set note"
    assert lines[0].endswith(words)
    assert lines[1].startswith("  heard     screen.gui.value.set.note: [")
    assert '  alone     [""]' == lines[2]
    assert any(
        'expect: {messages: [{type: gui.value.set, data: {note: ""}}]}' in line
        for line in lines
    )


def test_another_sessions_word_on_the_device() -> None:
    """Another session's canary on the device's screen is a leak to ``taint``."""
    toy = on_device(lambda words: {"note": words})
    lines = told(searched(toy, "a: $canary", "b: tea", oracles=("taint",)))
    assert lines[0].endswith("b shows on the device what a said")


def test_a_page_that_only_company_shows() -> None:
    """A page that a session shows in company only is refused by the script."""
    toy = on_device(lambda words: {"page": "x"} if words else {}, "gui.page.show")
    lines = told(searched(toy, "a: milk", "b: tea", oracles=("sent",)))
    assert lines[0].endswith("does not show there alone: gui.page.show")
    expected = "{not: {messages: {type: gui.page.show, data: {page: x}}}}"
    assert f"          expect: {expected}" in lines


def test_what_is_on_the_screen_already_is_no_leak() -> None:
    """OVOS sends the screen all values again, and none that it has already."""

    def make() -> Skill:
        values: dict[str, Json] = {}

        def answer(stage: Stage, session: str, said: str) -> Answer:
            if values.get(session) == said:
                return Answer("yes")
            values[session] = said
            shown = message("gui.value.set", dict(values), DEVICE, stage.now)
            stage.now += 1
            return Answer("yes", messages=[shown])

        return answer

    turns = ("a: milk", "b: tea", "a: milk")
    assert () == findings_of(Toy(make), *turns).leaks


@pytest.mark.long
def test_what_the_device_neither_shows_nor_plays() -> None:
    """A message without a session is compared only if the device shows or plays it.

    Another session's canary is a leak in any.
    """

    def leaks(said: str, topic: str) -> int:
        toy = on_device(lambda words: {"note": words}, topic)
        return len(findings_of(toy, f"a: {said}", "b: tea").leaks)

    assert (1, 1) == (leaks("milk", "enclosure.mouth"), leaks("milk", "gui.x"))
    assert (0, 1) == (leaks("milk", "lamp.on"), leaks("$canary", "lamp.on"))


@pytest.mark.long
@pytest.mark.parametrize("oracle", ["taint", "sent"])
def test_a_race_for_the_screen_is_no_leak(oracle: Oracle) -> None:
    """Where turns overlap, a session may be the first to send another's value.

    That is no leak if the other session shows it alone, too.
    """

    def make(*, is_sound: bool) -> Skill:
        def answer(stage: Stage, session: str, said: str) -> Answer:
            (_, _, words, _), *others = stage.open
            values = {"note": words} if others or is_sound else {}
            shown = message("gui.value.set", {**values}, DEVICE, stage.now)
            stage.now += 1
            return Answer("yes", messages=[shown])

        return answer

    def leaks(*, is_sound: bool) -> int:
        toy = Toy(partial(make, is_sound=is_sound))
        return len(findings_of(toy, "a: $canary", "b: tea", oracles=(oracle,)).leaks)

    assert (0, 1) == (leaks(is_sound=True), leaks(is_sound=False))


# -- random values --------------------------------------------------------------------


def drawing(key: Callable[[str], str], many: int = 10**6) -> Toy:
    """Return an assistant that draws a number, keeps it by a key, and tells it."""

    def make() -> Skill:
        numbers: dict[str, int] = {}

        def answer(stage: Stage, session: str, said: str) -> Answer:
            if said == "draw":
                numbers[key(session)] = stage.chance.randrange(many)
            number = str(numbers.get(key(session), "nothing"))
            return Answer(number, messages=[message("lamp.on", {"number": number})])

        return answer

    return Toy(make)


def test_a_random_number_that_another_session_was_told() -> None:
    """A random number that another session was told is an echo; no script says so."""
    turns = ("a: draw", "b: tell me")
    lines = told(searched(drawing(lambda _: "all"), *turns, oracles=("echo",)))
    assert lines[0].endswith("b hears a random value that another session was told")
    (number,) = (line for line in lines if line.startswith("  leak"))
    assert number.endswith('" was told to a in turn 1')
    assert any("(with `kit isolate` only)" in line for line in lines)
    assert "        - b: tell me" in lines


def test_the_number_is_told_and_not_the_words_around_it() -> None:
    """Of the words that another session was told, one with a digit is named."""

    def make() -> Skill:
        numbers: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            if said == "draw":
                numbers.append(str(stage.chance.randrange(10**5, 10**6)))
            return Answer(f"your number: {numbers[-1]}" if numbers else "none")

        return answer

    lines = told(searched(Toy(make), "a: draw", "b: tell me", oracles=("echo",)))
    (line,) = (line for line in lines if line.startswith("  leak"))
    assert line.split('"')[1].isdigit()


def test_an_echo_in_a_message() -> None:
    """A random number in a message to another session is an echo, too."""

    def make() -> Skill:
        numbers: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            if said == "draw":
                numbers.append(str(stage.chance.randrange(10**6)))
                return Answer(numbers[-1])
            shown = {"number": numbers[-1] if numbers else "none"}
            return Answer("look", messages=[message("lamp.on", shown)])

        return answer

    lines = told(searched(Toy(make), "a: draw", "b: show me", oracles=("echo",)))
    assert lines[0].endswith("b is sent a random value that another session was told")
    assert lines[1].startswith("  heard     lamp.on  {data.number: ")


def test_an_echo_that_nobody_asked_for() -> None:
    """A random number that one session is told may be called out to another."""

    def make() -> Skill:
        def answer(stage: Stage, session: str, said: str) -> Answer:
            if said != "draw":
                return Answer("fine")
            number = str(stage.chance.randrange(10**6))
            stage.stray("b", number)
            return Answer(number)

        return answer

    lines = told(searched(Toy(make), "a: draw", "b: hello", oracles=("echo",)))
    assert lines[0].endswith("b hears a random value that another session was told")


@pytest.mark.long
@pytest.mark.parametrize("many", [2, 6, 10**6])
def test_ones_own_random_number_is_no_echo(many: int) -> None:
    """A number that a session draws for itself may be another session's by chance."""
    turns = ("a: draw", "b: draw", "a: tell me", "b: tell me")
    assert () == findings_of(drawing(str, many), *turns).leaks


@pytest.mark.long
def test_what_is_not_random_is_no_echo() -> None:
    """Words that are shared on purpose are no echo: they are the same with any seed."""
    head = "allow: {solo: on purpose, sent: on purpose}\n"
    toy = sending(shows, "fine")

    def make() -> Skill:
        kept = ["nothing"]

        def answer(stage: Stage, session: str, said: str) -> Answer:
            before, kept[0] = kept[0], said
            return Answer(f"{before} {said}")

        return answer

    for each in (toy, Toy(make)):
        assert () == findings_of(each, "a: milk", "b: tea", head=head).leaks


# -- the order of what is heard -------------------------------------------------------


def test_the_order_of_replies_is_compared() -> None:
    """Replies of a turn in a different order are a leak, and the script has theirs."""

    def make() -> Skill:
        seen: set[str] = set()

        def answer(stage: Stage, session: str, said: str) -> Answer:
            seen.add(session)
            return Answer("one", "two") if len(seen) < 2 else Answer("two", "one")

        return answer

    lines = told(searched(Toy(make), "a: milk", "b: tea"))
    assert lines[0].endswith(
        "hears its replies in a different order than when it is alone"
    )
    assert "          expect: [{text: one}, {text: two}]" in lines


def spoken(words: str, destination: str = "kit.b") -> Json:
    context: Json = {"source": "skills", "destination": destination}
    return message("speak", {"utterance": words}, context)


@pytest.mark.parametrize(
    ("message_of", "leaks"),
    [
        (lambda _, words: [spoken(words)] * bool(words), 0),
        (lambda _, words: [spoken(words, words)], 1),
        (lambda _, words: [spoken(words), message("x", {})] * bool(words), 1),
    ],
    ids=["more is said", "said to somebody else", "more than speech"],
)
def test_what_may_be_said_may_be_sent(
    message_of: Callable[[Stage, str], Sequence[Json]], leaks: int
) -> None:
    """With ``allow: {solo: …}`` a session may be told more: that is sent to it, too."""
    head = "allow: {solo: on purpose}\n"
    found = findings_of(sending(message_of, "well"), "a: milk", "b: tea", head=head)
    assert leaks == len(found.leaks)
