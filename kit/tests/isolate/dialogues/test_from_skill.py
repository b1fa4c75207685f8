"""Dialogues for a skill without a script, made from its own files."""

# ruff: noqa: ARG001  # every toy skill has the same arguments

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.actors import fixtures
from support.skills import lamps
from support.toys import Answer, Stage, Toy

from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.isolate.dialogues import from_skill as build
from ovos_dialogue_kit.isolate.dialogues.from_skill import (
    Phrase,
    candidates,
    dialogues_of,
    script_for,
)
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Settings
from ovos_dialogue_kit.skill.texts import SkillTexts, read_skill


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with lamps(tmp_path, monkeypatch) as place:
        yield place


# -- candidates -----------------------------------------------------------------------


def test_one_phrase_with_and_one_without_slots() -> None:
    """The shortest of each is taken; a slot gets a value of its entity, or a canary."""
    found = candidates(read_skill("lamps.test"), with_words=False)
    assert [
        Phrase("lamp", "lamp"),
        Phrase("lamp", "turn on the red lamp"),
        Phrase("name", "call me $canary"),
    ] == found


def test_words_for_adapt() -> None:
    """Words of ``.voc`` files are said alone and in pairs."""
    texts = SkillTexts("en-US", words={"a": ["one"], "b": ["two"], "c": []})
    assert ["one", "two", "one two"] == [
        phrase.text for phrase in candidates(texts, with_words=True)
    ]


def test_no_phrase_comes_twice() -> None:
    """Two intents with the same words share one phrase."""
    texts = SkillTexts("en-US", intents={"a": ["one"], "b": ["one"]})
    assert [Phrase("a", "one")] == candidates(texts, with_words=False)


# -- dialogues ------------------------------------------------------------------------


def lamp(stage: Stage, session: str, said: str) -> Answer:
    """Answer as the skill: one utterance takes time, one is a question."""
    if said == "lamp":
        return Answer("on", skill="lamps.test", intent="lamp", matched=True, seconds=9)
    if said.startswith("call me"):
        parts = {"skill": "lamps.test", "intent": "name", "matched": True}
        return Answer("sure?", end="asked", **parts)  # type: ignore[arg-type]
    if said == "other":
        return Answer("other", skill="another.skill", intent="x", matched=True)
    return Answer(matched=False)


@pytest.fixture
def troupe(monkeypatch: pytest.MonkeyPatch) -> None:
    assistants = lambda: Assistants(lambda _: Toy(lambda: lamp))  # noqa: E731
    monkeypatch.setattr(build, "Assistants", assistants)


@pytest.mark.usefixtures("troupe")
def test_dialogues_of_what_the_skill_takes() -> None:
    """Each phrase that the skill understands has a dialogue, and so has each pair."""
    names = [fixture.dialogue for fixture in dialogues_of("lamps.test", Settings())]
    assert [
        "lamp",
        "name with words",
        "lamp and name with words",
        "name with words and lamp",
    ] == names


def test_the_settings_of_the_run_are_kept_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The assistant that tries the phrases has the limits and plugins of the run."""
    booted: list[Setup] = []

    def boot(setup: Setup) -> Toy:
        booted.append(setup)
        return Toy(lambda: lamp)

    monkeypatch.setattr(build, "Assistants", lambda: Assistants(boot))
    limits = Limits(boot=300.0)
    settings = Settings(transformers=("polite",), limits=limits)
    dialogues_of("lamps.test", settings)
    assert [("polite",)] == [setup.transformers for setup in booted]
    assert [limits] == [setup.limits for setup in booted]


@pytest.mark.usefixtures("troupe")
def test_nothing_that_the_engine_matches(folder: Path) -> None:
    """A skill whose intents the engine does not match is an error with a remedy."""
    locale = folder / "lamps" / "locale" / "en-US"
    (locale / "lamp.intent").write_text("nothing\n")
    (locale / "sub" / "name.intent").unlink()
    with pytest.raises(KitError) as caught:
        dialogues_of("lamps.test", Settings(engines=("adapt",)))
    assert (
        'adapt matches none of the intents in the files of "lamps.test"\n'
        "  try another --engine, or write a script"
    ) == str(caught.value)


def turns_of(*phrases: Phrase, lang: str = "en-US") -> dict[str, list[str]]:
    """Return what is said in each dialogue, ``~`` where the next turn overlaps."""
    script = script_for("lamps.test", "padacioso", lang, phrases)
    return {
        fixture.dialogue: [
            f"{turn.session}: {turn.said}{'~' * turn.overlap}"
            for turn in fixture.cases[0].turns
        ]
        for fixture in fixtures(script)
    }


def test_a_dialogue_with_one_phrase() -> None:
    """Three sessions say it, one of them twice, with a stop in between."""
    assert {
        "lamp": [
            "kitchen: junifak",
            "kitchen: lamp",
            "bedroom: lamp",
            "kitchen: lamp",
            "kitchen: stop",
            "hall: lamp",
            "kitchen: lamp",
        ]
    } == turns_of(Phrase("lamp", "lamp"))


def test_questions_are_answered() -> None:
    """Each question gets an answer, except the one that is stopped."""
    turns = turns_of(Phrase("ask", "ask", asks=True))["ask"]
    assert "kitchen: ask, kitchen: stop" in ", ".join(turns)
    answers = [turn for turn in turns if turn.split()[1] not in {"ask", "stop"}]
    assert 1 + 4 == len(answers)


def test_what_lasts_is_stopped_in_the_middle() -> None:
    """The stop overlaps an answer that takes time."""
    turns = turns_of(Phrase("count", "count", lasts=True))["count"]
    assert "kitchen: count~, kitchen: stop" in ", ".join(turns)


def test_stop_in_another_language() -> None:
    """The stop is said in the language of the dialogue."""
    turns = turns_of(Phrase("x", "luz"), lang="pt-PT")["x"]
    assert "kitchen: para" in turns
