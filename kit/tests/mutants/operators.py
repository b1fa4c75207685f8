"""The small faults that are put in: some of those of cosmic-ray, and ours.

cosmic-ray changes comparisons, numbers, conditions, loops and handlers. It has nothing
that changes a table, drops an operand, a statement or a reply, or confuses ``any`` with
``all``, and that is what tests of small worlds do not see. Ours have the interface that
it documents, so ``examples`` says what each of them does.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, TypeAlias

import parso
from cosmic_ray.operators import (
    binary_operator_replacement,
    boolean_replacer,
    break_continue,
    comparison_operator_replacement,
    exception_replacer,
    number_replacer,
    unary_operator_replacement,
    zero_iteration_for_loop,
)
from cosmic_ray.operators.operator import Example, Operator

Node: TypeAlias = Any
"""A node of parso, which is not typed."""

_COMPARISONS = (
    "Eq_NotEq",
    "NotEq_Eq",
    "Lt_LtE",
    "LtE_Lt",
    "Gt_GtE",
    "GtE_Gt",
    "Is_IsNot",
    "IsNot_Is",
)
_BINARY = ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "BitOr_BitAnd", "BitAnd_BitOr")
_UNARY = ("Delete_Not", "USub_UAdd")

_SWAPPED = {"any": "all", "all": "any", "min": "max", "max": "min"}


class _Pieces(Operator):
    """Replaces pieces of a node, each of which is one mutant."""

    @abstractmethod
    def pieces(self, node: Node) -> Iterator[tuple[int, int, str]]:
        """Yield the first and the last child to replace, and what replaces them."""

    def mutation_positions(self, node: Node) -> Iterator[tuple[Any, Any]]:
        """Return the start and the end of each piece."""
        children = getattr(node, "children", [])
        pieces = list(self.pieces(node)) if children and not _is_target(node) else []
        return iter(
            [(children[a].start_pos, children[b].end_pos) for a, b, _ in pieces]
        )

    def mutate(self, node: Node, index: int) -> Node:
        """Return the node without its piece."""
        first, last, text = list(self.pieces(node))[index]
        prefix = node.children[first].get_first_leaf().prefix
        piece = parso.parse(prefix + text) if text else []
        node.children[first : last + 1] = [piece] if text else []
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return what it makes of some code."""
        return ()


class ConfuseFunction(_Pieces):
    """Take ``any`` for ``all``, and ``min`` for ``max``."""

    def pieces(self, node: Node) -> Iterator[tuple[int, int, str]]:
        if node.type in ("atom_expr", "power"):
            name = node.children[0]
            if name.type == "name" and name.value in _SWAPPED:
                yield 0, 0, _SWAPPED[name.value]

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("any(x)", "all(x)"), Example("a = min(1, 2)", "a = max(1, 2)"))


class ConfuseMembership(_Pieces):
    """Take ``in`` for ``not in``, and the other way round."""

    def pieces(self, node: Node) -> Iterator[tuple[int, int, str]]:
        if node.type == "comparison":
            for index, child in enumerate(node.children):
                code = child.get_code(include_prefix=False)
                if code == "in":
                    yield index, index, "not in"
                elif re.fullmatch(r"not\s+in", code):
                    yield index, index, "in"

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("x in y", "x not in y"), Example("x not in y", "x in y"))


class DropOperand(_Pieces):
    """Leave out one operand of ``and`` and ``or``."""

    def pieces(self, node: Node) -> Iterator[tuple[int, int, str]]:
        if node.type in ("and_test", "or_test"):
            for index in range(0, len(node.children), 2):
                yield (index, index + 1, "") if not index else (index - 1, index, "")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("x or y", " y"), Example("x or y", "x", occurrence=1))


class DropItem(_Pieces):
    """Leave out one item of a list, a tuple, a set or a dictionary."""

    def pieces(self, node: Node) -> Iterator[tuple[int, int, str]]:
        kinds = ("testlist_comp", "dictorsetmaker", "testlist_star_expr")
        if node.type not in kinds or any(
            "comp_for" in child.type for child in node.children
        ):
            return
        ends = [n for n, child in enumerate(node.children) if _is(child, ",")]
        if len(ends) == 1 and ends[0] < len(node.children) - 1:
            second = node.children[ends[0] + 1 :]
            yield (
                0,
                len(node.children) - 1,
                "".join(_code(each) for each in second) + ",",
            )
            yield ends[0] + 1, len(node.children) - 1, ""
            return
        begin = 0
        for end in [*ends, len(node.children)]:
            if begin < end:
                yield begin, min(end, len(node.children) - 1), ""
            begin = end + 1

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (
            Example("x = (1, 2, 3)", "x = ( 2, 3)"),
            Example("x = {1: 2, 3: 4}", "x = {1: 2,}", occurrence=1),
            Example("x = (1, 2)", "x = (2,)"),
        )


