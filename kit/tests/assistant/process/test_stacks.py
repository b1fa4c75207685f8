"""What ``faulthandler`` writes, in the order of a Python traceback."""

from __future__ import annotations

import subprocess
import sysconfig
import threading
from pathlib import Path

import pytest

import ovos_dialogue_kit
from ovos_dialogue_kit.assistant.process.stacks import as_traceback, holder

KIT = Path(ovos_dialogue_kit.__file__).parent / "assistant/virtual_time/scheduler.py"

CRASH = f"""\
Fatal Python error: Segmentation fault

Thread 0x00007f0b (most recent call first):
  File "/skills/other.py", line 7 in wait
  File "/usr/lib/python3.11/threading.py", line 975 in run

Current thread 0x00007f0a (most recent call first):
  File "/skills/clock.py", line 12 in crash
  File "{KIT}", line 480 in _make

Extension modules: yaml._yaml, regex._regex (total: 2)
"""

HANG = f"""\
Thread 0x00007f0c [worker] (most recent call first):
  File "{KIT}", line 300 in block
  File "/skills/clock.py", line 3 in sleep

Thread 0x00007f0b [worker] (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 327 in wait
  File "/skills/clock.py", line 2 in listen

Thread 0x00007f0d [idle] (most recent call first):
  <no Python frame>

Thread 0x00007f0b [worker] (most recent call first):
  File "/skills/clock.py", line 30 in <lambda>
  File "/skills/clock.py", line 31 in hang

Current thread 0x00007f0a [MainThread] (most recent call first):
  File "{KIT}", line 300 in block
  File "{KIT}", line 400 in rest
"""


def test_the_line_that_crashes_comes_last() -> None:
    """It is that of the current thread."""
    assert as_traceback(CRASH, is_fatal=True) == (
        "Traceback (most recent call last):\n"
        f'  File "{KIT}", line 480, in _make\n'
        f"    {line_of(KIT, 480)}\n"
        '  File "/skills/clock.py", line 12, in crash'
    )


def test_the_line_that_hangs_comes_last() -> None:
    """It is that of the thread that does not wait for another one."""
    assert as_traceback(HANG, is_fatal=False).splitlines() == [
        "Traceback (most recent call last):",
        '  File "/skills/clock.py", line 31, in hang',
        '  File "/skills/clock.py", line 30, in <lambda>',
    ]


WAIT = f"""\
Thread 0x00007f0c (most recent call first):
  File "{KIT}", line 300 in block
  File "{threading.__file__}", line 300 in wait
  File "/site-packages/ovos_bus_client/scheduler.py", line 80 in run
  File "{KIT}", line 200 in live

Thread 0x00007f0b (most recent call first):
  File "{KIT}", line 300 in _sleep
  File "{KIT}", line 301 in _jump

Thread 0x00007f0a (most recent call first):
  File "{KIT}", line 300 in block
  File "{subprocess.__file__}", line 30 in _wait
  File "{subprocess.__file__}", line 20 in wait
  File "{subprocess.__file__}", line 10 in run
  File "/skills/clock.py", line 31 in run_a_program
  File "{KIT}", line 480 in _make
"""


def test_the_line_that_waits_is_shown() -> None:
    """Of what it has called, only the outermost calls are: a terminal shows three."""
    found = as_traceback(WAIT, is_fatal=False).splitlines()
    assert [line for line in found if line.startswith("  File")] == [
        f'  File "{KIT}", line 480, in _make',
        '  File "/skills/clock.py", line 31, in run_a_program',
        f'  File "{subprocess.__file__}", line 10, in run',
        f'  File "{subprocess.__file__}", line 20, in wait',
    ]


def test_a_hang_of_the_kit_itself_has_all_its_frames() -> None:
    """No code of a skill is there that could be at fault."""
    dump = f"""Thread 0x1 (most recent call first):
  File "{KIT}", line 300 in block
  File "<frozen runpy>", line 88 in _run_code
"""
    found = as_traceback(dump, is_fatal=False).splitlines()
    assert found[1] == '  File "<frozen runpy>", line 88, in _run_code'
    assert found[2] == f'  File "{KIT}", line 300, in block'


@pytest.mark.parametrize("text", ["", "no stack at all"])
def test_other_texts_stay(text: str) -> None:
    """A process that could not write its stacks has none."""
    assert as_traceback(f"{text}\n", is_fatal=True) == text


def line_of(path: Path, number: int) -> str:
    return path.read_text(encoding="utf-8").splitlines()[number - 1].strip()


SITE = "/env/lib/python3.11/site-packages"
LIBRARY = sysconfig.get_path("stdlib")
HUNG = f"""Thread 0x00007f1 (most recent call first):
  File "{KIT}", line 1 in block
  File "/skills/waits.py", line 2 in wait

Thread 0x00007f2 (most recent call first):
  File "{LIBRARY}/threading.py", line 3 in wait
  File "{SITE}/websocket/_app.py", line 4 in run_forever

Thread 0x00007f3 (most recent call first):
  File "{LIBRARY}/socket.py", line 5 in readinto
  File "{SITE}/ovos_skill_radio/__init__.py", line 6 in listen
  File "/skills/other.py", line 7 in other
"""


def test_the_first_line_that_is_a_skills() -> None:
    """Threads of the kit and of OVOS wait, so they hold nobody."""
    assert holder(HUNG) == f'"{SITE}/ovos_skill_radio/__init__.py", line 6, in listen'


def test_nobody_holds() -> None:
    """Where all threads wait for their turn, no line is to blame."""
    assert holder(HUNG.partition("Thread 0x00007f3")[0]) is None


@pytest.mark.parametrize("path", ["/dev/zero", "x" * 5000, "a\0b"])
@pytest.mark.parametrize("line", ["1", "9" * 5000])
def test_a_stack_that_a_skill_has_written(path: str, line: str) -> None:
    """No device is read, and no path or number is too long."""
    head = "Current thread 0x0 (most recent call first):"
    dump = f'{head}\n  File "{path}", line {line} in do\n  File "/a.py", line 2 in all'
    shown = as_traceback(dump, is_fatal=True).splitlines()
    assert shown[:2] == [
        "Traceback (most recent call last):",
        '  File "/a.py", line 2, in all',
    ]
    assert len(shown) <= 3
