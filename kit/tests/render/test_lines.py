"""Tests of mismatches and transcripts as lines."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest
from support.conversation import (
    Conversation,
    conversation,
    denies,
    expected,
    holds,
    leaking,
    replies,
    spoken,
    turn,
)

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.render.lines import (
    mismatch_lines,
    mismatch_title,
    plain,
    render_dialogue,
    render_mismatches,
    transcript_lines,
)
from ovos_dialogue_kit.replayer.transcript import Fault, Reply
from ovos_dialogue_kit.script.model import Conditions, Expectation, RunMarks, Xfail
from ovos_dialogue_kit.verdict.judge import judge

AT = "skill/test/repeat.dialogue.yaml"
TRACE = """Traceback (most recent call last):
  File "/site/first.py", line 1, in first
    raise KeyError("cause")
KeyError: 'cause'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/site/ovos_utils/events.py", line 64, in wrapper
    handler(message)
    ~~~~~~~^^^^^^^^^
  File "/site/ovos_workshop/ovos.py", line 9, in on_event
    handle(message)
  File "/skill/__init__.py", line 30, in handle_repeat
    self.say(self.last[session])
             ~~~~~~~~~^^^^^^^^^
  File "/skill/__init__.py", line 12, in __getitem__
    raise KeyError(key)
