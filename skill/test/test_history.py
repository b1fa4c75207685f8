from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ovos_skill_repeater.history import History


def test_two_utterances_deep() -> None:
    """The utterance before the latest one is kept, the one before it is not."""
    history = History()
    for utterance in ("one", "two", "three"):
        history.hear("kitchen", utterance)
    words = history.recall("kitchen")
    assert (words.said_before, words.said) == ("two", "three")


def test_first_utterance_has_nothing_before_it() -> None:
    """Before a session's first utterance there is None, not an empty text."""
    history = History()
    history.hear("kitchen", "one")
    assert history.recall("kitchen").said_before is None


def test_told_apart_from_said() -> None:
    """What a session was told does not move what it said."""
    history = History()
    history.hear("kitchen", "one")
    history.tell("kitchen", "you said one")
    words = history.recall("kitchen")
    assert (words.said, words.said_before, words.told) == ("one", None, "you said one")


def test_unknown_session() -> None:
    """Nothing is known of a session that never said nor was told anything."""
    assert History().recall("kitchen") is None


def test_looking_does_not_make_a_session_known() -> None:
    """To ask about a session leaves no trace of it."""
    history = History()
    history.recall("kitchen")
    history.forget("kitchen")
    assert len(history) == 0


def test_forget_is_truthful() -> None:
    """Only the first of two calls had something to forget."""
    history = History()
    history.hear("kitchen", "one")
    assert [history.forget("kitchen"), history.forget("kitchen")] == [True, False]


def test_a_conversation_ends_when_it_is_forgotten() -> None:
    """After that, the next word begins another one."""
    history = History()
    numbers = []
    for _ in range(2):
        history.hear("kitchen", "one")
        history.tell("kitchen", "you said one")
        numbers += [history.conversation("kitchen"), history.forget("kitchen")]
    assert (numbers, history.conversation("kitchen")) == ([1, True, 2, True], None)


def test_forget_one_only() -> None:
    """What other sessions said stays."""
    history = History()
    history.hear("kitchen", "one")
    history.hear("bedroom", "two")
    history.forget("kitchen")
    assert ("kitchen" in history, "bedroom" in history) == (False, True)


def test_the_longest_silent_goes_first() -> None:
    """Beyond the bound, the session that was silent longest is dropped."""
    history = History(max_sessions=2)
    history.hear("kitchen", "one")
    history.hear("bedroom", "two")
    history.hear("kitchen", "three")
    history.hear("garden", "four")
    assert [name in history for name in ("kitchen", "bedroom", "garden")] == [
        True,
        False,
        True,
    ]


def test_idle_sessions_expire(clock) -> None:
    """A session is kept for its idle time, and not longer."""
    history = History(idle_seconds=10, clock=clock)
    history.hear("kitchen", "one")
    clock.now = 10
    kept = "kitchen" in history
    clock.now = 10.5
    assert (kept, "kitchen" in history) == (True, False)


def test_expired_is_nothing_to_forget(clock) -> None:
    """A session that expired is not reported as forgotten."""
    history = History(idle_seconds=10, clock=clock)
    history.hear("kitchen", "one")
    clock.now = 11
    assert not history.forget("kitchen")


def test_any_word_keeps_a_session(clock) -> None:
    """To be told something keeps a session as well as saying something."""
    history = History(idle_seconds=10, clock=clock)
    history.hear("kitchen", "one")
    clock.now = 8
    history.tell("kitchen", "you said one")
    clock.now = 16
    assert history.recall("kitchen").said == "one"


def test_expired_sessions_do_not_wait_to_be_asked_for(clock) -> None:
    """The words of one session make the expired others go."""
    history = History(idle_seconds=10, clock=clock)
    for number in range(100):
        history.hear(f"gone {number}", "one")
    clock.now = 11
    history.hear("kitchen", "two")
    assert list(history._sessions) == ["kitchen"]


def test_bounded_under_threads() -> None:
    """The bound holds when many threads bring new sessions at once."""
    history = History(max_sessions=50)

    def bring(thread: int) -> int:
        most = 0
        for number in range(300):
            history.hear(f"{thread} {number}", "one")
            most = max(most, len(history))
        return most

    with ThreadPoolExecutor(8) as pool:
        assert max(pool.map(bring, range(8))) == 50


def test_no_word_lost_under_threads() -> None:
    """Sessions that talk at once each find their own last two utterances."""
    history = History()

    def talk(session: str) -> bool:
        for number in range(300):
            history.hear(session, f"{session} {number}")
            history.tell(session, f"told {session} {number}")
            words = history.recall(session)
            expected = f"{session} {number - 1}" if number else None
            told = f"told {session} {number}"
            if (words.said_before, words.told) != (expected, told):
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(talk, [f"session {number}" for number in range(8)]))


def test_forgotten_once_under_threads() -> None:
    """Of many threads that make it forget one session, one is told that it did."""
    history = History()
    history.hear("kitchen", "one")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: history.forget("kitchen"), range(64)))
    assert answers.count(True) == 1
