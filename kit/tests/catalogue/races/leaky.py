"""Skills in which one thread may disturb another between two steps."""

from __future__ import annotations

from catalogue.races import Echo


class KeepsItWhileItWorks(Echo):
    """Keeps the words on the skill for the moment that it works on them."""

    words = ""

    def repeated(self, words: str) -> str:
        self.words = words
        letters = len(self.words)
        return self.words[:letters]
