"""Tests of reading what an installed skill understands and says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.skills import LAMPS, install_skill, lamps

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.skill.texts import read_skill


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with lamps(tmp_path, monkeypatch) as place:
        yield place


def refused(skill: str, lang: str | None = None) -> str:
    with pytest.raises(KitError) as caught:
        read_skill(skill, lang)
    return str(caught.value)


def test_texts_by_kind() -> None:
    """Sentences are expanded, dialogs are as written."""
    found = read_skill("lamps.test")
    assert "en-US" == found.lang
    assert {
        "lamp": ["turn on the {lamp}", "turn off the {lamp}", "lamp"],
        "name": ["call me {name}"],
    } == found.intents
    assert {"lamp": ["red lamp", "blue lamp"]} == found.entities
    assert {"other": ["other"], "word": ["word", "longer word"]} == found.words
    assert {"hi": ["hi {name}", "(hello|hi) again"]} == found.dialogs


@pytest.mark.parametrize(
    ("lang", "found"),
    [(None, "de-DE"), ("de-DE", "de-DE"), ("de", "de-DE"), ("de-AT", "de-DE")],
)
def test_the_language(folder: Path, lang: str | None, found: str) -> None:
    """It is the one that is asked for, of any country; else the first there is."""
    locale = folder / "lamps" / "locale"
    (locale / "en-US").rename(locale / "de_de")
    texts = read_skill("lamps.test", lang)
    assert (found, ("de-DE",)) == (texts.lang, texts.langs)


def test_a_language_in_several_folders(folder: Path) -> None:
    """Old and new folders of one language add up."""
    install_skill(folder, "lamps.test", "raise RuntimeError", LAMPS)
    old = folder / "lamps" / "dialog" / "en-us"
    old.mkdir(parents=True)
    (old / "bye.dialog").write_text("bye\n", encoding="utf-8")
    found = read_skill("lamps.test")
    assert ({"hi", "bye"}, ("en-US",)) == (set(found.dialogs), found.langs)


def test_another_country_is_not_mixed_in(folder: Path) -> None:
    """With files of the language's own country the others are left out."""
    other = folder / "lamps" / "locale" / "en-GB"
    other.mkdir()
    (other / "tea.intent").write_text("tea\n", encoding="utf-8")
    assert "tea" not in read_skill("lamps.test").intents
    assert ["tea"] == list(read_skill("lamps.test", "en-GB").intents)


def test_a_language_that_the_skill_does_not_have() -> None:
    """The nearest one is named."""
    assert (
        'the skill "lamps.test" has no texts in "fr-US" (did you mean "en-US"?)'
    ) == refused("lamps.test", "fr-US")


def test_no_texts_at_all(folder: Path) -> None:
    """A skill may have no files."""
    (folder / "lamps" / "locale" / "en-US").rename(folder / "elsewhere")
    assert 'the skill "lamps.test" has no texts in any language' == refused(
        "lamps.test"
    )


def test_bytes_that_are_not_utf_8(folder: Path) -> None:
    """A published skill with such a file can be talked to all the same."""
    file = folder / "lamps" / "locale" / "en-US" / "lamp.intent"
    file.write_bytes(b"lamp\nl\xe1mpara\n")
    assert ["lamp", "l\ufffdmpara"] == read_skill("lamps.test").intents["lamp"]


def test_files_that_cannot_be_read(folder: Path) -> None:
    """A link to nowhere, a folder or a pipe among the files is left out."""
    locale = folder / "lamps" / "locale" / "en-US"
    (locale / "a.intent").symlink_to("nowhere")
    (locale / "b.intent").mkdir()
    os.mkfifo(locale / "c.intent")
    assert ["lamp", "name"] == list(read_skill("lamps.test").intents)


def test_a_skill_that_is_a_single_module(folder: Path) -> None:
    """The texts of packages beside the module are not its own."""
    about = folder / "lamps-1.0.dist-info" / "entry_points.txt"
    about.write_text("[opm.skill]\nclock.test = clock:Skill\n", encoding="utf-8")
    (folder / "clock.py").write_text("raise RuntimeError", encoding="utf-8")
    assert (
        refused("clock.test") == 'the skill "clock.test" has no texts in any language'
    )
    own = folder / "locale" / "en-US"
    own.mkdir(parents=True)
    (own / "time.intent").write_text("what time is it\n", encoding="utf-8")
    assert {"time": ["what time is it"]} == read_skill("clock.test").intents


@pytest.mark.parametrize(("count", "kept"), [(10_000, 10_000), (10_001, 0)])
def test_a_line_of_many_sentences(folder: Path, count: int, kept: int) -> None:
    """A line of 10,000 sentences is taken, as beside a script; a longer one is not."""
    line = f"({'|'.join(f'v{number}' for number in range(count))})\n"
    entity = folder / "lamps" / "locale" / "en-US" / "lamp.entity"
    entity.write_text(line, encoding="utf-8")
    assert kept == len(read_skill("lamps.test").entities["lamp"])
