"""Switch transformer plugins off unless a script names them.

ovos-core runs every installed transformer that its default ``mycroft.conf`` names, so
what a skill gets would depend on what else is installed.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable
from importlib.metadata import EntryPoint, entry_points

from ovos_dialogue_kit.errors import AssistantError, near_name

__all__ = ["transformer_entries", "transformer_settings"]

_GROUPS = {
    "utterance": ("opm.transformer.text", "neon.plugin.text"),
    "metadata": ("opm.transformer.metadata", "neon.plugin.metadata"),
    "intent": ("opm.transformer.intent",),
    "typed_slots": ("opm.transformer.typed_slots",),
    "dialog": ("opm.transformer.dialog",),
    "tts": ("opm.transformer.tts",),
    "audio": ("opm.transformer.audio", "neon.plugin.audio"),
}
"""Kinds of transformers, and where they register (ovos-plugin-manager, ``PluginTypes``
and ``DEPRECATED_ENTRYPOINTS``)."""


def transformer_entries() -> list[EntryPoint]:
    """Return the entry points of all installed transformers."""
    return [entry for entries in _installed().values() for entry in entries]


def _installed() -> dict[str, list[EntryPoint]]:
    """Return the entry points of each kind, all read at once."""
    every = entry_points()
    return {
        kind: [entry for group in groups for entry in every.select(group=group)]
        for kind, groups in _GROUPS.items()
    }


def transformer_settings(
    wanted: Iterable[str], kinds: Collection[str]
) -> dict[str, dict[str, dict[str, object]]]:
    """Return settings that activate the wanted transformers and no others.

    Args:
        wanted: their names; one that is of several kinds is active as each.
        kinds: those that the installed ovos-core runs.

    Raises:
        AssistantError: a wanted one is not installed, or not run by ovos-core.

    """
    installed = {
        kind: {entry.name for entry in entries}
        for kind, entries in _installed().items()
    }
    for name in wanted:
        _require(name, installed, kinds)
    return {
        f"{kind}_transformers": {
            name: {"active": name in wanted} for name in sorted(installed[kind])
        }
        for kind in _GROUPS
    }


def _require(name: str, installed: dict[str, set[str]], kinds: Collection[str]) -> None:
    found = [kind for kind in installed if name in installed[kind]]
    if not found:
        known = sorted(set().union(*(installed[kind] for kind in kinds)))
        raise AssistantError(
            f'the transformer "{name}" is not installed' + near_name(name, known),
            hint=f"pip install {shlex.quote(name)}",
        )
    if not set(found).intersection(kinds):
        raise AssistantError(
            f'the installed ovos-core does not run "{name}", which is of the kind '
            f"{found[0]}",
            hint=f"transformers that it runs: {', '.join(kinds)}",
        )
