"""Setups, pipelines and the private home of an assistant."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support.actors import fixtures
from support.dialogues import dialogue

from ovos_dialogue_kit.assistant.setup import Setup, default_pipeline, pipeline_for
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox
from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.dialect import Dialect, canonical

SKILL = "a.skill"


def test_the_default_pipeline_has_the_engines_under_test() -> None:
    """Engines stand where ovos-core has its own; only Adapt has its low stage."""
    assert default_pipeline("padacioso+adapt") == [
        "stop_high",
        "converse",
        "padacioso_high",
        "adapt_high",
        "fallback_high",
        "stop_medium",
        "padacioso_medium",
        "adapt_medium",
        "adapt_low",
        "fallback_medium",
        "fallback_low",
    ]


def test_optional_stages_stand_where_ovos_core_has_them() -> None:
    """OCP is asked before and after the engines, common query before fallbacks."""
    assert default_pipeline("padacioso", ("common_qa", "ocp")) == [
        "stop_high",
        "converse",
        "ocp_high",
        "padacioso_high",
        "ocp_medium",
        "fallback_high",
        "stop_medium",
        "padacioso_medium",
        "common_qa",
        "fallback_medium",
        "fallback_low",
    ]


def test_engine_stages_stand_for_the_engines_under_test() -> None:
    """``engine_high`` becomes the high stage of each engine; others stay."""
    stages = ["converse", "engine_high", "stop_high"]
    assert pipeline_for(stages, "padacioso+adapt") == [
        "converse",
        "padacioso_high",
        "adapt_high",
        "stop_high",
    ]
    assert pipeline_for(None, "adapt") == default_pipeline("adapt")


def test_a_setup_holds_what_a_fixture_needs() -> None:
    """Skills, languages, clock and the stages that its sessions name."""
    fixture = dialogue(SKILL, ("kitchen", "hi"), clock="real")
    [case] = fixture.cases
    sessions = {"kitchen": {"session_id": "x", "pipeline": ["ocp_high", "converse"]}}
    fixture = replace(fixture, cases=(replace(case, sessions=sessions),))
    setup = Setup.of(fixture, "padacioso+adapt")
    assert (setup.skills, setup.clock) == ((SKILL,), "real")
    assert setup.stages == ("converse", "ocp_high")
    assert setup.engines == ("padacioso", "adapt")


def test_a_real_bus_has_real_time() -> None:
    """A real bus has a real clock."""
    fixture = dialogue(SKILL, ("kitchen", "hi"))
    assert Setup.of(fixture, "padacioso").clock == "virtual"
    assert Setup.of(fixture, "padacioso", "real").clock == "real"


def test_a_fixture_without_a_skill_is_an_error() -> None:
    """It says where to name one."""
    fixture = replace(dialogue(SKILL, ("kitchen", "hi")), skills=())
    with pytest.raises(KitError) as error:
        Setup.of(fixture, "padacioso")
    assert str(error.value) == (
        "x:1:1: the script does not name a skill\n"
        "  add `skill: <skill id>` to the script, or pass --skill (in pytest: "
        "--kit-skill)"
    )


def test_the_environment_leads_into_the_sandbox(tmp_path: Path) -> None:
    """Every way to a user's files is closed, and chance and language are fixed."""
    base = {"HOME": "/home/me", "OVOS_DEFAULT_CONFIG": "/etc/x", "PATH": "/bin"}
    environment = Sandbox(OwnFolder(tmp_path)).environment(base, hash_seed=7)
    home = str(tmp_path / "home")
    assert environment["HOME"] == home
    assert all(
        environment[name].startswith(home)
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CONFIG_DIRS", "TMPDIR")
    )
    assert "OVOS_DEFAULT_CONFIG" not in environment
    assert (environment["PATH"], environment["PYTHONHASHSEED"]) == ("/bin", "7")
    assert (environment["TZ"], environment["LC_ALL"]) == ("UTC", "C.UTF-8")


def test_a_sandbox_forgets_what_was_changed(tmp_path: Path) -> None:
    """Changed, new and removed files and links are as they were when saved."""
    sandbox = Sandbox(OwnFolder(tmp_path))
    sandbox.configure({"lang": "en-US"})
    kept = sandbox.home / "data" / "kept"
    kept.parent.mkdir()
    kept.write_text("before")
    sandbox.save()
    kept.write_text("after, and longer")
    (sandbox.home / "new").mkdir()
    (sandbox.home / "new" / "file").write_text("x")
    (sandbox.home / "link").symlink_to(sandbox.home / "new")
    sandbox.configuration.unlink()
    sandbox.restore()
    assert kept.read_text() == "before"
    assert json.loads(sandbox.configuration.read_text()) == {"lang": "en-US"}
    assert not (sandbox.home / "new").exists()
    assert not (sandbox.home / "link").is_symlink()