KeyError: 'prev_tts'
"""

ALIKE = "texts that look the same differ in the characters that are escaped"


def shown(text: str) -> str:
    """Return an indented text as it is printed."""
    return dedent(text).strip()


def rendered(talk: Conversation, fixture: str | None = None) -> str:
    """Return the lines for all mismatches of a conversation."""
    return render_mismatches(talk.mismatches(), fixture)


def test_a_wrong_reply_is_shown_beside_the_expected_one() -> None:
    """Expected and heard are aligned, with the leak and the fixture below."""
    fixture = "fixtures/repeat/everyone_hears_their_own_words.json"
    assert rendered(leaking(), fixture) == shown(
        f"""
        {AT}:14:7: turn 3, kitchen "what did i just say": heard a different reply
          expected  repeat.stt {{stt: the sky is blue}}
          heard     repeat.stt {{stt: grass is green}}   "you said grass is green"
          leak      "grass is green" was said by bedroom in turn 2 (line 13)
          fixture   fixtures/repeat/everyone_hears_their_own_words.json
        """
    )


@pytest.mark.parametrize(
    ("expect", "reply", "lines"),
    [
        (
            replies(expected(text="you said café")),
            spoken("you said cafe\u0301"),
            (r'"you said caf\xe9"', r'"you said cafe\u0301"'),
        ),
        (
            replies(expected(contains="café")),
            spoken("a cafe\u0301 天"),
            (r'containing "caf\xe9"', r'"a cafe\u0301 天"'),
        ),
        (
            replies(expected(dialog="café")),
            spoken("hi", dialog="cafe\u0301"),
            (r"caf\xe9", r'cafe\u0301   "hi"'),
        ),
        (
            replies(expected(any_of=(expected(data={"x": ["é"]}),))),
            spoken("hi", data={"x": ["e\u0301"], "n": 1}),
            (r"any of (data {x: [\xe9]})", '"hi"'),
        ),
    ],
)
def test_texts_that_look_the_same_are_shown_apart(
    expect: Expectation, reply: Reply, lines: tuple[str, str]
) -> None:
    """Where only the encoding of characters differs, escapes show how."""
    talk = conversation(turn("a", "hi", expect, [reply]))
    assert rendered(talk).splitlines()[1:] == [
        f"  expected  {lines[0]}",
        f"  heard     {lines[1]}",
        f"  note      {ALIKE}",
    ]


def test_slots_that_look_the_same_are_shown_apart() -> None:
    """So they are in anything else that is compared."""
    talk = conversation(
        turn("a", "hi", holds(slots={"x": "é"}), slots={"x": "e\u0301"}, matched=True)
    )
    assert rendered(talk).splitlines()[1:3] == [
        r"  expected  slots: {x: \xe9}",
        r"  heard     slots: {x: e\u0301}",
    ]


def test_columns_are_those_of_a_terminal() -> None:
    """Wide characters, marks and emoji of several characters keep the columns."""
    talk = conversation(
        turn("kitchen", "grass is green", None, [spoken("a")]),
        turn("台所", "空は青い", None, [spoken("b"), spoken("c")]),
        turn("ห้อง", "👩‍🚀 พื้น", None, [spoken("d")]),
    )
    assert render_dialogue(talk.case, talk.transcript).splitlines()[1:] == [
        '  kitchen  "grass is green"  -> "a"',
        '  台所     "空は青い"        -> "b"',
        '                             -> "c"',
        '  ห้อง      "👩‍🚀 พื้น"           -> "d"',
    ]


def test_names_cannot_control_a_terminal() -> None:
    """Sessions and utterances are escaped, and counted as they are shown."""
    talk = conversation(
        turn("a\x1b[2J", "x\u202ey", None, [spoken("hi")]),
        turn("b", "hello", None, [spoken("ho")]),
    )
    assert render_dialogue(talk.case, talk.transcript).splitlines()[1:] == [
        r'  a\x1b[2J  "x\u202ey"  -> "hi"',
        r'  b         "hello"     -> "ho"',
    ]


def test_nothing_wrong_is_nothing_said() -> None:
    """Without mismatches nothing is shown."""
    assert render_mismatches((), "x.json") == ""


def test_only_the_first_turn_is_shown_in_full() -> None:
    """Each mismatch of a later turn takes one line, unless verbose."""
    wrong = turn("a", "hi", replies(expected(text="x")))
    assert rendered(conversation(wrong, wrong, wrong)) == shown(
        f"""
        {AT}:12:7: turn 1, a "hi": heard nothing
          expected  "x"
          heard     (nothing)
        {AT}:13:7: turn 2, a "hi": heard nothing
        {AT}:14:7: turn 3, a "hi": heard nothing
        """
    )
    verbose = render_mismatches(conversation(wrong, wrong).mismatches(), verbose=True)
    assert verbose == shown(
        f"""
        {AT}:12:7: turn 1, a "hi": heard nothing
          expected  "x"
          heard     (nothing)
        {AT}:13:7: turn 2, a "hi": heard nothing
          expected  "x"
          heard     (nothing)
        """
    )


def test_all_mismatches_of_a_turn_are_shown_in_full() -> None:
    """What else is wrong in the first turn keeps what was expected and heard."""
    expect = replace(
        replies(expected(text="x")),
        holds=Conditions(intent="y", messages=({"type": "z"},)),
    )
    wrong = turn("a", "hi", expect, [spoken("o")], intent="n", matched=True)
    assert rendered(conversation(wrong)) == shown(
        f"""
        {AT}:12:7: turn 1, a "hi": heard a different reply
          expected  "x"
          heard     "o"
        {AT}:12:7: turn 1, a "hi": a different intent matched
          expected  intent: y
          heard     intent: n
        {AT}:12:7: turn 1, a "hi": an expected bus message was not seen
          expected  type: z
          heard     (nothing)
        """
    )


@pytest.mark.parametrize("expect", [replies(expected(text="x")), holds(intent="y")])
def test_what_was_nearest_is_shown(expect: Expectation) -> None:
    """If nothing matched, the turn says what was nearest, and what would take it."""
    nearest = (("nearest", 'a.intent:1 "ho"'), ("instead", "adapt would take it"))
    wrong = turn("a", "hi", expect, matched=False, nearest=nearest)
    assert rendered(conversation(wrong)).splitlines()[-2:] == [
        '  nearest   a.intent:1 "ho"',
        "  instead   adapt would take it",
    ]


def test_what_is_heard_without_a_hub_is_shown() -> None:
    """All replies of the turn on the bus in memory, or that there is none."""
    [mismatch] = leaking().mismatches()
    for replies_, words in (
        ((spoken("the sky"), spoken("is blue")), '"the sky", "is blue"'),
        ((), "(nothing)"),
    ):
        lines = render_mismatches([replace(mismatch, without_hub=replies_)])
        assert lines.splitlines()[3] == (
            f"  note      heard on the bus in memory: {words}"
        )


def test_several_replies_are_numbered() -> None:
    """Several replies are numbered."""
    expect = replies(expected(text="x"), expected(dialog="q"))
    talk = conversation(turn("a", "hi", expect, [spoken("x")], matched=False))
    assert rendered(talk) == shown(
        f"""
        {AT}:12:7: turn 1, a "hi": heard 1 reply instead of 2
          expected  1 "x"
                    2 q
          heard     1 "x"
          note      no intent matched
        """
    )


def test_of_many_replies_those_around_the_difference_are_shown() -> None:
    """Of three hundred replies the first, the last and the wrong one are shown."""
    texts = [f"number {n}" for n in range(300)]
    expect = replies(*(expected(text=text) for text in texts))
    heard = [spoken("wrong" if n == 99 else text) for n, text in enumerate(texts)]
    talk = conversation(turn("a", "hi", expect, heard))
    assert rendered(talk) == shown(
        f"""
        {AT}:12:7: turn 1, a "hi": reply 100 of 300 differs
          expected  1 "number 0"
                    2 "number 1"
                    3 "number 2"
                    … 94 more
                    98 "number 97"
                    99 "number 98"
                    100 "number 99"
                    101 "number 100"
                    102 "number 101"
                    … 195 more
                    298 "number 297"
                    299 "number 298"
                    300 "number 299"
          heard     1 "number 0"
                    2 "number 1"
                    3 "number 2"
                    … 94 more
                    98 "number 97"
                    99 "number 98"
                    100 "wrong"
                    101 "number 100"
                    102 "number 101"
                    … 195 more
                    298 "number 297"
                    299 "number 298"
                    300 "number 299"
        """
    )
    assert len(render_mismatches(talk.mismatches(), verbose=True).splitlines()) == 601
    told = render_dialogue(talk.case, talk.transcript).splitlines()
    assert told[3:6] == [
        '           -> "number 2"',
        "           -> … 294 more",
        '           -> "number 297"',
    ]
    verbose = render_dialogue(talk.case, talk.transcript, verbose=True)
    assert len(verbose.splitlines()) == 301


def test_what_skills_write_is_shown_below_the_turn_that_went_wrong() -> None:
    """Verbosely it is below all turns, and in full; it cannot control a terminal."""
    many = tuple(("prints", str(number)) for number in range(20))
    talk = conversation(
        turn("a", "hi", None, [spoken("x")], words=many),
        turn(
            "a",
            "ho",
            None,
            [spoken("y")],
            words=(("logs", "INFO \x1b[2J"), ("OVOS", "WARNING no"), ("", "… 9 more")),
        ),
    )
    last = [
        '  a  "ho"  -> "y"',
        r"    logs    INFO \x1b[2J",
        "    OVOS    WARNING no",
        "            … 9 more",
    ]
    quiet = render_dialogue(talk.case, talk.transcript)
    assert quiet.splitlines()[1:] == ['  a  "hi"  -> "x"', last[0]]
    second = render_dialogue(talk.case, talk.transcript, wrong=[None, 1])
    assert second.splitlines()[1:] == ['  a  "hi"  -> "x"', *last]
    both = render_dialogue(talk.case, talk.transcript, wrong=[0, 1]).splitlines()
    assert both[4:7] == ["    prints  2", "            … 14 more", "    prints  17"]
    verbose = render_dialogue(talk.case, talk.transcript, verbose=True).splitlines()
    assert (len(verbose), verbose[-4:]) == (26, last)


def test_a_late_reply_says_when_it_came() -> None:
    """A late reply shows its time in seconds since the turn began."""
    expect = replies(expected(text="x", within=2.0))
    talk = conversation(turn("a", "hi", expect, [spoken("x", at=13.5)], at=10.0))
    assert rendered(talk) == shown(
        f"""
        {AT}:12:7: turn 1, a "hi": the reply came too late
          expected  "x", within 2 s
          heard     after 3.5 s   "x"
        """
    )


@pytest.mark.parametrize(
    ("part", "wanted", "heard"),
    [
        ({"skill": "other"}, "by other", "by no skill"),
        ({"lang": "pt-PT"}, "in pt-PT", "in en-US"),
        ({"asks": True}, "opening the microphone", "not opening the microphone"),
    ],
)
def test_what_failed_is_told_of_the_reply_as_well(
    part: dict[str, object], wanted: str, heard: str
) -> None:
    """A part that failed is shown for the reply, too."""
    expect = replies(expected(text="x", **part))
    talk = conversation(turn("a", "hi", expect, [spoken("x", lang="en-US")]))
    assert rendered(talk).splitlines()[1:] == [
        f'  expected  "x", {wanted}',
        f'  heard     "x"   {heard}',
    ]


@pytest.mark.parametrize(
    ("expect", "rows"),
    [
        (
            holds(intent="x", slots={}),
            ["expected  intent: x, slots: {}", "heard     intent: y, slots: {n: 5}"],
        ),
        (holds(route="stop"), ["expected  route: stop", "heard     route: (none)"]),
        (
            holds(messages=({"type": "x", "data": {"a": "1"}},)),
            [
                'expected  1 type: x, data: {a: "1"}',
                "heard     1 type: x, data: {a: 1}",
                "          2 type: x",
            ],
        ),
        (
            holds(messages=({"type": "z"},)),
            ["expected  type: z", "heard     (nothing)"],
        ),
        (
            holds(session={"active_skills": []}),
            ["expected  active_skills: []", "heard     active_skills: [repeater]"],
        ),
        (
            denies(intent="y"),
            ["expected  not: {intent: y}", "heard     intent: y"],
        ),
    ],
)
def test_conditions_are_shown_by_name(expect: Expectation, rows: list[str]) -> None:
    """A condition is shown by its name, with the value that was seen."""
    seen = turn(
        "a",
        "hi",
        expect,
        intent="y",
        slots={"n": 5},
        matched=True,
        messages=({"type": "x", "data": {"a": 1}}, {"type": "x"}),
        session_after={"active_skills": [["repeater", 1.0]]},
    )
    assert rendered(conversation(seen)).splitlines()[1:] == [f"  {r}" for r in rows]


def test_a_skill_that_raised_shows_the_end_of_its_traceback() -> None:
    """A traceback is cut to the last error and the innermost frames."""
    fault = Fault("raised", "handle_repeat: 'prev_tts'", TRACE)
    expect = replies(expected(dialog="repeat.tts"))
    talk = conversation(turn("a", "hi", expect, [spoken("oh no")], faults=[fault]))
    assert rendered(talk, "x.json") == shown(
        f"""
        {AT}:12:7: turn 1, a "hi": the skill raised an error: handle_repeat: 'prev_tts'
          expected  repeat.tts
          heard     "oh no"
          trace       … 1 more
                      File "/site/ovos_workshop/ovos.py", line 9, in on_event
                        handle(message)
                      File "/skill/__init__.py", line 30, in handle_repeat
                        self.say(self.last[session])
                      File "/skill/__init__.py", line 12, in __getitem__
                        raise KeyError(key)
                    KeyError: 'prev_tts'
          fixture   x.json
        """
    )


def test_a_short_traceback_is_shown_whole() -> None:
    """A short traceback is shown whole."""
    trace = 'Traceback (most recent call last):\n  File "a"\n    X\n    ^\nE: x'
    talk = conversation(turn("a", "hi", faults=[Fault("raised", "x", trace)]))
    assert rendered(talk).splitlines()[1:] == [
        '  trace       File "a"',
        "                X",
        "            E: x",
    ]


def test_of_a_traceback_three_frames_are_shown() -> None:
    """Three frames are shown without a line about omitted ones."""
    frames = "".join(f'  File "{name}"\n' for name in "abc")
    trace = f"Traceback (most recent call last):\n{frames}E: x\n"
    talk = conversation(turn("a", "hi", faults=[Fault("raised", "x", trace)]))
    assert rendered(talk).splitlines()[1] == '  trace       File "a"'


def test_a_turn_without_end_says_what_was_heard_and_when() -> None:
    """A turn without end shows what was expected, and what was heard when."""
    expect = replies(expected(text="x"), expected(text="y"))
    talk = conversation(
        turn(
            "a",
            "hi",
            expect,
            [spoken("x", at=5.25)],
            at=5.0,
            end="deadline",
            within=20.0,
        )
    )
    assert rendered(talk) == shown(
        f"""
        {AT}:12:7: turn 1, a "hi": the turn did not end in time: its deadline is 20 s
          expected  1 "x"
                    2 "y"
          heard     1 after 0.25 s   "x"
        """
    )


def test_a_stray_reply_says_to_whom_and_while_who_was_speaking() -> None:
    """A stray shows its session, the speaker of the turn and the leak."""
    talk = conversation(
        turn("bedroom", "hi"),
        turn("kitchen", "the sky is blue"),
        strays=(Reply("bedroom", "you said the sky is blue", 0.0, 1),),
    )
    assert rendered(talk) == shown(
        f"""
        {AT}:13:7: turn 2, kitchen "the sky is blue": \
