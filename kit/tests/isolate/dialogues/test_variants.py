"""The variants of a case: other words, other settings, later, and more sessions."""

# ruff: noqa: ARG001  # every toy skill has the same arguments

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from support.skills import install_skill
from support.toys import Answer, Stage, Toy, dialogue, separate, toy

from ovos_dialogue_kit.isolate.dialogues.known_words import KnownWords, known_words
from ovos_dialogue_kit.isolate.dialogues.other_words import places_of
from ovos_dialogue_kit.isolate.dialogues.schedules import explore
from ovos_dialogue_kit.isolate.dialogues.variants import Variant, plans_of, variants_of
from ovos_dialogue_kit.replayer.transcript import Reply
from ovos_dialogue_kit.script.canary import make_canary


def every_variant(
    assistant: Toy, *turns: str, head: str = "", words: KnownWords | None = None
) -> dict[str, Variant]:
    fixture = dialogue(*turns, head=head)
    assistant.start()
    play = lambda case, options: assistant.replay(fixture, case, options)  # noqa: E731
    found = variants_of(
        fixture.cases[0],
        play,
        words or KnownWords(),
        is_real_time=fixture.clock == "real",
    )
    return {each.name: each for each in found}


def variants(assistant: Toy, *turns: str) -> list[Variant]:
    """Return the variants that differ from the script in its words."""
    found = every_variant(assistant, *turns)
    return [found[name] for name in ("plain", "canaries") if name in found]


def said(variant: Variant) -> list[tuple[str, str]]:
    return [(turn.session, turn.said) for turn in variant.case.turns]


def test_canaries_take_the_place_of_slots() -> None:
    """In the second variant, each value of a slot is a canary."""
    plain, changed = variants(separate(), "a: keep apple", "a: tell me", "b: tell me")
    assert ["keep apple", "tell me"] == [turn.said for turn in plain.case.turns[:2]]
    assert f"keep {make_canary(0)}" == changed.case.turns[0].said
    assert ({}, {make_canary(0): 0}) == (plain.canaries, changed.canaries)


def test_canaries_that_change_the_dialogue_are_left_out() -> None:
    """A canary that changes what the session hears is left out."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        if said.startswith("keep"):
            return Answer("kept", slots={"word": said.removeprefix("keep ")})
        dialog = "fruit" if said == "eat apple" else "what"
        reply = Reply(session, "x", 0.0, stage.index, dialog=dialog)
        return Answer(reply, slots={"word": said.removeprefix("eat ")})

    _, changed = variants(
        toy(answer), "a: eat apple", "a: keep pear", "b: {emit: {type: x.y}}"
    )
    words = ["eat apple", f"keep {make_canary(1)}", "x.y"]
    assert words == [turn.said for turn in changed.case.turns]


def test_canaries_of_the_script_stay() -> None:
    """A script with canaries of its own has one variant."""
    (only,) = variants(separate(), "a: keep $canary", "b: tell me")
    assert {make_canary(0): 0} == only.canaries


def test_a_word_that_two_sessions_say_is_no_canary() -> None:
    """Nobody could tell whose it is; one may say its own in several turns."""
    first, second = make_canary(0), make_canary(1)
    turns = (f"a: {first}", f"b: {first}", f"b: {second}", f"b: {second}")
    assert {second: 2} == every_variant(separate(), *turns)["plain"].canaries


def test_variants_expect_nothing() -> None:
    """Who has to wait for somebody else may miss a deadline, which is no leak."""
    turns = ("{a: x, within: 2s}", "{b: y, expect: hello}")
    for each in every_variant(separate(), *turns).values():
        assert {(turn.expect, turn.within) for turn in each.case.turns} == {
            (None, None)
        }


def test_one_session_gets_a_twin() -> None:
    """A case of one session gets a twin that says the same with other canaries."""
    turns = ("a: keep $canary", "a: {emit: {type: x.y}}", "a: {silence: 2s}")
    (only,) = variants(separate(), *turns)
    assert [
        ("a", f"keep {make_canary(0)}"),
        ("a", "x.y"),
        ("a", "2s"),
        ("a_2", f"keep {make_canary(1)}"),
        ("a_2", "x.y"),
        ("a_2", "2s"),
    ] == said(only)
    ids = {str(wire["session_id"]) for wire in only.case.sessions.values()}
    assert 2 == len(ids)
    context = (only.case.turns[3].message or {})["context"]
    assert isinstance(context, dict)
    assert "kit.a_2" == context["source"]


# -- known words ----------------------------------------------------------------------

COLOURS = KnownWords(
    {"colour": ["red", "green", "blue"]},
    {"look": ["what is it", "look at {thing}", "tell me"]},
)


def painter(*known: str) -> Toy:
    """Return an assistant whose skill knows some colours, and one question."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        if said.startswith("paint "):
            colour = said.removeprefix("paint ")
            dialog = "done" if colour in known else "what"
            reply = Reply(session, "x", 0.0, stage.index, dialog=dialog)
            return Answer(reply, intent="paint", slots={"colour": colour, "n": 1})
        return Answer("it is", intent="look")

    return toy(answer)


