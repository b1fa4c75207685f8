"""How installed skills are found, without importing them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.skills import install_skill

from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.skill.installed import (
    find_skill,
    find_skill_folder,
    installed_skills,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a skill that cannot even be imported."""
    install_skill(tmp_path, "lamps.test", "raise RuntimeError")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    assert "lamps" not in sys.modules


def entries_of(folder: Path) -> Path:
    return folder / "lamps-1.0.dist-info" / "entry_points.txt"


def error_of(act: Callable[[str], object], skill_id: str) -> str:
    with pytest.raises(AssistantError) as caught:
        act(skill_id)
    return str(caught.value)


@pytest.mark.parametrize("group", ["opm.skill", "ovos.plugin.skill"])
def test_both_groups(folder: Path, group: str) -> None:
    """A skill is registered in today's group or in the one before."""
    entries_of(folder).write_text(f"[{group}]\nlamps.test = lamps:Skill\n")
    assert "lamps" == installed_skills()["lamps.test"].module


def test_today_s_group_counts(folder: Path) -> None:
    """A skill in both groups is the one in today's, as ovos-core has it."""
    groups = "[ovos.plugin.skill]\nlamps.test = old:Skill\n"
    groups += "[opm.skill]\nlamps.test = new:Skill\n"
    entries_of(folder).write_text(groups)
    assert "new" == find_skill("lamps.test").module


@pytest.mark.parametrize("act", [find_skill, find_skill_folder])
def test_a_skill_that_is_not_installed(act: Callable[[str], object]) -> None:
    """The nearest id is named, and what to do."""
    assert (
        'the skill "lamp.test" is not installed (did you mean "lamps.test"?)\n'
        "  install it in the kit's environment, for example: pip install -e ."
    ) == error_of(act, "lamp.test")


def test_the_folder_of_a_skill(folder: Path) -> None:
    """It is that of its package."""
    assert folder / "lamps" == find_skill_folder("lamps.test")


def test_the_folder_of_a_module_in_a_package(folder: Path) -> None:
    """The files of ``lamps.skill:Skill`` are those beside ``skill.py``, or in it."""
    about = entries_of(folder)
    about.write_text(about.read_text().replace("= lamps:", "= lamps.skill:"))
    assert folder / "lamps" == find_skill_folder("lamps.test")
    (folder / "lamps" / "skill").mkdir()
    assert folder / "lamps" / "skill" == find_skill_folder("lamps.test")


def test_the_folder_of_a_skill_in_a_namespace(folder: Path) -> None:
    """The outermost package may be a namespace without a file of its own."""
    about = entries_of(folder)
    about.write_text(about.read_text().replace("= lamps:", "= house.lamps:"))
    (folder / "house" / "lamps").mkdir(parents=True)
    assert folder / "house" / "lamps" == find_skill_folder("lamps.test")


def test_a_skill_whose_files_are_gone(folder: Path) -> None:
    """An entry point alone is not a skill."""
    (folder / "lamps").rename(folder / "elsewhere")
    assert (
        'the skill "lamps.test" is installed, but its package "lamps" is gone\n'
        "  install it again in the kit's environment"
    ) == error_of(find_skill_folder, "lamps.test")
