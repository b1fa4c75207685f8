"""Tests of the differences between two transcripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from support.cells import KEY, entries, heard, partly, passed, turns

from ovos_dialogue_kit.matrix.cells import Replayed
from ovos_dialogue_kit.matrix.compare import Entry
from ovos_dialogue_kit.matrix.diff import differences, explained, fails_alike
from ovos_dialogue_kit.replayer.transcript import Fault, Reply, Transcript


def difference(transcript: Transcript) -> tuple[str, ...]:
    """Return the differences between a transcript and ``heard()``."""
    _, entry = entries(passed(), passed(transcript))
    return entry.notes


def test_times_sessions_and_spaces_are_no_matter() -> None:
    """Only what users notice is compared."""
    other = heard(" hi  ", at=7.0, ended=None, end="stopped", session_after={"a": 1})
    assert () == difference(other)


@pytest.mark.parametrize(
    ("turn", "told"),
    [
        ({"route": "converse"}, "route converse, was intent"),
        ({"route": None}, "route (none), was intent"),
        ({"intent": "hello"}, "intent hello, was (none)"),
        ({"skill": "a.skill"}, "skill a.skill, was (none)"),
        ({"slots": {"n": "1"}}, 'slots {n: "1"}, was (none)'),
        ({"faults": (Fault("lang", "x"),)}, 'faults "lang", was (none)'),
        ({"replies": ()}, 'replies (none), was "hi"'),
        (
            {"replies": (Reply("kitchen", "hi", 0, 0, asks=True),)},
            "asks true, was false",
        ),
        (
            {"replies": (Reply("kitchen", "hi", 0, 0, dialog="hello"),)},
            'dialogs "hello", was (none)',
        ),
        (
            {"replies": (Reply("kitchen", "hi", 0, 0, data={"n": 1}),)},
            "data {n: 1}, was (none)",
        ),
        (
            {"replies": (Reply("kitchen", "hi", 0, 0, lang="pt-PT"),)},
            'languages "pt-pt", was (none)',
        ),
        (
            {"replies": (Reply("kitchen", "hi", 0, 0, skill="b.skill"),)},
            'speakers "b.skill", was (none)',
        ),
        ({"end": "deadline"}, "end deadline, was in time"),
        ({"end": "lost"}, "end lost, was in time"),
    ],
)
def test_a_difference_is_told_at_its_turn(
    turn: Mapping[str, object], told: str
) -> None:
    """A difference names its turn, the value and that of the reference."""
    first, *_ = difference(heard(**turn))
    assert f'turn 1, kitchen "hello": {told}' == first


def test_what_belongs_to_no_turn_is_told_without() -> None:
    """Strays, a crash and the number of turns belong to no turn."""
    crashed = replace(
        heard(),
        turns=(),
        strays=(Reply("hall", "psst", 0.0, 0),),
        crash=Fault("crash", "it hung"),
    )
    assert (
        "turns 0, was 1",
        'strays "hall: psst", was (none)',
        "crash it hung, was (none)",
    ) == difference(crashed)


def test_a_turn_that_the_reference_lacks_is_counted_only() -> None:
    """A turn that the reference does not have is only counted."""
    twice = heard()
    [turn] = twice.turns
    twice = replace(twice, turns=(turn, replace(turn, index=1)))
    assert ("turns 2, was 1",) == difference(twice)


def test_another_utterance_is_told() -> None:
    """Turns of one number in which something else is said are not the same."""
    assert (
        'turn 1, kitchen "hi there": said hi there, was hello',
        'turn 1, bedroom "hello": session bedroom, was kitchen',
    ) == (*difference(heard(said="hi there")), *difference(heard(session="bedroom")))


def test_a_language_is_the_same_in_capitals() -> None:
    """Versions write a language differently; that is no difference."""
    british, upper = (
        heard(replies=(Reply("kitchen", "hi", 0, 0, lang=lang),))
        for lang in ("en-gb", "en-GB")
    )
    assert Entry("same") == entries(passed(british), passed(upper))[1]


def test_details_of_replies_are_compared_one_by_one() -> None:
    """If there are more or fewer replies, only their words are told."""
    one, two = (Reply("kitchen", text, 0, 0, dialog=text) for text in ("hi", "ho"))
    twice = heard(replies=(one, two))
    assert ('turn 1, kitchen "hello": replies "hi", "ho", was "hi"',) == difference(
        twice
    )


def test_skipped_turns_are_neither_compared_nor_counted() -> None:
    """Turns are compared by their index in the script, also after a skipped one."""
    assert (
        Entry("same", is_partial=True)
        == entries(partly("1", "2", "3"), partly(None, "2", "3"))[1]
    )
    assert ('turn 3, kitchen "say 2": replies "III", was "3"',) == entries(
        partly("1", "2", "3"), partly(None, "2", "III")
    )[1].notes


def test_files_of_older_versions_are_compared_by_words() -> None:
    """Where turns were numbered without skipped ones, those with one text are paired.

    Older versions of the kit did not tell which turns were skipped.
    """
    whole, cut = turns("1", "2", "3", "4"), turns(None, "2", "III", "4")
    moved = replace(
        cut, turns=tuple(replace(t, index=at) for at, t in enumerate(cut.turns))
    )
    found = entries(passed(whole), passed(moved))[1].notes
    assert (
        'turn 2, kitchen "say 2": replies "III", was "3"',
        "turns 3, was 4",
    ) == found


def test_turns_with_the_same_words_are_paired_by_their_session() -> None:
    """However many there are that say the same."""
    [turn] = heard().turns
    again = replace(turn, index=1)
    guest = replace(turn, session="bedroom", replies=())
    two = replace(heard(), turns=(guest, again))
    assert ["turns 1, was 2"] == differences(passed(), passed(two))
    many = [replace(turn, index=at) for at in range(250)]
    ours, theirs = (replace(heard(), turns=tuple(part)) for part in (many, many[:-1]))
    theirs = replace(theirs, turns=(replace(turn, route="stop"), *theirs.turns[1:]))
    first, *_ = differences(passed(ours), passed(theirs))
    assert 'turn 1, kitchen "hello": route intent, was stop' == first


def test_spaces_in_a_reply_are_told_as_one() -> None:
    """They are no difference, and are not shown as one."""
    assert ('turn 1, kitchen "hello": replies "hi there", was "hi"',) == difference(
        heard(" hi   there\n")
    )


def test_a_fixture_that_is_not_known_is_not_different() -> None:
    """Older versions of the kit did not tell its digest."""
    known = replace(passed(), fixture="a")
    assert [] == differences(known, passed()) == differences(passed(), known)


def test_reasons_of_xfails_are_told_with_differences() -> None:
    """Those of both, but the same one once; a failure is explained elsewhere."""
    change = ['turn 1, kitchen "hello": replies "ho", was "hi"']
    known = replace(passed(), outcome="xfailed", why="known")
    other = replace(passed(heard("ho")), outcome="xfailed", why="known")
    assert [] == list(explained(known, passed(), "c"))
    assert [] == list(explained(passed(), known, "c"))
    assert ["xfail: known", *change] == list(explained(other, known, "c"))
    named = replace(known, why="another")
    assert ["xfail: known", "xfail in c: another", *change] == list(
        explained(other, named, "c")
    )
    failed = [replace(each, outcome="failed") for each in (other, named)]
    assert change == list(explained(*failed, "c"))


def test_failures_are_alike_by_turn_and_kind() -> None:
    """Two failures are alike if the same turns fail for the same reasons."""
    one = Replayed(KEY, "failed", "a:1:1: wrong", heard(), failures=((0, "reply"),))
    other = replace(one, why="a:2:1: wrong")
    assert fails_alike(one, other)
    assert not fails_alike(one, replace(other, failures=((1, "reply"),)))
    assert not fails_alike(replace(one, failures=()), replace(other, failures=()))
    assert fails_alike(replace(one, failures=()), replace(one, failures=()))
    assert not fails_alike(one, replace(one, failures=()))
    assert not fails_alike(replace(one, failures=()), one)


def test_what_was_not_replayed_is_not_compared() -> None:
    """A replay that was skipped has no differences."""
    skipped = Replayed(KEY, "skipped", "no engine")
    assert [] == differences(skipped, passed())
    assert [] == differences(passed(), skipped)


def test_a_crash_at_a_different_turn_is_told() -> None:
    """As many turns are there, but others: one stopped before a turn that it skips."""
    crash = Fault("crash", "it hung")
    first, none = turns("1"), turns()
    one = passed(replace(first, crash=crash))
    other = replace(passed(replace(none, crash=crash)), skipped_turns={1: "not now"})
    assert ["it stopped at a different turn"] == differences(one, other)
