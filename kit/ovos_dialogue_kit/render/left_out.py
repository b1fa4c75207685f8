"""Put into words what a run leaves out that a device would use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ovos_dialogue_kit.assistant.device import LeftOut

__all__ = ["left_out_notes"]

_NOTES = {
    "padatious": "padatious is installed, but is not used unless it is named: --engine "
    "padatious (in pytest: --kit-engine padatious)",
    "keywords": "the keyword intents of {skills} need Adapt: pip install {wanted}",
    "common_query": "common queries do not reach {skills}: pip install {wanted}",
    "media": "requests for media do not reach {skills}: pip install {wanted}",
}

_MOST_NAMES = 3


def left_out_notes(found: Iterable[LeftOut]) -> list[str]:
    """Return a sentence for each thing that is left out, with all skills it is for."""
    skills: dict[tuple[str, str], dict[str, None]] = {}
    for each in found:
        skills.setdefault((each.what, each.wanted), {})[each.skill] = None
    return [
        _NOTES[what].format(skills=_listed([*names]), wanted=wanted)
        for (what, wanted), names in skills.items()
    ]


def _listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence, of which many are only counted."""
    if len(names) > _MOST_NAMES + 1:
        names = [*names[:_MOST_NAMES], f"{len(names) - _MOST_NAMES} others"]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
