"""Tests of skills that use the network: refused, told, allowed by the script."""

from __future__ import annotations

import _socket
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from support.actors import fixtures
from support.dialogues import spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.network import (
    NameRefusedError,
    Network,
    NetworkRefusedError,
    _matches,
    _short,
)
from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.process.in_process import InProcessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system import namespace
from ovos_dialogue_kit.assistant.system.call_stack import SkillCode
from ovos_dialogue_kit.assistant.system.net_counters import count_refused
from ovos_dialogue_kit.replayer.bus import Caught
from ovos_dialogue_kit.replayer.transcript import UNKNOWN_ADDRESS, Transcript
from ovos_dialogue_kit.verdict.compare import compare

pytestmark = pytest.mark.ovos

SKILL = """
import asyncio
import http.server
import os
import socket
import subprocess
import sys
import threading
import urllib.request

import requests

PORT = int(os.environ["NET_TEST_PORT"])
URL = f"http://127.0.0.1:{PORT}/"


class Skill(OVOSSkill):
    def initialize(self):
        self.add_event("net.ask", self.handle_ask)

    def handle_ask(self, message):
        way = message.data["way"]
        try:
            answer = getattr(self, f"by_{way}")()
        except Exception as error:
            kinds = [kind.__name__ for kind in type(error).__mro__]
            answer = f"{'OSError' in kinds}: {error}"
        self.speak(str(answer))

    def by_socket(self):
        with socket.socket() as own:
            own.connect(("127.0.0.1", PORT))
        return "connected"

    def by_connect_ex(self):
        with socket.socket() as own:
            return own.connect_ex(("127.0.0.1", PORT))

    def by_create_connection(self):
        socket.create_connection(("127.0.0.1", PORT), timeout=5).close()
        return "connected"

    def by_udp(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            return own.sendto(b"x", ("192.0.2.1", 9))

    def by_message(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            return own.sendmsg([b"x"], [], 0, ("192.0.2.1", 9))

    def by_ipv6(self):
        with socket.socket(socket.AF_INET6) as own:
            own.connect(("2001:db8::1", 80))

    def by_name(self):
        return socket.getaddrinfo("api.example.org", 443)

    def by_old_name(self):
        return socket.gethostbyname("api.example.org")

    def by_requests(self):
        return requests.get(URL, timeout=5).text

    def by_urllib(self):
        with urllib.request.urlopen(URL, timeout=5) as answer:
            return answer.read().decode()

    def by_asyncio(self):
        async def ask():
            _, writer = await asyncio.open_connection("127.0.0.1", PORT)
            writer.close()
            return "connected"
        return asyncio.run(ask())

    def by_asyncio_name(self):
        async def ask():
            await asyncio.open_connection("api.example.org", 443)
        asyncio.run(ask())

    def by_thread(self):
        thread = threading.Thread(target=self.by_socket)
        thread.start()
        thread.join()
        return "joined"

    def by_child(self):
        source = f"import socket; socket.create_connection(('127.0.0.1', {PORT}), 5)"
        done = subprocess.run([sys.executable, "-c", source], capture_output=True)
        return done.stderr.decode().strip().rpartition("\\n")[2] or "connected"

    def by_system(self):
        os.system(f"{sys.executable} -c 'import socket; s = socket.socket(); "
                  f"s.connect_ex((\\"127.0.0.1\\", {PORT}))'")
        return "started"

    def by_fork(self):
        child = os.fork()
        if not child:
            try:
                self.by_socket()
            except ConnectionRefusedError:
                os._exit(7)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def by_own_server(self):
        server = http.server.HTTPServer(
            ("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler
        )
        threading.Thread(target=server.handle_request).start()
        url = f"http://127.0.0.1:{server.server_port}/nothing"
        return requests.get(url, timeout=5).status_code

    def by_own_child(self):
        source = (
            "import socket; s = socket.create_server(('127.0.0.1', 0));"
            "print(s.getsockname()[1], flush=True); s.accept()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", source], stdout=subprocess.PIPE, text=True
        ) as child:
            port = int(child.stdout.readline())
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        return "connected"

    def by_pair(self):
        one, other = socket.socketpair()
        one.sendall(b"x")
        return other.recv(1).decode()

    def by_own_names(self):
        socket.getaddrinfo("127.0.0.1", 80)
        socket.getaddrinfo("localhost", 80)
        socket.getaddrinfo(None, 80)
        return "found"
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server of somebody else on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # as http.server calls it
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"from outside")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module", autouse=True)
def _skill(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("skills")
    install_skill(folder, "net.test", SKILL)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setenv("NET_TEST_PORT", str(port))
        yield


@pytest.fixture(scope="module")
def offline() -> Iterator[SubprocessAssistant]:
    with SubprocessAssistant(Setup(("net.test",))) as process:
        yield process


def script(way: str, allow: str = "{}") -> str:
    top = f"allow: {allow}\n" if allow != "{}" else ""
    return f"""
