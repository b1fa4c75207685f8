"""What is done before an assistant is copied."""

from __future__ import annotations

import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest
from ovos_workshop.resource_files import SkillResources

from ovos_dialogue_kit.assistant.core.boot import RunningCore
from ovos_dialogue_kit.assistant.core.warm_up import warm_up

pytestmark = pytest.mark.ovos


def core(*resources: object) -> RunningCore:
    """Return the core of a skill with these resources, and of one without any."""
    loaded = dict(enumerate(resources))
    skills = {"a": object(), "b": SimpleNamespace(_lang_resources=loaded)}
    return RunningCore(None, None, skills)


def test_dialogs_are_read(tmp_path: Path) -> None:
    """Those of the languages whose resources the skill has."""
    dialog = tmp_path / "locale" / "en-us" / "hello.dialog"
    dialog.parent.mkdir(parents=True)
    dialog.write_text("hello {{ name }}\n")
    resources = SkillResources(str(tmp_path), "en-us", skill_id="a")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ovos-workshop 9 will read them otherwise
        warm_up(core(resources))
    dialog.unlink()
    assert resources.dialog_renderer.render("hello", {"name": "you"}) == "hello you"


def test_what_cannot_be_read_is_left_to_the_turn() -> None:
    """Other resources are read nevertheless."""

    class Unreadable:
        @property
        def dialog_renderer(self) -> object:
            raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no text")

    class Readable:
        is_read = False

        @property
        def dialog_renderer(self) -> None:
            self.is_read = True

    readable = Readable()
    warm_up(core(Unreadable(), readable))
    assert readable.is_read
