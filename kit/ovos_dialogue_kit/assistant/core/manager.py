"""Give the skills what ovos-core starts beside the intent service.

A skill can ask which skills are loaded, activate one, call another one's methods, have
a package installed, wait until everything is ready, and is told when its settings
change. The installed ``SkillManager`` and ``SkillsStore`` do all that here, too. Only
the manager's thread is not started: it loads every installed skill, looks for a
network, and looks for new skills twice a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ovos_dialogue_kit.assistant.core.contracts import require_attribute

__all__ = ["INITIALIZED", "start_manager"]

INITIALIZED = "mycroft.skills.initialized"
"""The topic by which ovos-core says that all skills are loaded."""


def start_manager(
    bus: Any,  # a MessageBusClient
    skills: Mapping[str, type],
) -> Any:  # a SkillManager
    """Create a skill manager that knows only these skills, and loads none of them.

    Args:
        bus: the bus client of ovos-core.
        skills: the classes of the skills under test, by skill id.

    Raises:
        AssistantError: the installed manager finds or loads skills in another way.

    """
    from ovos_core import skill_manager
    from ovos_core.skill_installer import SkillsStore
    from ovos_workshop.skills.api import SkillApi

    require_attribute(skill_manager, "find_skill_plugins", "ovos-core")
    for name in ("_load_plugin_skill", "_unload_plugin_skill"):
        require_attribute(skill_manager.SkillManager, name, "ovos-core")
    skill_manager.find_skill_plugins = lambda: dict(skills)  # it imports all of them
    SkillsStore(bus)  # refuses to install anything, because mycroft.conf does not allow
    SkillApi.connect_bus(bus)
    manager = skill_manager.SkillManager(bus)
    manager.status.set_alive()
    return manager
