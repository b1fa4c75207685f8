"""A skill's resource files, by language, and their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.script.model import Text
from ovos_dialogue_kit.skill.resources import (
    LanguageFolder,
    content_lines,
    find_language_folders,
    find_resources,
    in_language,
    language_tag,
    own_folders,
    read_lines,
)


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "tag"),
    [("en-US", "en-US"), ("en_us", "en-US"), ("EN", "en"), ("pt-pt", "pt-PT")],
)
def test_a_language_as_it_is_usually_written(name: str, tag: str) -> None:
    """Whatever its folder is called."""
    assert tag == language_tag(name)


def test_folders_of_all_generations(tmp_path: Path) -> None:
    """``locale`` comes first, then what skills had before 2021, wherever they are."""
    put(tmp_path, "vocab/en-us/a.voc", "dialog/en-us/b.dialog", "regex/en-us/c.rx")
    put(tmp_path, "sub/locale/en-US/d.intent", "locale/note.txt", "ui/en-us/e.qml")
    put(tmp_path, "__init__.py")
    found = [folder.path.relative_to(tmp_path) for folder in find_resources(tmp_path)]
    assert ["sub/locale/en-US", "vocab/en-us", "dialog/en-us", "regex/en-us"] == [
        path.as_posix() for path in found
    ]


def test_other_projects_in_a_skill(tmp_path: Path) -> None:
    """In a repository that is a package, environments and builds do not count."""
    put(tmp_path, "__init__.py", "a.py", "locale/en-us/a.voc", "sub/b.py", "env/c.py")
    put(tmp_path, ".tox/x/locale/de/a.voc", "build/locale/fr/a.voc", "env/pyvenv.cfg")
    assert ["en-US"] == [folder.lang for folder in find_resources(tmp_path)]
    assert {tmp_path, tmp_path / "sub"} <= set(own_folders(tmp_path))
    assert tmp_path / "env" not in set(own_folders(tmp_path))


def test_beside_a_module(tmp_path: Path) -> None:
    """A single module has the folders beside it, but not those of its neighbours."""
    put(tmp_path, "clock.py", "lamps/locale/en-us/a.voc", "locale/de/b.voc")
    assert ["de"] == [folder.lang for folder in find_resources(tmp_path)]
    assert [tmp_path] == list(own_folders(tmp_path))


def test_a_skill_without_folders(tmp_path: Path) -> None:
    """There are no languages then."""
    assert [] == find_resources(tmp_path)
    assert [] == find_language_folders(tmp_path / "locale")


def test_nearest_country_first(tmp_path: Path) -> None:
    """The exact language comes first, then those of other countries."""
    names = ("pt-BR", "en-US", "pt_pt", "pt")
    folders = [LanguageFolder(language_tag(n), tmp_path / n) for n in names]
    near = in_language(folders, "pt-PT")
    assert ["pt-PT", "pt", "pt-BR"] == [folder.lang for folder in near]


def test_files_of_a_kind(tmp_path: Path) -> None:
    """They are found at any depth, all of them or those of a name."""
    put(tmp_path, "b.voc", "sub/a.voc", "a.dialog", "a[1].voc")
    folder = LanguageFolder("en-US", tmp_path)
    assert ["a[1].voc", "b.voc", "a.voc"] == [f.name for f in folder.files(".voc")]
    assert [tmp_path / "sub" / "a.voc"] == folder.files(".voc", "a")
    assert [tmp_path / "a[1].voc"] == folder.files(".voc", "a[1]")


def test_lines_know_their_place(tmp_path: Path) -> None:
    """Comments and empty lines are left out, and counted."""
    file = tmp_path / "a.voc"
    file.write_bytes(b"# words\r\n\r\n  one \r\n #two\r\nthree")
    assert [
        Text("one", Mark("a.voc", 3)),
        Text("three", Mark("a.voc", 5)),
    ] == read_lines(file, "a.voc")
    assert [] == list(content_lines("", "a.voc"))


def test_lines_that_are_not_utf_8(tmp_path: Path) -> None:
    """The place of the bad byte is named."""
    (tmp_path / "a.voc").write_bytes(b"one\nol\xe1\n")
    with pytest.raises(KitError) as caught:
        read_lines(tmp_path / "a.voc", "a.voc")
    assert Mark("a.voc", 2, 3) == caught.value.mark
