"""Measure where the time of a cold ``kit replay`` goes: Python, OVOS or the kit.

Each round runs the command once, and then does the same work step by step in two
measured processes: ``user`` for that of the command, ``worker`` for each in which it
boots an assistant. ``ovos`` imports OVOS alone: in the worker, the kit has imported a
part of it already, such as the standard library's. Figures are the smallest of all
rounds in milliseconds of processor time, because other work on the machine can only add
to them. *rest* is the remainder of the command's time: the pipes between the processes,
the forks, and their ends.

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
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from processor_time import of_children

if TYPE_CHECKING:
    from ovos_dialogue_kit.assistant.transports.on_memory import MemoryBusAssistant
    from ovos_dialogue_kit.run.jobs import Job

COMMAND = "import sys; from ovos_dialogue_kit.cli import main; sys.exit(main())"
IMPORTS = "OVOS: imports"
ALONE = "OVOS alone, without the kit"
clock = time.process_time  # before virtual time takes its place
spent: dict[str, float] = {}


def main() -> None:
    """Take the time of all parts, round after round, and print the least."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", default=["examples/leaky"])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--role", choices=ROLES, help=argparse.SUPPRESS)
    parser.add_argument("--setup", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.role:
        ROLES[arguments.role](arguments.paths, arguments.setup)
        print(json.dumps(spent))
        return
    rounds = [one_round(arguments.paths) for _ in range(arguments.rounds)]
    parts = {name: min(each[name] for each in rounds) for name in rounds[0]}
    whole = parts["kit replay"]
    alone = parts.pop(ALONE)
    parts["rest"] = 2 * whole - sum(parts.values())
    parts[ALONE] = alone
    for name, value in parts.items():
        print(f"{name:44}{value * 1000:8.0f} ms{value / whole:8.0%}")


def one_round(paths: list[str]) -> dict[str, float]:
    """Return the seconds of each part, and of the whole."""
    whole = whole_of([sys.executable, "-c", COMMAND, "replay", *paths])
    start = whole_of([sys.executable, "-c", "pass"])
    number = len(jobs_by_setup(paths))
    parts = Counter({"Python starts": (1 + number) * start}) + Counter(
        play("user", paths)
    )
    for setup in range(number):
        parts += Counter(in_sandbox("worker", paths, setup))
    ovos = in_sandbox("ovos", paths)[IMPORTS] * number
    ovos += parts["OVOS: intent service, skill and training"]
    return {"kit replay": whole, **parts, ALONE: ovos}


def whole_of(command: list[str]) -> float:
    """Return the seconds that a command takes, with all that it starts."""
    before = of_children()
    subprocess.run(command, check=False, capture_output=True)
    return of_children() - before


def jobs_by_setup(paths: list[str]) -> list[list[Job]]:
    """Return the jobs of each assistant that the command boots."""
    from ovos_dialogue_kit.assistant.device import has_engine
    from ovos_dialogue_kit.run.jobs import Settings
    from ovos_dialogue_kit.run.load import load_paths
    from ovos_dialogue_kit.run.select import plan

    found: dict[object, list[Job]] = {}
    settings = Settings()
    for job in plan(load_paths([*map(Path, paths)]).dialogues, settings, "").jobs:
        setup = job.setup(settings.bus, settings.limits)
        found.setdefault(setup, []).append(job)
    return [
        jobs for setup, jobs in found.items() if all(map(has_engine, setup.engines))
    ]


def in_sandbox(role: str, paths: list[str], setup: int = 0) -> dict[str, float]:
    """Return what a process of this role took in the environment of an assistant."""
    from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
    from ovos_dialogue_kit.assistant.system.sandbox import Sandbox

    with tempfile.TemporaryDirectory() as folder:
        environment = Sandbox(OwnFolder(Path(folder))).environment(os.environ)
        return play(role, paths, environment, setup)


def play(
    role: str,
    paths: list[str],
    environment: dict[str, str] | None = None,
    setup: int = 0,
) -> dict[str, float]:
    """Return what a process of this role took for its parts."""
    command = [sys.executable, __file__, "--role", role, f"--setup={setup}", *paths]
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


def be_user(paths: list[str], _: int) -> None:
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
            "assistant.process.assistant_process",
        ):
            import_module(f"ovos_dialogue_kit.{name}")
    from ovos_dialogue_kit.cli.console import Printer
    from ovos_dialogue_kit.run.assistants import Assistants
    from ovos_dialogue_kit.run.jobs import Settings
    from ovos_dialogue_kit.run.run_job import run_job
    from ovos_dialogue_kit.run.terminal import TerminalReporter

    with part("kit: scripts become messages"):
        jobs = [job for group in jobs_by_setup(paths) for job in group]
    with Assistants() as assistants:
        results = [run_job(job, assistants, Settings()) for job in jobs]
    with part("kit: words"), contextlib.redirect_stdout(io.StringIO()):
        reporter = TerminalReporter(Printer().show)
        for result in results:
            reporter.result(result)


def be_worker(paths: list[str], setup: int) -> None:
    """Do what the worker of a setup does, in one process and a copy for each job."""
    with part("kit: the worker's imports"):
        from ovos_dialogue_kit.assistant.process import worker
    jobs = jobs_by_setup(paths)[setup]
    from ovos_dialogue_kit.assistant.core.boot import configuration
    from ovos_dialogue_kit.assistant.setup import Limits
    from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
    from ovos_dialogue_kit.assistant.system.sandbox import Sandbox

    wanted = jobs[0].setup("memory", Limits())
    with part("kit: the assistant's imports"):
        worker.import_ahead(wanted.transport.assistant)
    be_ovos(paths, setup)
    from ovos_dialogue_kit.assistant.transports.on_memory import MemoryBusAssistant

    with part("kit: configuration and clock"):
        folder = OwnFolder(Path(os.environ["HOME"]).parent)
        Sandbox(folder).configure(configuration(wanted))
        local = MemoryBusAssistant(wanted)
        local.prepare()
    with part("OVOS: intent service, skill and training"):
        local.start()
    for job in jobs:
        replay_in_copy(local, job)
    spent["OVOS and kit: the dialogues"] = of_children()


def replay_in_copy(local: MemoryBusAssistant, job: Job) -> None:
    """Replay a job in a fork, which ends."""
    from ovos_dialogue_kit.replayer.replay_options import Options

    if (pid := os.fork()) == 0:
        try:
            local.replay(job.fixture, job.case, Options())
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def be_ovos(_: list[str], __: int) -> None:
    """Import what an assistant with padacioso needs of OVOS."""
    with part(IMPORTS):
        for name in (
            "ovos_bus_client",
            "ovos_core.intent_services",
            "ovos_workshop.skill_launcher",
            "padacioso",
        ):
            import_module(name)


ROLES = {"user": be_user, "worker": be_worker, "ovos": be_ovos}

if __name__ == "__main__":
    main()
