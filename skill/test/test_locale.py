from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import ovos_skill_repeater

PACKAGE = Path(ovos_skill_repeater.__file__).parent
LOCALE = PACKAGE / "locale"
ENGLISH = sorted(path.name for path in (LOCALE / "en-US").iterdir())


def lines(lang: str, name: str) -> list[str]:
    return (LOCALE / lang / name).read_text("utf-8").splitlines()


def slots(lang: str, name: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", " ".join(lines(lang, name))))


def test_both_languages_are_complete() -> None:
    """Portuguese has the files that English has."""
    assert sorted(path.name for path in (LOCALE / "pt-PT").iterdir()) == ENGLISH


@pytest.mark.parametrize("name", ENGLISH)
def test_same_slots(name) -> None:
    """A file has the same slots in both languages."""
    assert slots("pt-PT", name) == slots("en-US", name)


@pytest.mark.parametrize("lang", ["en-US", "pt-PT"])
@pytest.mark.parametrize("name", ENGLISH)
def test_no_blank_or_doubled_lines(name, lang) -> None:
    """Every line says something, once."""
    read = lines(lang, name)
    assert [line.strip() for line in read] == list(dict.fromkeys(read)) != []


@pytest.mark.parametrize("lang", ["en-US", "pt-PT"])
@pytest.mark.parametrize("name", [name for name in ENGLISH if ".intent" in name])
def test_no_slot_at_the_end(name, lang) -> None:
    """ovos-padatious 1.4.3 strips the brace of a slot that ends a template."""
    assert [line for line in lines(lang, name) if line.endswith("}")] == []


@pytest.mark.parametrize("name", [name for name in ENGLISH if ".dialog" in name])
def test_one_wording_each(name) -> None:
    """Answers are the same every time, so that transcripts are too."""
    assert [len(lines(lang, name)) for lang in ("en-US", "pt-PT")] == [1, 1]


def test_every_dialog_is_spoken() -> None:
    """The code names every dialog of the locale, and no other one."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    spoken = {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", "")
        in ("speak_dialog", "_speak_words", "get_response")
    }
    assert spoken == {Path(name).stem for name in ENGLISH if name.endswith(".dialog")}