class DropArgument(_Pieces):
    """Leave out one argument with a name, which then has its default."""

    def pieces(self, node: Node) -> Iterator[tuple[int, int, str]]:
        if node.type == "arglist":
            for index, child in enumerate(node.children):
                if child.type == "argument" and _is(child.children[1], "="):
                    if _is(child.children[0], "strict"):  # see planting.py
                        continue
                    has_comma = index + 1 < len(node.children)
                    first = index if has_comma else index - 1
                    yield first, first + 1, ""

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (
            Example("f(1, a=2, b=3)", "f(1, b=3)"),
            Example("f(1, a=2, b=3)", "f(1, a=2)", occurrence=1),
        )


class DropCondition(_Pieces):
    """Leave out the condition of a comprehension."""

    def pieces(self, node: Node) -> Iterator[tuple[int, int, str]]:
        if node.type in ("comp_for", "sync_comp_for"):
            for index, child in enumerate(node.children):
                if child.type == "comp_if":
                    yield index, index, ""

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("[x for x in y if x]", "[x for x in y]"),)


class DropStatement(_Pieces):
    """Leave out a statement that does something: a call, a change, a ``yield``."""

    def pieces(self, node: Node) -> Iterator[tuple[int, int, str]]:
        if node.type == "simple_stmt" and _does_something(node.children[0]):
            yield 0, 0, "pass"

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (
            Example("f(x)\n", "pass\n"),
            Example("x.y = 1\n", "pass\n"),
            Example("x[0] += 1\n", "pass\n"),
        )


class Negate(_Pieces):
    """Take a condition for its opposite."""

    def pieces(self, node: Node) -> Iterator[tuple[int, int, str]]:
        if node.type in ("if_stmt", "while_stmt", "ternary", "test"):
            for index, child in enumerate(node.children[:-1]):
                if _is(child, "if") or _is(child, "elif") or _is(child, "while"):
                    condition = _code(node.children[index + 1])
                    yield index + 1, index + 1, f"not ({condition})"

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (
            Example("if a or b: c", "if not (a or b): c"),
            Example("x = a if b else c", "x = a if not (b) else c"),
        )


class ReturnNothing(_Pieces):
    """Return nothing in the place of something."""

    def pieces(self, node: Node) -> Iterator[tuple[int, int, str]]:
        if node.type == "return_stmt" and _code(node.children[1]) not in (
            "None",
            "False",  # a claim that is not true either way
        ):
            yield 1, 1, "None"

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("def f():\n  return 3", "def f():\n  return None"),)


class ChangeText(Operator):
    """Write an X in front of a text, but not of a docstring."""

    def mutation_positions(self, node: Node) -> Iterator[tuple[Any, Any]]:
        if node.type == "fstring_string" or (
            node.type == "string" and not _is_docstring(node)
        ):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        del index
        if node.type == "fstring_string":
            node.value = f"X{node.value}"
        else:
            node.value = re.sub(
                """^([A-Za-z]*(?:'{3}|"{3}|["']))""", r"\1X", node.value
            )
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("x = 'y'", "x = 'Xy'"), Example('f"y{z}"', 'f"Xy{z}"'))


def _code(node: Node) -> str:
    return str(node.get_code()).strip()


def _is(node: Node, text: str) -> bool:
    return getattr(node, "value", None) == text


def _is_target(node: Node) -> bool:
    """Return True for names that something is assigned to."""
    while node.parent is not None:
        parent = node.parent
        if parent.type in ("for_stmt", "sync_comp_for", "comp_for"):
            return node is parent.children[1]
        if parent.type == "expr_stmt":
            return node is not parent.children[-1]
        if "stmt" in parent.type or parent.type == "trailer":
            return False
        node = parent
    return False


def _is_docstring(node: Node) -> bool:
    return node.parent is None or node.parent.type in ("simple_stmt", "file_input")


def _does_something(node: Node) -> bool:
    if node.type in ("atom_expr", "yield_expr", "raise_stmt", "del_stmt", "await"):
        return True
    if node.type != "expr_stmt":
        return False
    target, change = node.children[0], node.children[1]
    if change.type == "annassign":
        return target.type != "name" and len(change.children) > 2
    return target.type != "name" or not _is(change, "=")


def _named(module: Any, prefix: str, names: tuple[str, ...]) -> list[Operator]:
    return [getattr(module, f"{prefix}_{name}")() for name in names]


OPERATORS: tuple[Operator, ...] = (
    *_named(comparison_operator_replacement, "ReplaceComparisonOperator", _COMPARISONS),
    *_named(binary_operator_replacement, "ReplaceBinaryOperator", _BINARY),
    *_named(unary_operator_replacement, "ReplaceUnaryOperator", _UNARY),
    number_replacer.NumberReplacer(),
    boolean_replacer.ReplaceTrueWithFalse(),
    boolean_replacer.ReplaceFalseWithTrue(),
    boolean_replacer.ReplaceAndWithOr(),
    boolean_replacer.ReplaceOrWithAnd(),
    break_continue.ReplaceBreakWithContinue(),
    break_continue.ReplaceContinueWithBreak(),
    exception_replacer.ExceptionReplacer(),
    zero_iteration_for_loop.ZeroIterationForLoop(),
    ConfuseFunction(),
    ConfuseMembership(),
    DropOperand(),
    DropItem(),
    DropArgument(),
    DropCondition(),
    DropStatement(),
    Negate(),
    ReturnNothing(),
    ChangeText(),
)
