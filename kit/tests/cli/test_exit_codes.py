"""Tests of the exit codes: each row of the table in docs/cli.md happens."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import pytest
from support.actors import Troupe
from support.cells import KEY, heard, line, passed
from support.commands import let_replay_boot, let_search_boot
from support.places import ROOT
from support.toys import separate, shared

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.cli import exit_codes, main
from ovos_dialogue_kit.errors import AssistantError, EngineMissingError
from ovos_dialogue_kit.matrix.cells import Replayed

PAGE = ROOT / "docs" / "cli.md"
ROWS = [
    (int(code), command.replace("`", ""), reason)
    for code, command, reason in re.findall(
        r"^\| (\d+) \| (.+?) \| (.+) \|$",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
]

SCRIPT = """\
skill: a.test
dialogues:
  fruit:
    - a: keep apple
    - b: tell me
      expect: {reply}
"""

COMMANDS = ("generate", "check", "replay", "isolate --schedules 9", "matrix")


class Place:
    """A project with a fresh fixture, replayed by actors and searched with toys."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, stack: ExitStack
    ) -> None:
        self.folder = folder
        self.patch = patch
        self.stack = stack
        self.options: list[str] = []
        self.put("tox.ini", "[pytest]\n")
        self.write("TELL ME")
        main(["generate"])
        self.put(".tox/core1.0-py310/transcripts.jsonl", line(passed()))
        self.put(".tox/core2.0-py310/transcripts.jsonl", line(passed(heard(core="2"))))
        self.boot()

    def put(self, name: str, text: str) -> None:
        """Write a file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def give(self, name: str, number: int) -> None:
        """Let an open file be a standard stream until the test ends."""
        stream = os.fdopen(number, "w", encoding="utf-8")
        self.patch.setattr(sys, name, self.stack.enter_context(stream))

    def write(self, reply: str) -> None:
        """Write the script, in which a reply is expected."""
        self.put("a.dialogue.yaml", SCRIPT.format(reply=reply))

    def boot(self, error: AssistantError | None = None, *, leaks: bool = False) -> None:
        """Let assistants boot, or fail to; in a search they may leak."""
        troupe = Troupe({"padacioso": error} if error else {})
        let_replay_boot(self.patch, troupe)
        toy = shared if leaks else separate

        def boot(setup: Setup) -> object:
            return troupe(setup) if error else toy()

        let_search_boot(self.patch, boot)


def fresh(_place: Place) -> None:
    """Leave everything as it is."""


def failing(place: Place) -> None:
    place.write("something else")
    main(["generate"])


def stale(place: Place) -> None:
    place.put("a.dialogue.yaml", SCRIPT.format(reply="TELL ME").replace("apple", "fig"))


def unstartable(place: Place) -> None:
    place.boot(AssistantError("no assistant"))


def skipping(place: Place) -> None:
    place.boot(EngineMissingError("no padacioso", hint="install it"))


def leaking(place: Place) -> None:
    place.boot(leaks=True)


def failed_cell(place: Place) -> None:
    failed = Replayed(KEY, "failed", None, heard(core="2"))
    place.put(".tox/core2.0-py310/transcripts.jsonl", line(failed))


def unrun_cell(place: Place) -> None:
    place.put(".tox/core3.0-py310/log/1-venv.log", "exit_code: 1\n")


def bad_option(place: Place) -> None:
    place.options.append("--no-such-option")


def lacking(module: str, *options: str) -> Callable[[Place], None]:
    """Return a cause: a package is not installed, which these options need."""

    def lack(place: Place) -> None:
        place.patch.setitem(sys.modules, module, None)
        place.options += options

    return lack


def unreadable(place: Place) -> None:
    for name in ("a.dialogue.yaml", ".tox/core1.0-py310/transcripts.jsonl"):
        (place.folder / name).write_bytes(b"\xff")


def wrong_script(place: Place) -> None:
    place.put("a.dialogue.yaml", "dialogues: 7\n")


def interrupting(place: Place) -> None:
    def interrupt(*_: object, **__: object) -> NoReturn:
        raise KeyboardInterrupt

    place.patch.setattr("click.Command.invoke", interrupt)


def full(place: Place) -> None:
    for name in ("stdout", "stderr"):
        place.give(name, os.open("/dev/full", os.O_WRONLY))


def unread(place: Place) -> None:
    for name in ("stdout", "stderr"):
        reader, writer = os.pipe()
        os.close(reader)
        place.give(name, writer)


CAUSES: dict[str, Callable[[Place], None]] = {
    "nothing is wrong": fresh,
    "a fixture is not fresh": stale,
    "a dialogue failed": failing,
    "an assistant could not be started": unstartable,
    "a committed fixture is out of date": stale,
    "nothing was replayed, because all dialogues were skipped": skipping,
    "there is a leak": leaking,
    "no leak was found, but a dialogue could not be searched": unstartable,
    "a dialogue fails": failed_cell,
    "a cell has not run, or not been compared": unrun_cell,
    "bad usage": bad_option,
    "`--bus real` or `hivemind` without the extra `bus`, `hivemind-memory` without "
    "`hivemind`, `hivemind://…` without keys": lacking("ovos_messagebus", "--bus=real"),
    "the extra `isolate` is not installed": lacking("hypothesis"),
    "`--html` without the extra `html`": lacking("jinja2", "--html=page.html"),
    "a file cannot be read": unreadable,
    "the output cannot be written": full,
    "a script has an error": wrong_script,
    "Ctrl-C": interrupting,
    "the reader of the output has left, as in `kit check \\| head -1`": unread,
}


def commands_named(words: str) -> list[str]:
    """Return the command lines that a row of the table is about."""
    every, _, one = words.partition("kit ")
    if every == "every command but ":
        return [each for each in COMMANDS if each.split()[0] != one]
    return [each for each in COMMANDS if not one or each.split()[0] == one]


@pytest.mark.parametrize(
    ("code", "command", "reason"),
    [
        pytest.param(code, command, reason, id=f"{command} {reason}")
        for code, words, reason in ROWS
        for command in commands_named(words)
    ],
)
def test_each_row_happens(
    code: int,
    command: str,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a row of the table describes ends the command with the row's exit code."""
    monkeypatch.chdir(tmp_path)
    with ExitStack() as stack:
        place = Place(tmp_path, monkeypatch, stack)
        CAUSES[reason](place)
        assert main([*command.split(), *place.options]) == code


def test_the_table_has_every_code() -> None:
    """The table has a row for each constant of ``exit_codes``, and no other code."""
    codes = {getattr(exit_codes, name) for name in exit_codes.__all__}
    assert {code for code, _, _ in ROWS} == codes
