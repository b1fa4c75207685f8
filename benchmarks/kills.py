"""Kill every command that writes, at random moments, and count what it leaves.

    python benchmarks/kills.py [--kills 200] [--seed 1] [--only COMMAND]

Each command runs in a project and a TMPDIR of its own and is killed (SIGKILL) at a
moment between its start and its end. Then no file may be half written and, seconds
later, no process may be left. Drafts and temporary homes may be left until the next run
of the command, which must remove them and succeed. Exit code 1: something else was
found.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

KIT = "import sys; from ovos_dialogue_kit.cli import main; sys.exit(main())"
DIALOGUES = 40
PATIENCE = 60.0
"""Seconds in which processes must have ended, on however busy a machine."""


@dataclass(frozen=True)
class Command:
    """A command, and what shows that one of its files is whole."""

    name: str
    arguments: tuple[str, ...]
    is_whole: Mapping[str, Callable[[str], bool]]
    """By the suffix of a file."""


def is_page(text: str) -> bool:
    """Return True for a whole page."""
    return text.rstrip().endswith("</html>")


def is_xml(text: str) -> bool:
    """Return True for whole XML."""
    ET.fromstring(text)  # noqa: S314  # the kit has just written it
    return True


def are_lines(text: str) -> bool:
    """Return True for whole lines of JSON."""
    found = [json.loads(line) for line in text.splitlines()]
    return text.endswith("\n") and bool(found)


def is_fixture(text: str) -> bool:
    """Return True for a whole fixture."""
    return text.endswith("}\n") and "dialogue" in json.loads(text)


COMMANDS = (
    Command("generate", ("generate",), {".json": is_fixture}),
    Command(
        "replay",
        ("replay", "-q", "-o", "out.jsonl", "--junit", "out.xml", "one.dialogue.yaml"),
        {".jsonl": are_lines, ".xml": is_xml},
    ),
    Command("matrix", ("matrix", "cell.jsonl", "--html", "m.html"), {".html": is_page}),
    Command("isolate", ("isolate", "--schedules", "20", "two.dialogue.yaml"), {}),
)
ONE = """\
skill: ovos-skill-repeater.kit
dialogues:
  own words:
    - kitchen: the sky is blue
    - kitchen: what did i just say
      expect: you said the sky is blue
"""
TWO = ONE.replace(
    "    - kitchen: what", "    - bedroom: grass is green\n    - kitchen: what"
)


def many(word: str) -> str:
    """Return a script with many dialogues, whose fixtures all differ by a word."""
    lines = (f"  dialogue {n}:\n    - kitchen: {word} {n}\n" for n in range(DIALOGUES))
    return f"skill: a.test\ndialogues:\n{''.join(lines)}"


class Project:
    """A project and a folder of temporary files; all its processes are marked."""

    def __init__(self, folder: Path, command: Command) -> None:
        self.command = command
        self.root = folder / "project"
        self.temporary = folder / "tmp"
        self.root.mkdir()
        self.temporary.mkdir()
        self._mark = f"KIT_KILLS={folder}"
        self._environment = {
            **os.environ,
            "KIT_KILLS": str(folder),
            "TMPDIR": str(self.temporary),
        }
        (self.root / "tox.ini").write_text("[pytest]\n")
        if command.name == "generate":
            self.change(0)
        else:
            (self.root / "one.dialogue.yaml").write_text(ONE)
            (self.root / "two.dialogue.yaml").write_text(TWO)
        if command.name == "matrix":
            self.run("replay", "-q", "-o", "cell.jsonl", "one.dialogue.yaml")

    def change(self, number: int) -> None:
        """Change the script, if the command generates, so that it has work to do."""
        if self.command.name == "generate":
            (self.root / "many.dialogue.yaml").write_text(many(f"word{number}"))

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command."""
        return subprocess.Popen(
            [sys.executable, "-c", KIT, *arguments],
            cwd=self.root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str) -> float:
        """Run a command to its end and return its seconds."""
        began = time.monotonic()
        with self.start(*arguments) as process:
            _, told = process.communicate()
        if process.returncode:
            raise SystemExit(f"kit {' '.join(arguments)}: {told.decode()}")
        return time.monotonic() - began

    def processes(self) -> list[int]:
        """Return the processes that still run."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has ended
                if self._mark.encode() in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
        return found

    def torn(self) -> Iterator[str]:
        """Yield the files that are not whole."""
        for path in self.root.rglob("*"):
            is_whole = self.command.is_whole.get(path.suffix)
            if is_whole and not path.name.startswith("."):
                try:
                    text = path.read_text(encoding="utf-8")
                    if not is_whole(text):
                        yield path.name
                except (ValueError, ET.ParseError):
                    yield path.name

    def drafts(self) -> list[Path]:
        """Return the files that were being written."""
        return list(self.root.rglob(".*.tmp"))

    def homes(self) -> list[Path]:
        """Return the temporary homes of assistants."""
        return list(self.temporary.glob("ovos-kit-*"))


def try_command(command: Command, kills: int, chance: random.Random) -> Counter[str]:
    """Kill a command so many times and count what was found."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder), command)
        length = sorted(run_again(project, number) for number in range(-3, 0))[1]
        for number in range(kills):
            project.change(number)
            with project.start(*command.arguments) as process:
                time.sleep(chance.uniform(0, length))
                found["after its end"] += process.poll() is not None
                process.kill()
            until = time.monotonic() + PATIENCE
            while project.processes() and time.monotonic() < until:
                time.sleep(0.05)
            found["processes left"] += bool(project.processes())
            found["files torn"] += bool(list(project.torn()))
            found["drafts left"] += bool(project.drafts())
            found["homes left"] += bool(project.homes())
            found["kills"] += 1
            if project.drafts() or project.homes() or number % 20 == 0:
                run_again(project, number)
                found["drafts left by the next run"] += bool(project.drafts())
                found["homes left by the next run"] += bool(project.homes())
    return found


def run_again(project: Project, number: int) -> float:
    """Run the command to its end and return its seconds."""
    project.change(number)
    return project.run(*project.command.arguments)


COLUMNS = (
    "kills",
    "after its end",
    "files torn",
    "processes left",
    "drafts left",
    "homes left",
    "drafts left by the next run",
    "homes left by the next run",
)
FORBIDDEN = {*COLUMNS} - {"kills", "after its end", "drafts left", "homes left"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table with a row for each command; return 1 if it should not look so."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=[each.name for each in COMMANDS])
    given = parser.parse_args(arguments)
    print(f"| command | {' | '.join(COLUMNS)} |")
    print(f"|---|{'---|' * len(COLUMNS)}")
    is_bad = False
    for command in COMMANDS:
        if given.only in (None, command.name):
            chance = random.Random(f"{given.seed} {command.name}")  # noqa: S311
            found = try_command(command, given.kills, chance)
            row = " | ".join(str(found[name]) for name in COLUMNS)
            print(f"| `kit {command.name}` | {row} |", flush=True)
            is_bad = is_bad or any(found[name] for name in FORBIDDEN)
    return int(is_bad)


if __name__ == "__main__":
    sys.exit(main())
