"""Ctrl-C while the command line is imported, which takes a moment."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.places import ROOT

from ovos_dialogue_kit.cli.exit_codes import INTERRUPTED

INTERRUPTING = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # else as inherited
signal.raise_signal(signal.SIGINT)
"""


def command() -> list[str]:
    """Return the Python that the installed command ``kit`` consists of."""
    settings = (ROOT / "kit" / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^kit = "([\w.]+):(\w+)"$', settings, re.MULTILINE)
    assert found
    return [
        "-c",
        "import sys; from {} import {} as do; sys.exit(do())".format(*found.groups()),
    ]


@pytest.mark.parametrize("start", [["-m", "ovos_dialogue_kit"], command()])
def test_an_interrupted_import(tmp_path: Path, start: list[str]) -> None:
    """It ends the command as Ctrl-C does later: without a word, and with its code."""
    Path(tmp_path, "click.py").write_text(INTERRUPTING, encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, *start, "--help"],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (INTERRUPTED, "", "")


def test_the_exit_code() -> None:
    """It is that of the command."""
    words = [sys.executable, "-m", "ovos_dialogue_kit", "replay", "--no-such-option"]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 2