def test_a_sandbox_forgets_what_is_no_file(tmp_path: Path) -> None:
    """Folders and links come and go, too, and may take each other's place."""
    sandbox = Sandbox(OwnFolder(tmp_path))
    home = sandbox.home
    (home / "folder").mkdir()
    (home / "folder" / "file").write_text("x")
    (home / "link").symlink_to("folder")
    sandbox.save()
    shutil.rmtree(home / "folder")
    (home / "folder").write_text("no folder")
    (home / "link").unlink()
    (home / "link").mkdir()
    (home / "link" / "deep").mkdir()
    (home / "empty").mkdir()
    sandbox.restore()
    assert ["folder", "link"] == sorted(path.name for path in home.iterdir())
    assert "x" == (home / "folder" / "file").read_text()
    assert Path("folder") == (home / "link").readlink()


def test_a_file_that_was_not_changed_is_left_alone(tmp_path: Path) -> None:
    """Restoring costs nothing where nothing happened."""
    sandbox = Sandbox(OwnFolder(tmp_path))
    sandbox.configure({})
    sandbox.save()
    before = sandbox.configuration.stat().st_ino
    (sandbox.home / "other").write_text("x")
    sandbox.restore()
    assert sandbox.configuration.stat().st_ino == before


def test_adapts_keywords_are_slots_without_their_prefix() -> None:
    """Adapt puts the skill's id before a keyword and its own keys beside it."""
    data = {
        "intent_type": "a.skill:Colour",
        "confidence": 0.5,
        "a_skillColour": "blue",
        "__tags__": [],
        "other": "x",
    }
    match = Dialect((SKILL,)).match("a.skill:Colour", data)
    assert match is not None
    assert (match.intent, match.slots) == ("Colour", {"Colour": "blue"})


@pytest.mark.parametrize(
    ("data", "slots"),
    [
        ({"name": "holiday", "target": "hall"}, {"name": "holiday", "target": "hall"}),
        ({"name": "a.skill:x.intent", "utterance": "x", "lang": "en-US"}, {}),
    ],
)
def test_slots_may_have_any_name(data: dict[str, Json], slots: dict[str, Json]) -> None:
    """A slot may be called ``name`` or ``target``; the intent's name is not a slot."""
    heard = {"utterances": ["x"], **data}
    match = Dialect((SKILL,)).match("a.skill:x.intent", heard)
    assert match is not None
    assert slots == match.slots


@pytest.mark.parametrize(
    ("topic", "route"),
    [
        ("a.skill:x.intent", "intent"),
        ("a.skill.converse.request", "converse"),
        ("a.skill.converse.get_response", "response"),
        ("ovos.skills.fallback.a.skill.request", "fallback"),
        ("stop:global", "stop"),
        ("question:query", None),
        ("question:action", "common_query"),
        ("a.skill.activate", None),
        ("another.skill:x.intent", None),
    ],
)
def test_routes_are_read_from_topics(topic: str, route: str | None) -> None:
    """Each way that an utterance can go shows in a topic."""
    match = Dialect((SKILL,)).match(topic, {"utterance": "x"})
    assert (match.route if match else None) == route


def test_only_some_topics_matter() -> None:
    """Others are not even parsed."""
    dialect = Dialect((SKILL,))
    assert dialect.matters("speak")
    assert dialect.matters("a.skill:x")
    assert not dialect.matters("a.skillful:x")
    assert not dialect.matters(SKILL)
    assert canonical("ovos.utterance.speak") == "speak"


def test_setups_with_different_configurations_differ() -> None:
    """Only assistants that are configured alike can be shared."""
    (fixture,) = fixtures("skill: a.b\nconfig: {x: 1, y: 2}\ndialogues: {d: [{k: hi}]}")
    (other,) = fixtures("skill: a.b\nconfig: {y: 2, x: 1}\ndialogues: {d: [{k: hi}]}")
    (bare,) = fixtures("skill: a.b\ndialogues: {d: [{k: hi}]}")
    setup = Setup.of(fixture, "padacioso")
    assert setup.config == '{"x": 1, "y": 2}'
    assert setup == Setup.of(other, "padacioso")
    assert setup != Setup.of(bare, "padacioso")
