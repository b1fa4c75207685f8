"""Throw-away skills, installed for one test: a folder on ``sys.path`` is enough.

Beside the module stands the ``.dist-info`` that an installer would have written, with
the entry points by which ovos-core finds skills.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

GROUPS = ("opm.skill", "ovos.plugin.skill")

PREAMBLE = """\
import time

from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill

"""


def install_skill(
    folder: Path, skill_id: str, source: str, locale: Mapping[str, str] | None = None
) -> None:
    """Put a skill where Python finds it, if ``folder`` is on ``sys.path``.

    Args:
        folder: gets the skill's package and its ``.dist-info``.
        skill_id: like ``clock.test``; its first part is the package's name.
        source: the text of the module, whose class is ``Skill``. What most skills
            import is imported already.
        locale: texts by their path below ``locale/en-US``, such as ``hi.intent``.

    """
    name = skill_id.partition(".")[0]
    _write(folder / name / "__init__.py", PREAMBLE + dedent(source))
    for path, text in (locale or {}).items():
        _write(folder / name / "locale" / "en-US" / path, text)
    about = folder / f"{name}-1.0.dist-info"
    _write(about / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    entries = (f"[{group}]\n{skill_id} = {name}:Skill\n" for group in GROUPS)
    _write(about / "entry_points.txt", "\n".join(entries))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
