"""Update the constraint files, and test each set before it is written.

    python constraints/make.py                 all of them
    python constraints/make.py core-2.1.1      one of them
    python constraints/make.py hivemind-2.1.1  the same with a HiveMind hub

uv resolves a set from the package index as it was on a given day, for the kit with its
extras, ovos-core and all three engines: one version of each package for every
Python of the set. The set is written only after it was tested on each of these Pythons:
in a fresh virtual environment everything installs, nothing unpinned is installed, the
metadata of the packages agree, and `probe.py` gets its answers, first without
padatious, then with it. A set with a HiveMind hub has the versions of the set without
it, as far as the hub allows them, and the hub's modules are imported, too.

Needs CPython 3.10 or newer, uv and the interpreters of the table on the PATH, and for
the sets with FANN a compiler, swig and FANN's headers (Debian: swig libfann-dev).
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
KIT = HERE.parent / "kit" / "pyproject.toml"
TIMEOUT = 1800  # seconds, for one command: FANN and NumPy may have to be compiled
NEWEST = ("3.10", "3.11", "3.12", "3.13")
UP_TO_3_12 = NEWEST[:-1]  # ovos-classifiers wants numpy<2: no wheel for 3.13
OLD = (
    "adapt-parser",
    "ovos-bus-client<0.1.2",  # newer ones say en-US where the engines have en-us
    "ovos-utils<0.6",  # from 0.6 on the boot takes 30 s, all of it deprecation warnings
    "setuptools<81",  # the last with pkg_resources
)
MIDDLE = (
    "ovos-classifiers>=0.0.0a59",  # what pip takes; uv goes back for a newer NumPy
    "setuptools<81",  # the last with pkg_resources
)
STABLE = (
    "ovos-adapt-parser",
    "ovos-utils<0.9",  # ovos-core names an alpha here, its companions are stable
    "setuptools",  # 3.10 and 3.11 bring their own, all others get it by a package
)
ALPHA = (  # named with an alpha each: uv takes pre-releases only when asked
    "json-database>=1.0.5a1",
    "ovos-adapt-parser>=1.6.1a1",
    "ovos-number-parser>=0.24.1a1",
    "ovos-utterance-normalizer>=0.2.5a1",
    "padacioso>=2.4.2a1",
    "quebra-frases>=0.3.8a1",
    "setuptools",  # 3.10 and 3.11 bring their own, all others get it by a package
)

HUB_4 = (  # hivemind-core 4.0.0, the newest that is no pre-release, and what fits it
    "bitstring==4.4.0",  # it does not import with 5, so the extra has <5
    "hivemind-bus-client==0.9.1a1",
    "hivemind-core==4.0.0",
    "hivemind-json-db-plugin==0.0.2",
    "hivemind-ovos-agent-plugin==0.1.0",
    "hivemind-plugin-manager==0.5.0",
    "hivemind-websocket-protocol==0.0.3",
    "importlib-metadata",  # else hivemind-plugin-manager needs an old setuptools
    "poorman-handshake==1.0.1",
    "z85base91==0.0.5",
)
HUB_5 = (  # hivemind-core 5.3.10a1, the newest
    "bitstring==4.4.0",
    "hivemind-bus-client==1.2.12a1",
    "hivemind-core==5.3.10a1",
    "hivemind-ovos-agent-plugin==0.5.3a1",
    "hivemind-plugin-manager==0.10.0a1",
    "hivemind-websocket-protocol==1.0.6a1",
)
HUB_MODULES = "hivemind_core.service, hivemind_ovos_agent_plugin, hivemind_bus_client"

RANGES = {  # a project that tests with the kit chooses these itself
    "coverage": "coverage<8",
    "execnet": "execnet<3",
    "hypothesis": "hypothesis>=6.100,<7",
    "iniconfig": "iniconfig<3",
    "pluggy": "pluggy<2",
    "pytest": "pytest>=7.4,<10",
    "pytest-cov": "pytest-cov>=5,<8",
    "pytest-xdist": "pytest-xdist>=3.5,<4",
}


@dataclass(frozen=True, slots=True)
class Row:
    """The requirements of one set.

    Attributes:
        core: The version of ovos-core.
        pythons: The Pythons that the set is for and is proved on, oldest first.
        requirements: What the generation needs beside the kit's own requirements.
        padatious: The requirement that brings padatious; it is built from source
            except for ovos-core 3, so a set is proved without it, too.
        hub: What brings a HiveMind hub, if the set has one.
        freed: Packages of which the hub needs other versions than the set without it.
        until: Packages uploaded later than this are not considered (UTC).
    """

    core: str
    pythons: tuple[str, ...]
    requirements: tuple[str, ...]
    padatious: str
    hub: tuple[str, ...] = ()
    freed: frozenset[str] = frozenset()
    until: str = "2026-11-22T00:00:00Z"

    @property
    def name(self) -> str:
        """The name of the file, without its suffix."""
        return f"{'hivemind' if self.hub else 'core'}-{self.core}"

    @property
    def extras(self) -> tuple[str, ...]:
        """The extras of the kit, as arguments of uv; `test` stands for most of them."""
        hivemind = ("--extra", "hivemind") if self.hub else ()
        return ("--extra", "test", *hivemind)


ROWS = (
    Row("0.0.8", NEWEST, OLD, "ovos-core[lgpl]"),
    Row("0.1.3", NEWEST, OLD, "ovos-core[lgpl]"),
    Row("0.2.18", UP_TO_3_12, MIDDLE, "ovos-core[lgpl]"),
    Row("0.5.4", UP_TO_3_12, MIDDLE, "ovos-core[lgpl]"),
    Row("1.3.1", UP_TO_3_12, MIDDLE, "ovos-core[lgpl]"),
    Row("2.1.1", NEWEST, STABLE, "ovos-core[lgpl]"),
    Row("3.4.4a1", NEWEST, ALPHA, "ovos-padatious>=2.2.0a1"),
    Row("3.7.5a1", NEWEST, ALPHA, "ovos-padatious>=2.2.0a1"),
    Row("1.3.1", ("3.11",), MIDDLE, "ovos-core[lgpl]", HUB_4),
    Row("2.1.1", ("3.11",), STABLE, "ovos-core[lgpl]", HUB_4),
    Row(
        "3.7.5a1",
        ("3.11",),
        ALPHA,
        "ovos-padatious>=2.2.0a1",
        HUB_5,
        freed=frozenset({"ovos-plugin-manager", "pyee"}),
    ),
)


class SetError(Exception):
    """A set that does not resolve, install, import or answer."""


def run(*command: str | Path, env: Mapping[str, str] | None = None) -> str:
    """Run `command` to its end.

    Returns:
        What it wrote to stdout.

    Raises:
        SetError: It failed; the text is the command and what it said.
    """
    done = subprocess.run(  # noqa: S603  # the commands are built from the table
        command, capture_output=True, check=False, env=env, text=True, timeout=TIMEOUT
    )
    if done.returncode:
        words = " ".join(str(word) for word in command)
        raise SetError(f"{words}\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout


def resolve(row: Row) -> str:
    """Resolve a row.

    Returns:
        One `name==version` a line, with a marker where only some Pythons or systems
        need the package; for pytest and its plugins, the range of the kit's own.

    Raises:
        SetError: There is no such set.
    """
    wanted = (f"ovos-core=={row.core}", row.padatious, *row.requirements, *row.hub)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "wanted.in")
        source.write_text("\n".join(wanted), encoding="utf-8")
        held = Path(folder, "held.txt")
        held.write_text(pins_without_hub(row), encoding="utf-8")
        pins = run(
            "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate",
            "--universal", "--fork-strategy", "fewest", "--python", row.pythons[0],
            "--exclude-newer", row.until, *row.extras, "-c", held, KIT, source,
        )  # fmt: skip
        return with_ranges(pins)


def pins_without_hub(row: Row) -> str:
    """Return the pins that a set with a hub keeps; nothing for one without."""
    if not row.hub:
        return ""
    text = (HERE / f"core-{row.core}.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return "".join(f"{line}\n" for line in lines if not names(line) & row.freed)


def with_ranges(pins: str) -> str:
    """Return a set that pins neither pytest nor its plugins.

    Otherwise a project that tests on pytest 7.4 or 8 could not be installed with it.

    Raises:
        SetError: A version of the set is outside its range.
    """
    lines = []
    for line in pins.splitlines():
        name, _, version = line.partition("==")
        wanted = RANGES.get(name)
        if wanted and int(version.partition(".")[0]) >= int(wanted.rpartition("<")[2]):
            raise SetError(
                f"{line} is not within {wanted}: test it, and raise the range"
            )
        lines.append(wanted or line)
    return "".join(f"{line}\n" for line in lines)


def plain(name: str) -> str:
    """Return a package's name as the index spells it (PyPA, name normalization)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def names(pins: str) -> set[str]:
    """Return the names of the packages in a constraint or freeze file."""
    found = (re.split("[<>=]=?", line)[0] for line in pins.split("\n") if line)
    return {plain(name) for name in found}