skill: net.test
{top}dialogues:
  ask:
    - kitchen: {{emit: {{type: net.ask, data: {{way: {way}}}}}}}
      until: speak
"""


def ask(process: SubprocessAssistant | InProcessAssistant, way: str) -> Transcript:
    (fixture,) = fixtures(script(way))
    return process.replay(fixture, fixture.cases[0])


WAYS = {
    "socket": "127.0.0.1:PORT",
    "connect_ex": "127.0.0.1:PORT",
    "create_connection": "127.0.0.1:PORT",
    "udp": "192.0.2.1:9",
    "message": "192.0.2.1:9",
    "ipv6": "[2001:db8::1]:80",
    "name": "api.example.org:443",
    "old_name": "api.example.org",
    "requests": "127.0.0.1:PORT",
    "urllib": "127.0.0.1:PORT",
    "asyncio": "127.0.0.1:PORT",
    "asyncio_name": "api.example.org:443",
}


@pytest.mark.parametrize("way", WAYS)
def test_refused(offline: SubprocessAssistant, port: int, way: str) -> None:
    """Each way is refused by an OSError that names the address and the key to write.

    The turn has a fault with the address and the skill's own line.
    """
    transcript = ask(offline, way)
    where = WAYS[way].replace("PORT", str(port))
    [[said]] = spoken(transcript)
    assert said.startswith("True: ")
    assert f"the kit refuses a connection to {where}; to allow it, write in the" in said
    assert f'allow: {{network: {{reason: …, hosts: ["{where}"]}}}}' in said
    [fault] = transcript.turns[0].faults
    assert (fault.kind, fault.detail.partition(", by ")[0]) == ("network", where)
    assert "net/__init__.py:" in fault.detail
    assert "in handle_ask" in str(fault.trace)


def test_a_thread_is_refused(offline: SubprocessAssistant, port: int) -> None:
    """The turn has the fault, although nobody hears of the exception."""
    [turn] = ask(offline, "thread").turns
    kinds = {fault.kind for fault in turn.faults}
    assert "network" in kinds
    assert f"127.0.0.1:{port}, by by_socket in net/__init__.py:" in str(turn.faults)


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("own_server", "404"),
        ("own_child", "connected"),
        ("pair", "x"),
        ("own_names", "found"),
    ],
)
def test_what_is_no_network(offline: SubprocessAssistant, way: str, said: str) -> None:
    """Servers of the skill itself, pairs of sockets and own names work."""
    transcript = ask(offline, way)
    assert (spoken(transcript), transcript.turns[0].faults) == ([[said]], ())


def test_a_child_process(offline: SubprocessAssistant) -> None:
    """What a skill starts has no network either, where Linux allows that.

    The turn has the fault, with the line that starts it, however often that is done.
    """
    text = script("child")
    (fixture,) = fixtures(text + text[text.index("    - kitchen") :])
    transcript = offline.replay(fixture, fixture.cases[0])
    said = "ConnectionRefusedError: [Errno 111] Connection refused"
    assert spoken(transcript) == [[said], [said]]
    for turn in transcript.turns:
        [fault] = turn.faults
        address, _, place = fault.detail.partition(", ")
        assert (fault.kind, address) == ("network", UNKNOWN_ADDRESS)
        name = Path(sys.executable).name
        assert place.startswith(
            f'by the process "{name}", which was started by by_child in net/__init__.py'
        )
        assert "in by_child" in str(fault.trace)
    mismatch = next(iter(compare(fixture, fixture.cases[0], transcript)))
    assert mismatch.notes == (("edit", "to allow it: allow: {network: …}"),)


@pytest.mark.parametrize(
    ("way", "said", "name"),
    [
        ("system", "started", f"{sys.executable} -c 'import socket; "),
        ("fork", "7", f'{Path(sys.executable).name}", which was started by by_fork'),
    ],
)
def test_other_child_processes(
    offline: SubprocessAssistant, way: str, said: str, name: str
) -> None:
    """A command of the shell, and a copy of the process."""
    transcript = ask(offline, way)
    [fault] = transcript.turns[0].faults
    assert spoken(transcript) == [[said]]
    assert fault.detail.startswith(f'{UNKNOWN_ADDRESS}, by the process "{name}')


def test_a_copy_is_refused_without_a_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the same Python, which refuses; of other processes nothing is known."""
    told: list[Caught] = []
    network = Network(SkillCode([__name__.partition(".")[0]]), told.append)
    network.hear_start("os.fork", ())
    network.look()
    assert told == []
    monkeypatch.setattr(network, "_pid", 1)
    with socket.socket() as own, pytest.raises(NetworkRefusedError):
        network.hear("socket.connect", (own, ("192.0.2.1", 80)))
    network.look()
    network.look()
    assert [each.fault.kind for each in told] == ["network"]


