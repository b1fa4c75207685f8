"""Skills that do not load: the error says which, why, and on which line of the skill.

Each cell of the matrix runs this, because ovos-core reports a load in its own way.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.dialogues import dialogue
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError

pytestmark = pytest.mark.ovos


BUSY = """
import threading


class Skill(OVOSSkill):
    def initialize(self):
        threading.Thread(target=time.sleep, args=(1e6,)).start()
"""
"""A skill that leaves a thread behind: then OVOS is imported once, and each case boots
in a fork."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("skills")


@pytest.fixture(scope="module")
def faulty(folder: Path) -> Iterator[SubprocessAssistant]:
    """An assistant that loads the skill as it is when a case begins."""
    install_skill(folder, "faulty.test", BUSY)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        with SubprocessAssistant(Setup(("faulty.test",))) as process:
            yield process


def refusal(faulty: SubprocessAssistant, folder: Path, source: str) -> AssistantError:
    """Return the error with which an assistant with this skill does not start."""
    install_skill(folder, "faulty.test", source)
    shutil.rmtree(folder / "faulty" / "__pycache__", ignore_errors=True)
    fixture = dialogue("faulty.test", ("kitchen", "hello"))
    with pytest.raises(AssistantError) as error:
        faulty.replay(fixture, fixture.cases[0])
    return error.value


def place(folder: Path, source: str, line: str, function: str) -> str:
    """Return how a traceback shows a line of the skill."""
    file = folder / "faulty" / "__init__.py"
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
    faulty: SubprocessAssistant, folder: Path, source: str, function: str
) -> None:
    """It is told with the skill's own line, without those of the kit and of OVOS."""
    error = refusal(faulty, folder, source)
    assert error.problem == 'the skill "faulty.test" did not load: ValueError: no key'
    line = next(each for each in source.splitlines() if "raise" in each)
    assert error.hint is not None
    assert (
        error.hint.splitlines()[0:2]
        == place(folder, source, line, function).splitlines()
    )
    assert "ovos_" not in error.hint


EXITING = """
import sys


class Skill(OVOSSkill):
    def initialize(self):
        sys.exit("no key")
"""


def test_an_exit(faulty: SubprocessAssistant, folder: Path) -> None:
    """A skill that ends the process while it loads is told like any other."""
    error = refusal(faulty, folder, EXITING)
    assert error.problem == 'the skill "faulty.test" did not load: SystemExit: no key'
    line = '        sys.exit("no key")'
    assert place(folder, EXITING, line, "initialize") in str(error.hint)


def test_a_syntax_error(faulty: SubprocessAssistant, folder: Path) -> None:
    """The line that Python does not understand is shown."""
    error = refusal(faulty, folder, "class Skill(:\n    pass\n")
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
def test_no_skill(faulty: SubprocessAssistant, folder: Path, source: str) -> None:
    """An entry point that is not a skill is told as that."""
    assert str(refusal(faulty, folder, source)) == (
        'the skill "faulty.test" did not load: its entry point is not a skill\n'
        "  a skill is a class derived from ovos_workshop.skills.OVOSSkill"
    )


def test_no_class(faulty: SubprocessAssistant, folder: Path) -> None:
    """An entry point that names nothing is told with Python's reason alone."""
    assert str(refusal(faulty, folder, "Other = OVOSSkill\n")) == (
        'the skill "faulty.test" did not load: AttributeError: '
        "module 'faulty' has no attribute 'Skill'"
    )
