"""Nothing of a user's is read or written, and no network is used: seen from outside.

The command is run as a whole, in a home full of traps and a network namespace of its
own; see ``sealed``. That each trap works is tested, too.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.places import ROOT, TESTS
from support.sealed import Seal, why_not

REASON = why_not()
REPEATER = ROOT / "skill/test/repeat.dialogue.yaml"

pytestmark = pytest.mark.skipif(
    REASON is not None, reason=f"no namespaces here: {REASON}"
)


def touched(tmp_path: Path, code: str) -> list[str]:
    """Return what some Python touched."""
    seal = Seal(tmp_path)
    assert 0 == seal.run([sys.executable, "-c", code])
    return seal.touched()


@pytest.mark.ovos
def test_kit_replay_touches_nothing(tmp_path: Path) -> None:
    """No configuration, identity, cache or network of the user's; nothing stays."""
    seal = Seal(tmp_path)
    kit = Path(sys.executable).with_name("kit")
    some = ("-k", "nothing was said yet")
    assert 0 == seal.run((str(kit), "replay", "-q", str(REPEATER), *some))
    assert [] == seal.touched()


def test_a_command_that_does_nothing_touches_nothing(tmp_path: Path) -> None:
    """Python itself leaves the traps alone."""
    assert [] == touched(tmp_path, "pass")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("home.joinpath('.mycroft/mycroft.conf').read_text()", "read .mycroft/"),
        ("home.joinpath('.mycroft/mycroft.conf').write_text('')", "wrote .mycroft/"),
        ("home.joinpath('.mycroft/mycroft.conf').unlink()", "removed .mycroft/"),
    ],
)
def test_a_trap_tells_what_was_done_to_it(tmp_path: Path, code: str, told: str) -> None:
    """Read, written or removed."""
    prelude = "from pathlib import Path; home = Path.home(); "
    assert [f"{told}mycroft.conf"] == touched(tmp_path, prelude + code)


def test_what_stays_behind_is_told(tmp_path: Path) -> None:
    """Also a folder, where temporary files go."""
    code = "import tempfile; tempfile.mkdtemp(prefix='', suffix='') and None"
    [line] = touched(tmp_path, code)
    assert line.startswith("made tmp/")


def test_a_search_for_an_address_is_told(tmp_path: Path) -> None:
    """Though there is no way out."""
    code = """
import contextlib, socket
with contextlib.suppress(OSError):
    socket.create_connection(("192.0.2.1", 80))
"""
    assert ["tried the network: Ip:OutNoRoutes 1"] == touched(tmp_path, code)


def test_sealed_as_a_command(tmp_path: Path) -> None:
    """The exit code is the command's; what was touched makes it 1."""
    sealed = str(TESTS / "support" / "sealed.py")
    code = "import sys; from pathlib import Path; {}; sys.exit({})"
    results = []
    for does, exits in (("0", 0), ("0", 7), ("Path.home().joinpath('x').mkdir()", 0)):
        command = (sys.executable, sealed, sys.executable, "-c", code)
        done = subprocess.run(
            [*command[:-1], code.format(does, exits)],
            capture_output=True,
            check=False,
            cwd=tmp_path,
            text=True,
        )
        results.append((done.returncode, done.stderr))
    assert [(0, ""), (7, ""), (1, "made x\n")] == results