def test_a_twin_says_other_words_that_the_skill_knows() -> None:
    """All but the first session say other values, and other sentences of an intent."""
    turns = ("a: paint red", "a: what is it", "a: {emit: {type: x.y}}")
    found = every_variant(painter("red", "green"), *turns, words=COLOURS)
    words = ["paint red", "what is it", "x.y", "paint green", "tell me", "x.y"]
    assert words == [turn.said for turn in found["words"].case.turns]


def test_other_words_keep_the_dialogs() -> None:
    """A word that changes what a session hears is left out, and the next one tried."""
    turns = ("a: paint red", "b: paint red", "b: what is it")
    found = every_variant(painter("red", "blue"), *turns, words=COLOURS)
    words = ["paint red", "paint blue", "tell me"]
    assert words == [turn.said for turn in found["words"].case.turns]
    found = every_variant(painter("red"), *turns[:2], words=COLOURS)
    assert "words" not in found


def test_each_session_says_words_of_its_own() -> None:
    """Of a word that is there twice, the last one is another."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        return Answer("done", slots={"colour": said.rpartition(" ")[2]})

    turns = ("a: paint red", "b: paint red", "b: paint the red red", "c: paint red")
    found = every_variant(toy(answer), *turns, words=COLOURS)
    words = ["paint red", "paint green", "paint the red green", "paint blue"]
    assert words == [turn.said for turn in found["words"].case.turns]


@pytest.mark.parametrize(("known", "said"), [(4, "paint c"), (5, None)])
def test_three_other_words_are_tried(known: int, said: str | None) -> None:
    """The first that keeps the dialogs is said, if it is one of them."""
    words = KnownWords({"colour": ["red", "a", "b", "c", "d"]})
    fine = ["red", "abcd"[known - 2]]
    turns = ("a: paint red", "b: paint red")
    found = every_variant(painter(*fine), *turns, words=words)
    assert said == (found["words"].case.turns[1].said if "words" in found else None)


@pytest.mark.parametrize("part", ["end", "route", "intent", "dialog"])
def test_other_words_lead_to_the_same(part: str) -> None:
    """To a turn that ends alike, takes the same way and has the same intent."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        colour = said.removeprefix("paint ")
        other = "green" in said
        dialog = "no" if other and part == "dialog" else "yes"
        parts = {"end": "asked", "route": "fallback", "intent": "no"}
        changed = {part: parts[part]} if other and part in parts else {}
        reply = Reply(session, "x", 0.0, stage.index, dialog=dialog)
        return Answer(reply, slots={"colour": colour}, **changed)

    found = every_variant(toy(answer), "a: paint red", "b: paint red", words=COLOURS)
    words = ["paint red", "paint blue"]
    assert words == [turn.said for turn in found["words"].case.turns]


def test_no_word_is_nowhere() -> None:
    """Words are found as a whole, and an empty one in no place."""
    assert places_of("red", "red reds red") == [(0, 3), (9, 12)]
    assert places_of("", "red") == []


def test_without_known_words_there_is_no_such_variant() -> None:
    """A skill that is not installed knows no words."""
    fixture = dialogue("a: hello")
    assert KnownWords() == known_words(fixture, fixture.cases[0])
    assert "words" not in every_variant(painter("red"), "a: paint red", "b: paint red")