def test_what_the_kernel_counts(tmp_path: Path) -> None:
    """No route and nobody there count, whatever else the tables have."""
    (tmp_path / "snmp").write_text(
        "Ip: Forwarding OutNoRoutes\nIp: 2 3\nUdp: NoPorts InErrors\nUdp: 40 500\n"
    )
    assert count_refused(tmp_path) == 43
    (tmp_path / "snmp6").write_text("Ip6OutNoRoutes    6000\nIp6InReceives  7\n")
    assert count_refused(tmp_path) == 6043


def test_the_verdict(offline: SubprocessAssistant, port: int) -> None:
    """The turn fails, with the address, the skill's line and the key to write."""
    (fixture,) = fixtures(script("requests"))
    transcript = offline.replay(fixture, fixture.cases[0])
    [mismatch] = compare(fixture, fixture.cases[0], transcript)
    assert mismatch.problem.startswith(
        f"a connection was refused: 127.0.0.1:{port}, "
        "by by_requests in net/__init__.py:"
    )
    edit = (
        f'to allow it: allow: {{network: {{reason: …, hosts: ["127.0.0.1:{port}"]}}}}'
    )
    assert mismatch.notes == (("edit", edit),)
    last = str(mismatch.trace).splitlines()[-1]
    assert last.strip() == "return requests.get(URL, timeout=5).text"


def test_allowed() -> None:
    """A script allows some hosts, which ``test_hosts`` names in all ways."""
    allow = "{network: {reason: why, hosts: [x, localhost]}}"
    (fixture,) = fixtures(script("urllib", allow))
    setup = Setup.of(fixture, "padacioso")
    assert (setup.hosts, setup.is_online) == (("x", "localhost"), True)
    with SubprocessAssistant(setup) as process:
        transcript = process.replay(fixture, fixture.cases[0])
    assert spoken(transcript) == [["from outside"]]
    assert compare(fixture, fixture.cases[0], transcript) == ()


