"""Refuse connections of the code under test, and tell who tried and where.

Python announces what its sockets are about to do (audit events, PEP 578), whichever
library asks: ``connect``, ``sendto``, a look-up of a name. An exception raised there
is the answer. So requests, urllib, asyncio and bare sockets are refused alike, with an
``OSError`` that they know how to handle.

Let through are what needs no network (Unix sockets, a look-up of an address or of this
machine's own name), connections to a server that the assistant's own processes have
opened, those of the kit to its bus, and hosts that the script allows. What a child
process does is out of reach here, unless it is a fork: ``system/namespace.py`` takes
its network away, and the kernel counts what it refuses.
"""

from __future__ import annotations

import _socket
import contextlib
import errno
import ipaddress
import mmap
import os
import socket
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from ovos_dialogue_kit.assistant.system.audit import hear_events, hear_no_more
from ovos_dialogue_kit.assistant.system.call_stack import (
    SkillCode,
    frames_from,
    module_of,
)
from ovos_dialogue_kit.assistant.system.net_counters import count_refused
from ovos_dialogue_kit.assistant.virtual_time.chance import session_among
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.bus import Caught
from ovos_dialogue_kit.replayer.replay import Tell
from ovos_dialogue_kit.replayer.transcript import (
    UNKNOWN_ADDRESS,
    Fault,
    TurnTranscript,
)
from ovos_dialogue_kit.script.model import ANY_HOST

__all__ = [
    "NameRefusedError",
    "Network",
    "NetworkRefusedError",
    "is_listened_to",
]

_OURS = "ovos_dialogue_kit.assistant.transports.websocket_bus"
"""The module of the kit that connects to a bus."""

_CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_BY_NAME = "socket.gethostbyname"
_EVENTS = (
    *sorted(_CONNECTING),
    "socket.getaddrinfo",
    _BY_NAME,
    "socket.gethostbyaddr",
)

_STARTING = ("subprocess.Popen", "os.posix_spawn", "os.system", "os.fork")
"""Events of a child process that begins; the first argument, if any, is its program."""

_FAMILIES = (socket.AF_INET, socket.AF_INET6)
_LISTENING = "0A"
_TABLES = {"tcp": _LISTENING, "tcp6": _LISTENING, "udp": "", "udp6": ""}
"""The kernel's tables of sockets, and the state of one that others can connect to."""


class NetworkRefusedError(ConnectionRefusedError):
    """A connection that the kit has refused."""


class NameRefusedError(NetworkRefusedError, socket.gaierror):
    """The look-up of a name, which the kit has refused: callers expect a gaierror."""


