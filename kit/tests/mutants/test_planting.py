"""Tests of the faults that are put in; skipped without cosmic-ray."""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from textwrap import dedent
from types import FunctionType

import pytest

pytest.importorskip("cosmic_ray")
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Example, Operator
from mutants import operators
from mutants.planting import Planted, mutants_of, plant

OURS = [
    each for each in operators.OPERATORS if type(each).__module__ == "mutants.operators"
]


@pytest.mark.parametrize(
    ("operator", "example"),
    [(each, example) for each in OURS for example in each.examples()],
    ids=lambda each: type(each).__name__,
)
def test_each_operator_does_what_its_examples_say(
    operator: Operator, example: Example
) -> None:
    """cosmic-ray itself makes of the code what the example says."""
    changed = mutate_code(example.pre_mutation_code, operator, example.occurrence)
    assert changed == example.post_mutation_code


def changes(source: str) -> list[tuple[str, str, bool]]:
    return [(m.scope, m.after, m.at_import) for m in mutants_of("m.py", dedent(source))]


def test_what_runs_at_import_is_told_from_what_runs_later() -> None:
    """Tables and defaults run at import; annotations never."""
    source = """
        T = TypeVar("T")
        A: tuple[int, ...] = (1,)
        class B:
            def c(self, d: int = 2) -> int:
                return -d
        """
    assert changes(source) == [
        ("", "A: tuple[int, ...] = ()", True),
        ("", "A: tuple[int, ...] = ( 2,)", True),
        ("", "A: tuple[int, ...] = ( 0,)", True),
        ("B.c", "def c(self, d: int = 3) -> int:", True),
        ("B.c", "def c(self, d: int = 1) -> int:", True),
        ("B.c", "return None", False),
        ("B.c", "return +d", False),
    ]


def test_functions_that_live_get_the_code_of_the_mutant() -> None:
    """Also those in a class and in a function, and those that somebody holds."""
    source = dedent(
        """
        def outer():
            return lambda: 1
        def listed():
            return [x for x in (1, 2)]
        class A:
            @property
            def b(self):
                return 10
        """
    )
    space: dict[str, object] = {}
    exec(compile(source, "m.py", "exec"), space)  # noqa: S102  # as an import does
    outer, a = space["outer"], space["A"]
    held = outer()  # type: ignore[operator]
    getter = a.b.fget  # type: ignore[attr-defined]
    listed = space["listed"]
    functions: list[FunctionType] = [outer, held, getter, listed]  # type: ignore[list-item]
    for mutant in mutants_of("m.py", source):
        if mutant.after in ("return lambda: 2", "return 11") or (
            (mutant.scope, mutant.after) == ("listed", "return None")
        ):
            assert plant(mutant, functions)
    assert (held(), outer()(), a().b, listed()) == (2, 2, 11, None)  # type: ignore[operator]


def test_a_mutant_is_imported_in_the_place_of_its_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is, whoever stands in front of it later, as pytest does."""
    path = tmp_path / "birds" / "owl.py"
    path.parent.mkdir()
    path.write_text("WINGS = 2\n")
    (mutant, _) = mutants_of("owl.py", path.read_text())
    monkeypatch.syspath_prepend(tmp_path)
    with Planted("birds", path, mutant):
        sys.meta_path.insert(0, PathFinder)
        assert importlib.import_module("birds.owl").WINGS == 3
    sys.meta_path.remove(PathFinder)
    for name in ("birds", "birds.owl"):
        del sys.modules[name]