bedroom heard a reply although it was not speaking
          expected  (nothing)
          heard     "you said the sky is blue"
          leak      "the sky is blue" was said by kitchen in turn 2 (line 13)
        """
    )


def test_a_crash_says_what_was_lost() -> None:
    """A crash shows the turns that were not replayed."""
    talk = conversation(
        turn("a", "mycroft.stop", message={"type": "mycroft.stop"}),
        turn("a", "10m", silence=600.0),
        turn("a", "hi"),
        replayed=1,
        crash=Fault("crash", "it hung for 60 s"),
    )
    assert rendered(talk) == shown(
        f"""
        {AT}:13:7: turn 2, a is silent for 10m: \
the assistant crashed during the turn: it hung for 60 s
          note      turn 3 was not replayed
        """
    )


def test_a_message_that_is_sent_is_told_from_words() -> None:
    """A message that a session sends is not shown as an utterance."""
    talk = conversation(
        turn(
            "a",
            "mycroft.stop",
            message={"type": "mycroft.stop"},
            faults=[Fault("two_ends", "at 2 s")],
        )
    )
    assert rendered(talk) == (
        f'{AT}:12:7: turn 1, a emits "mycroft.stop": '
        "the turn ended more than once: at 2 s"
    )


def test_an_xfail_that_passes_names_its_reason() -> None:
    """An xfail that passes is reported at its own place, with its reason."""
    known = Xfail("ovos-core#915", Mark(AT, 8, 5))
    talk = conversation(turn("a", "hi"), marks=RunMarks(xfail=known))
    verdict = judge(talk.fixture, talk.case, talk.transcript, {})
    assert render_mismatches(verdict.mismatches) == shown(
        f"""
        {AT}:8:5: passes although it is marked xfail: "ovos-core#915"
          edit      remove the xfail, or limit it to some versions ("when:")
        """
    )


def test_segments_carry_their_styles() -> None:
    """Each segment of a line has a style."""
    [leak] = leaking().mismatches()
    assert mismatch_title(leak) == (
        'turn 3, kitchen "what did i just say": heard a different reply'
    )
    leak = replace(leak, trace="E: x", notes=(("note", "odd"),))
    head, *rows = mismatch_lines([leak], "x", verbose=False)
    assert head == (
        ("place", f"{AT}:14:7: "),
        ("", 'turn 3, kitchen "what did i just say": '),
        ("problem", "heard a different reply"),
    )
    assert [(label, style) for label, (style, _) in rows] == [
        (("label", "  expected  "), "expected"),
        (("label", "  heard     "), "heard"),
        (("label", "  leak      "), "leak"),
        (("label", "  note      "), ""),
        (("label", "  trace     "), "quiet"),
        (("label", "  fixture   "), "quiet"),
    ]


def test_segments_of_a_dialogue_carry_their_styles() -> None:
    """What was heard and what went wrong stand out."""
    talk = conversation(
        turn(
            "kitchen", "hi", None, [spoken("x", at=0.004)] * 13, words=[("logs", "x")]
        ),
        turn("bedroom", "hi", end="deadline", faults=[Fault("two_ends", "at 2 s")]),
        turn("bedroom", "hi"),
        strays=(Reply("kitchen", "boo", 0.0, 1),),
        crash=Fault("crash", "exit code 9"),
    )
    transcript = replace(talk.transcript, turns=talk.transcript.turns[:2], skipped=(2,))
    lines = transcript_lines(talk.case, transcript, wrong=[0])
    heard, quiet, problem = (
        ["", "quiet", end] for end in ("heard", "quiet", "problem")
    )
    assert [[style for style, _ in line] for line in lines] == [
        ["", "quiet"],
        *[*[heard] * 3, quiet, *[heard] * 3, ["quiet"]],
        *[quiet, problem, problem, ["", "problem"]],
        *[["quiet"], ["problem"]],
    ]
    assert lines[1][2][1] == '0.004 s  "x"'


def test_messages_of_other_sessions_are_marked() -> None:
    """Each of them names its session, or the id of one that is not of the dialogue."""
    sessions = {name: {"session_id": f"0-{name}"} for name in ("kitchen", "bedroom")}
    messages = [
        {"type": f"x.{number}", "context": {"session": {"session_id": f"0-{name}"}}}
        for number, name in enumerate(("bedroom", "kitchen", "hall"))
    ]
    talk = conversation(
        turn("kitchen", "hi"),
        turn("bedroom", "hi", messages=messages),
        sessions=sessions,
    )
    assert transcript_lines(talk.case, talk.transcript, verbose=True)[3:] == [
        (("quiet", "    x.0 null"),),
        (("quiet", "    x.1 null  (of kitchen)"),),
        (("quiet", "    x.2 null  (of 0-hall)"),),
    ]


# The retelling of a dialogue.


def test_a_dialogue_is_retold_in_a_line_for_each_turn() -> None:
    """A transcript shows aligned who said what and what they heard."""
    talk = leaking()
    assert render_dialogue(talk.case, talk.transcript) == shown(
        """
        everyone hears their own words [padacioso]
          kitchen  "the sky is blue"      -> (nothing)
          bedroom  "grass is green"       -> (nothing)
          kitchen  "what did i just say"  -> "you said grass is green"
        """
    )


def test_a_retold_dialogue_shows_times_faults_and_strays() -> None:
    """A transcript shows times, faults and strays; messages only on request."""
    talk = conversation(
        turn("kitchen", "10m", silence=600.0, end="silence"),
        turn(
            "a",
            "count to two, slowly, and then tell me all about it",
            None,
            [spoken("one", at=0.0004), spoken("two?", at=600.25, asks=True)],
            end="deadline",
            faults=[Fault("session", "site_id was a, is b")],
        ),
        turn(
            "a",
            "x.y",
            message={"type": "x.y"},
            end="lost",
            messages=({"type": "x.y", "data": {"n": 1}}, {"type": "z"}),
        ),
        strays=(Reply("kitchen", "boo", 600.5, 1),),
        crash=Fault("crash", "exit code 9"),
        case="row 1",
    )
    retold = """
        everyone hears their own words [row 1, padacioso]
          kitchen  is silent for 10m                         -> (nothing)
          a        "count to two, slowly, and then tell me all about it"  -> "one"
                                                                          \