class Network:
    """The network of one assistant.

    Args:
        code: that of the skills under test.
        note: gets each refusal, as a fault, and whose session it was for.
        hosts: those that may be reached at any time.

    ``is_alone`` is True if the process is in a network namespace of its own: then what
    the kernel refuses there is told, if a skill has started a child process.

    """

    def __init__(
        self,
        code: SkillCode,
        note: Callable[[Caught], object],
        hosts: Iterable[str] = (),
    ) -> None:
        self.hosts = frozenset(hosts)
        self._code = code
        self._note = note
        self._names: dict[str, set[str]] = {}
        """The names that were looked up, by the addresses that were found."""
        self._look_up = _socket.getaddrinfo
        self.is_alone = False
        self._child: Caught | None = None
        """The fault to report if a child process is refused a connection."""
        self._refused = 0
        self._pid = os.getpid()
        self._refused_in_fork = mmap.mmap(-1, 1)  # shared with the forks of a skill

    def watch(self) -> None:
        """Begin to refuse."""
        hear_events(_EVENTS, self.hear)
        hear_events(_STARTING, self.hear_start)
        self._look_up, _socket.getaddrinfo = _socket.getaddrinfo, self._learn

    def leave(self) -> None:
        """Refuse nothing more."""
        hear_no_more(self.hear)
        hear_no_more(self.hear_start)
        _socket.getaddrinfo = self._look_up

    def following(self, fixture: Fixture, case: Case, tell: Tell) -> Tell:
        """Return ``tell``, which then also allows the hosts of the turns that begin."""
        self._pid = os.getpid()
        if self._child is not None:  # since the boot
            self._look_from_now()
        always = self.hosts | set(fixture.marks.hosts)
        by_turn = [turn.marks.hosts for turn in case.turns]

        def follow(turns: Sequence[TurnTranscript]) -> None:
            is_open = (turn.index for turn in turns if turn.end == "lost")
            self.hosts = always.union(*(by_turn[index] for index in is_open))
            tell(turns)

        return follow

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """Refuse what an audit event announces, if it needs the network.

        Raises:
            NetworkRefusedError: it does, and is not allowed.

        """
        if event in _CONNECTING:
            sock, address = args
            if sock.family in _FAMILIES and isinstance(address, tuple):
                self._require(str(address[0]), address[1], NetworkRefusedError)
        elif event == "socket.getaddrinfo":
            self._require_name(_text(args[0]), args[1])
        else:
            self._require_name(_text(args[0]), None)
            if event == _BY_NAME and ANY_HOST not in self.hosts:
                with contextlib.suppress(OSError):  # the look-up itself will say so
                    _socket.getaddrinfo(args[0], None)

    def hear_start(self, event: str, args: tuple[Any, ...]) -> None:
        """Take note of a child process that a skill starts."""
        frames = list(frames_from(sys._getframe(1)))  # noqa: SLF001  # who starts it
        if not any(map(self._code.has_frame, frames)):
            return
        if self._child is None:
            self._look_from_now()
        program = os.fsdecode(args[0]) if args else sys.executable
        name = program if event == "os.system" else Path(program).name
        who = f'the process "{name}", which was started by '
        self._child = self._told(UNKNOWN_ADDRESS, frames, who)

    def _look_from_now(self) -> None:
        """Forget what was refused so far."""
        self._refused_in_fork[0] = 0
        self._refused = count_refused() if self.is_alone else 0

    def look(self) -> None:
        """Tell if a child process of a skill was refused something since last time."""
        if self._child is None:
            return
        before, is_of_fork = self._refused, self._refused_in_fork[0]
        self._look_from_now()
        if is_of_fork or self._refused > before:
            self._note(self._child)

    def _require_name(self, host: str, port: object) -> None:
        """Refuse the look-up of a name, unless it needs no network or is allowed."""
        is_own = host in {"", "localhost", socket.gethostname()}
        if not (is_own or _is_address(host)):
            self._require(host, port, NameRefusedError)

    def _learn(self, host: Any, *args: Any, **kwargs: Any) -> Any:  # the original's
        """Look up a name, and note what is found: who looks it up connects to that."""
        found = self._look_up(host, *args, **kwargs)
        for *_, address in found:
            self._names.setdefault(str(address[0]), set()).add(_text(host))
        return found

    def _require(
        self, host: str, port: object, kind: type[NetworkRefusedError]
    ) -> None:
        if self._is_allowed(host, port) or _is_own(host, port):
            return
        frames = list(frames_from(sys._getframe(2)))  # noqa: SLF001  # who called
        if any(module_of(frame) == _OURS for frame in frames):
            return
        shown = f"[{host}]" if ":" in host else host
        where = f"{shown}:{port}" if port else shown
        if os.getpid() == self._pid:
            self._note(self._told(where, frames))
        else:
            self._refused_in_fork[0] = 1
        raise kind(
            errno.ECONNREFUSED,
            f"the kit refuses a connection to {where}; to allow it, write in the "
            f'script: allow: {{network: {{reason: …, hosts: ["{where}"]}}}}',
        )

    def _is_allowed(self, host: str, port: object) -> bool:
        names = {host, *self._names.get(host, ())}
        return any(_matches(each, name, port) for each in self.hosts for name in names)

    def _told(self, where: str, frames: list[FrameType], who: str = "") -> Caught:
        """Return the refusal as a fault: the address, and the skill's own line."""
        skill = list(filter(self._code.has_frame, frames))
        if not skill:
            skill = list(filter(self._code.has_frame, _other_frames()))
        if not skill:
            return Caught(Fault("network", where), session_among(frames))
        here = skill[0]
        place = f"{_short(here, self._code.packages)}:{here.f_lineno}"
        detail = f"{where}, by {who}{here.f_code.co_name} in {place}"
        lines = [(frame, frame.f_lineno) for frame in reversed(skill)]
        trace = "".join(traceback.StackSummary.extract(iter(lines)).format())
        return Caught(Fault("network", detail, trace.rstrip()), session_among(frames))


