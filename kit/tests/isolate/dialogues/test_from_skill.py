"""Dialogues for a skill without a script, made from its own files."""

# ruff: noqa: ARG002  # the arguments of an assistant

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.actors import fixtures
from support.scenes import happened, transcript
from support.skills import lamps
from support.toys import Answer, Toy

from ovos_dialogue_kit.assistant.device import has_engine
from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate.dialogues import from_skill as build
from ovos_dialogue_kit.isolate.dialogues.from_skill import (
    Phrase,
    candidates,
    dialogues_of,
    script_for,
)
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript, TurnTranscript
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Settings
from ovos_dialogue_kit.script.canary import make_canary
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
    words = {"a": ["first", "one"], "b": ["two"], "c": []}
    found = candidates(SkillTexts("en-US", words=words), with_words=True)
    assert [Phrase("a", "one"), Phrase("b", "two"), Phrase("a b", "one two")] == found


def test_no_more_than_forty_pairs_are_tried() -> None:
    """They are the first of those that there are."""
    words = {f"w{number}": [f"word {number}"] for number in range(10)}
    found = candidates(SkillTexts("en-US", words=words), with_words=True)
    assert len(found) == 10 + 40
    assert found[49].name == "w6 w7"


def test_no_phrase_comes_twice() -> None:
    """Two intents with the same words share one phrase."""
    texts = SkillTexts("en-US", intents={"a": ["one"], "b": ["one"]})
    assert [Phrase("a", "one")] == candidates(texts, with_words=False)


# -- dialogues ------------------------------------------------------------------------


def taken(
    intent: str, end: str = "handled", ended: float | None = 6.0, **parts: Json
) -> TurnTranscript:
    """Return a turn of the skill that began five seconds after the boot."""
    about = {"skill": "lamps.test", "intent": intent, "matched": True, **parts}
    return happened(0, "a", "on", at=5.0, end=end, ended=ended, **about)


ANSWERS = {
    "lamp": taken("lamp"),
    "turn on the red lamp": taken("lamp", slots={"lamp": "red lamp"}, ended=5.9),
    "call me junifak": taken("name", end="asked", slots={"name": "junifak"}, ended=9.0),
    "word": taken("word", ended=None),
    "other": taken("lamp"),  # another word for the first one
    "other word": taken("word", skill="another.skill", slots={"word": "word"}),
    "other third": taken("third", matched=False),
}
"""What the skill makes of the phrases; it takes time, asks back, or does not end."""


class Listener(Toy):
    """An assistant of which only what it makes of single phrases is known."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(lambda: lambda *_: Answer())
        self.setup = setup
        self.said: list[str] = []

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        [turn] = case.turns
        self.said.append(turn.said)
        return transcript(ANSWERS.get(turn.said, taken("x", matched=False)))


@pytest.fixture
def booted(monkeypatch: pytest.MonkeyPatch) -> list[Listener]:
    """Return the assistants that are booted, all of which listen only."""
    made: list[Listener] = []

    def boot(setup: Setup) -> Listener:
        made.append(Listener(setup))
        return made[-1]

    monkeypatch.setattr(build, "Assistants", lambda: Assistants(boot))
    return made


def test_dialogues_of_what_the_skill_takes(booted: list[Listener]) -> None:
    """Each phrase that the skill understands has a dialogue, and so has each pair."""
    made = dialogues_of("lamps.test", Settings())
    names = ["lamp", "name with words"]
    assert [fixture.dialogue for fixture in made] == [
        *names,
        "lamp and name with words",
        "name with words and lamp",
    ]
    for fixture in made:
        assert fixture.script == "kit-isolate/lamps.test.dialogue.yaml"
        assert (fixture.skills, fixture.langs) == (("lamps.test",), ("en-US",))
        assert fixture.engines == (booted[0].setup.engine,)


def test_phrases_that_the_skill_understands(
    booted: list[Listener], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of each intent with the same slots; how they end is told of each."""
    known: list[Phrase] = []
    script = build.script_for

    def script_of(skill: str, engine: str, lang: str, phrases: list[Phrase]) -> str:
        known.extend(phrases)
        return script(skill, engine, lang, phrases)

    monkeypatch.setattr(build, "script_for", script_of)
    (folder / "lamps" / "locale" / "en-US" / "third.voc").write_text("third\n")
    dialogues_of("lamps.test", Settings(engines=("adapt", "padacioso")))
    [listener] = booted
    assert listener.setup.engine == "adapt"
    assert {"word", "other", "other word", "other third"} < {*listener.said}
    assert known == [
        Phrase("lamp", "lamp", lasts=True),
        Phrase("lamp", "turn on the red lamp"),
        Phrase("name", "call me $canary", asks=True),
        Phrase("word", "word"),
    ]


