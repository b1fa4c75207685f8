"""Measure where the time of a cold ``kit replay`` goes: Python, OVOS or the kit.

Each round runs the command once, and then does the same work step by step in two
measured processes: ``user`` for that of the command, ``worker`` for that in which it
boots the assistant. Figures are the smallest of all rounds in milliseconds of processor
time, because other work on the machine can only add to them. *rest* is the remainder of
the command's time: the pipes between the processes, the fork, and their ends.

    python benchmarks/cold.py [--rounds 10] [PATH]...

Compile everything once before, as installers do: ``python -m compileall -q .venv kit``.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from processor_time import of_children

COMMAND = "import sys; from ovos_dialogue_kit.cli import main; sys.exit(main())"
clock = time.process_time  # before virtual time takes its place
spent: dict[str, float] = {}


def main() -> None:
    """Take the time of all parts, round after round, and print the least."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", default=["examples/leaky"])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--role", choices=("user", "worker"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.role:
        {"user": be_user, "worker": be_worker}[arguments.role](arguments.paths)
        print(json.dumps(spent))
        return
    rounds = [one_round(arguments.paths) for _ in range(arguments.rounds)]
    parts = {name: min(each[name] for each in rounds) for name in rounds[0]}
    whole = parts["kit replay"]
    parts["rest"] = 2 * whole - sum(parts.values())
    for name, value in parts.items():
        print(f"{name:44}{value * 1000:8.0f} ms{value / whole:8.0%}")


def one_round(paths: list[str]) -> dict[str, float]:
    """Return the seconds of each part, and of the whole."""
    whole = whole_of([sys.executable, "-c", COMMAND, "replay", *paths])
    start = whole_of([sys.executable, "-c", "pass"])
    parts = {"Python starts, twice": 2 * start, **play("user", paths)}
    with tempfile.TemporaryDirectory() as folder:
        from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
        from ovos_dialogue_kit.assistant.system.sandbox import Sandbox

        environment = Sandbox(OwnFolder(Path(folder))).environment(os.environ)
        parts |= play("worker", paths, environment)
    return {"kit replay": whole, **parts}


def whole_of(command: list[str]) -> float:
    """Return the seconds that a command takes, with all that it starts."""
    before = of_children()
    subprocess.run(command, check=False, capture_output=True)
    return of_children() - before


def play(
    role: str, paths: list[str], environment: dict[str, str] | None = None
) -> dict[str, float]:
    """Return what a process of this role took for its parts."""
    command = [sys.executable, __file__, "--role", role, *paths]
    done = subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextlib.contextmanager
def part(name: str) -> Iterator[None]:
    """Take the time of a part of what is done."""
    before = clock()
    yield
    spent[name] = spent.get(name, 0.0) + clock() - before


def be_user(paths: list[str]) -> None:
    """Do what the command does beside its worker."""
    with part("kit: the command's imports"):
        for name in (
            "cli.replay",
            "run.load",
            "run.select",
            "run.terminal",
            "run.reporter",
            "run.result_json",
            "run.parallel",
            "cli.console",
        ):
            import_module(f"ovos_dialogue_kit.{name}")
    from ovos_dialogue_kit.cli.console import Printer
    from ovos_dialogue_kit.run.assistants import Assistants
    from ovos_dialogue_kit.run.jobs import Settings
    from ovos_dialogue_kit.run.load import load_paths
    from ovos_dialogue_kit.run.run_job import run_job
    from ovos_dialogue_kit.run.select import plan
    from ovos_dialogue_kit.run.terminal import TerminalReporter

    with part("kit: scripts become messages"):
        jobs = plan(load_paths(map(Path, paths)).dialogues, Settings()).jobs
    with Assistants() as assistants:
        results = [run_job(job, assistants, Settings()) for job in jobs]
    with part("kit: words"), contextlib.redirect_stdout(io.StringIO()):
        reporter = TerminalReporter(Printer().show)
        for result in results:
            reporter.result(result)


def be_worker(paths: list[str]) -> None:
    """Do what the worker does, in one process."""
    with part("kit: the worker's imports"):
        import_module("ovos_dialogue_kit.assistant.process.worker")
        import_module("ovos_dialogue_kit.run.load")
        import_module("ovos_dialogue_kit.run.select")
    from ovos_dialogue_kit.assistant.core.boot import configuration
    from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
    from ovos_dialogue_kit.assistant.system.sandbox import Sandbox
    from ovos_dialogue_kit.replayer.replay_options import Options
    from ovos_dialogue_kit.run.jobs import Settings
    from ovos_dialogue_kit.run.load import load_paths
    from ovos_dialogue_kit.run.select import plan

    jobs = plan(load_paths(map(Path, paths)).dialogues, Settings()).jobs
    with part("OVOS: imports"):
        for name in (
            "ovos_bus_client",
            "ovos_core.intent_services",
            "ovos_workshop.skill_launcher",
            "padacioso",
        ):
            import_module(name)
    with part("kit: the assistant's imports"):
        from ovos_dialogue_kit.assistant.transports.on_memory import MemoryBusAssistant
    setup = jobs[0].setup("memory")
    with part("kit: configuration and clock"):
        folder = OwnFolder(Path(os.environ["HOME"]).parent)
        Sandbox(folder).configure(configuration(setup))
        local = MemoryBusAssistant(setup)
        local.prepare()
    with part("OVOS: intent service, skill and training"):
        local.start()
    with part("OVOS and kit: the dialogues"):
        for job in jobs:
            local.replay(job.fixture, job.case, Options())


if __name__ == "__main__":
    main()