def private_home(folder: Path) -> dict[str, str]:
    """Return an environment in which OVOS sees only the probe's configuration.

    Args:
        folder: An empty folder; the configuration is written into it.
    """
    settings = {
        "lang": "en-us",
        "log_level": "ERROR",
        "intents": {
            "disable_padacioso": False,  # 0.3 to 1.3 drop it beside padatious
            "ovos-padatious-pipeline-plugin": {"instant_train": True},
        },
    }
    config = folder / "config" / "mycroft"
    config.mkdir(parents=True)
    (config / "mycroft.conf").write_text(json.dumps(settings), encoding="utf-8")
    nowhere = str(folder / "nowhere")
    return {
        "HOME": str(folder),
        "MYCROFT_SYSTEM_CONFIG": nowhere,
        "MYCROFT_WEB_CACHE": nowhere,
        "OVOS_DISTRIBUTION_CONFIG": nowhere,
        "PATH": os.defpath,
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_CONFIG_DIRS": nowhere,
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_STATE_HOME": str(folder / "state"),
    }


def probe(venv: Path, *engines: str) -> str:
    """Run `probe.py` in an environment with a home of its own.

    Returns:
        The report, a line of JSON; foreign packages may print lines before it.

    Raises:
        SetError: An import fails, or an engine does not answer as it should.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = private_home(Path(folder))
        said = run(venv / "bin" / "python", HERE / "probe.py", *engines, env=home)
    return said.strip().split("\n")[-1]


def prove(row: Row, pins: str, python: str) -> tuple[str, str]:
    """Install the set afresh and probe it, without padatious and with it.

    Args:
        row: What the set was made from.
        pins: The set, as `resolve` returns it.
        python: The Python to prove it on, like `3.11`.

    Returns:
        The two reports of the probe, each a line of JSON.

    Raises:
        SetError: It does not install, or brings in what is not pinned, or does not
            agree with its own metadata, or an engine gives no or a wrong answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder, "pins.txt")
        constraints.write_text(pins, encoding="utf-8")
        venv = Path(folder, "venv")
        run("uv", "venv", "--quiet", "--python", python, venv)
        install = ("uv", "pip", "install", "--quiet", "-c", str(constraints))
        into = ("--python", str(venv))
        run(*install, *into, *row.extras, "-r", KIT, *row.requirements, *row.hub)
        if row.hub:
            home = private_home(Path(folder))
            run(venv / "bin" / "python", "-c", f"import {HUB_MODULES}", env=home)
        without = probe(venv, "padacioso", "adapt")
        run(*install, *into, row.padatious)
        run("uv", "pip", "check", "--quiet", "--python", venv)
        frozen = run("uv", "pip", "freeze", "--quiet", "--python", venv)
        if unpinned := names(frozen) - names(pins):
            raise SetError(f"not pinned: {', '.join(sorted(unpinned))}")
        return without, probe(venv, "padacioso", "adapt", "padatious")


