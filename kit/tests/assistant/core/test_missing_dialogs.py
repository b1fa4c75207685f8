"""Dialogs that a skill speaks and does not have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ovos_dialogue_kit.assistant.core.missing_dialogs import with_missing_dialogs
from ovos_dialogue_kit.replayer.transcript import (
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)


@pytest.fixture
def core(tmp_path: Path) -> Any:  # in place of a RunningCore
    """A core with a skill that has dialogs in English, and another one in German."""
    for name in ("en-us/hello.dialog", "en-us/good.bye.dialog", "de-de/tag.dialog"):
        path = tmp_path / "locale" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("some words\n")
    renderer = SimpleNamespace(templates={"hello": ["hi"], "good.bye": ["bye"]})
    renderers = {"en-US": renderer, "pt-PT": None}
    skill = SimpleNamespace(
        root_dir=str(tmp_path),
        load_lang=lambda lang: SimpleNamespace(dialog_renderer=renderers[lang]),
    )
    return SimpleNamespace(skills={"a.test": skill})


def faults(core: Any, reply: Reply) -> tuple[Fault, ...]:
    turn = TurnTranscript(0, "a", "hi", 0.0, "handled", replies=(reply,))
    found = with_missing_dialogs(core, Transcript("x", "x", "", "", "memory", (turn,)))
    return found.turns[0].faults


def spoken(
    text: str, dialog: str | None, lang: str = "en-US", skill: str | None = "a.test"
) -> Reply:
    return Reply("a", text, 0.0, 0, lang=lang, dialog=dialog, skill=skill)


@pytest.mark.parametrize(
    ("reply", "detail"),
    [
        (spoken("not there", "not.there"), 'no "not.there.dialog" in en-US'),
        (spoken("nowhere", "nowhere"), 'no "nowhere.dialog" in en-US'),
        (
            replace(spoken("who is", "who.is"), asks=True),
            'no "who.is.dialog" in en-US',
        ),
        (
            spoken("good by", "good.by"),
            'no "good.by.dialog" in en-US (did you mean "good.bye"?)',
        ),
        (spoken("hello", "hello", "pt-PT"), 'no "hello.dialog" in pt-PT'),
        # without any dialog in the language, ovos-workshop speaks the name alone
        (spoken("good.bye", None, "pt-PT"), 'no "good.bye.dialog" in pt-PT'),
        (spoken("tag", None, "pt-PT"), 'no "tag.dialog" in pt-PT'),
    ],
)
def test_missing(core: Any, reply: Reply, detail: str) -> None:
    """It is a fault, with the language and the nearest name that there is."""
    assert faults(core, reply) == (Fault("dialog", detail),)


@pytest.mark.parametrize(
    "reply",
    [
        spoken("hi", "hello"),
        spoken("what is your name?", "what is your name?"),  # get_response takes a text
        replace(spoken("who", "who"), asks=True),
        spoken("tag", None),
        spoken("anything", None, "pt-PT"),
        spoken("not there", "not.there", skill="b.test"),
        spoken("not there", "not.there", skill=None),
    ],
)
def test_not_missing(core: Any, reply: Reply) -> None:
    """A dialog that exists, a text, and a skill that is not under test."""
    assert faults(core, reply) == ()


@pytest.mark.parametrize("index", [0, 1])
def test_a_dialog_that_only_the_other_skill_has(core: Any, index: int) -> None:
    """It is missing in the turn in which the second skill speaks it, and no other."""
    core.skills["c.test"] = SimpleNamespace(
        root_dir="/nowhere",
        load_lang=lambda lang: SimpleNamespace(  # noqa: ARG005  # as OVOS calls it
            dialog_renderer=SimpleNamespace(templates={"good.night": ["night"]})
        ),
    )
    own = spoken("hi", "hello"), spoken("night", "good.night", skill="c.test")
    wrong = own[0], spoken("hi", "hello", skill="c.test")
    turns = tuple(
        TurnTranscript(
            number,
            name,
            "hi",
            0.0,
            "handled",
            replies=wrong if number == index else own,
        )
        for number, name in enumerate(("kitchen", "bedroom"))
    )
    found = with_missing_dialogs(core, Transcript("x", "x", "", "", "memory", turns))
    told = [(), ()]
    told[index] = (Fault("dialog", 'no "hello.dialog" in en-US'),)  # type: ignore[assignment]
    assert [turn.faults for turn in found.turns] == told
