"""Regular expressions that a copy of a process has compiled."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from ovos_dialogue_kit.assistant.process import patterns as module
from ovos_dialogue_kit.assistant.process.patterns import Patterns

cache: dict[Any, object] = re._cache  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def few_are_kept() -> None:
    """Forget those of other tests, of which Python keeps only so many."""
    re.purge()


def after_a_copy(patterns: Patterns, act: Callable[[], object]) -> list[str]:
    """Let a copy of this process do something, and return what that taught this one."""
    pid = os.fork()
    if not pid:
        act()
        patterns.note()
        os._exit(0)
    os.waitpid(pid, 0)
    before = set(cache)
    patterns.learn()
    return [text for _, text, *_ in cache.keys() - before]


def matching(*texts: str) -> Callable[[], object]:
    return lambda: [re.match(text, "") for text in texts]


def test_what_a_copy_compiles_is_compiled() -> None:
    """For all copies after it."""
    patterns = Patterns()
    assert sorted(after_a_copy(patterns, matching("a+", "b+"))) == ["a+", "b+"]
    assert after_a_copy(patterns, matching("c+", "a+")) == ["c+"]
    assert after_a_copy(patterns, matching("c+")) == []


def test_flags() -> None:
    """The same text with others is another expression."""
    patterns = Patterns()
    after_a_copy(patterns, lambda: re.match("a", "", re.IGNORECASE))
    assert (str, "a", re.IGNORECASE.value) in cache


def test_what_python_warns_of_is_left_to_each_copy() -> None:
    """So each of them shows the warning, and no other twice."""
    texts = "[[a]", "a"
    patterns, stock = Patterns(), warnings.warn

    def act() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            matching(*texts)()

    assert after_a_copy(patterns, act) == ["a"]
    assert warnings.warn is stock


def test_what_is_no_text() -> None:
    """Bytes, and texts of a class of their own, are left to each copy."""

    class Text(str):
        __slots__ = ()

    def act() -> None:
        re.match(b"a", b"")
        re.match(Text("b"), "")
        re.match("c", "")

    assert after_a_copy(Patterns(), act) == ["c"]


def test_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts that differ in each dialogue do not take the places of all others."""
    monkeypatch.setattr(module, "_LONGEST", 3)
    patterns = Patterns(3)
    assert after_a_copy(patterns, matching("a", "bbbb")) == ["a"]
    assert sorted(after_a_copy(patterns, matching("c", "d", "e"))) == ["c", "d"]
    assert after_a_copy(patterns, matching("f")) == []


@pytest.mark.parametrize(("size", "is_learned"), [(100, True), (10, False)])
def test_the_room_for_them(
    monkeypatch: pytest.MonkeyPatch, size: int, *, is_learned: bool
) -> None:
    """If there is too little, nothing is learned."""
    patterns = Patterns()
    monkeypatch.setattr(module, "_SIZE", size)
    matching("a" * 10)()
    patterns.note()
    re.purge()
    patterns.learn()
    assert ((str, "a" * 10, 0) in cache) is is_learned


@pytest.mark.parametrize("content", [b"[", b"{}", b"[[1, 2]]", b'[["(", 0]]', b"\xff"])
def test_what_a_skill_has_written(content: bytes) -> None:
    """It is ignored."""
    patterns = Patterns()

    def act() -> None:
        matching("b")()
        json: Any = SimpleNamespace(encode=lambda: content)
        module.dumps = lambda _: json  # type: ignore[attr-defined]  # by the skill

    assert after_a_copy(patterns, act) == []
    assert after_a_copy(patterns, matching("a")) == ["a"]


def test_python_without_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept, and so nothing learned."""
    matching("a")()
    before = {*cache}
    with monkeypatch.context() as patch:
        patch.delattr(re, "_cache")
        patterns = Patterns()
        patterns.note()
        patterns.learn()
    assert after_a_copy(patterns, matching("a")) == []
    assert {*cache} == before
