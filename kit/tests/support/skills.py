"""Throw-away skills, installed for one test: a folder on ``sys.path`` is enough.

Beside the module stands the ``.dist-info`` that an installer would have written, with
the entry points by which ovos-core finds skills.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

import pytest

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


LAMPS = {
    "lamp.intent": "# a comment\n\nturn (on|off) the {lamp}\nlamp\n",
    "sub/name.intent": "call me {name}\n(broken\n",
    "lamp.entity": "red lamp\nblue lamp\n",
    "word.voc": "word\nlonger word\n",
    "other.voc": "other\n",
    "empty.voc": "\n",
    "hi.dialog": "  hi {name}  \n# never said\n(hello|hi) again\n",
    "name.rx": "(?P<name>.*)\n",
    "read.me": "not a resource\n",
}
"""The texts of a skill that ``lamps`` installs."""


@contextmanager
def lamps(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install ``lamps.test``, which cannot even be imported, where Python finds it."""
    install_skill(folder, "lamps.test", "raise RuntimeError", LAMPS)
    patch.syspath_prepend(str(folder))
    yield folder
    assert "lamps" not in sys.modules
