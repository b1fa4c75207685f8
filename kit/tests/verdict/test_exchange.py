"""Tests of what a turn and what came of it are together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.conversation import conversation, turn

from ovos_dialogue_kit.replayer.transcript import Fault
from ovos_dialogue_kit.script.model import ANY_HOST, RunMarks
from ovos_dialogue_kit.verdict.exchange import Exchange, is_allowed


def exchange(
    session_lang: str | None, case_lang: str | None, said_in: str | None = None
) -> Exchange:
    """Return the second of two turns, of a dialogue in two languages."""
    message = {"type": "recognizer_loop:utterance", "data": {"utterances": ["olá"]}}
    if said_in:
        message["data"] = {"utterances": ["olá"], "lang": said_in}
    talk = conversation(
        turn("kitchen", "hi"),
        turn("bedroom", "olá", message=message),
        sessions={
            "kitchen": {"lang": "da-DK"},
            "bedroom": {"lang": session_lang} if session_lang else {},
        },
    )
    fixture = replace(talk.fixture, langs=("fr-FR", "pt-PT"))
    case = replace(talk.case, lang=case_lang)
    return Exchange(fixture, case, talk.transcript, talk.transcript.turns[1])


@pytest.mark.parametrize(
    ("session_lang", "case_lang", "said_in", "lang"),
    [
        ("en-US", "de-DE", "pt-pt", "pt-pt"),
        ("en-US", "de-DE", "nl-NL", "en-US"),
        ("en-US", "de-DE", None, "en-US"),
        (None, "de-DE", None, "de-DE"),
        (None, None, None, "fr-FR"),
    ],
)
def test_the_language_of_replies(
    session_lang: str | None, case_lang: str | None, said_in: str | None, lang: str
) -> None:
    """That of the utterance, if the device knows it; of the session; of the script."""
    assert exchange(session_lang, case_lang, said_in).context.lang == lang


def test_faults_are_told_once_each_in_their_order() -> None:
    """Two of a kind, and two with the same words, are several."""
    faults = [
        Fault("raised", "b"),
        Fault("session", "a"),
        Fault("raised", "a"),
        Fault("session", "a"),
    ]
    talk = conversation(turn("a", "hi"), turn("b", "hi", faults=faults))
    found = [(mismatch.turn, mismatch.problem) for mismatch in talk.mismatches()]
    assert found == [
        (1, "the skill raised an error: b"),
        (1, "the turn changed the session: a"),
        (1, "the skill raised an error: a"),
    ]


def test_a_network_is_allowed_as_such_by_one_who_allows_all_hosts() -> None:
    """By the turn or by the dialogue, whichever it is."""
    some = RunMarks(allow={"network": "x"}, hosts=("example.org",))
    every = RunMarks(allow={"network": "x"}, hosts=("example.org", ANY_HOST))
    for of_turn, of_dialogue, allowed in (
        (some, some, False),
        (some, every, True),
        (every, some, True),
        (every, None, True),
        (None, None, False),
    ):
        talk = conversation(turn("a", "hi", marks=of_turn), marks=of_dialogue)
        [sent] = talk.case.turns
        assert is_allowed("network", talk.fixture, sent) is allowed
        assert not is_allowed("raised", talk.fixture, sent)
