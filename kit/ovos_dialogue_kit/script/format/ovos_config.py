"""Read ``config``: keys of ``mycroft.conf``, except those that the kit itself sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import Mark, ScriptError
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.script.format.kinds import AnyMapping
from ovos_dialogue_kit.script.format.nodes import MapNode, Node
from ovos_dialogue_kit.script.problems import Problems

__all__ = ["OvosConfig"]

_TRANSFORMERS = 'use "transformers" of the script'
_BUS = "the bus is chosen on the command line: --bus"
_ALONE = "an assistant under test uses no network"
_REFUSED: Mapping[tuple[str, ...], str] = {
    ("lang",): 'use "lang" of the script or of a dialogue',
    ("secondary_langs",): "OVOS is set up for every language of the script",
    ("intents", "pipeline"): 'use "engine", or "pipeline" of a session',
    ("utterance_transformers",): _TRANSFORMERS,
    ("metadata_transformers",): _TRANSFORMERS,
    ("intent_transformers",): _TRANSFORMERS,
    ("dialog_transformers",): _TRANSFORMERS,
    ("tts_transformers",): _TRANSFORMERS,
    ("audio_transformers",): _TRANSFORMERS,
    ("websocket",): _BUS,
    ("gui_websocket",): _ALONE,
    ("server",): _ALONE,
    ("log_level",): "the kit shows what OVOS logs as an error, and nothing else",
    ("logs",): "the kit shows what OVOS logs as an error, and nothing else",
}
"""Keys that a script cannot set, and what to do instead."""


@dataclass(frozen=True, slots=True)
class OvosConfig:
    """A mapping of keys of ``mycroft.conf``."""

    words: str = "a mapping"

    def read(self, node: Node, name: str, problems: Problems) -> dict[str, Json]:
        """Return the mapping as JSON, if the kit sets none of its keys."""
        read = AnyMapping(empty=False).read(node, name, problems)
        for keys, mark in _paths(node, ()):
            if keys in _REFUSED:
                problems.add(
                    ScriptError(
                        f'"{name}" cannot set "{".".join(keys)}"',
                        mark,
                        _REFUSED[keys],
                        Code.INVALID_VALUE,
                    )
                )
        return read


def _paths(
    node: Node, above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Mark]]:
    """Yield the path of each key of a mapping and of those in it, and its place."""
    if not isinstance(node, MapNode):
        return
    for key, value in node.values.items():
        yield (*above, key), node.marks[key]
        yield from _paths(value, (*above, key))
