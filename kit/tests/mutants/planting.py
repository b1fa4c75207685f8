"""Find the places of a module where a fault can be put, and put one there.

A mutant is the text of its module with one small fault. Of code that has been imported,
the functions can be given the code of the mutant; what runs at import needs the module
to be imported again.
"""

from __future__ import annotations

import copy
import importlib
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from mutants.mutant import Mutant
from mutants.operators import OPERATORS, Node


def mutants_of(module: str, source: str) -> Iterator[Mutant]:
    """Yield each mutant of a module once, in the order of its lines."""
    seen = {source}
    for node in ast_nodes(get_ast(source)):
        if _is_without_effect(node):
            continue
        for changed in _changes(node):
            text = _spliced(source, node, changed)
            if text in seen:
                continue
            seen.add(text)
            before, after, first = _difference(source, text)
            begin = min(_statement(node).start_pos[0], first)
            yield Mutant(
                module=module,
                scope=_scope(node),
                lines=range(begin, max(first, _last_line(node)) + 1),
                before=before,
                after=after,
                at_import=_runs_at_import(node),
                source=text,
                original=source,
            )


def _changes(node: Node) -> Iterator[str]:
    for operator in OPERATORS:
        for index, _ in enumerate(operator.mutation_positions(node)):
            parent, node.parent = node.parent, None
            twin = copy.deepcopy(node)
            node.parent = twin.parent = parent
            yield operator.mutate(twin, index).get_code()


def _spliced(source: str, node: Node, code: str) -> str:
    lines = source.splitlines(keepends=True)
    (first, begin), (last, end) = node.get_start_pos_of_prefix(), node.end_pos
    head = "".join(lines[: first - 1]) + lines[first - 1][:begin]
    tail = lines[last - 1][end:] if last <= len(lines) else ""
    return head + code + tail + "".join(lines[last:])


def _difference(source: str, text: str) -> tuple[str, str, int]:
    """Return the lines that differ, and the number of the first."""
    old, new = source.splitlines(), text.splitlines()
    begin = 0
    while begin < min(len(old), len(new)) and old[begin] == new[begin]:
        begin += 1
    end = 0
    while end < min(len(old), len(new)) - begin and old[~end] == new[~end]:
        end += 1
    before = " ".join(" ".join(old[begin : len(old) - end]).split())
    after = " ".join(" ".join(new[begin : len(new) - end]).split())
    return before, after, begin + 1


def _last_line(node: Node) -> int:
    """Return the last line of a node, without the body of a compound statement."""
    if node.type in ("if_stmt", "while_stmt", "for_stmt"):
        return int(node.children[1].end_pos[0])
    line, column = node.end_pos
    return int(line) if column else int(line) - 1


def _statement(node: Node) -> Node:
    while node.parent is not None and node.parent.type not in (
        "file_input",
        "suite",
        "simple_stmt",
    ):
        node = node.parent
    return node


def _parents(node: Node) -> Iterator[tuple[Node, Node]]:
    while node.parent is not None:
        yield node, node.parent
        node = node.parent


def _scope(node: Node) -> str:
    names = [
        parent.name.value
        for _, parent in _parents(node)
        if parent.type in ("funcdef", "classdef")
    ]
    return ".".join(reversed(names))


def _runs_at_import(node: Node) -> bool:
    """Return True outside the bodies of functions."""
    return not any(
        parent.type == "funcdef" and child is parent.children[-1]
        for child, parent in _parents(node)
    )


def _is_without_effect(node: Node) -> bool:
    """Return True for what nothing looks at while the code runs.

    Annotations, the options of decorators (of dataclasses), the names that a module
    exports, the type that ``cast`` is told, the sign in a signature after which
    arguments have names, and ``strict`` of a ``zip``, which is for the reader.
    """
    return any(
        _IGNORED[parent.type](child, parent.children)
        for child, parent in _parents(node)
        if parent.type in _IGNORED
    )


def _is_type(node: Node) -> bool:
    return bool(node.get_code().strip() == "TypeAlias")