def _matches(allowed: str, host: str, port: object) -> bool:
    """Return True if a host of a script, perhaps with a port, stands for an address."""
    if allowed == ANY_HOST:
        return True
    name, colon, wanted = allowed.rpartition(":")
    if not colon or allowed.endswith("]"):
        name, wanted = allowed, ""
    if wanted and port and wanted != str(port):
        return False
    name = name.strip("[]").lower()
    if name.startswith("*."):
        return host.lower().endswith(name[1:])
    return name == host.lower() or (name == "localhost" and _is_loopback(host))


def _text(host: object) -> str:
    """Return a host as text; nothing stands for this machine."""
    if isinstance(host, bytes | bytearray):
        return host.decode(errors="replace")
    return host if isinstance(host, str) else ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    if not _is_address(host):
        return host in {"", "localhost"}
    address = ipaddress.ip_address(host.partition("%")[0])
    return address.is_loopback or address.is_unspecified


def _is_own(host: str, port: object) -> bool:
    """Return True for a port of this machine that a process of ours has opened."""
    if not (_is_loopback(host) and isinstance(port, int)):
        return False
    return is_listened_to(port)


def is_listened_to(port: int) -> bool:
    """Return True if a process of ours waits for others at a port of this machine."""
    found = _inodes(port)
    return bool(found and found & _own_inodes())


def _inodes(port: int) -> set[str]:
    """Return the sockets that wait for others at a port of this machine."""
    found = set()
    for name, state in _TABLES.items():
        table = Path("/proc/self/net", name)
        lines = table.read_text(encoding="ascii") if table.exists() else ""
        for fields in map(str.split, lines.splitlines()[1:]):
            is_here = int(fields[1].rpartition(":")[2], 16) == port
            if is_here and state in {"", fields[3]}:
                found.add(fields[9])
    return found


def _own_inodes() -> set[str]:
    """Return the sockets of this process, of those it was forked from and has started.

    They are one session, which ``assistant_process`` begins.
    """
    found: set[str] = set()
    session = os.getsid(0)
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended, or is another user's
            if os.getsid(int(process.name)) == session:
                for file in process.joinpath("fd").iterdir():
                    found.update(_socket_of(file))
    return found


def _socket_of(file: Path) -> Iterator[str]:
    """Yield the socket that an open file of a process is, if it is one."""
    with contextlib.suppress(OSError):  # it has been closed
        target = str(file.readlink())
        if target.startswith("socket:["):
            yield target[8:-1]


def _other_frames() -> Iterator[FrameType]:
    """Yield the frames of all threads: an event loop looks up names in another one."""
    for frame in sys._current_frames().values():  # noqa: SLF001  # a debugger's view
        yield from frames_from(frame)


def _short(frame: FrameType, packages: Iterable[str]) -> str:
    """Return the file of a frame from its package on, the same on every machine."""
    path = Path(frame.f_code.co_filename)
    for index, part in enumerate(path.parts):
        if part in packages or part.removesuffix(".py") in packages:
            return "/".join(path.parts[index:])
    return path.name
