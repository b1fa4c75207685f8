"""Find dialogs that a skill speaks and that no file of the language has.

ovos-workshop speaks the name in their place, without an error. Its own renderer is
asked, so languages and folders are resolved as the installed version does it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from ovos_dialogue_kit.assistant.core.boot import RunningCore
from ovos_dialogue_kit.errors import near_name
from ovos_dialogue_kit.replayer.transcript import (
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)
from ovos_dialogue_kit.skill.resources import find_resources

__all__ = ["with_missing_dialogs"]

_NAME = re.compile(r"[\w./-]+")
"""The name of a dialog; anything else is a text, which ``get_response`` takes, too.

A word that asks may be either.
"""


def with_missing_dialogs(core: RunningCore, transcript: Transcript) -> Transcript:
    """Return a transcript with a fault for each dialog that does not exist."""
    turns = tuple(_checked(core, turn) for turn in transcript.turns)
    return replace(transcript, turns=turns)


def _checked(core: RunningCore, turn: TurnTranscript) -> TurnTranscript:
    found = (_fault_of(core, reply) for reply in turn.replies)
    faults = tuple(fault for fault in found if fault)
    return replace(turn, faults=(*turn.faults, *faults)) if faults else turn


def _fault_of(core: RunningCore, reply: Reply) -> Fault | None:
    skill = core.skills.get(reply.skill or "")
    name = reply.text if reply.dialog is None else reply.dialog
    if skill is None or not _NAME.fullmatch(name) or (reply.asks and name.isalnum()):
        return None
    known = _dialogs(skill, reply.lang)
    if name in known:
        return None
    if reply.dialog is None and (known or name not in _written(skill)):
        return None  # a plain text; without any dialog, ovos-workshop tells no name
    near = near_name(name, known)
    return Fault("dialog", f'no "{name}.dialog" in {reply.lang}{near}')


def _dialogs(skill: Any, lang: str | None) -> frozenset[str]:
    """Return the names of a skill's dialogs in a language, as it renders them."""
    renderer = skill.load_lang(lang=lang).dialog_renderer
    return frozenset(renderer.templates if renderer else ())


def _written(skill: Any) -> frozenset[str]:
    """Return the names of a skill's dialogs in all languages."""
    folders = find_resources(Path(skill.root_dir))
    return frozenset(file.stem for each in folders for file in each.files(".dialog"))
