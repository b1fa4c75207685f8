"""Which engines and stages a run has, and what it says is left out."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from support.skills import install_skill

from ovos_dialogue_kit.assistant import device
from ovos_dialogue_kit.assistant.core.generations import generation_of
from ovos_dialogue_kit.assistant.device import (
    chosen_engine,
    left_out,
    optional_stages,
    require_engines,
)
from ovos_dialogue_kit.errors import AssistantError, EngineMissingError
from ovos_dialogue_kit.render.left_out import left_out_notes

SOURCES = {
    "sentences.test": "@intent_handler('hi.intent')\ndef hi(self): ...",
    "keywords.test": "x = IntentBuilder('x')",
    "queries.test": "class Skill(CommonQuerySkill): ...",
    "media.test": "class Skill(OVOSCommonPlaybackSkill): ...",
}
ALL = tuple(SOURCES)

ADAPT = "ovos-adapt-parser"
PADATIOUS = "ovos-padatious"
QUERIES = "ovos-common-query-pipeline-plugin"
OCP = "ovos-ocp-pipeline-plugin"


@pytest.fixture(autouse=True)
def _same_notes_everywhere() -> None:
    """Notes are what is tested here."""


@pytest.fixture(autouse=True)
def _skills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    for skill_id, source in SOURCES.items():
        install_skill(tmp_path, skill_id, source)


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the distributions beside ovos-core 2.1.1, to which a test adds."""
    found: set[str] = set()
    monkeypatch.setattr(device, "installed_generation", lambda: generation_of("2.1.1"))
    monkeypatch.setattr(
        device,
        "Distribution",
        SimpleNamespace(discover=lambda name: [name] if name in found else []),
    )
    return found


def told(engine: str, *skills: str) -> list[str]:
    """Return what a run with these skills tells."""
    return left_out_notes(left_out(engine, skills))


def test_keywords_bring_adapt(install: set[str]) -> None:
    """Adapt takes part where it is installed and a skill has keywords."""
    assert chosen_engine("auto", ALL) == "padacioso"
    install.add(ADAPT)
    assert chosen_engine("auto", ALL) == "padacioso+adapt"
    assert chosen_engine("auto", ("sentences.test",)) == "padacioso"
    assert chosen_engine("auto", ("nowhere.test",)) == "padacioso"


@pytest.mark.usefixtures("install")
def test_a_named_engine_is_alone() -> None:
    """What a script or an option names is not added to."""
    assert chosen_engine("adapt", ALL) == "adapt"


def test_stages_come_with_skills_that_need_them(install: set[str]) -> None:
    """They take part where their plugins are installed."""
    assert optional_stages(ALL) == ()
    install.update([QUERIES, OCP])
    assert optional_stages(ALL) == ("common_qa", "ocp")
    assert optional_stages(("media.test",)) == ("ocp",)
    assert optional_stages(("sentences.test",)) == ()


def test_ovos_core_1_has_the_stages_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before 2.0 they are part of ovos-core."""
    monkeypatch.setattr(device, "installed_generation", lambda: generation_of("1.3.1"))
    assert optional_stages(ALL) == ("common_qa", "ocp")


def test_what_is_left_out_is_told(install: set[str]) -> None:
    """Each note says what is missing, and the command that puts it in."""
    assert told("auto", *ALL) == [
        f"the keyword intents of keywords.test need Adapt: pip install {ADAPT}",
        f"common queries do not reach queries.test: pip install {QUERIES}",
        f"requests for media do not reach media.test: pip install {OCP}",
    ]
    install.update([ADAPT, QUERIES, OCP])
    assert told("auto", *ALL) == []


def test_padatious_is_noted_where_it_is_installed(install: set[str]) -> None:
    """A device would use it, but training takes long; a named engine is a choice."""
    install.update([ADAPT, PADATIOUS])
    (note,) = told("auto", "sentences.test")
    assert note == (
        "padatious is installed, but is not used unless it is named: --engine "
        "padatious (in pytest: --kit-engine padatious)"
    )
    assert told("padacioso", "sentences.test") == []


@pytest.mark.usefixtures("install")
def test_a_named_engine_leaves_others_out_on_purpose() -> None:
    """Then only stages are noted, which do not depend on the engine."""
    assert told("padacioso", "keywords.test", "sentences.test") == []
    assert told("padacioso", "media.test") == [
        f"requests for media do not reach media.test: pip install {OCP}"
    ]


def test_an_engine_is_missing(install: set[str]) -> None:
    """It is said before anything is booted, with what brings the engine."""
    require_engines([], ["sentences.test"])
    with pytest.raises(EngineMissingError) as error:
        require_engines(["padatious"], ["sentences.test"])
    assert str(error.value) == (
        'the engine "padatious" is not installed, or ovos-core could not load it\n'
        "  pip install ovos-padatious"
    )
    install.add(PADATIOUS)
    require_engines(["padatious"], ["sentences.test"])


@pytest.mark.usefixtures("install")
def test_a_skill_that_is_missing_too_is_told_first() -> None:
    """Without its skill a dialogue is broken; without its engine it is skipped."""
    with pytest.raises(AssistantError) as error:
        require_engines(["padatious"], ["nowhere.test"])
    assert error.value.problem.startswith('the skill "nowhere.test" is not installed')
