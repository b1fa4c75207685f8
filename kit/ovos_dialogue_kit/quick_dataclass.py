"""Define a slotted dataclass at a third of the standard library's price.

``dataclasses`` writes and compiles up to six methods for each class: with a hundred
classes in each of two processes, that was an eighth of a cold ``kit replay``. Here only
``__init__`` is compiled; the other methods are made of functions. A class is a
dataclass like any other, for ``fields``, ``replace`` and type checkers, too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

__all__ = ["dataclass"]

T = TypeVar("T")

if TYPE_CHECKING:  # mypy knows it by its name
    from dataclasses import dataclass
else:

    def dataclass(*, slots: bool, frozen: bool = False) -> Callable[[type[T]], type[T]]:
        """Return a decorator with the meaning of ``dataclasses.dataclass``.

        The class has no base class with fields. With ``slots=False`` it would be no
        cheaper, so that is not offered.
        """
        assert slots  # noqa: S101  # the parameter is there for type checkers

        def decorate(cls: type[T]) -> type[T]:
            return _with_methods(_define(cls), frozen=frozen)

        return decorate


_define = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)


def _with_methods(made: Any, *, frozen: bool) -> Any:  # any class
    """Add the methods of a dataclass to a class that has its fields."""
    parts = dataclasses.fields(made)
    made.__init__ = _init(made, parts, "_set(self, {0!r}, {1})" if frozen else _PLAIN)
    made.__eq__, hash_of = _comparison([each.name for each in parts if each.compare])
    for name, method in {"__repr__": _repr, **(_FROZEN if frozen else {})}.items():
        if name not in vars(made):
            setattr(made, name, method)
    made.__hash__ = hash_of if frozen else None
    return made


_PLAIN = "self.{0} = {1}"


def _init(
    made: Any,  # any class
    parts: tuple[dataclasses.Field[Any], ...],
    assignment: str,
) -> Callable[..., None]:
    """Compile ``__init__``."""
    names: dict[str, Any] = {"_set": object.__setattr__, "_none": dataclasses.MISSING}
    parameters, body = ["self"], []
    for name, part in ((each.name, each) for each in parts if each.init):
        value = parameter = name
        if part.default is not dataclasses.MISSING:
            parameter = f"{name}=_{name}"
            names[f"_{name}"] = part.default
        elif part.default_factory is not dataclasses.MISSING:
            parameter = f"{name}=_none"
            value = f"_{name}() if {name} is _none else {name}"
            names[f"_{name}"] = part.default_factory
        parameters.append(parameter)
        body.append(assignment.format(name, value))
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    lines = "\n ".join(body or ["pass"])
    exec(f"def __init__({', '.join(parameters)}):\n {lines}", names)  # noqa: S102  # ours
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    return init


def _comparison(names: list[str]) -> tuple[Callable[..., bool], Callable[..., int]]:
    """Return ``__eq__`` and ``__hash__`` by the values of some attributes."""
    values: Callable[[object], object] = attrgetter(*names) if names else type

    def __eq__(self: object, other: object) -> bool:  # noqa: N807  # it becomes one
        if other.__class__ is not self.__class__:
            return NotImplemented
        return (values(self),) == (values(other),)  # as tuples: NaN is itself

    def __hash__(self: object) -> int:  # noqa: N807
        return hash(values(self))

    return __eq__, __hash__


def _repr(self: Any) -> str:  # any dataclass
    parts = [each.name for each in dataclasses.fields(self) if each.repr]
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in parts)
    return f"{type(self).__qualname__}({shown})"


def _setattr(_: object, name: str, __: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delattr(_: object, name: str) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: Any) -> list[object]:  # any dataclass
    return [getattr(self, each.name) for each in dataclasses.fields(self)]


def _setstate(self: Any, state: list[object]) -> None:  # as above
    for each, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


_FROZEN = {
    "__setattr__": _setattr,
    "__delattr__": _delattr,
    "__getstate__": _getstate,
    "__setstate__": _setstate,
}