def render(row: Row, pins: str) -> str:
    """Return the text of the file: origin and purpose of the set, and the pins."""
    hub = next((each for each in row.hub if each.startswith("hivemind-core")), "")
    with_hub = f" with {hub.replace('==', ' ')}" if hub else ""
    kit = "'ovos-dialogue-kit[hivemind]'" if hub else "ovos-dialogue-kit"
    return (
        f"# ovos-core {row.core}{with_hub} on CPython {', '.join(row.pythons)}\n"
        f"# Made by constraints/make.py from the package index of {row.until[:10]}.\n"
        "# Proved on each of these Pythons: the set installs afresh, pins all that\n"
        "# comes in and agrees with itself (uv pip check); it imports, and a skill\n"
        "# answers two sessions through padacioso and adapt, then padatious, too.\n"
        "# A constraint installs nothing by itself:\n"
        f"#   pip install {kit} -c constraints/{row.name}.txt\n"
        "# pytest and its plugins have a range, for projects that hold them back.\n"
        f"{pins}"
    )


def write(path: Path, text: str) -> str:
    """Write `text` to `path` atomically, unless it is there already; return which."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return "unchanged"
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
    return "wrote"


def make(row: Row) -> bool:
    """Make one file, and print the result of each test.

    Returns:
        Whether the set works; if not, the file is left as it was.
    """
    try:
        pins = resolve(row)
        for python in row.pythons:
            reports = prove(row, pins, python)
            sys.stdout.write("".join(f"{row.name} {line}\n" for line in reports))
            sys.stdout.flush()
    except (SetError, subprocess.TimeoutExpired) as error:
        sys.stderr.write(f"{row.name}: {error}\n")
        return False
    path = HERE / f"{row.name}.txt"
    sys.stdout.write(f"{write(path, render(row, pins))} {path.name}\n")
    return True


def main() -> int:
    """Make the sets named on the command line; return 1 if one failed."""
    parser = argparse.ArgumentParser(
        description="Update the constraint files; each set is tested first.",
        epilog="example: python constraints/make.py core-2.1.1",
    )
    parser.add_argument(
        "set", nargs="*", help="for example core-2.1.1; default: all of them"
    )
    wanted = parser.parse_args().set
    if unknown := set(wanted) - {row.name for row in ROWS}:
        parser.error(f"no such set: {', '.join(sorted(unknown))}")
    if shutil.which("uv") is None:
        parser.error("there is no uv on the PATH: pip install uv")
    made = [make(row) for row in ROWS if not wanted or row.name in wanted]
    return 0 if all(made) else 1


if __name__ == "__main__":
    sys.exit(main())
