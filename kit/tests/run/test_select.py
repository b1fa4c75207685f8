"""Tests of selecting the dialogues of a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.actors import fixtures

from ovos_dialogue_kit.assistant.device import LeftOut
from ovos_dialogue_kit.errors import FixtureError, KitError
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.run.jobs import Settings
from ovos_dialogue_kit.run.load import LoadedDialogue
from ovos_dialogue_kit.run.select import plan

SCRIPT = """
skill: a.test
dialogues:
  Good Morning:
    tags: [early]
    turns:
      - kitchen: (hi|hello)
  good night:
    - kitchen: bye
      tags: [late]
  nothing:
    - kitchen: hm
"""

STALE = FixtureError("the fixture is stale")


def planned(pattern: str = "", *tags: str) -> list[str]:
    dialogues = [LoadedDialogue(fixture) for fixture in fixtures(SCRIPT)]
    return [job.name for job in plan(dialogues, Settings(), pattern, tags).jobs]


def refused(pattern: str = "", *tags: str) -> str:
    with pytest.raises(KitError) as caught:
        planned(pattern, *tags)
    return str(caught.value)


def test_everything() -> None:
    """By default all dialogues are selected."""
    assert planned() == [
        "Good Morning[hi-padacioso]",
        "Good Morning[hello-padacioso]",
        "good night[padacioso]",
        "nothing[padacioso]",
    ]


def test_names() -> None:
    """A pattern is a part of the dialogue's name, in any case."""
    assert planned("GOOD N") == ["good night[padacioso]"]


@pytest.mark.parametrize(
    ("name", "patterns"),
    [
        ("café", ["cafe\u0301", "CAFÉ", "cafe"]),
        ("İSTANBUL \u0131ş\u0131k", ["istanbul", "ISTANBUL", "IŞIK", "isik"]),
        ("Straße", ["strasse"]),
        ("दीन", ["दीन"]),
    ],
)
def test_names_in_other_scripts(name: str, patterns: list[str]) -> None:
    """Neither case nor accents nor the encoding of a character matters."""
    script = (
        f"skill: a.test\ndialogues:\n  {name}: [kitchen: hi]\n  दिन: [kitchen: hi]\n"
    )
    dialogues = [LoadedDialogue(fixture) for fixture in fixtures(script)]
    for pattern in patterns:
        (job,) = plan(dialogues, Settings(), pattern).jobs
        assert job.fixture.dialogue == name


def test_variants() -> None:
    """A pattern may also be a part of the variant's name."""
    assert planned("hell") == ["Good Morning[hello-padacioso]"]


def test_tags() -> None:
    """One of several tags is enough, of the dialogue or of a turn."""
    assert planned("", "early") == [
        "Good Morning[hi-padacioso]",
        "Good Morning[hello-padacioso]",
    ]
    assert planned("good n", "early", "late") == ["good night[padacioso]"]


def test_problems() -> None:
    """A problem of a committed fixture counts if its dialogue is selected."""
    first, second, third = fixtures(SCRIPT)
    dialogues = [
        LoadedDialogue(first),
        LoadedDialogue(second, "x.json", STALE),
        LoadedDialogue(third),
    ]
    assert plan(dialogues, Settings(), "night").problems == [STALE]
    assert plan(dialogues, Settings(), "hell").problems == []


def test_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    """So does a note on what no assistant takes; each is there once."""

    def notes_on(fixture: Fixture, _: Settings) -> list[LeftOut]:
        return [LeftOut("media", "it", f"{fixture.dialogue[-5:]}.test")]

    monkeypatch.setattr("ovos_dialogue_kit.run.select.notes_on", notes_on)
    dialogues = [LoadedDialogue(each) for each in fixtures(SCRIPT)]
    names = "rning.test, night.test and thing.test"
    assert plan(dialogues, Settings(), "").notes == [
        f"requests for media do not reach {names}: pip install it"
    ]
    assert plan(dialogues, Settings(), "night").notes == [
        "requests for media do not reach night.test: pip install it"
    ]


@pytest.mark.parametrize(("root", "place"), [(None, ""), (Path("/r/one"), "/r/one/")])
def test_no_skill(root: Path | None, place: str) -> None:
    """A script without a skill is an error at the dialogue, as seen from here."""
    script = SCRIPT.replace("skill:", "tags:")
    dialogues = [LoadedDialogue(each, root=root) for each in fixtures(script)]
    with pytest.raises(KitError) as caught:
        plan(dialogues, Settings(), "")
    path, line, *_, words = str(caught.value).splitlines()[0].split(":")
    assert Path(path).resolve() == Path(f"{place}a.dialogue.yaml").resolve()
    assert (line, words) == ("4", " the script does not name a skill")


def test_no_such_name() -> None:
    """A pattern that matches nothing is an error with the most similar name."""
    assert refused("god night") == (
        'no dialogue has "god night" in its name (did you mean "good night"?)'
    )


def test_no_such_tag() -> None:
    """An unknown tag is an error with the most similar tag."""
    assert refused("", "erly") == (
        'no dialogue is tagged "erly" (did you mean "early"?)'
    )


def test_no_such_combination() -> None:
    """Name and tags must match the same dialogue."""
    assert refused("night", "early", "lte") == (
        'no dialogue has "night" in its name'
        ' and is tagged "early" or "lte" (did you mean "late"?)'
    )


def test_no_dialogues() -> None:
    """Without any dialogue the error says how scripts are named."""
    with pytest.raises(KitError) as caught:
        plan([], Settings(), "")
    assert str(caught.value) == (
        'no dialogues found\n  scripts are named "<name>.dialogue.yaml"'
    )


def test_projects_are_told_apart() -> None:
    """Scripts of several projects may have one path, each below its own root."""
    (fixture, *_) = fixtures("skill: a.b\ndialogues:\n  x:\n  - k: hi\n")
    loaded = [
        LoadedDialogue(fixture, place, root=root)
        for place, root in (("fixtures/x.json", Path("/r/one")), (None, Path("/r/two")))
    ]
    jobs = plan([*loaded, LoadedDialogue(fixture)], Settings(), "").jobs
    assert [(job.fixture.script, job.place, job.root) for job in jobs] == [
        (f"one/{fixture.script}", "one/fixtures/x.json", Path("/r")),
        (f"two/{fixture.script}", None, Path("/r")),
        (fixture.script, None, None),
    ]
    assert all(job.generated == fixture for job in jobs)
    [alone] = plan(loaded[:1], Settings(), "").jobs
    assert (alone.fixture.script, alone.root) == (fixture.script, Path("/r/one"))
