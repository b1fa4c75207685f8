"""A project on a real disk that is full, or mounted read-only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """\
skill: ovos-skill-repeater.kit
dialogues:
  one:
    - kitchen: hello there
"""
KIT = "import sys; from ovos_dialogue_kit.cli import main; sys.exit(main())"
IN_NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
ON_A_DISK = """\
set -e
export PYTHONDONTWRITEBYTECODE=1
mount -t tmpfs -o size=64k none disk
cp one.dialogue.yaml pyproject.toml disk
cp one.dialogue.yaml disk/two.dialogue.yaml
cd disk
"$0" -c "$1" generate > ../log 2>&1
echo "    - kitchen: what did i say" >> two.dialogue.yaml
cp -r . ../before
set +e
for arguments in generate "replay -q one.dialogue.yaml -o out.jsonl"
do
  {}
  "$0" -c "$1" $arguments > ../log 2>&1
  echo "$? $(grep -A1 'cannot be written' ../log)"
done
rm -f filled*
diff -r . ../before && echo unchanged
"""
FULL = "dd if=/dev/zero of=filled$(ls | wc -l) bs=4k 2> ../log"
READ_ONLY = "mount -o remount,ro disk ."


def on_a_disk(folder: Path, state: str) -> list[str]:
    """Run the commands on a disk in this state; return what they say."""
    (folder / "disk").mkdir()
    (folder / "one.dialogue.yaml").write_text(SCRIPT, encoding="utf-8")
    (folder / "pyproject.toml").touch()
    run = subprocess.run(
        [*IN_NAMESPACE, ON_A_DISK.format(state), sys.executable, KIT],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return (run.stdout + run.stderr).splitlines()


def require_namespaces() -> None:
    try:
        subprocess.run(
            [*IN_NAMESPACE, "mount -t tmpfs none /mnt"], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this kernel lets no user mount a disk in a namespace of their own")


@pytest.mark.ovos
@pytest.mark.parametrize(
    ("state", "reason", "hint"),
    [
        (
            FULL,
            "no space left on device",
            "free some space, or choose a folder on a different disk",
        ),
        (
            READ_ONLY,
            "read-only file system",
            "choose a folder that is not mounted read-only",
        ),
    ],
    ids=["full", "read_only"],
)
def test_a_disk_that_cannot_be_written(
    tmp_path: Path, state: str, reason: str, hint: str
) -> None:
    """Each command says why, and the folder stays as it is, without a draft."""
    require_namespaces()
    files = ("fixtures/two/one.json", "out.jsonl")
    told = [
        line
        for file in files
        for line in (f'2 "{file}" cannot be written: {reason}', f"  {hint}")
    ]
    assert on_a_disk(tmp_path, state) == [*told, "unchanged"]
