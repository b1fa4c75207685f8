"""Put the measurements of the catalogue's long runs into docs/isolation.md.

``python kit/tests/catalogue/figures.py RECORD RATES PAGE`` reads the lines that
``test_catalogue.py`` wrote to ``KIT_RECORD`` and those of ``benchmarks/leak_rates.py``,
and replaces the part of the page between the marks. What was not measured is left out,
and counted.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # as pytest does

from catalogue.table import LEAKY, SOUND, Sound

from ovos_dialogue_kit.isolate.judging.observation import ORACLES

__all__ = ["BEGIN", "END", "figures"]

BEGIN = "<!-- figures: made by tox -e isolation -->"
END = "<!-- end of figures -->"


Facts = Mapping[str, Any]  # a line of JSON


def figures(record: Iterable[Facts], rates: Iterable[Facts]) -> str:
    """Return both tables as Markdown: that of the leaks, and that of sound skills."""
    facts: dict[tuple[str, str], dict[str, Any]] = {}
    for each in record:
        facts.setdefault((each["skill"], each["dialogue"]), {}).update(each)
    searches: dict[tuple[str, str], list[Facts]] = {}
    for each in rates:
        searches.setdefault((each["skill"], each["dialogue"]), []).append(each)
    leaks = [
        (skill, known)
        for skill in LEAKY
        if "tried" in (known := facts.get((skill.skill_id, skill.dialogue), {}))
    ]
    sound = [
        (skill, searches[skill.skill_id, skill.dialogue])
        for skill in SOUND
        if (skill.skill_id, skill.dialogue) in searches
    ]
    tables = [_of_leaks(leaks)] if leaks else []
    tables += [_of_sound(sound)] if sound else []
    return "\n\n".join("\n".join(table) for table in tables) + "\n"


def _of_leaks(leaks: Sequence[tuple[Sound, Facts]]) -> Iterator[str]:
    facts = [each for _, each in leaks]
    tried = [each["tried"] for each in facts]
    smaller = sum(each.get("smaller", 0) for each in facts)
    yield (
        f"{len(leaks)} of {len(LEAKY)} leaks searched, all found. Schedules until the "
        f"first detection: median {median(tried):g}, most {max(tried)}."
        + (f" None of {smaller} smaller schedules shows a leak." if smaller else "")
    )
    yield ""
    yield f"| leak | sessions, turns | smaller | {' | '.join(ORACLES)} |"
    yield f"|---|---|---:|{'---:|' * len(ORACLES)}"
    for skill, each in leaks:
        small = f"{each['sessions']}, {each['turns']}"
        cells = [str(each["spoke"].get(name, "")) for name in ORACLES]
        fewer = each.get("smaller", "")
        yield f"| {_told(skill)} | {small} | {fewer} | {' | '.join(cells)} |"
    counts = (str(sum(name in each["spoke"] for each in facts)) for name in ORACLES)
    yield f"| *found with this oracle alone* | | | {' | '.join(counts)} |"
    counts = (
        str(sum({*each["spoke"]} == {name} for each in facts)) for name in ORACLES
    )
    yield f"| *found with no other oracle* | | | {' | '.join(counts)} |"


def _of_sound(sound: Sequence[tuple[Sound, Sequence[Facts]]]) -> Iterator[str]:
    every = [each for _, searches in sound for each in searches]
    yield (
        f"{len(sound)} of {len(SOUND)} dialogues with sound skills, {len(every)} "
        f"searches, {sum(each['tried'] for each in every)} schedules, "
        f"{sum(bool(each['leaks']) for each in every)} false alarms."
    )
    yield ""
    yield "| skill | dialogue | seeds | schedules | false alarms | undecided |"
    yield "|---|---|---:|---:|---:|---:|"
    for skill, searches in sound:
        tried = sum(each["tried"] for each in searches)
        alarms, undecided = (
            sum(bool(each[kind]) for each in searches)
            for kind in ("leaks", "undecided")
        )
        yield (
            f"| {_told(skill)} | {skill.dialogue} | {len(searches)} | {tried} "
            f"| {alarms} | {undecided} |"
        )


def _told(skill: Sound) -> str:
    """Return a skill's name and the first sentence of what it says of itself."""
    module = skill.script.parent / f"{skill.module.rpartition('.')[2]}.py"
    tree = ast.parse(module.read_text(encoding="utf-8"))
    [found] = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == skill.name
    ]
    about = " ".join((ast.get_docstring(found) or "").split())
    return f"`{skill.family}.{skill.name}`: {about}"


def main() -> None:
    """Replace the figures of a page by those of two records."""
    *records, page = (Path(name) for name in sys.argv[1:])
    facts, rates = (
        map(json.loads, record.read_text(encoding="utf-8").splitlines())
        for record in records
    )
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    text = f"{before}{begin}\n\n{figures(facts, rates)}\n{end}{after}"
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
