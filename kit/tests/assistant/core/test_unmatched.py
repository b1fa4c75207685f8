"""Why nothing matched an utterance, with the real engines but no assistant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.actors import fixtures

from ovos_dialogue_kit.assistant.core import unmatched
from ovos_dialogue_kit.assistant.core.generations import installed_generation
from ovos_dialogue_kit.assistant.core.unmatched import with_explanations
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.replayer.transcript import Transcript, TurnTranscript

pytestmark = pytest.mark.ovos

ADAPT = installed_generation().adapt_module

HOW = "zoo/locale/en-us/how.intent:1"

FILES = {
    "how.intent": "how are you?\n(play|start) {song} please\n",
    "Feed.voc": "feed\ngive food\n",
    "Cat.voc": "cat\nkitten\n",
    "Dog.voc": "dog\n",
    "Stroke.voc": "stroke\n",
}


def parser(name: str, requires: Sequence[str], any_of: Sequence[str]) -> object:
    """Return an intent of Adapt as a skill registers it."""
    from ovos_workshop.intents import Intent  # noqa: PLC0415  # not before it is needed

    needed = [(f"zoo_test{kind}",) * 2 for kind in requires]
    one_of = [tuple(f"zoo_test{kind}" for kind in any_of)]
    return Intent(f"zoo.test:{name}", needed, one_of, [])


class Engine(SimpleNamespace):
    """A loaded plugin, which scores the same whatever is said."""

    def __init__(self, scores: Mapping[str, float], **settings: float) -> None:
        matches = [
            SimpleNamespace(name=f"zoo.test:{name}.intent", conf=score)
            for name, score in scores.items()
        ]
        found = [
            {"intent_type": f"zoo.test:{name}", "confidence": score}
            for name, score in scores.items()
        ]
        container = SimpleNamespace(
            calc_intents=lambda _: matches, determine_intent=lambda *_: found
        )
        super().__init__(containers={"en-us": container}, **settings)


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # as a RunningCore
    """A core with one skill."""
    monkeypatch.chdir(tmp_path)  # Adapt reads a README.md when it is imported
    for name, text in FILES.items():
        file = tmp_path / "zoo" / "locale" / "en-us" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    intents = [
        ("how.intent", {"lang": "en-US", "samples": ["how are you?"]}),
        ("inline", {"lang": "en-US", "samples": ["good old times"]}),
        ("foreign.intent", {"lang": "pt-PT", "samples": ["how are yo"]}),
        ("Feed", parser("Feed", ["Feed"], ["Cat", "Dog"])),
        ("Stroke", parser("Stroke", ["Stroke"], ["Cat"])),
    ]
    skill = SimpleNamespace(
        skill_id="zoo.test",
        root_dir=str(tmp_path / "zoo"),
        intent_service=SimpleNamespace(registered_intents=intents),
    )
    return SimpleNamespace(service=None, skills={"zoo.test": skill})


Lines = Sequence[tuple[str, str]]


@pytest.fixture
def explain_all(
    core: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Sequence[Lines]]:
    """Return a function that explains the turns of a script."""

    def explain(
        turns: Mapping[str, Mapping[str, object]],
        engine: str = "padacioso",
        plugin: Any = None,
        adapt: str = ADAPT,
        installed: Sequence[str] = (),
    ) -> Sequence[Lines]:
        monkeypatch.setattr(
            unmatched,
            "installed_generation",
            lambda: SimpleNamespace(
                engine=lambda *_: plugin,
                adapt_module=adapt,
                distributions={"adapt": "ovos-adapt-parser"},
            ),
        )
        monkeypatch.setattr(unmatched, "has_engine", lambda name: name in installed)
        head = "sessions: {hall: {pipeline: [engine_high]}, lisboa: {lang: pt-PT}}\n"
        listed = "".join(f"    - {turn}\n" for turn in turns)
        script = f"skill: zoo.test\n{head}dialogues:\n  x:\n{listed}"
        (fixture,) = fixtures(script)
        (case,) = fixture.cases
        happened = [
            TurnTranscript(
                **{
                    "index": index,
                    "session": sent.session,
                    "said": sent.said,
                    "at": 0.0,
                    "end": "handled",
                    "matched": False,
                    **parts,
                }
            )
            for (index, sent), parts in zip(
                enumerate(case.turns), turns.values(), strict=True
            )
        ]
        transcript = Transcript("x", "x", "", engine, "memory", tuple(happened))
        setup = Setup(("zoo.test",), engine=engine)
        done = with_explanations(core, setup, case, transcript)
        return [turn.nearest for turn in done.turns]

    return explain


@pytest.fixture
def explain(explain_all: Callable[..., Sequence[Lines]]) -> Callable[..., Lines]:
    """Return a function that explains the only turn of a script."""

    def explain(turn: str, *given: Any, **named: Any) -> Lines:
        parts = {key: named.pop(key) for key in ("matched",) if key in named}
        (lines,) = explain_all({turn: parts}, *given, **named)
        return lines

    return explain


def test_the_nearest_sentence(explain: Callable[..., object]) -> None:
    """It is told with its line, what the engine thinks of it, and what differs."""
    assert explain("{a: how are you, expect: fine}", plugin=Engine({})) == (
        (
            "nearest",
            (
                'zoo/locale/en-us/how.intent:1 "how are you?": padacioso scores 0 and '
                'needs 0.8 ("you?" for "you")'
            ),
        ),
    )


def test_a_score_below_the_threshold(explain: Callable[..., object]) -> None:
    """The engine's own favourite counts, and its own settings."""
    plugin = Engine({"how": 0.61}, conf_high=0.9, conf_med=0.7, conf_low=0.6)
    assert explain("{a: play a song please, expect: fine}", "padatious", plugin) == (
        (
            "nearest",
            (
                'zoo/locale/en-us/how.intent:2 "(play|start) {song} please": padatious '
                "scores 0.61 and needs 0.7 (the same words)"
            ),
        ),
        (
            "instead",
            (
                "padatious_low would take it as how (it scores 0.61), but the "
                "session's pipeline lacks it"
            ),
        ),
    )


