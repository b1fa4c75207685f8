"""Values of slots from the skill's own ``.entity`` files."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovos_dialogue_kit.entities import entity_values
from ovos_dialogue_kit.errors import Mark, ScriptError
from ovos_dialogue_kit.generate import generate
from ovos_dialogue_kit.script import (
    Dialogue,
    Expectation,
    ReplyExpectation,
    Say,
    Script,
    SessionSpec,
    Text,
    Turn,
)


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def values(root: Path, lang: str = "en-US") -> tuple[str, ...]:
    script = root / "skill" / "test" / "x.dialogue.yaml"
    script.parent.mkdir(parents=True, exist_ok=True)
    return entity_values("word", lang, script, root)


@pytest.mark.parametrize(
    "place",
    [
        "skill/test/locale/en-US/word.entity",
        "skill/locale/en-US/word.entity",
        "skill/my_skill/locale/en-US/word.entity",
        "skill/my_skill/locale/en-us/vocab/word.entity",
        "locale/en_US/word.entity",
    ],
)
def test_places(tmp_path: Path, place: str) -> None:
    """The skill of a script is found from beside its tests."""
    put(tmp_path, place, "cat\n")
    assert values(tmp_path) == ("cat",)


@pytest.mark.parametrize(
    "place",
    [
        "skill/build/locale/en-US/word.entity",
        "skill/a/b/locale/en-US/word.entity",
        "skill/locale/pt-PT/word.entity",
        "skill/locale/en-US",
        "skill/locale/en-US/other.entity",
    ],
)
def test_elsewhere(tmp_path: Path, place: str) -> None:
    """Copies, other projects, other languages and other slots do not count."""
    put(tmp_path, place, "cat\n")
    assert values(tmp_path) == ()


def test_nearest_folder_wins(tmp_path: Path) -> None:
    """The folder nearest to the script is the one that counts."""
    put(tmp_path, "locale/en-US/word.entity", "far\n")
    put(tmp_path, "skill/locale/en-US/word.entity", "near\n")
    assert values(tmp_path) == ("near",)


def test_nothing_above_the_root(tmp_path: Path) -> None:
    """What lies above the project's root is somebody else's."""
    put(tmp_path, "locale/en-US/word.entity", "cat\n")
    (tmp_path / "project").mkdir()
    assert values(tmp_path / "project") == ()


def test_exact_language_first(tmp_path: Path) -> None:
    """A language's own folder comes before one of another country."""
    put(tmp_path, "skill/locale/pt-BR/word.entity", "trem\n")
    assert values(tmp_path, "pt-PT") == ("trem",)
    put(tmp_path, "skill/locale/pt-PT/word.entity", "comboio\n")
    assert values(tmp_path, "pt-PT") == ("comboio",)


def test_lines(tmp_path: Path) -> None:
    """Comments are left out, templates are expanded, each value counts once."""
    put(
        tmp_path,
        "locale/en-US/word.entity",
        "# animals\n\n(big|small) cat\ncat\n cat \n",
    )
    assert values(tmp_path) == ("big cat", "small cat", "cat")


def test_two_skills(tmp_path: Path) -> None:
    """Two skills that could both be meant are an error that says how to choose."""
    put(tmp_path, "skill/a/locale/en-US/word.entity", "cat\n")
    put(tmp_path, "skill/b/locale/en-US/word.entity", "dog\n")
    with pytest.raises(ScriptError) as caught:
        values(tmp_path)
    assert str(caught.value) == (
        'skill/test/x.dialogue.yaml:1:1: "{word}" may take its values from '
        '"skill/a/locale/en-US/word.entity" and "skill/b/locale/en-US/word.entity"\n'
        '  say which with "with: {word: […]}"'
    )


def test_not_utf_8(tmp_path: Path) -> None:
    """A file that is not UTF-8 is an error with its place."""
    put(tmp_path, "locale/en-US/word.entity", "")
    (tmp_path / "locale/en-US/word.entity").write_bytes(b"cat\nol\xe1\n")
    with pytest.raises(ScriptError) as caught:
        values(tmp_path)
    assert str(caught.value) == (
        'locale/en-US/word.entity:2:3: is not UTF-8\n  save it as "UTF-8"'
    )


def test_malformed_line(tmp_path: Path) -> None:
    """A malformed template in the file is an error with its place."""
    put(tmp_path, "locale/en-US/word.entity", "cat\n(dog\n")
    with pytest.raises(ScriptError) as caught:
        values(tmp_path)
    assert str(caught.value).startswith('locale/en-US/word.entity:2:1: "(dog" ')


def test_values_in_the_speakers_language(tmp_path: Path) -> None:
    """Each session says the words of its language, and is expected to hear them."""
    put(tmp_path, "locale/en-US/word.entity", "cat\n")
    put(tmp_path, "locale/pt-PT/word.entity", "gato\ncão\n")
    mark = Mark("x.dialogue.yaml", 3, 5)
    expect = Expectation(mark, (ReplyExpectation(mark, text="{word}"),))
    turns = tuple(
        Turn(mark, name, Say(Text("{word}", mark)), expect)
        for name in ("kitchen", "bedroom", "kitchen")
    )
    script = Script(
        "x.dialogue.yaml",
        mark,
        (Dialogue("d", mark, turns),),
        sessions={"bedroom": SessionSpec("bedroom", mark, lang="pt-PT")},
    )
    (fixture,) = generate(script, tmp_path)
    assert [[turn.said for turn in case.turns] for case in fixture.cases] == [
        ["cat", "gato", "cat"],
        ["cat", "cão", "cat"],
    ]
    last = fixture.cases[1].turns[1].expect
    assert last is not None
    assert last.replies == (ReplyExpectation(mark, text="cão"),)
