"""Tests of putting the variants of a dialogue together."""

from __future__ import annotations

from support.cells import KEY

from ovos_dialogue_kit.matrix.cases import by_dialogue, shared_notes, variant_of

ADAPT = (*KEY[:2], "loud", "adapt")


def test_a_variant_has_a_name() -> None:
    """The name is that of the case and the engine."""
    assert ("padacioso", "loud-adapt") == (variant_of(KEY), variant_of(ADAPT))


def test_variants_are_grouped_by_dialogue() -> None:
    """Each key is once in the group of its dialogue."""
    other = ("b.dialogue.yaml", *KEY[1:])
    assert [[KEY, ADAPT], [other]] == by_dialogue([KEY, other, ADAPT, KEY])


def test_a_note_of_some_variants_names_them() -> None:
    """A note that all variants give stands alone."""
    notes = {KEY: ["both", "one"], ADAPT: ["both"]}
    assert ("both", "[padacioso] one") == shared_notes(notes, 2)
    assert ("[padacioso, loud-adapt] both", "[padacioso] one") == shared_notes(notes, 3)
