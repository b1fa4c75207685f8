"""Every code of a problem is used and explained, and every problem has one."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from error_explanations import EXPLANATIONS
from errors_page import message_of
from support.places import ROOT

from ovos_dialogue_kit.error_codes import Code

SOURCES = sorted((ROOT / "kit" / "ovos_dialogue_kit").rglob("*.py"))
CODED = {"FixtureError", "ForeignFileError", "NewerFixtureError", "ScriptError"}
"""Errors about scripts and fixtures, which always have a code."""
POSITION = 3
"""The position of the code among the arguments of an error."""
EXAMPLES = [code for code, each in EXPLANATIONS.items() if each.example]


@cache
def nodes() -> list[tuple[Path, ast.AST]]:
    """Return the calls and attributes in all modules of the kit."""
    return [
        (path, node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Call, ast.Attribute))
    ]


def test_errors_about_scripts_and_fixtures_have_a_code() -> None:
    """No error about a script or a fixture is made without a code."""
    without = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, node in nodes()
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in CODED
        and len(node.args) <= POSITION
        and "code" not in {keyword.arg for keyword in node.keywords}
    ]
    assert without == []


def test_every_code_is_used() -> None:
    """No code is left over: some error of the kit has it."""
    used = {
        node.attr
        for _, node in nodes()
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Code"
    }
    assert used == {code.name for code in Code}


def test_every_code_is_explained() -> None:
    """Each code has its explanation, in the order of the codes."""
    assert list(EXPLANATIONS) == list(Code)
    assert sorted(Code, key=lambda code: code.value) == list(Code)


@pytest.mark.parametrize("code", EXAMPLES)
def test_example_has_the_problem(code: Code) -> None:
    """An example leads to exactly the problem that it explains."""
    first, *others = message_of(EXPLANATIONS[code]).splitlines()
    assert first.endswith(f"  [{code.value}]")
    assert [line for line in others if not line.startswith("  ")] == []


@pytest.mark.parametrize("code", sorted(set(Code) - set(EXAMPLES), key=str))
def test_message_has_the_code(code: Code) -> None:
    """A message without an example is shown with its code."""
    assert EXPLANATIONS[code].message.splitlines()[0].endswith(f"  [{code.value}]")


def test_an_example_without_a_problem_is_refused() -> None:
    """The page of errors cannot be generated from an example that is right."""
    right = EXPLANATIONS[Code.UNKNOWN_KEY]
    example = right.example.replace("dialgo", "dialog")
    with pytest.raises(ValueError, match="dialog: hello"):
        message_of(type(right)("", "", example))
