"""Skills that do not load: the error says which, why, and on which line of the skill.

Each cell of the matrix runs this, because ovos-core reports a load in its own way.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import Process
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError

pytestmark = pytest.mark.ovos


def refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> AssistantError:
    """Return the error with which an assistant with this skill does not start."""
    install_skill(tmp_path, "faulty.test", source)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(AssistantError) as error, Process(Setup(("faulty.test",))):
        pass
    return error.value


def place(tmp_path: Path, source: str, line: str, function: str) -> str:
    """Return how a traceback shows a line of the skill."""
    file = tmp_path / "faulty" / "__init__.py"
    number = file.read_text("utf-8").splitlines().index(line) + 1
    assert line in source
    return f'  File "{file}", line {number}, in {function}\n    {line.strip()}'


IN_INIT = """
class Skill(OVOSSkill):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        raise ValueError("no key")
"""

IN_INITIALIZE = """
class Skill(OVOSSkill):
    def initialize(self):
        raise ValueError("no key")
"""

AT_IMPORT = """
raise ValueError("no key")
"""


@pytest.mark.parametrize(
    ("source", "function"),
    [(IN_INIT, "__init__"), (IN_INITIALIZE, "initialize"), (AT_IMPORT, "<module>")],
)
def test_an_exception(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, function: str
) -> None:
    """It is told with the skill's own line, without those of the kit and of OVOS."""
    error = refusal(tmp_path, monkeypatch, source)
    assert error.problem == 'the skill "faulty.test" did not load: ValueError: no key'
    line = next(each for each in source.splitlines() if "raise" in each)
    assert error.hint is not None
    assert (
        error.hint.splitlines()[0:2]
        == place(tmp_path, source, line, function).splitlines()
    )
    assert "ovos_" not in error.hint


EXITING = """
import sys


class Skill(OVOSSkill):
    def initialize(self):
        sys.exit("no key")
"""


def test_an_exit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A skill that ends the process while it loads is told like any other."""
    error = refusal(tmp_path, monkeypatch, EXITING)
    assert error.problem == 'the skill "faulty.test" did not load: SystemExit: no key'
    line = '        sys.exit("no key")'
    assert place(tmp_path, EXITING, line, "initialize") in str(error.hint)


def test_a_syntax_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line that Python does not understand is shown."""
    error = refusal(tmp_path, monkeypatch, "class Skill(:\n    pass\n")
    assert error.problem == (
        'the skill "faulty.test" did not load: SyntaxError: invalid syntax'
    )
    assert "    class Skill(:" in str(error.hint)


@pytest.mark.parametrize(
    "source",
    [
        "class Skill:\n    pass\n",
        "def Skill(*args, **kwargs):\n    return None\n",
        "Skill = 1\n",
    ],
)
def test_no_skill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """An entry point that is not a skill is told as that."""
    assert str(refusal(tmp_path, monkeypatch, source)) == (
        'the skill "faulty.test" did not load: its entry point is not a skill\n'
        "  a skill is a class derived from ovos_workshop.skills.OVOSSkill"
    )


def test_no_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point that names nothing is told with Python's reason alone."""
    assert str(refusal(tmp_path, monkeypatch, "Other = OVOSSkill\n")) == (
        'the skill "faulty.test" did not load: AttributeError: '
        "module 'faulty' has no attribute 'Skill'"
    )