-> 600.25 s  "two?"  (asks)
                                                                          \
-> (no end in time)
                                                                          \
-> (the turn changed the session: site_id was a, is b)
          kitchen  -> 600.5 s  "boo"  (stray)
          a        emits "x.y"                               -> (the assistant was \
lost)
        MESSAGES\
          the assistant crashed during the turn: exit code 9
        """
    messages = "    x.y {n: 1}\n            z null\n"
    assert render_dialogue(talk.case, talk.transcript) == shown(
        retold.replace("        MESSAGES", "")
    )
    quiet = plain(transcript_lines(talk.case, talk.transcript))
    assert quiet == render_dialogue(talk.case, talk.transcript)
    assert render_dialogue(talk.case, talk.transcript, verbose=True) == shown(
        retold.replace("MESSAGES", messages)
    )


def test_a_dialogue_without_turns_is_only_its_name() -> None:
    """A transcript without turns is only a title."""
    talk = conversation()
    assert plain(transcript_lines(talk.case, talk.transcript)) == (
        "everyone hears their own words [padacioso]"
    )


def test_skipped_turns() -> None:
    """A turn that was left out is shown in its place, with its reason if known."""
    talk = conversation(turn("a", "hi"), turn("a", "ho"))
    later = replace(talk.transcript, turns=talk.transcript.turns[1:], skipped=(0,))
    assert render_dialogue(talk.case, later).splitlines()[1:] == [
        '  a  "hi"  skipped',
        '  a  "ho"  -> (nothing)',
    ]
    assert render_dialogue(talk.case, later, {0: "no"}).splitlines()[1] == (
        '  a  "hi"  skipped: no'
    )
