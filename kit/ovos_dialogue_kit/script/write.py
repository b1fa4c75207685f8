"""Write scripts as YAML, in one canonical form that the parser reads back unchanged.

A script is given as plain data with the keys of the format (``docs/script.md``). Texts
stay texts; in bus data, ``None``, ``True``, ``False`` and numbers stay what they are.
The exception is a whole number of more than 16 digits: a script can only have it as a
text. Keys are put into the order of the format, so equal scripts are equal texts.
Sessions, phrases and turns have lines of their own; everything else is on one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.script.format.keys import DIALOGUE, SCRIPT, TURN
from ovos_dialogue_kit.script.format.sections import Section

__all__ = ["literal_turn", "write_script", "write_value"]

_PLAIN = re.compile(r"[^\W\d_][\w.' -]*[\w.']|[^\W\d_]|\d+(?:\.\d+)?(?:ms|[smh])")
_CONSTANTS = ("true", "false", "null")
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that JSON leaves as they are and that YAML forbids (1.1, section 5.1), or
takes for a line break (section 5.4) or a byte order mark."""

_LONE = re.compile("[\ud800-\udfff]")
"""Lone surrogates, which have no UTF-8."""

_TEMPLATE = re.compile(r"[()\[\]{}<>|$]")
_LONGEST_KEY = 1000
"""Characters of a key in bus data; one with more than 1024 needs a ``?`` (YAML 1.1)."""


def write_script(script: Mapping[str, Json]) -> str:
    """Return a script as YAML, with a final newline.

    Args:
        script: the keys and values of a script, in any order; ``dialogues`` maps names
            to lists of turns or to mappings with ``turns``. It is not validated, which
            is the parser's work.

    """
    lines: list[str] = []
    for key, value in _in_order(script, SCRIPT):
        if key == "dialogues" and isinstance(value, dict):
            lines += ["dialogues:", *_dialogues(value)]
        elif key in {"sessions", "phrases"} and isinstance(value, dict) and value:
            lines += [f"{key}:", *(f"  {pair}" for pair in _pairs(value.items()))]
        else:
            lines += _pairs([(key, value)])
    return "\n".join(lines) + "\n"


def literal_turn(
    speaker: str, text: str, *others: str, more: Mapping[str, Json] | None = None
) -> dict[str, Json]:
    """Return a turn in which a text is said as it is, even one that is a template.

    Only ``$canary`` is not: wherever it stands, it becomes a word.

    Args:
        speaker: who says it.
        text: what is said.
        others: further transcriptions of it.
        more: other keys beside ``say``.

    """
    values: dict[str, Json] = {}
    written: list[Json] = []
    for number, each in enumerate((text, *others), 1):
        name = f"said_{number}" if number > 1 else "said"
        written.append(f"{{{name}}}" if _TEMPLATE.search(each) else each)
        values |= {name: [each]} if _TEMPLATE.search(each) else {}
    said: Json = written if others else written[0]
    action: Json = {"say": said, **(more or {})} if others or more else said
    return {speaker: action, **({"with": values} if values else {})}


def write_value(value: Json) -> str:
    """Return a value as YAML on one line; a text stays one, even ``true`` or ``1``."""
    if isinstance(value, dict):
        pairs = (
            f"{_flow_key(key)}: {write_value(part)}" for key, part in value.items()
        )
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(write_value, value))}]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value not in _CONSTANTS:
        return value
    text = json.dumps(value, ensure_ascii=False)
    return _UNSAFE.sub(
        lambda found: f"\\u{ord(found[0]):04x}", _LONE.sub("\ufffd", text)
    )


def _flow_key(key: str) -> str:
    mark = "? " if len(key) > _LONGEST_KEY else ""
    return f"{mark}{write_value(key)}"


def _dialogues(dialogues: Mapping[str, Json]) -> Iterator[str]:
    for name, dialogue in dialogues.items():
        yield f"  {write_value(name)}:"
        if isinstance(dialogue, dict):
            for key, value in _in_order(dialogue, DIALOGUE):
                if key == "turns":
                    yield "    turns:"
                    yield from _turns(value, "      ")
                else:
                    yield from (f"    {pair}" for pair in _pairs([(key, value)]))
        else:
            yield from _turns(dialogue, "    ")


def _turns(turns: Json, indent: str) -> Iterator[str]:
    for turn in turns if isinstance(turns, list) else ():
        pairs = _in_order(turn, TURN) if isinstance(turn, dict) else ()
        for number, pair in enumerate(_pairs(pairs)):
            yield f"{indent}{'  ' if number else '- '}{pair}"


def _in_order(values: Mapping[str, Json], section: Section) -> list[tuple[str, Json]]:
    """Return keys and values in a section's order.

    The speaker of a turn comes first, the turns of a dialogue last.
    """
    places = {key.name: place for place, key in enumerate(section.keys)}
    places |= {"turns": len(places)}
    return sorted(values.items(), key=lambda pair: places.get(pair[0], -1))


def _pairs(items: Iterable[tuple[str, Json]]) -> Iterator[str]:
    for key, value in items:
        yield f"{write_value(key)}: {write_value(value)}"