def test_a_sentence_without_a_file(explain: Callable[..., object]) -> None:
    """A skill may register sentences that are in no file."""
    assert explain("{a: good old time, expect: fine}", plugin=Engine({})) == (
        (
            "nearest",
            (
                'zoo.test:1 "good old times": padacioso scores 0 and needs 0.8 '
                '("times" for "time")'
            ),
        ),
    )


@pytest.mark.parametrize(
    ("said", "line", "needed"),
    [
        ("feed the cow", 'Cat.voc:1 "cat"', "Cat or Dog"),
        ("feed the kiten", 'Cat.voc:2 "kitten"', "Cat or Dog"),
        ("feed the strok", 'Cat.voc:1 "cat"', "Cat or Dog"),
        ("fed the cat", 'Feed.voc:1 "feed"', "Feed"),
    ],
)
def test_the_nearest_keyword(
    explain: Callable[..., object], said: str, line: str, needed: str
) -> None:
    """What Adapt lacks is told, with the word that is nearest."""
    assert explain(f"{{a: {said}, expect: yum}}", "adapt", Engine({})) == (
        (
            "nearest",
            f"zoo/locale/en-us/{line}: adapt needs a word of {needed} for Feed",
        ),
    )


def test_adapt_is_not_sure_enough(explain: Callable[..., object]) -> None:
    """Its own score is told."""
    plugin = Engine({"Feed": 0.2}, conf_high=0.9, conf_med=0.6, conf_low=0.5)
    assert explain("{a: feed the cat, expect: yum}", "adapt", plugin) == (
        ("nearest", "Feed: adapt scores 0.2 and needs 0.5"),
    )


def test_what_adapt_has_and_does_not_take(explain: Callable[..., object]) -> None:
    """An intent of which nothing is missing explains nothing; another may be near."""
    assert explain("{a: feed the cat, expect: yum}", "adapt", Engine({})) == (
        (
            "nearest",
            (
                'zoo/locale/en-us/Stroke.voc:1 "stroke": adapt needs a word of Stroke '
                "for Stroke"
            ),
        ),
    )


def test_nothing_is_near(explain: Callable[..., object]) -> None:
    """Then nothing is told, and so if an engine cannot be asked."""
    assert explain("{a: blub, expect: fine}", "padacioso+adapt") == ()


@pytest.mark.parametrize("said", ["feed the cat", "please feed the cat now"])
def test_adapt_would_take_it(explain: Callable[..., Lines], said: str) -> None:
    """Adapt is asked even if it takes no part in the run; its stages need less."""
    pytest.importorskip(ADAPT.partition(".")[0])
    *_, last = explain(f"{{a: {said}, expect: yum}}", plugin=Engine({}))
    assert last[0] == "instead"
    assert last[1].startswith("adapt would take it as Feed (it scores ")
    assert last[1].endswith("): --engine padacioso+adapt")


def test_padatious_may_take_it(explain: Callable[..., object]) -> None:
    """It is not asked, as its training takes long, but named where it is installed."""
    turn = "{a: how are you, expect: fine}"
    assert explain(turn, plugin=Engine({}), installed=["padatious"])[1:] == (  # type: ignore[index]
        (
            "instead",
            "padatious, which a device would use, may take it: --engine padatious",
        ),
    )


