"""Eight sessions at once, each in a thread of its own, as on a real message bus."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ovos_bus_client.session import Session

from ovos_skill_repeater.history import History

SESSIONS = [f"session-{number}" for number in range(8)]
ROUNDS = 10


def say(alone, session: str, utterance: str) -> None:
    """Call the listener in this thread, as a real bus client does."""
    alone.skill.on_utterance(alone.message("x", session, utterances=[utterance]))


def all_at_once(talk) -> list[list[str]]:
    with ThreadPoolExecutor(len(SESSIONS)) as pool:
        return list(pool.map(talk, SESSIONS))


def test_listener_and_handlers_at_once(alone) -> None:
    """Each session hears its own words, whatever the others are doing."""

    def talk(session: str) -> list[str]:
        for number in range(ROUNDS):
            say(alone, session, f"{session} says {number}")
            say(alone, session, "what did i just say")
            alone.ask(session, "handle_repeat_stt")
        return alone.spoken(session)

    assert all_at_once(talk) == [
        [f"you said {session} says {number}" for number in range(ROUNDS)]
        for session in SESSIONS
    ]


def test_what_was_told_at_once(alone) -> None:
    """Each session hears again what it was told itself."""

    def talk(session: str) -> list[str]:
        for number in range(ROUNDS):
            alone.ask(session, "handle_repeat_words", phrase=f"{session} {number}")
            alone.ask(session, "handle_repeat_tts")
        return alone.spoken(session)[1::2]

    assert all_at_once(talk) == [
        [f"i said {session} {number}" for number in range(ROUNDS)]
        for session in SESSIONS
    ]


def test_stops_at_once(alone) -> None:
    """Each stop forgets its own session, once, and no other one."""

    def talk(session: str) -> list[str]:
        reports = []
        for number in range(ROUNDS):
            say(alone, session, f"{session} says {number}")
            reports += [alone.skill.stop_session(Session(session)) for _ in range(2)]
        return reports

    assert all_at_once(talk) == [[True, False] * ROUNDS for _ in SESSIONS]


def test_orders_mixed(alone) -> None:
    """Neither order of listener, handler and stop ever raises."""

    def talk(session: str) -> list[str]:
        message = alone.message("x", session, utterances=["hello"])
        steps = [
            lambda: alone.skill.on_utterance(message),
            lambda: alone.skill.handle_repeat_stt(message),
            lambda: alone.skill.stop_session(Session(session)),
            lambda: alone.skill.handle_repeat_tts(message),
            lambda: alone.skill.can_stop(message),
        ]
        for first in range(len(steps)):
            for step in steps[first:] + steps[:first]:
                step()
        return ["none raised"]

    assert all_at_once(talk) == [["none raised"] for _ in SESSIONS]


def test_one_session_in_many_threads(alone) -> None:
    """Answers are utterances of this session also when it talks over itself."""

    def talk(_: str) -> list[str]:
        for number in range(ROUNDS):
            say(alone, "kitchen", f"number {number}")
            alone.ask("kitchen", "handle_repeat_stt")
        return []

    all_at_once(talk)
    allowed = {f"you said number {number}" for number in range(ROUNDS)}
    assert set(alone.spoken("kitchen")) <= allowed | {"you have not said anything yet"}


def test_memory_stays_bounded(alone, monkeypatch) -> None:
    """Clients that come with a new id each time do not fill the memory."""
    monkeypatch.setattr(alone.skill, "_history", History(max_sessions=20))

    def talk(session: str) -> list[str]:
        for number in range(100):
            message = alone.message("x", f"{session}-{number}", utterances=["hello"])
            alone.skill.on_utterance(message)
        return []

    all_at_once(talk)
    assert len(alone.skill._history) == 20


def test_no_state_but_the_history(alone) -> None:
    """A conversation leaves nothing new on the skill."""
    before = set(vars(alone.skill))
    say(alone, "kitchen", "the sky is blue")
    for handler in ("handle_repeat_stt", "handle_repeat_tts", "handle_which_site"):
        alone.ask("kitchen", handler)
    alone.skill.stop_session(Session("kitchen"))
    assert set(vars(alone.skill)) == before
