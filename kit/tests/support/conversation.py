"""Fixtures and transcripts made by hand, turn by turn, for tests of pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.fixture.model import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import (
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)
from ovos_dialogue_kit.script.model import (
    Conditions,
    Expectation,
    ReplyExpectation,
    RunMarks,
    Xfail,
)
from ovos_dialogue_kit.verdict.compare import compare
from ovos_dialogue_kit.verdict.mismatch import Mismatch

HERE = Mark("skill/test/repeat.dialogue.yaml", 14, 7)
XFAIL_PLACE = Mark("skill/test/repeat.dialogue.yaml", 4, 9)
FIRST_LINE = 12


@dataclass(frozen=True)
class Exchanged:
    """One turn of a conversation: both sides of it."""

    sent: FixtureTurn
    happened: TurnTranscript


@dataclass(frozen=True)
class Conversation:
    """The arguments of ``compare``."""

    fixture: Fixture
    case: Case
    transcript: Transcript

    def mismatches(self) -> tuple[Mismatch, ...]:
        return compare(self.fixture, self.case, self.transcript)

    def only(self) -> Mismatch:
        (mismatch,) = self.mismatches()
        return mismatch

    def problems(self) -> list[str]:
        return [mismatch.problem for mismatch in self.mismatches()]


def expected(**parts: object) -> ReplyExpectation:
    return replace(ReplyExpectation(HERE), **parts)  # type: ignore[arg-type]


def replies(*listed: ReplyExpectation) -> Expectation:
    return Expectation(HERE, replies=listed)


def holds(**conditions: object) -> Expectation:
    return Expectation(HERE, holds=Conditions(**conditions))  # type: ignore[arg-type]


def denies(**conditions: object) -> Expectation:
    return Expectation(HERE, denied=Conditions(**conditions))  # type: ignore[arg-type]


def xfail(**parts: object) -> RunMarks:
    """Return marks with an xfail whose reason is "known"."""
    return RunMarks(xfail=Xfail("known", XFAIL_PLACE, **parts))  # type: ignore[arg-type]


def spoken(text: str, at: float = 0.0, **parts: object) -> Reply:
    """Return a reply; ``turn`` fills in its session and its turn."""
    reply = Reply("", text, at, -1)
    return replace(reply, **parts)  # type: ignore[arg-type]


def turn(  # noqa: PLR0913  # each is a part of a turn that some test sets
    session: str,
    said: str,
    expect: Expectation | None = None,
    heard: Iterable[Reply] = (),
    *,
    message: Mapping[str, Json] | None = None,
    silence: float | None = None,
    within: float | None = None,
    marks: RunMarks | None = None,
    end: str = "handled",
    at: float = 0.0,
    faults: Iterable[Fault] = (),
    **happened: object,
) -> Exchanged:
    """Return a turn in which a session says something by default."""
    if message is None and silence is None:
        message = {"type": "recognizer_loop:utterance", "data": {"utterances": [said]}}
    sent = FixtureTurn(
        session=session,
        line=0,
        column=7,
        said=said,
        message=message,
        silence=silence,
        within=within,
        expect=expect,
        marks=marks or RunMarks(),
    )
    came = TurnTranscript(
        index=0,
        session=session,
        said=said,
        at=at,
        end=end,
        replies=tuple(heard),
        faults=tuple(faults),
    )
    return Exchanged(sent, replace(came, **happened))  # type: ignore[arg-type]


def conversation(
    *turns: Exchanged,
    sessions: Mapping[str, Mapping[str, Json]] | None = None,
    marks: RunMarks | None = None,
    replayed: int | None = None,
    **transcript: object,
) -> Conversation:
    """Return turns as a whole; turn n stands in line 11 + n of the script.

    ``replayed`` is how many of the turns the transcript has.
    """
    names = {exchanged.sent.session for exchanged in turns}
    case = Case(
        "",
        sessions or {name: {"lang": "en-US"} for name in sorted(names)},
        tuple(
            replace(exchanged.sent, line=FIRST_LINE + index)
            for index, exchanged in enumerate(turns)
        ),
    )
    fixture = Fixture(
        script=HERE.path,
        dialogue="everyone hears their own words",
        line=10,
        skills=("ovos-skill-repeater.kit",),
        engines=("padacioso",),
        cases=(case,),
        marks=marks or RunMarks(),
    )
    happened = [
        replace(
            exchanged.happened,
            index=index,
            replies=tuple(
                replace(
                    reply,
                    session=exchanged.sent.session,
                    turn=index if reply.turn < 0 else reply.turn,
                )
                for reply in exchanged.happened.replies
            ),
        )
        for index, exchanged in enumerate(turns)
    ]
    done = Transcript(
        script=fixture.script,
        dialogue=fixture.dialogue,
        case="",
        engine="padacioso",
        bus="memory",
        turns=tuple(happened[:replayed]),
    )
    done = replace(done, **transcript)  # type: ignore[arg-type]
    return Conversation(fixture, case, done)


def leaking() -> Conversation:
    """Return the conversation of STYLE.md's example: kitchen hears bedroom's words."""
    return conversation(
        turn("kitchen", "the sky is blue"),
        turn("bedroom", "grass is green"),
        turn(
            "kitchen",
            "what did i just say",
            replies(expected(dialog="repeat.stt", data={"stt": "the sky is blue"})),
            [
                spoken(
                    "you said grass is green",
                    dialog="repeat.stt",
                    data={"stt": "grass is green"},
                )
            ],
        ),
    )
