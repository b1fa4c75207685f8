"""Do once, before an assistant is copied, what each copy of it would do in its turns.

A skill reads its dialogs when it first speaks, which in a fresh copy it always does.
"""

from __future__ import annotations

import contextlib
from typing import Any

from ovos_dialogue_kit.assistant.core.boot import RunningCore

__all__ = ["warm_up"]


def warm_up(core: RunningCore) -> None:
    """Read the dialogs of all skills.

    Only those languages count whose resources a skill has already: others would make it
    register entities. What cannot be read is left to the turn that needs it.
    """
    for skill in core.skills.values():
        for resources in list(getattr(skill, "_lang_resources", {}).values()):
            with contextlib.suppress(Exception):  # foreign code, to be called again
                _read_dialogs(resources)


def _read_dialogs(resources: Any) -> object:  # SkillResources
    """Let the resources of a skill keep its dialogs, as this property does."""
    return resources.dialog_renderer
