"""What a skill may do in a handler, and what is told of it: one skill does it all.

The page ``docs/reliability.md`` has a row for each.
"""

from __future__ import annotations

from dataclasses import dataclass

SKILL = """
import ctypes
import json
import os
import re
import shutil
import signal
import multiprocessing
import socket
import subprocess
import threading
from concurrent import futures
from pathlib import Path

TREASURE = Path(os.environ["TREASURE"])


def start_daemon(script):
    first = subprocess.Popen(
        ["sh", "-c", f"setsid sh -c 'echo $$ >> {TREASURE}.daemons; {script}' &"],
        stdin=subprocess.DEVNULL,
    )
    first.wait()
    while not TREASURE.with_suffix(".daemons").exists():
        time.sleep(0.01)


class Skill(OVOSSkill):
    @intent_handler("behave.intent")
    def behave(self, message):
        self.settings["count"] = self.settings.get("count", 0) + 1
        self.settings.store()
        self.speak(f"fine {self.settings['count']}")
"""

HANDLER = """
    @intent_handler("{name}.intent")
    def {name}(self, message):
        print("about to {name}")
{code}
"""

_HUNG = r"it hung: no progress for 1 s, the limit of --dialogue-timeout(; .*)?"
_FAILED = "An error occurred while processing a request in Skill"
_GARBLED = "the answer of its process cannot be read: "


@dataclass(frozen=True)
class Misdeed:
    """Something that a skill does in a handler, and what is told of it.

    ``crash`` is a pattern, and ``fault`` is part of a failure that is no crash.
    ``heard`` is what the turn hears if there is no crash, and ``line`` that line of the
    skill which a terminal shows. ``is_held`` is true if the crash names that line as
    one that does not end.
    """

    name: str
    code: str
    crash: str | None = None
    fault: str | None = None
    heard: tuple[str, ...] = ()
    line: str | None = None
    is_held: bool = False


