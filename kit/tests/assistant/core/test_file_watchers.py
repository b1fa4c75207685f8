"""Watching files in the place of the threads of ovos-utils."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ovos_dialogue_kit.assistant.core import file_watchers
from ovos_dialogue_kit.assistant.core.file_watchers import WatchedFiles

pytestmark = pytest.mark.ovos


class Watching:
    """Watched files whose callbacks are called at once."""

    def __init__(self, file_watcher: Callable[..., Any], files: WatchedFiles) -> None:
        self._file_watcher = file_watcher
        self.files = files
        self.seen: list[str] = []

    def watch(self, path: Path, **options: bool) -> Any:  # of ovos-utils
        return self._file_watcher([str(path)], self.seen.append, **options)

    def changed(self) -> list[str]:
        """Return the names of the files that have changed since the last call."""
        self.seen.clear()
        assert self.files.look() == bool(self.seen)
        return [Path(path).name for path in self.seen]


@pytest.fixture
def watching(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watching]:
    from ovos_utils import file_utils  # noqa: PLC0415  # of OVOS

    user = ModuleType("user_of_file_watcher")
    user.FileWatcher = original = file_utils.FileWatcher  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "user_of_file_watcher", user)
    places = [
        module
        for module in list(sys.modules.values())
        if getattr(module, "__dict__", {}).get("FileWatcher") is original
    ]
    files = WatchedFiles(lambda function, path: function(path))
    files.install()
    yield Watching(user.FileWatcher, files)
    for module in places:
        module.FileWatcher = original  # type: ignore[attr-defined]


def test_a_pipe_is_not_waited_for(watching: Watching, tmp_path: Path) -> None:
    """A skill may make one beside its settings, and nobody may ever write into it."""
    watching.watch(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert watching.changed() == ["pipe"]
    with open(tmp_path / "pipe", "r+b", 0) as held:  # noqa: PTH123  # as a writer
        assert watching.changed() == []
        held.write(b"x")
        assert watching.changed() == ["pipe"]


def test_nothing_changes(watching: Watching, tmp_path: Path) -> None:
    """A file that stays as it is, or is removed, is not reported."""
    file = tmp_path / "a.json"
    file.write_text("1", "utf-8")
    watching.watch(tmp_path)
    assert watching.changed() == []
    file.unlink()
    assert watching.changed() == []


def test_a_file_changes(watching: Watching, tmp_path: Path) -> None:
    """Each change is reported once, even if size and time stay the same."""
    file = tmp_path / "a.json"
    file.write_text("1", "utf-8")
    watching.watch(file)
    file.write_text("2", "utf-8")
    assert watching.changed() == ["a.json"]
    assert watching.changed() == []
    file.write_text("", "utf-8")
    assert watching.changed() == ["a.json"]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that are read, when all of them count as old."""
    found: list[str] = []
    digest = file_watchers._digest

    def note(path: str) -> bytes:
        found.append(Path(path).name)
        return digest(path)

    monkeypatch.setattr(file_watchers, "_digest", note)
    monkeypatch.setattr(file_watchers, "_TICK", -(1 << 60))
    return found


def test_a_file_is_read_when_it_may_have_changed(
    watching: Watching, tmp_path: Path, read: list[str]
) -> None:
    """Many files may be watched; one that is only touched is not reported."""
    for name in ("a", "b"):
        (tmp_path / name).write_text("1", "utf-8")
    watching.watch(tmp_path)
    assert watching.changed() == []
    assert read == ["a", "b"]
    os.utime(tmp_path / "b", ns=(1, 1))
    assert watching.changed() == []
    assert read == ["a", "b", "b"]


def test_a_large_file_is_read_when_it_changes(
    watching: Watching, tmp_path: Path, read: list[str]
) -> None:
    """A skill may watch a folder of films."""
    film = tmp_path / "film"
    with film.open("wb") as file:
        file.truncate(1 << 30)
    watching.watch(tmp_path)
    assert watching.changed() == []
    assert read == []
    film.write_bytes(b"x")
    assert watching.changed() == ["film"]
    assert read == ["film"]


