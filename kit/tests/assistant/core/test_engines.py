"""padacioso under the kit matches in process, with the result it has untouched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from support.places import TESTS

from ovos_dialogue_kit.assistant.core.engines import import_elsewhere
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox

pytestmark = pytest.mark.ovos

SCRIPT = TESTS / "support" / "padacioso_queries.py"


@pytest.mark.skipif(
    version("padacioso") not in {"0.2.4", "1.0.0"}, reason="padacioso without the pool"
)
def test_matching_in_process_changes_no_result(tmp_path: Path) -> None:
    """On 110 queries, some with ties, the matches are the same, best ones included.

    Untouched, the winner of a tie is the one whose process was ready first; in process
    it is always the one that was registered first.
    """
    environment = Sandbox(OwnFolder(tmp_path)).environment(os.environ)
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "100"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["queries"] == 110
    assert report["matched"] > 20
    assert report["ties"] > 3
    assert (report["different"], report["another winner"]) == (0, 0)
    assert report["another order"] == 0


def test_adapt_reads_no_file_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module is imported where there is no README.md, and may be missing."""
    source = "import os\nread = os.path.exists('README.md')\nhere = os.getcwd()\n"
    (tmp_path / "reader.py").write_text(source)
    (tmp_path / "README.md").write_bytes(b"\xff")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    import_elsewhere("reader")
    import_elsewhere("no_such_module")
    reader = sys.modules.pop("reader")
    assert (reader.read, Path.cwd()) == (False, tmp_path)
    assert reader.here != str(tmp_path)