MISDEEDS = (
    Misdeed(
        "answers_without_json",
        "from ovos_dialogue_kit.assistant.process import frames\n"
        "frames.as_json_text = lambda data: 'true'",
        f"{_GARBLED}it is not an object",
    ),
    Misdeed(
        "answers_with_another_object",
        "from ovos_dialogue_kit.assistant.process import frames\n"
        "frames.as_json_text = lambda data: '{\"transcript\": 1}'",
        f"{_GARBLED}expected a mapping, not a whole number",
    ),
    Misdeed("patches_json", "json.dumps = lambda *_, **__: '[]'"),
    Misdeed(
        "writes_into_foreign_files",
        "for number in range(3, 256):\n"
        "    try:\n"
        "        os.write(number, b'junk')\n"
        "    except OSError:\n"
        "        pass",
        f"{_GARBLED}a skill, or a library, has written into the kit's own pipe",
    ),
    # the bus takes neither of the next two, and what follows is lost with the second
    Misdeed(
        "speaks_a_lone_surrogate",
        "try:\n"
        "    self.speak('\\ud800')\n"
        "except TypeError:  # the JSON of old bus clients takes none\n"
        "    pass",
    ),
    Misdeed("says_too_much_at_once", "self.speak('x' * (65 << 20))"),
    Misdeed(
        "nests_deeply",
        "data = []\n"
        "for _ in range(200):\n"
        "    data = [data]\n"
        "self.speak('hi', meta={'dialog': 'nothing', 'data': {'data': data}})",
        f"{_GARBLED}it is nested 208 levels deep; the limit is 200",
    ),
    Misdeed(
        "says_too_much",
        "for _ in range(4):\n    self.speak('x' * (17 << 20))\n    time.sleep(1)",
        "its transcript is too large: 68 MB; the limit is 64 MB",
    ),
    Misdeed("raises", "raise ValueError('oops')", fault="ValueError", heard=(_FAILED,)),
    Misdeed("raises_system_exit", "raise SystemExit(4)", fault="SystemExit"),
    Misdeed(
        "recurses",
        "(again := lambda: again())()",
        fault="RecursionError",
        heard=(_FAILED,),
    ),
    Misdeed(
        "wants_all_memory",
        "bytearray(1 << 40)",
        fault="MemoryError",
        heard=(_FAILED,),
    ),
    Misdeed(
        "writes_a_huge_file",
        "with open(Path.home() / 'huge', 'wb') as file:\n    file.truncate(1 << 40)",
        fault="File too large",
        heard=(_FAILED,),
    ),
    Misdeed(
        "writes_a_file_of_yours",
        "TREASURE.with_suffix('.yours').write_text('new')",
    ),
    Misdeed("changes_directory", "os.chdir('/')\nos.umask(0o777)"),
    Misdeed(
        "sends_itself_a_signal",
        "os.kill(os.getpid(), signal.SIGTERM)",
        "its process was ended by SIGTERM",
    ),
    Misdeed(
        "leaves_threads",
        "for _ in range(20):\n"
        "    threading.Thread(target=threading.Event().wait).start()",
    ),
    Misdeed("leaves_a_process", "subprocess.Popen(['sleep', '1000'])"),
    Misdeed("forks", "os.fork()"),
    Misdeed(
        "uses_a_pool_of_processes",
        "with multiprocessing.Pool(2) as pool:\n"
        "    self.speak(str(pool.map(abs, [-1, -2])))",
        heard=("[1, 2]",),
    ),
    Misdeed(
        "uses_an_executor_of_processes",
        "with futures.ProcessPoolExecutor(2) as pool:\n"
        "    self.speak(str(list(pool.map(abs, [-1, -2]))))",
        heard=("[1, 2]",),
    ),
    Misdeed(
        "waits_for_a_program",
        "subprocess.run(['sleep', '1000'])",
        _HUNG,
        line="subprocess.run(['sleep', '1000'])",
    ),
    Misdeed(
        "reads_what_never_comes",
        "here, there = socket.socketpair()\nhere.recv(1)",
        _HUNG,
        line="here.recv(1)",
        is_held=True,
    ),
    Misdeed("spins", "while True: pass", _HUNG, line="while True: pass", is_held=True),
    Misdeed("exits", "os._exit(3)", "its process exited with code 3"),
    Misdeed(
        "crashes",
        "ctypes.string_at(0)",
        "its process was ended by SIGSEGV",
        line="ctypes.string_at(0)",
    ),
    Misdeed(
        "aborts", "os.abort()", "its process was ended by SIGABRT", line="os.abort()"
    ),
    Misdeed(
        "waits_in_c",
        "ctypes.CDLL(None).pause()",
        _HUNG,
        line="ctypes.CDLL(None).pause()",
        is_held=True,
    ),
    Misdeed(
        "hangs_in_c",
        "ctypes.PyDLL(None).pause()",
        _HUNG,
        line="ctypes.PyDLL(None).pause()",
        is_held=True,
    ),
    Misdeed(
        "hangs_in_a_regular_expression",
        "re.match('(a+)+b', 'a' * 60)",
        _HUNG,
        line="re.match('(a+)+b', 'a' * 60)",
    ),
    Misdeed(
        "stops_itself",
        "os.kill(os.getpid(), signal.SIGSTOP)",
        r"its process was stopped for 1 s, the limit of --dialogue-timeout",
    ),
    Misdeed(
        "closes_all_files",
        "os.closerange(3, 1000)",
        "it closed open files that it had not opened, the kit's among them",
    ),
    Misdeed(
        "takes_the_place_of_closed_files",
        "os.closerange(3, 1000)\n"
        "self.files = [open('/dev/null', 'w') for _ in range(100)]",
        "it closed open files that it had not opened, the kit's among them",
    ),
    Misdeed(
        "floods_the_bus",
        "from ovos_bus_client.message import Message\n"
        "self.bus.on('flood', lambda _: self.bus.emit(Message('flood')))\n"
        "self.bus.emit(Message('flood'))",
        r"a flood of messages: \d+, the last one of type \"flood\", without progress "
        r"for 1 s, the limit of --dialogue-timeout",
    ),
    Misdeed(
        "prints_without_end",
        "while True:\n    os.write(2, b'x' * 256)",
        "it printed more than 64 MB",
        line="os.write(2, b'x' * 256)",
    ),
    Misdeed(
        "starts_many_processes",
        "while True:\n    subprocess.Popen(['sleep', '1000'])",
        "it started more than 500 processes",
    ),
    Misdeed(
        "raises_base_exception",
        "raise BaseException('no error')",
        fault="BaseException",
    ),
    Misdeed("removes_its_home", "shutil.rmtree(Path.home())"),
    Misdeed(
        "replaces_its_home_by_a_link",
        "shutil.rmtree(Path.home())\nPath.home().symlink_to(TREASURE)",
    ),
    Misdeed(
        "makes_its_home_a_file",
        "shutil.rmtree(Path.home())\nPath.home().write_text('no folder')",
    ),
    Misdeed("locks_its_home", "Path.home().chmod(0)"),
    Misdeed(
        "fills_its_home",
        "for number in range(2000):\n"
        "    (Path.home() / f'file{number}').write_text('x' * 1000)\n"
        "os.mkfifo(Path.home() / 'pipe')\n"
        "(Path.home() / 'link').symlink_to(TREASURE)",
    ),
    Misdeed(
        "makes_links_in_its_home",
        "config = Path.home() / 'config'\n"
        "shutil.rmtree(config)\n"
        "config.symlink_to(TREASURE)\n"
        "(Path.home() / 'tmpdir' / 'link').symlink_to(TREASURE)",
    ),
    Misdeed(
        "replaces_the_folder_around_its_home",
        "root = Path.home().parent\n"
        "root.rename(root.with_name(f'{root.name}-moved'))\n"
        "root.symlink_to(TREASURE)",
    ),
    Misdeed(
        "changes_what_the_kit_keeps",
        "shutil.rmtree(Path.home().parent / 'saved')\n"
        "(Path.home() / 'config' / 'mycroft' / 'mycroft.conf').unlink()",
    ),
    Misdeed(
        "starts_a_daemon",
        "start_daemon('exec sleep 1000')",
    ),
    Misdeed(
        "kills_the_parent_of_a_daemon",
        "start_daemon('exec sleep 1000')\n"
        "os.kill(os.getppid(), signal.SIGKILL)\n"
        "time.sleep(1)",
        "something ended the assistant's process \\(SIGKILL\\)",
    ),
    Misdeed(
        "stops_the_parent",
        "os.kill(os.getppid(), signal.SIGSTOP)",
        r"something stopped the assistant's process \(SIGSTOP\)",
    ),
    Misdeed(
        "kills_the_parent",
        "os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(1)",
        "something ended the assistant's process \\(SIGKILL\\)",
    ),
)