def test_allowed_in_a_turn(port: int) -> None:
    """What one turn allows, all hosts or some, is refused in the next."""
    allowed = (
        "{network: on purpose}",
        "{}",
        "{network: {reason: why, hosts: [x, localhost]}}",
        "{network: {reason: why, hosts: '127.0.0.1:1'}}",
        f"{{network: {{reason: why, hosts: '127.0.0.1:{port}'}}}}",
    )
    top, _, turn = script("urllib").partition("    - kitchen")
    turns = [f"    - kitchen{turn}      allow: {each}\n" for each in allowed]
    (fixture,) = fixtures(top + "".join(turns).replace("      allow: {}\n", ""))
    setup = Setup.of(fixture, "padacioso")
    assert (setup.hosts, setup.is_online) == ((), True)
    with SubprocessAssistant(setup) as process:
        transcript = process.replay(fixture, fixture.cases[0])
    heard = [said == ["from outside"] for said in spoken(transcript)]
    assert heard == [True, False, True, False, True]
    assert [len(turn.faults) for turn in transcript.turns] == [0, 1, 0, 1, 0]
    mismatches = compare(fixture, fixture.cases[0], transcript)
    assert [each.turn for each in mismatches] == [1, 3]


def test_in_the_process_of_the_tests() -> None:
    """With ``--kit-shared`` connections are refused, too, while a dialogue runs.

    So they are where others may be reached.
    """
    setup = Setup(("net.test",), hosts=("other.example",), is_online=True)
    transcript = ask(InProcessAssistant(setup), "name")
    assert [fault.kind for fault in transcript.turns[0].faults] == ["network"]
    with pytest.raises(ConnectionRefusedError) as caught:  # by this machine
        socket.create_connection(("127.0.0.1", 1))
    assert type(caught.value) is ConnectionRefusedError


@contextmanager
def allowing(
    hosts: list[str], found: dict[str, list[str]]
) -> Iterator[tuple[Network, list[Caught]]]:
    """Watch with these hosts allowed, where look-ups find one address after another."""

    def look_up(host: str | bytes, *_: object) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        if not found.get(name):
            raise socket.gaierror(name)
        return [(2, 1, 6, "", (found[name].pop(0), 0))]

    told: list[Caught] = []
    network = Network(SkillCode(["net"]), told.append, hosts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_socket, "getaddrinfo", look_up)
        network.watch()
        yield network, told
        network.leave()
        assert _socket.getaddrinfo is look_up


def connect(network: Network, *addresses: object) -> None:
    with socket.socket() as own:
        for address in addresses:
            network.hear("socket.connect", (own, address))


def test_a_name_that_is_allowed() -> None:
    """The addresses of an allowed name are allowed, and no others."""
    found = {"api.example.org": ["192.0.2.7"], "old.example.org": ["192.0.2.6"]}
    with allowing(["*.example.org"], found) as (network, told):
        socket.getaddrinfo("api.example.org", 443)
        network.hear("socket.gethostbyname", (b"old.example.org",))
        connect(network, ("192.0.2.7", 443), ("192.0.2.6", 443))
        with pytest.raises(NetworkRefusedError):
            connect(network, ("192.0.2.8", 443))
        with pytest.raises(NameRefusedError):
            network.hear("socket.gethostbyname", (b"example.com",))
    assert [each.fault.detail for each in told] == ["192.0.2.8:443", "example.com"]


def test_each_look_up_of_an_allowed_name_counts() -> None:
    """One may fail, and each may find another address."""
    found = {"a.example": ["192.0.2.1", "192.0.2.2"]}
    with allowing(["a.example", "b.example"], found) as (network, _):
        network.hear("socket.gethostbyname", ("b.example",))
        with pytest.raises(socket.gaierror):
            socket.getaddrinfo("b.example", 443)
        found["b.example"] = ["192.0.2.3"]
        for name in ("a.example", "b.example", "a.example"):
            socket.getaddrinfo(name, 443)
        connect(network, *((f"192.0.2.{number}", 443) for number in (1, 2, 3)))


def test_two_names_of_one_address() -> None:
    """Each name may be allowed with a port of its own."""
    found = {"a.example": ["192.0.2.1"], "b.example": ["192.0.2.1"]}
    with allowing(["a.example:80", "b.example:443"], found) as (network, _):
        for name in found:
            socket.getaddrinfo(name, None)
        connect(network, ("192.0.2.1", 80), ("192.0.2.1", 443))
        with pytest.raises(NetworkRefusedError):
            connect(network, ("192.0.2.1", 81))


