"""Skills in which threads cannot disturb each other."""

from __future__ import annotations

import threading

from catalogue.races import Echo, Waiter


class KeepsItApart(Echo):
    """Keeps the words in a variable, and a count that nobody hears on the skill."""

    count = 0

    def repeated(self, words: str) -> str:
        self.count = self.count + 1  # may miss one
        return words


class KeepsItPerThread(Echo):
    """Keeps the words by thread, for the moment that it works on them."""

    def initialize(self) -> None:
        self.own = threading.local()

    def repeated(self, words: str) -> str:
        self.own.words = words
        letters = len(self.own.words)
        return str(self.own.words[:letters])


class AddsWithALock(Waiter):
    """Holds a lock while it replaces all bills by a copy."""

    def initialize(self) -> None:
        super().initialize()
        self.lock = threading.Lock()

    def add(self, session: str, thing: str) -> None:
        with self.lock:
            bill = (*self.bills.get(session, ()), thing)
            self.bills = {**self.bills, session: bill}