def test_what_is_no_file_is_not_read(watching: Watching) -> None:
    """A device may never end."""
    watching.watch(Path("/dev/zero"))
    assert watching.changed() == []


def test_a_folder_that_is_removed_meanwhile(
    watching: Watching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was there a moment ago."""
    watching.watch(tmp_path)
    (tmp_path / "a.json").write_text("1", "utf-8")
    gone = str(tmp_path / "gone")
    monkeypatch.setattr(file_watchers, "_scandir", lambda _: os.scandir(gone))
    assert watching.changed() == []


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch, read: list[str]) -> list[str]:  # noqa: ARG001  # all is old
    """The names of folders that are listed, when all of them count as old."""
    found: list[str] = []

    def note(path: str) -> Any:  # an iterator that is closed
        found.append(Path(path).name)
        return os.scandir(path)

    monkeypatch.setattr(file_watchers, "_scandir", note)
    return found


def test_a_folder_is_listed_when_it_may_have_changed(
    watching: Watching, tmp_path: Path, listed: list[str]
) -> None:
    """A skill may watch many folders, and each rest looks at all of them."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    watching.watch(tmp_path, recursive=True)
    listed.clear()
    assert watching.changed() == []
    assert listed == []
    (tmp_path / "b" / "c.json").write_text("1", "utf-8")
    assert watching.changed() == ["c.json"]
    assert listed == ["b"]


def test_a_folder_of_links(
    watching: Watching, tmp_path: Path, listed: list[str]
) -> None:
    """A link to a file is one; one to a folder is not followed, as it may be a loop."""
    watched, other = tmp_path / "watched", tmp_path / "other"
    for folder in (watched, other):
        folder.mkdir()
    (tmp_path / "file").write_text("1", "utf-8")
    (other / "file").write_text("1", "utf-8")
    (watched / "link").symlink_to(other)
    (watched / "loop").symlink_to(watched)
    (watched / "broken").symlink_to(tmp_path / "nothing")
    watching.watch(watched, recursive=True)
    other.rename(tmp_path / "renamed")
    (tmp_path / "file").rename(other)
    assert watching.changed() == ["link"]
    assert listed == ["watched", "watched"]


@pytest.mark.parametrize("ignore_creation", [True, False])
def test_a_new_file(
    watching: Watching, tmp_path: Path, *, ignore_creation: bool
) -> None:
    """One that ignores creation only notices what is written into it."""
    watching.watch(tmp_path, ignore_creation=ignore_creation)
    (tmp_path / "empty.json").touch()
    (tmp_path / "full.json").write_text("1", "utf-8")
    expected = ["full.json"] if ignore_creation else ["empty.json", "full.json"]
    assert watching.changed() == expected


@pytest.mark.parametrize("recursive", [True, False])
def test_folders_below(watching: Watching, tmp_path: Path, *, recursive: bool) -> None:
    """They are watched if that is asked for, also those that are made later."""
    watching.watch(tmp_path, recursive=recursive)
    (tmp_path / "skill").mkdir()
    (tmp_path / "skill" / "settings.json").write_text("1", "utf-8")
    assert watching.changed() == (["settings.json"] if recursive else [])


def test_changes_of_a_boot(watching: Watching, tmp_path: Path) -> None:
    """What has changed before the files are looked at first is not reported."""
    file = tmp_path / "a.json"
    watching.watch(file)
    file.write_text("1", "utf-8")
    watching.files.forget_changes()
    assert watching.changed() == []
    file.write_text("2", "utf-8")
    assert watching.changed() == ["a.json"]


def test_the_end_of_a_watcher(watching: Watching, tmp_path: Path) -> None:
    """It reports nothing more, and may be ended twice."""
    watcher = watching.watch(tmp_path)
    watcher.shutdown()
    watcher.shutdown()
    (tmp_path / "a.json").write_text("1", "utf-8")
    assert watching.changed() == []


def test_a_path_that_is_not_there(watching: Watching, tmp_path: Path) -> None:
    """A file may be watched before it exists."""
    watching.watch(tmp_path / "later.json")
    assert watching.changed() == []
    (tmp_path / "later.json").write_text("1", "utf-8")
    assert watching.changed() == ["later.json"]