def test_what_is_left_alone() -> None:
    """A server, a Unix socket, a name that is known, and the kit's own bus."""
    network = Network(SkillCode(["net"]), pytest.fail, ["localhost"])
    with socket.socket() as own, socket.socket(socket.AF_UNIX) as unix:
        network.hear("socket.bind", (own, ("192.0.2.1", 80)))
        network.hear("socket.connect", (unix, "/a/b"))
        network.hear("socket.sendmsg", (own, None))
        module = "ovos_dialogue_kit.assistant.transports.websocket_bus"
        kit = {"__name__": module, "network": network, "own": own}
        exec('network.hear("socket.connect", (own, ("192.0.2.1", 80)))', kit)  # noqa: S102  # as if it were the kit's code
    everywhere = Network(SkillCode([]), pytest.fail, ["*"])
    everywhere.hear("socket.gethostbyname", ("api.example.org",))
    for each in (network, everywhere):
        each.watch()
        each.leave()
        each.leave()


def test_a_file_without_a_package() -> None:
    """A skill may be a single file, or code that was never in one."""
    code = compile("import sys; frame = sys._getframe()", "/x/net.py", "exec")
    found: dict[str, Any] = {}
    exec(code, found)  # noqa: S102  # code of another file
    assert (_short(found["frame"], ["net"]), _short(found["frame"], ["other"])) == (
        "net.py",
        "net.py",
    )


@pytest.mark.parametrize(
    ("allowed", "host", "number", "matches"),
    [
        ("*", "a.b", 1, 1),
        ("a.b", "A.B", None, 1),
        ("a.b:80", "a.b", 80, 1),
        ("a.b:80", "a.b", None, 1),
        ("a.b:80", "a.b", 81, 0),
        ("*.b", "a.b", 1, 1),
        ("*.b", "b", 1, 0),
        ("[::1]", "::1", 5, 1),
        ("[::1]:5", "::1", 5, 1),
        ("localhost:5", "127.0.0.1", 5, 1),
        ("localhost", "192.0.2.1", 5, 0),
    ],
)
def test_hosts(allowed: str, host: str, number: int | None, matches: int) -> None:
    """Hosts are compared by name or address, and by port if one is given."""
    assert _matches(allowed, host, number) is bool(matches)


def test_proxies() -> None:
    """A skill that is refused has asked for the host itself, not for a proxy."""
    environment = {"http_proxy": "x", "HTTPS_PROXY": "x", "proxy": "y"}
    namespace.without_proxies(environment)
    assert environment == {"proxy": "y"}


LEAVE = """
import os
from ovos_dialogue_kit.assistant.system.namespace import leave_network
print(leave_network(), os.getuid())
print(open("/proc/self/status").read().partition("CapEff:")[2].split()[0])
print(sorted(line.split(":")[0].strip() for line in open("/proc/net/dev"))[0])
"""


@pytest.mark.skipif(os.getuid() != 0, reason="to be another user takes root")
def test_a_network_of_its_own() -> None:
    """A user who is not root gets one, too, and no capabilities with it."""
    source = Path(namespace.__file__).read_text(encoding="utf-8")
    code = source + LEAVE.replace(
        "from ovos_dialogue_kit.assistant.system.namespace import leave_network\n", ""
    )
    told = subprocess.run(
        ["/usr/bin/env", "python3", "-c", code],
        user=65534,
        group=65534,
        extra_groups=[],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()
    assert told[:3] == ["True", "65534", "0" * 16]


def test_where_linux_does_not_allow_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has changed then; what a skill starts is not kept from the network."""
    before = Path("/proc/self/ns/net").readlink()
    monkeypatch.setattr(namespace, "_leave", lambda: (_ for _ in ()).throw(OSError))
    assert namespace.leave_network() is False
    assert Path("/proc/self/ns/net").readlink() == before
