"""Check arguments of the Python interface as the values of a script are checked.

An argument has the name of the key of a script for the same thing. It is turned into
the node that this key would have in YAML, and the format's own definitions read it: so
a wrong value gets the same words in both places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import KitError, Mark, ScriptError, join_errors
from ovos_dialogue_kit.script.format.kinds import AnyMapping
from ovos_dialogue_kit.script.format.nodes import ListNode, MapNode, Node, TextNode
from ovos_dialogue_kit.script.format.ovos_config import OvosConfig
from ovos_dialogue_kit.script.format.sections import Section
from ovos_dialogue_kit.script.problems import Problems

__all__ = ["read_arguments"]

__tracebackhide__ = True  # by pytest: the caller's own line is what counts

_JSON = (AnyMapping, OvosConfig)
"""The kinds that take any JSON; to all others, a value is text."""


def read_arguments(section: Section, **given: object) -> dict[str, Any]:
    """Return arguments as a section of the script format reads them.

    ``None`` and an argument that is left out are the same. Where the format takes any
    JSON, a value is returned as it was given.

    Args:
        section: has a key for each argument.
        given: the arguments.

    Raises:
        KitError: at least one of them is wrong; all such problems, without places.

    """
    problems = Problems()
    found: dict[str, Any] = {}
    values = {name: value for name, value in given.items() if value is not None}
    nodes: dict[str, Node] = {}
    for line, name in enumerate(values, start=1):  # only the first at a place counts
        kind = section.specs[name].kind
        with problems:
            mark = Mark("", line)
            nodes[name] = _node(values[name], mark, name, isinstance(kind, _JSON))
            read = kind.read(nodes[name], name, problems)
            found[name] = values[name] if isinstance(kind, _JSON) else read
    if section.check:
        marks = {name: node.mark for name, node in nodes.items()}
        for error in section.check(MapNode(nodes, marks, Mark(""), Mark(""))):
            problems.add(error)
    try:
        problems.require_none()
    except ScriptError as error:
        raise _without_places(error) from None
    return found


def _without_places(error: ScriptError) -> KitError:
    parts = [
        KitError(each.problem, hint=each.hint, code=each.code) for each in error.split()
    ]
    return join_errors(KitError, parts)


def _node(value: object, mark: Mark, name: str, is_json: bool) -> Node:  # noqa: FBT001  # private
    """Return a value as it would be read from YAML.

    Raises:
        ScriptError: YAML has nothing like it.

    """
    if isinstance(value, str):
        return TextNode(value, mark, mark, plain=False)
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        values = {key: _node(part, mark, name, is_json) for key, part in value.items()}
        return MapNode(values, dict.fromkeys(values, mark), mark, mark)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        items = (_node(part, mark, name, is_json) for part in value)
        return ListNode(tuple(items), mark, mark)
    if is_json and isinstance(value, bool | int | float | None):
        return TextNode(str(value), mark, mark, plain=False)
    takes = "JSON" if is_json else "text"
    problem = f'"{name}" takes {takes}, not {value!r}'
    raise ScriptError(problem, mark, code=Code.WRONG_TYPE)
