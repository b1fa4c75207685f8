"""Know the sentences of a template by their number, without making all of them.

The order is that of the reference implementation (``ovos_spec_tools.expansion``): it
replaces the last group first, so the last group changes slowest. There, equal sentences
are dropped; here each number has its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import overload

__all__ = ["NumberedSentences", "combinations", "without_single_groups"]

_GROUP_PARTS = re.compile(r"[()\[\]|]")


class NumberedSentences(Sequence[str]):
    """The sentences of a template, each made when it is asked for.

    Args:
        template: a template without phrases, whose brackets match.

    """

    def __init__(self, template: str) -> None:
        self._template = template.replace("[", "(").replace("]", "|)")
        self._count = combinations(template)

    def __len__(self) -> int:
        """Return the number of sentences."""
        return self._count

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        """Return a sentence, or several."""
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(self._count))]
        if not 0 <= index < self._count:
            raise IndexError(index)
        text, left = self._template, self._count
        while (opening := text.rfind("(")) != -1:
            closing = text.find(")", opening)
            branches = text[opening + 1 : closing].split("|")
            left //= len(branches)
            choice, index = divmod(index, left)
            text = text[:opening] + branches[choice] + text[closing + 1 :]
        return " ".join(text.split())


def combinations(template: str) -> int:
    """Return the number of sentences that the reference implementation would build.

    It multiplies the branches of all groups, nested ones too, before it drops equal
    sentences.
    """
    total = 1
    branches: list[int] = []
    for part in _GROUP_PARTS.findall(template):
        if part in "([":
            branches.append(1 if part == "(" else 2)
        elif branches and part == "|":
            branches[-1] += 1
        elif branches:
            total *= branches.pop()
    return total


def without_single_groups(template: str) -> str:
    """Return a template without the brackets of groups that leave no choice.

    Empty groups stay, as do brackets that do not match: those are errors.
    """
    needless: set[int] = set()
    opened: list[tuple[int, bool]] = []
    for index, part in _brackets(template):
        if part in "([":
            opened.append((index, part == "("))
        elif opened and part == "|":
            opened[-1] = (opened[-1][0], False)
        elif opened:
            start, is_single = opened.pop()
            if is_single and part == ")" and not _is_blank(template, start, index):
                needless.update((start, index))
    if not needless:
        return template
    return "".join(c for index, c in enumerate(template) if index not in needless)


def _brackets(template: str) -> Iterator[tuple[int, str]]:
    return ((each.start(), each[0]) for each in _GROUP_PARTS.finditer(template))


def _is_blank(template: str, start: int, end: int) -> bool:
    """Return True if there is nothing between two brackets."""
    return re.compile(r"\(\s*\)").match(template, start, end + 1) is not None
