"""Remember what each session said and was told, for a limited time and number.

A message bus runs its listeners in several threads, so one lock guards everything, and
the values returned are immutable. Remote clients come with a new id each time and never
say goodbye, so both the number of sessions (`MAX_SESSIONS`; the one that has been
silent longest goes first) and their age (`IDLE_SECONDS`) are limited.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

MAX_SESSIONS = 1000
"""The largest number of sessions to remember."""

IDLE_SECONDS = 3600.0
"""Seconds of silence after which a session is forgotten."""


@dataclass(frozen=True)
class Words:
    """The latest words of one session.

    Attributes:
        said: Its latest utterance; None before the first.
        said_before: The utterance before that one.
        told: What the skill told it last; None if it was told nothing yet.
        conversation: A number that changes when the session is forgotten.
        at: Time of the last change, in seconds of the history's clock.
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
        """Start without any sessions.

        Args:
            max_sessions: Number of sessions to keep.
            idle_seconds: Seconds of silence for which to keep a session.
            clock: Returns the time in seconds and never goes back; by default
                `time.monotonic`, looked up at each call.
        """
        self._max_sessions = max_sessions
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._conversations = itertools.count(1)
        self._sessions: OrderedDict[str, Words] = OrderedDict()  # oldest first

    def hear(self, session_id: str, utterance: str) -> None:
        """Remember an utterance of a session, and the one before it."""
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
        """Return the words of a session, or None if it is unknown."""
        with self._lock:
            self._drop_idle()
            return self._sessions.get(session_id)

    def conversation(self, session_id: str) -> int | None:
        """Return the number of a session's conversation, or None if it is unknown.

        If the number is the same later, the session was not forgotten in between.
        """
        words = self.recall(session_id)
        return words.conversation if words else None

    def forget(self, session_id: str) -> bool:
        """Forget a session; return True if it was known."""
        with self._lock:
            self._drop_idle()
            return self._sessions.pop(session_id, None) is not None

    def __contains__(self, session_id: str) -> bool:
        """Return True if a session is known."""
        return self.recall(session_id) is not None

    def __len__(self) -> int:
        """Return the number of known sessions."""
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