def test_padacioso_would_take_it(explain: Callable[..., object]) -> None:
    """So is padacioso."""
    assert explain("{a: good old times, expect: fine}", "adapt", Engine({})) == (
        (
            "instead",
            "padacioso would take it as inline (it scores 1): --engine adapt+padacioso",
        ),
    )


def test_another_engine_that_is_not_installed(
    explain: Callable[..., object],
) -> None:
    """It is not asked, but an intent whose keywords are all heard is named."""
    said = "{a: feed the cat, expect: yum}"
    assert explain(said, plugin=Engine({}), adapt="no_such_adapt") == (
        (
            "instead",
            (
                "adapt, which is not installed, may take it as Feed: pip install "
                "ovos-adapt-parser"
            ),
        ),
    )
    said = "{a: feed the cow, expect: yum}"
    assert explain(said, plugin=Engine({}), adapt="no_such_adapt") == ()


@pytest.mark.parametrize(
    ("turn", "parts"),
    [
        ("{a: how are you}", {}),
        ("{a: how are you, expect: {no_match: true}}", {}),
        ("{a: how are you, expect: {no_reply: true}}", {}),
        ("{a: how are you, expect: fine}", {"matched": True}),
    ],
)
def test_what_needs_no_explanation(
    explain: Callable[..., object], turn: str, parts: dict[str, object]
) -> None:
    """A match, and a turn that expects none or nothing."""
    assert explain(turn, plugin=Engine({}), **parts) == ()


def test_the_first_turns_are_explained(
    explain_all: Callable[..., Sequence[Lines]],
) -> None:
    """Three of those that expect a match, of whatever kind, and surely have none."""
    turns = {
        "{a: how are you, expect: fine}": {"matched": True},
        "{b: how are you}": {},
        "{a: how are your, expect: {intent: how}}": {},
        "{a: how are they, expect: fine}": {"matched": None},
        "{a: good old time, expect: {route: intent}}": {},
        "{b: how is you, expect: {skill: zoo.test}}": {},
        "{b: how are you, expect: fine}": {},
    }
    found = explain_all(turns, plugin=Engine({}))
    differences = [[line.rpartition(" (")[2] for _, line in lines] for lines in found]
    assert differences == [
        *([], [], ['"you?" for "your")'], []),
        *(['"times" for "time")'], ['"are" for "is", "you?" for "you")'], []),
    ]


def test_the_language_and_the_pipeline_are_those_of_the_turn(
    explain_all: Callable[..., Sequence[Lines]],
) -> None:
    """A turn may have others than its session, and a session than its dialogue."""
    low = "{pipeline: [padacioso_low]}"
    turns = {
        "{lisboa: how are you, expect: fine}": {},
        "{a: {say: how are you, lang: pt-PT}, expect: fine}": {},
        f"{{hall: {{say: how are you, session: {low}}}, expect: fine}}": {},
    }
    scored = "padacioso scores 0 and needs"
    foreign = f'zoo.test:1 "how are yo": {scored} 0.8 ("yo" for "you")'
    own = f'{HOW} "how are you?": {scored} 0.5 ("you?" for "you")'
    assert explain_all(turns, plugin=Engine({})) == [
        (("nearest", line),) for line in (foreign, foreign, own)
    ]


def test_each_engine_of_the_run_is_asked(explain: Callable[..., Lines]) -> None:
    """Each tells the intent that it scores best."""
    plugin = Engine({"inline": 0.1, "how": 0.2, "Feed": 0.15})
    scored = "padacioso scores 0.2 and needs 0.8"
    turn = "{a: how are you, expect: fine}"
    assert explain(turn, "padacioso+adapt", plugin) == (
        ("nearest", f'{HOW} "how are you?": {scored} ("you?" for "you")'),
        ("nearest", "how: adapt scores 0.2 and needs 0.25"),
    )


def test_stages_of_the_session(explain: Callable[..., object]) -> None:
    """What is needed depends on the session's own pipeline."""
    turn = "{hall: play a song please, expect: fine}"
    assert explain(turn, plugin=Engine({"how": 0.9})) == (
        (
            "nearest",
            (
                'zoo/locale/en-us/how.intent:2 "(play|start) {song} please": padacioso '
                "scores 0.9 and needs 0.95 (the same words)"
            ),
        ),
        (
            "instead",
            (
                "padacioso_medium would take it as how (it scores 0.9), but the "
                "session's pipeline lacks it"
            ),
        ),
    )
