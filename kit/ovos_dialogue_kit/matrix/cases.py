"""Put the variants of a dialogue together: its cases, each with its engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ovos_dialogue_kit.matrix.cells import ReplayKey

__all__ = ["by_dialogue", "shared_notes", "variant_of"]


def variant_of(key: ReplayKey) -> str:
    """Return the case and the engine of a replay as one word."""
    return "-".join(filter(None, key[2:]))


def by_dialogue(keys: Iterable[ReplayKey]) -> list[list[ReplayKey]]:
    """Return the keys of each dialogue, each key once, in the order of the first."""
    found: dict[tuple[str, str], dict[ReplayKey, None]] = {}
    for key in keys:
        found.setdefault(key[:2], {})[key] = None
    return [list(variants) for variants in found.values()]


def shared_notes(
    notes: Mapping[ReplayKey, Iterable[str]], variants: int
) -> tuple[str, ...]:
    """Return the notes of the variants of a dialogue, each once.

    A note that not all variants give names its own in brackets.

    Args:
        notes: the notes of each variant that has some.
        variants: the number of all variants.

    """
    found: dict[str, list[str]] = {}
    for key, each in notes.items():
        for note in each:
            found.setdefault(note, []).append(variant_of(key))
    return tuple(
        note if len(names) == variants else f"[{', '.join(names)}] {note}"
        for note, names in found.items()
    )
