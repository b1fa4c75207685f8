"""Try one reader with inputs that are guided by coverage, for ``python -m fuzz``.

Usage: ``python -m fuzz.guided READER FOLDER INPUTS SEED``. The folder keeps the corpus,
which grows with every input that reaches something new, and the findings: the smallest
input of each kind in ``findings/``, and the kinds in ``findings.txt``.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["ovos_dialogue_kit"]):
    from fuzz.mutations import mutant
    from fuzz.project import Project
    from fuzz.properties import SECONDS, fault_of
    from fuzz.readers import READERS

CORPUS = Path(__file__).parent / "corpus"
LONGEST = 8192
SLOWDOWN = 4
"""How many times longer code takes when its coverage is measured, at most."""


def main(name: str, folder: Path, inputs: int, seed: int) -> None:
    """Try a reader; this never returns, as libFuzzer ends the process."""
    reader = READERS[name]
    seeds = [*reader.seeds(), *(p.read_bytes() for p in (CORPUS / name).glob("*"))]
    for part in ("corpus", "seeds", "findings"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds):
        (folder / "seeds" / str(number)).write_bytes(data)
    project = Project(Path(tempfile.mkdtemp(prefix="kit-fuzz-")))
    known: dict[str, int] = {}

    def try_one(data: bytes) -> None:
        fault = fault_of(reader, data, project, SECONDS * SLOWDOWN)
        if fault is None or known.get(fault, len(data) + 1) <= len(data):
            return
        if fault not in known:
            with (folder / "findings.txt").open("a", encoding="utf-8") as listed:
                listed.write(f"{fault}\n")
        known[fault] = len(data)
        digest = hashlib.sha256(fault.encode()).hexdigest()[:12]
        (folder / "findings" / digest).write_bytes(data)

    def change(data: bytes, longest: int, number: int) -> bytes:
        chance = Random(number)  # noqa: S311  # not secret
        if chance.random() < 0.5:
            return mutant(data, seeds, chance)[:longest]
        return bytes(atheris.Mutate(data, longest))

    atheris.Setup(
        [
            sys.argv[0],
            str(folder / "corpus"),
            str(folder / "seeds"),
            f"-runs={inputs}",
            f"-seed={seed}",
            f"-max_len={LONGEST}",
            "-print_final_stats=1",
            "-rss_limit_mb=0",
            "-timeout=300",
        ],
        try_one,
        custom_mutator=change,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