def _is_for_types(trailer: Node) -> bool:
    """Return True for the arguments of a function that is told a type."""
    called = trailer.parent.children[0]
    return called.type == "name" and called.value in ("cast", "TypeVar")


_IGNORED: Mapping[str, Callable[[Node, list[Node]], bool]] = {
    "annassign": lambda child, parts: child is parts[1] or _is_type(parts[1]),
    "arglist": lambda child, parts: (
        child is parts[0] and _is_for_types(child.parent.parent)
    ),
    "argument": lambda _, parts: getattr(parts[0], "value", "") == "strict",
    "decorator": lambda child, parts: child is not parts[0],
    "expr_stmt": lambda _, parts: (
        parts[0].get_code().strip() in ("__all__", "__slots__")
    ),
    "funcdef": lambda child, parts: child not in (parts[2], parts[-1]),
    "parameters": lambda child, _: child.type == "operator",
    "trailer": lambda child, _: child.type == "string" and _is_for_types(child.parent),
    "tfpdef": lambda child, parts: child is not parts[0],
}


def plant(mutant: Mutant, functions: list[FunctionType]) -> bool:
    """Give the functions of an imported module the code of a mutant.

    Args:
        mutant: of the module, not at import.
        functions: of the module, all that live.

    Returns:
        False if it cannot be done: no such function lives, or one would need other
        variables of the function around it.

    """
    name = functions[0].__code__.co_filename if functions else mutant.module
    old = _codes(compile(mutant.original, name, "exec", dont_inherit=True))
    new = _codes(compile(mutant.source, name, "exec", dont_inherit=True))
    twins: dict[tuple[Any, ...], CodeType | None] = {}
    for key, codes in old.items():
        # a comprehension that has gone is no function that lives, so it needs no twin
        has_twins = len(codes) == len(new.get(key, ()))
        found = new[key] if has_twins else [None] * len(codes)
        for code, twin in zip(codes, found, strict=True):
            if code.co_firstlineno <= mutant.lines[-1] and (
                mutant.lines[0] <= _last_line_of(code)
            ):
                twins[_place(code)] = twin
    is_planted = False
    for function in functions:
        place = _place(function.__code__)
        if place in twins:
            twin = twins[place]
            if twin is None or twin.co_freevars != function.__code__.co_freevars:
                return False
            function.__code__ = twin
            is_planted = True
    return is_planted


def _codes(code: CodeType) -> Mapping[str, list[CodeType]]:
    """Return the code of all functions by their names, in their order."""
    found: dict[str, list[CodeType]] = defaultdict(list)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found[constant.co_qualname].append(constant)
            for name, codes in _codes(constant).items():
                found[name].extend(codes)
    return found


def _place(code: CodeType) -> tuple[Any, ...]:
    places = [place for place in code.co_positions() if place[2] is not None]
    return code.co_qualname, code.co_firstlineno, places[-1][:3] if places else None


def _last_line_of(code: CodeType) -> int:
    own = [line for _, _, line in code.co_lines() if line is not None]
    nested = [
        _last_line_of(each) for each in code.co_consts if isinstance(each, CodeType)
    ]
    return max([code.co_firstlineno, *own, *nested])


class Planted(MetaPathFinder, Loader):
    """Lets Python import a mutant in the place of its module."""

    def __init__(self, package: str, path: Path, mutant: Mutant) -> None:
        dotted = mutant.module.removesuffix(".py").replace("/", ".")
        self._name = f"{package}.{dotted}".removesuffix(".__init__")
        self._path = path
        self._source = mutant.source

    def __enter__(self) -> None:
        """Import the mutant now, as pytest's own finder will be the first one."""
        sys.meta_path.insert(0, self)
        importlib.import_module(self._name)

    def __exit__(self, *_: object) -> None:
        """Go away again."""
        sys.meta_path.remove(self)

    def find_spec(
        self,
        fullname: str,
        path: object = None,  # noqa: ARG002  # as importlib calls it
        target: object = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Find the mutant."""
        if fullname != self._name:
            return None
        return spec_from_file_location(fullname, self._path, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the mutant as the module."""
        exec(compile(self._source, self._path, "exec"), vars(module))  # noqa: S102
