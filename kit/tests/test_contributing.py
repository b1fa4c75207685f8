"""CONTRIBUTING.md names what there is."""

from __future__ import annotations

import configparser
import re

import pytest
from support.places import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
_CODE = re.compile(r"`([^`\n]+)`")


def files_named(recipes: str) -> list[str]:
    """Return what looks like a file or a folder of this repository."""
    return [
        each for each in _CODE.findall(recipes) if re.fullmatch(r"[\w./]+/[\w.]*", each)
    ]


@pytest.mark.parametrize("part", PAGE.split("\n## ")[1:], ids=lambda part: part[:12])
def test_the_files_that_it_names_exist(part: str) -> None:
    """Those of recipes are relative to kit/, as the page says; others to the root."""
    places = (ROOT / "kit", ROOT) if part.startswith("Make a change") else (ROOT,)
    named = files_named(part)
    missing = [name for name in named if not any((at / name).exists() for at in places)]
    assert missing == []


def test_every_recipe_names_files() -> None:
    """No recipe is left without a place to go."""
    recipes = PAGE.split("\n### ")[1:]
    assert len(recipes) >= 10
    assert [recipe for recipe in recipes if not files_named(recipe)] == []


def test_the_environments_that_it_names_exist() -> None:
    """Each environment of tox is one of tox.ini, or a cell."""
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "tox.ini", encoding="utf-8")
    known = settings["tox"]["env_list"] + settings["tox"]["labels"]
    named = ",".join(re.findall(r"tox -e ([\w.,-]+)", PAGE)).split(",")
    unknown = [name for name in named if f"testenv:{name}" not in settings]
    assert [name for name in unknown if name not in known] == []
