"""Try all readers with many inputs, and list what was found: ``tox -e fuzz``."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from fuzz.readers import READERS

DEFAULT = 20_000


@dataclass(frozen=True)
class Report:
    """How one reader was tried, and the kinds of faults that were found."""

    reader: str
    inputs: int
    seconds: float
    findings: list[str]

    def __str__(self) -> str:
        """Return a line of the table."""
        rate = self.inputs / self.seconds
        found = f"{len(self.findings):9}"
        return f"{self.reader:<11}{self.inputs:>9,}{rate:>11,.0f}{found}"


def try_reader(name: str, folder: Path, inputs: int, seed: int) -> Report:
    """Try a reader in a process of its own, which libFuzzer ends."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "fuzz.guided", name, folder, str(inputs), str(seed)],
        check=False,
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    seconds = time.monotonic() - began
    told = re.search(r"number_of_executed_units: (\d+)", done.stdout)
    listed = folder / "findings.txt"
    findings = listed.read_text("utf-8").splitlines() if listed.exists() else []
    if done.returncode:
        findings.append(f"the process ended with {done.returncode}")
        (folder / "output.txt").write_text(done.stdout, encoding="utf-8")
    return Report(name, int(told[1]) if told else 0, seconds, findings)


def main() -> int:
    """Try the readers, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("readers", nargs="*", help=f"by default {', '.join(READERS)}")
    parser.add_argument("--inputs", type=int, default=DEFAULT, help="for each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("fuzz-out"))
    given = parser.parse_args()
    unknown = set(given.readers) - set(READERS)
    if unknown:
        parser.error(f"unknown reader {', '.join(sorted(unknown))}")
    out = given.out.resolve()
    write(f"{'reader':<11}{'inputs':>9}{'per second':>11}{'findings':>9}")
    reports = []
    for name in given.readers or READERS:
        reports.append(try_reader(name, out / name, given.inputs, given.seed))
        write(str(reports[-1]))
    inputs = sum(each.inputs for each in reports)
    seconds = sum(each.seconds for each in reports)
    write(str(Report("all", inputs, seconds, [f for r in reports for f in r.findings])))
    for each in reports:
        for fault in each.findings:
            write(f"{each.reader}: {fault}  (see {out / each.reader})")
    return 1 if any(each.findings for each in reports) else 0


def write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
