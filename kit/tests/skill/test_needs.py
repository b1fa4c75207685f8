"""What a skill needs is read from its sources, without importing it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.skills import install_skill

from ovos_dialogue_kit.skill.needs import needs_of


@pytest.mark.parametrize(
    ("source", "needs"),
    [
        ("class Skill(OVOSSkill): ...", set()),
        ("@intent_handler('hi.intent')\ndef hi(self): ...", set()),
        ("@intent_handler(IntentBuilder('x'))\ndef x(self): ...", {"keywords"}),
        ("from a import IntentBuilder as New\nx = New('x')", {"keywords"}),
        ("from a import IntentBuilder", set()),
        ("# IntentBuilder('x'), hi.intent", set()),
        ("def add(self): self.register_vocabulary('a', 'b')", {"keywords"}),
        ("class Skill(a.CommonQuerySkill): ...", {"common_query"}),
        ("@common_query()\ndef answer(self): ...", {"common_query"}),
        ("@ocp_search()\ndef search(self): ...", {"media"}),
        ("class Skill(OVOSGameSkill):\n    x = IntentBuilder", {"keywords", "media"}),
        ("this is no Python", set()),
    ],
)
def test_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, needs: set[str]
) -> None:
    """Names that are used count; comments and mere imports do not."""
    monkeypatch.syspath_prepend(str(tmp_path))
    install_skill(tmp_path, "lamps.test", source)
    assert needs == needs_of("lamps.test")
    assert "lamps" not in sys.modules


def test_all_modules_of_the_package_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A skill may keep its handlers in other modules."""
    monkeypatch.syspath_prepend(str(tmp_path))
    install_skill(tmp_path, "lamps.test", "class Skill: ...")
    (tmp_path / "lamps" / "more.py").write_text("x = IntentBuilder('x')")
    assert {"keywords"} == needs_of("lamps.test")


def test_a_module_of_a_package_with_what_it_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several skills in a package, each needs what its own modules use."""
    monkeypatch.syspath_prepend(str(tmp_path))
    install_skill(tmp_path, "lamps.test", "")
    package = tmp_path / "lamps"
    sources = {
        "one.py": "from .shared import a\nfrom lamps import more\nfrom os import path",
        "shared.py": "x = IntentBuilder('x')\nfrom .one import b\nfrom ... import y",
        "more.py": "x = CommonQuerySkill",
        "other.py": "x = OVOSGameSkill",
    }
    for name, source in sources.items():
        (package / name).write_text(source)
    entries = tmp_path / "lamps-1.0.dist-info" / "entry_points.txt"
    entries.write_text(entries.read_text().replace("lamps:Skill", "lamps.one:Skill"))
    assert {"keywords", "common_query"} == needs_of("lamps.test")


@pytest.mark.parametrize(
    ("source", "needs"),
    [
        ("from ours import Base\nclass Skill(Base): ...", {"keywords", "media"}),
        (
            "from ours.skills import Base as B\nclass Skill(B): ...",
            {"keywords", "media"},
        ),
        ("import ours\nclass Skill(ours.Base): ...", {"keywords", "media"}),
        ("import ours.skills as o\nclass S(o.Base): ...", {"keywords", "media"}),
        ("from ours import skills\nclass S(skills.Base): ...", {"keywords", "media"}),
        ("from ours import Other\nclass Skill(Other): ...", set()),
        ("from ours import Base\nclass Skill: ...", set()),
        ("from ours import nothing\nclass Skill(nothing): ...", set()),
        ("from gone import Base\nclass Skill(Base): ...", set()),
        ("from __main__ import Base\nclass Skill(Base): ...", set()),
        (
            "from ovos_workshop.skills.ovos import OVOSSkill\nclass S(OVOSSkill): ...",
            set(),
        ),
        ("from lone import Lone\nclass Skill(Lone): ...", {"common_query"}),
    ],
)
def test_a_base_class_of_another_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, needs: set[str]
) -> None:
    """What it uses counts, and its own bases, but nothing else of that package."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    install_skill(tmp_path, "lamps.test", "")
    (tmp_path / "lamps" / "__init__.py").write_text(source)
    sources = {
        "ours/__init__.py": "from .skills import Base\nfrom .other import Other\n",
        "ours/skills.py": "from .media import M\nfrom .unused import u\n"
        "class Base(M):\n    x = IntentBuilder('x')",
        "ours/media.py": "class M(OVOSCommonPlaybackSkill): ...",
        "ours/unused.py": "u = CommonQuerySkill",
        "ours/other.py": "class Other: ...",
        "lone.py": "class Lone(CommonQuerySkill): ...",
    }
    (tmp_path / "ours").mkdir()
    for name, text in sources.items():
        (tmp_path / name).write_text(text)
    assert needs == needs_of("lamps.test")
    assert not {"ours", "lone"} & set(sys.modules)


def test_a_skill_may_be_a_single_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is installed beside it does not count."""
    monkeypatch.syspath_prepend(str(tmp_path))
    install_skill(tmp_path, "lamps.test", "class Skill: ...")
    (tmp_path / "lamps" / "__init__.py").rename(tmp_path / "lamps.py")
    (tmp_path / "lamps").rmdir()
    (tmp_path / "other.py").write_text("x = IntentBuilder('x')")
    assert set() == needs_of("lamps.test")


def test_a_skill_that_is_not_installed_needs_nothing() -> None:
    """That it is missing is told when it is loaded."""
    assert set() == needs_of("nowhere.test")