def test_the_settings_of_the_run_are_kept_to(booted: list[Listener]) -> None:
    """The assistant that tries the phrases has the limits and plugins of the run."""
    limits = Limits(boot=300.0)
    settings = Settings(transformers=("polite",), limits=limits)
    dialogues_of("lamps.test", settings)
    assert [("polite",)] == [each.setup.transformers for each in booted]
    assert [limits] == [each.setup.limits for each in booted]


@pytest.mark.parametrize("engines", [(), ("padacioso",)])
def test_keywords_are_tried_if_a_skill_has_them(
    engines: tuple[str, ...], booted: list[Listener], folder: Path
) -> None:
    """Nobody has to name Adapt; where it is not used, they are not tried."""
    source = "from ovos_workshop.intents import IntentBuilder\nIntentBuilder('x')\n"
    (folder / "lamps" / "__init__.py").write_text(source)
    dialogues_of("lamps.test", Settings(engines=engines))
    [listener] = booted
    is_used = not engines and has_engine("adapt")
    assert listener.setup.engine == "padacioso" + "+adapt" * is_used
    assert ("word" in listener.said) == is_used


@pytest.mark.usefixtures("booted")
def test_nothing_that_the_engine_matches(folder: Path) -> None:
    """A skill whose intents the engine does not match is an error with a remedy."""
    locale = folder / "lamps" / "locale" / "en-US"
    (locale / "lamp.intent").write_text("nothing\n")
    (locale / "sub" / "name.intent").unlink()
    with pytest.raises(KitError) as caught:
        dialogues_of("lamps.test", Settings(engines=("padacioso",)))
    assert (
        'padacioso matches none of the intents in the files of "lamps.test"\n'
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
    words = [make_canary(number) for number in range(12)]
    assert turns_of(Phrase("ask", "ask", asks=True))["ask"] == [
        f"kitchen: {words[0]}",
        *("kitchen: ask", f"kitchen: {words[2]}"),
        *("bedroom: ask", f"bedroom: {words[4]}"),
        *("kitchen: ask", "kitchen: stop"),
        *("hall: ask", f"hall: {words[8]}"),
        *("kitchen: ask", f"kitchen: {words[10]}"),
    ]


def test_a_dialogue_with_two_phrases() -> None:
    """Two sessions say both, in opposite order, and one stops in the end."""
    turns = turns_of(Phrase("a", "one", lasts=True), Phrase("b", "two", asks=True))
    words = [make_canary(number) for number in range(6)]
    assert turns["a and b"] == [
        "kitchen: one",
        *("kitchen: two", f"kitchen: {words[2]}"),
        *("bedroom: two", f"bedroom: {words[4]}"),
        *("bedroom: one~", "bedroom: stop"),
    ]
    assert turns["b and a"] == [
        *("kitchen: two", f"kitchen: {words[1]}"),
        "kitchen: one",
        "bedroom: one",
        *("bedroom: two", "bedroom: stop"),
    ]


def test_what_lasts_is_stopped_in_the_middle() -> None:
    """The stop overlaps an answer that takes time."""
    turns = turns_of(Phrase("count", "count", lasts=True))["count"]
    assert "kitchen: count~, kitchen: stop" in ", ".join(turns)


@pytest.mark.parametrize(
    ("lang", "stop"),
    [
        ("en-US", "stop"),
        ("de", "stopp"),
        ("es-ES", "para"),
        ("fr-FR", "arrête"),
        ("it-IT", "ferma"),
        ("pt-BR", "para"),
        ("nl-NL", "stop"),
    ],
)
def test_stop_in_another_language(lang: str, stop: str) -> None:
    """The stop is said in the language of the dialogue, if it is known there."""
    assert turns_of(Phrase("x", "luz"), lang=lang)["x"][4] == f"kitchen: {stop}"
    script = script_for("lamps.test", "padacioso", "pt-BR", [Phrase("x", "luz")])
    assert {fixture.langs for fixture in fixtures(script)} == {("pt-BR",)}
