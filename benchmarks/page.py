"""Run all benchmarks and write their figures into ``docs/performance.md``.

All figures of processor time are ratios of two things that were measured in this run,
one right after the other. With ``--quick`` there are fewer rounds and turns, to see
that everything runs; nothing is written then.

    python benchmarks/page.py docs/performance.md [--quick]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import cold
import generate
import growth
import hubs
import turns

ENGINES = ("padacioso", "padatious", "adapt")
BEGIN = "<!-- figures: made by tox -e benchmarks -->"
END = "<!-- end of figures -->"
TIMES = "×"  # noqa: RUF001  # as in all pages
DIALOGUE = "kit, a dialogue of 4 turns"
STOCK = "kit with `KIT_STOCK`, a turn"


def main() -> None:
    """Measure everything and replace the page's figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    lines = "\n".join(figures(is_quick=arguments.quick))
    if arguments.quick:
        print(lines)
        return
    before, begin, rest = arguments.page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    text = f"{before}{begin}\n\n{lines}\n\n{end}{after}"
    arguments.page.write_text(text, encoding="utf-8")


def figures(*, is_quick: bool) -> Iterator[str]:
    """Yield the lines of all tables."""
    packages = ("ovos-core", "ovoscope", "padacioso", "ovos-padatious")
    yield f"Measured at commit {commit()}."
    yield f"Python {sys.version.split()[0]}, {', '.join(map(installed, packages))}."
    parts: list[tuple[str, Iterator[str]]] = [
        ("A cold `kit replay`", of_cold(1 if is_quick else 6)),
        ("A turn", of_turns(1 if is_quick else 2, 50 if is_quick else 100)),
        ("Growth", of_growth(100 if is_quick else 10_000)),
        ("Memory", of_memory(2 if is_quick else 8)),
        ("Behind a HiveMind hub", of_hubs(1 if is_quick else 3, 5 if is_quick else 50)),
        ("Generating fixtures", of_generating(2 if is_quick else 3)),
    ]
    for title, lines in parts:
        print(f"{title} …", file=sys.stderr, flush=True)
        yield from ("", f"### {title}", "", *lines)


def commit() -> str:
    """Return the checked-out commit."""
    command = ["git", "rev-parse", "--short=7", "HEAD"]
    return subprocess.run(
        command, capture_output=True, check=True, text=True
    ).stdout.strip()


def installed(name: str) -> str:
    """Return a distribution and its version."""
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"no {name}"


def of_cold(rounds: int) -> Iterator[str]:
    """Yield the table of a cold start."""
    found = [cold.one_round(["examples/leaky"]) for _ in range(rounds)]
    parts = {name: min(each[name] for each in found) for name in found[0]}
    whole = parts.pop("kit replay")
    alone = parts.pop(cold.ALONE)
    yield "| part | share |"
    yield "|---|---:|"
    for name, spent in parts.items():
        yield f"| {name} | {spent / whole:.0%} |"
    yield f"| the whole, compared with OVOS alone | {TIMES} {whole / alone:.2f} |"


def of_turns(rounds: int, number: int) -> Iterator[str]:
    """Yield the table of turns and of short dialogues, for each engine."""
    columns = [of_engine(engine, rounds, number) for engine in ENGINES]
    yield f"| | {' | '.join(ENGINES)} |"
    yield f"|---|{'---:|' * len(ENGINES)}"
    for label in columns[0]:
        unit = DIALOGUE if "ovoscope, a dialogue" in label else "kit, a turn"
        cells = [
            f"{TIMES} {each[label] / each[unit]:.2f}" if label in each else ""
            for each in columns
        ]
        yield f"| {label} | {' | '.join(cells)} |"


def of_engine(engine: str, rounds: int, number: int) -> Mapping[str, float]:
    """Return the medians of all contestants with an engine."""
    options = argparse.Namespace(
        engine=engine, turns=number, ovoscope=ovoscope_python()
    )
    rows: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name in turns.CONTESTANTS:
            found = turns.figures(name, options)
            if name == "kit":
                found[STOCK] = stock(options)
            for label, value in found.items():
                rows.setdefault(label, []).append(value)
    return {label: statistics.median(values) for label, values in rows.items()}


def stock(options: argparse.Namespace) -> float:
    """Return the milliseconds of a turn without what makes OVOS faster."""
    os.environ["KIT_STOCK"] = "1"
    try:
        return turns.figures("kit", options)["kit, a turn"]
    finally:
        del os.environ["KIT_STOCK"]


def ovoscope_python() -> str | None:
    """Return this interpreter if it has ovoscope."""
    return sys.executable if installed("ovoscope").startswith("ovos") else None


def of_growth(most: int) -> Iterator[str]:
    """Yield the table of long dialogues and of many sessions."""
    yield "| turns | sessions | time of a turn | memory |"
    yield "|---:|---:|---:|---:|"
    first = 0.0
    for number, sessions in growth.sizes(most):
        spent, size = growth.in_new_process("padacioso", number, sessions)
        first = first or spent
        ratio = f"{TIMES} {spent / first:.2f}"
        yield f"| {number:,} | {sessions:,} | {ratio} | {size:.0f} MB |"


def of_memory(number: int) -> Iterator[str]:
    """Yield what assistants and their copies take."""
    here = Path(__file__).parent
    command = [sys.executable, str(here / "memory.py"), "--assistants", str(number)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    yield f"    {done.stdout.strip()}"


def of_hubs(rounds: int, number: int) -> Iterator[str]:
    """Yield the table of the buses with a hub, as far as there are any."""
    packages = ("hivemind-core", "ovos-messagebus")
    yield f"{', '.join(map(installed, packages))}; the hub of `hivemind` is 5.3.10a1."
    yield ""
    yield from hubs.table(rounds, number)


def of_generating(sizes: int) -> Iterator[str]:
    """Yield the table of what generating takes."""
    yield "| turns | read the script | write all fixtures | check them | memory |"
    yield "|---:|---:|---:|---:|---:|"
    first: tuple[float, ...] = ()
    for number in generate.SIZES[:sizes]:
        *spent, _, size = generate.measure(number)
        first = first or tuple(spent)
        cells = [
            f"{TIMES} {new / old:.1f}" for new, old in zip(spent, first, strict=True)
        ]
        yield f"| {number:,} | {' | '.join(cells)} | {size:.2f} MB |"


if __name__ == "__main__":
    main()