def test_the_words_of_a_skill_are_those_of_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known are values of entities and keywords, sentences and lines of dialogs."""
    locale = {"paint.intent": "paint it {colour}", "colour.entity": "(red|green)"}
    locale["painted.dialog"] = "it is {colour}\n{colour} it is"
    locale |= {"House.voc": "house", "../pt-PT/House.voc": "casa"}
    install_skill(tmp_path, "painter.test", "", locale)
    monkeypatch.syspath_prepend(str(tmp_path))
    fixture = dialogue(
        "a: hello",
        "b: ola",
        skill="painter.test",
        head="lang: pt-PT\nsessions: {a: {lang: en-US}}\n",
    )
    assert fixture.langs == ("pt-PT", "en-US")
    [case] = fixture.cases
    assert known_words(fixture, case) == KnownWords({"House": ["casa"]})
    assert KnownWords(
        {"colour": ["red", "green"], "House": ["house"]},
        {"paint": ["paint it {colour}"]},
        {"painted": ["it is {colour}", "{colour} it is"]},
    ) == known_words(fixture, replace(case, lang="en-US"))


# -- settings, time, number -----------------------------------------------------------


def test_sessions_are_silent_before_and_after() -> None:
    """Each session is silent for hours, all but the first also before its turns."""
    found = every_variant(separate(), "a: x", "b: y")["pauses"]
    assert [("b", "6h"), ("a", "x"), ("b", "y"), ("a", "6h"), ("b", "6h")] == said(
        found
    )
    assert {turn.silence for turn in found.case.turns} == {None, 6 * 3600}


def test_nobody_is_silent_for_hours_in_real_time() -> None:
    """Pauses would take hours there; all other variants are tried."""
    turns = "a: x", "b: y"
    assert every_variant(separate(), *turns, head="clock: real\n").keys() == (
        every_variant(separate(), *turns).keys() - {"pauses"}
    )


@pytest.mark.parametrize(("seconds", "pauses"), [(120, {"10m"}), (1, set())])
def test_pauses_in_which_much_is_heard_are_shorter(
    seconds: int, pauses: set[str]
) -> None:
    """If too much is heard in a pause, it is not made longer, or left out."""
    longest = 0.0

    def answer(stage: Stage, session: str, said: str) -> Answer:
        nonlocal longest
        silence = sum(turn.silence or 0.0 for turn in stage.case.turns)
        longest = max(longest, silence)
        return Answer(*["bim"] * int(silence / seconds))

    found = every_variant(toy(answer), "a: x", "b: y")
    turns = found["pauses"].case.turns if "pauses" in found else ()
    assert pauses == {turn.said for turn in turns if turn.silence}
    assert bool(pauses) == (longest > 6 * 3600.0)  # no hours where minutes are too loud
    assert {turn.silence for turn in turns if turn.silence} == {600.0} & (
        {600.0} if pauses else set()
    )


def test_a_crowd_has_more_sessions_and_turns() -> None:
    """In a crowd there are more sessions, which say the same again."""
    found = every_variant(separate(), "a: x", "b: y", "b: z")["crowd"]
    names = [turn.session for turn in found.case.turns]
    assert {"a", "b", *(f"{name}_{n}" for name in "ab" for n in (2, 3, 4))} == {*names}
    assert [2, 4] == [names.count("a"), names.count("b_4")]
    ids = {str(wire["session_id"]) for wire in found.case.sessions.values()}
    assert 8 == len(ids)


def test_a_large_dialogue_is_a_crowd_already() -> None:
    """A dialogue of many turns is not made larger."""
    assert "crowd" not in every_variant(separate(), *["a: x", "b: y"] * 7)


def test_a_room_of_a_twin_is_its_own() -> None:
    """Each twin has a room of its own if the script names one."""
    head = "sessions: {a_1: {site_id: hall}}\n"
    found = every_variant(separate(), "a_1: x", head=head)["crowd"]
    sites = [str(wire["site_id"]) for wire in found.case.sessions.values()]
    assert len(sites) == len(set(sites))
    assert ["hall", "hall_2"] == sites[:2]


def test_schedules_take_turns_in_all_variants() -> None:
    """Most schedules are for the words of the script and for canaries."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        return Answer("done", slots={"colour": said.removeprefix("paint ")})

    turns = ("a: paint red", "b: paint red")
    found = every_variant(toy(answer), *turns, words=COLOURS)
    plans = [*islice(plans_of([*found.values()], seed=1), 20)]
    order = (
        *("plain", "canaries", "words", "settings"),
        *("plain", "canaries", "pauses"),
        *("plain", "canaries", "crowd"),
    )
    assert [*order, *order] == [variant.name for variant, _ in plans]
    for name, variant in found.items():
        own = islice(explore(variant.case, 1), 20)
        assert all(plan == next(own) for each, plan in plans if each.name == name)
