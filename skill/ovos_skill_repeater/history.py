"""What each session said and was told, kept for a while and for so many sessions.

One lock guards everything, and what is handed out cannot change: a message bus runs
its listeners in threads of their own, several sessions at a time. What is kept is
bounded twice, by number (`MAX_SESSIONS`, the one longest silent goes first) and by
time (`IDLE_SECONDS`): remote clients come with a new id each time and never say
that they are gone.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

MAX_SESSIONS = 1000
"""How many sessions are remembered at most."""

IDLE_SECONDS = 3600.0
"""After how many seconds without a word a session is forgotten."""


@dataclass(frozen=True)
class Words:
    """What is known of one session.

    Attributes:
        said: Its latest utterance; None before the first.
        said_before: The utterance before that one.
        told: What the skill told it last; None when it was told nothing yet.
        conversation: Another number after the session was forgotten.
        at: When any of this changed, in seconds of the history's clock.
    """

    said: str | None = None
    said_before: str | None = None
    told: str | None = None
    conversation: int = 0
    at: float = 0.0


class History:
    """The words of the sessions, safe to use from many threads at once."""

    def __init__(
        self,
        max_sessions: int = MAX_SESSIONS,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Start with nothing known.

        Args:
            max_sessions: How many sessions to keep.
            idle_seconds: How long to keep a session that neither says nor is told
                anything.
            clock: Gives the time in seconds and never goes back; `time.monotonic`,
                looked up at each call, when not given.
        """
        self._max_sessions = max_sessions
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._conversations = itertools.count(1)
        self._sessions: OrderedDict[str, Words] = OrderedDict()  # oldest first

    def hear(self, session_id: str, utterance: str) -> None:
        """Remember what a session said; what it said until now was said before."""
        with self._lock:
            words = self._words(session_id)
            self._keep(
                session_id, replace(words, said=utterance, said_before=words.said)
            )

    def tell(self, session_id: str, utterance: str) -> None:
        """Remember what a session was told."""
        with self._lock:
            self._keep(session_id, replace(self._words(session_id), told=utterance))

    def recall(self, session_id: str) -> Words | None:
        """Return the words of a session, or None when nothing is known of it."""
        with self._lock:
            self._drop_idle()
            return self._sessions.get(session_id)

    def conversation(self, session_id: str) -> int | None:
        """Return which conversation a session is in, or None when in none.

        The same number later means that the session was not forgotten in between.
        """
        words = self.recall(session_id)
        return words.conversation if words else None

    def forget(self, session_id: str) -> bool:
        """Drop what is known of a session; the answer is whether there was any."""
        with self._lock:
            self._drop_idle()
            return self._sessions.pop(session_id, None) is not None

    def __contains__(self, session_id: str) -> bool:
        """Whether anything is known of a session."""
        return self.recall(session_id) is not None

    def __len__(self) -> int:
        """How many sessions are known."""
        with self._lock:
            self._drop_idle()
            return len(self._sessions)

    def _now(self) -> float:
        return time.monotonic() if self._clock is None else self._clock()

    def _words(self, session_id: str) -> Words:
        self._drop_idle()
        return self._sessions.get(session_id) or Words(
            conversation=next(self._conversations)
        )

    def _keep(self, session_id: str, words: Words) -> None:
        self._sessions[session_id] = replace(words, at=self._now())
        self._sessions.move_to_end(session_id)
        while len(self._sessions) > self._max_sessions:
            self._sessions.popitem(last=False)

    def _drop_idle(self) -> None:
        oldest_kept = self._now() - self._idle_seconds
        while self._sessions:
            session_id, words = next(iter(self._sessions.items()))
            if words.at >= oldest_kept:
                return
            del self._sessions[session_id]
