"""Measure how reliable the search for leaks is, on the skills of the tests' catalogue.

    python benchmarks/leak_rates.py [--seeds 20] [--schedules 500] [--sound 60]
        [--only PART] [--record FILE]

Prints both rates: how many searches find the leak of a leaky skill, each with a script
that ``kit replay`` fails on, and how many report nothing of a sound one, whose every
schedule is tried. A line per skill comes first. There is one search for each seed, from
0 on, with so many schedules at most of a leaky skill, and so many of a sound one; all
skills have had one seed before the next. With
``--record``, each search is appended to a file as a line of JSON, and those that are in
it already are not repeated: so a reading may be interrupted, and taken up again.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from itertools import product
from pathlib import Path
from platform import python_version

sys.path.insert(0, str(Path(__file__).parents[1] / "kit" / "tests"))
from catalogue.table import LEAKY, SOUND, Sound, install
from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.isolate.search import Budget, SearchSettings, search
from ovos_dialogue_kit.run.load import load


@dataclass(frozen=True)
class Reading:
    """The result of one search.

    ``leaks`` are told in words; ``is_confirmed`` is true if each has a script that
    fails because of it. ``seconds`` are those until the leak was seen or, without one,
    until the end.
    """

    skill: str
    dialogue: str
    seed: int
    schedules: int
    tried: int
    seconds: float
    leaks: tuple[str, ...] = ()
    is_confirmed: bool = False
    undecided: tuple[str, ...] = ()

    @property
    def name(self) -> tuple[str, str]:
        """The skill and the dialogue it was used in."""
        return self.skill, self.dialogue

    @property
    def is_leaky(self) -> bool:
        """True if there is a leak to find."""
        return self.skill.endswith(".leaky")

    @property
    def is_right(self) -> bool:
        """True if a leak was found, and confirmed, if and only if there is one."""
        return self.is_confirmed if self.is_leaky else not self.leaks


def reading(skill: Sound, seed: int, schedules: int) -> Reading:
    """Search with one skill and one seed."""
    (fixture,) = (f for f in load(skill.script) if f.dialogue == skill.dialogue)
    fixture = replace(fixture, skills=(skill.skill_id,))
    (case,) = fixture.cases
    engine = fixture.engines[0]
    with SubprocessAssistant(Setup.of(fixture, engine)) as assistant:
        chosen = SearchSettings(Budget(schedules), seed)
        found = search(fixture, case, [assistant], chosen, engine=engine)
    return Reading(
        skill=skill.skill_id,
        dialogue=skill.dialogue,
        seed=seed,
        schedules=schedules,
        tried=found.tried,
        seconds=found.seconds,
        leaks=tuple(f"{each.leak.oracle} {each.leak.key}" for each in found.leaks),
        is_confirmed=bool(found.leaks)
        and all(each.is_confirmed for each in found.leaks),
        undecided=found.undecided,
    )


def recorded(path: Path | None) -> list[Reading]:
    """Return the searches in a record."""
    if path is None or not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Reading(**json.loads(line)) for line in lines]


def told(name: tuple[str, str], of_skill: list[Reading]) -> str:
    """Return a line about the searches with one skill."""
    right = sum(each.is_right for each in of_skill)
    tried = sum(each.tried for each in of_skill)
    seconds = sum(each.seconds for each in of_skill)
    wrong = sorted({leak for e in of_skill if not e.is_right for leak in e.leaks})
    return (
        f"{name[0]} ({name[1]}): {right} of {len(of_skill)} right, "
        f"{tried} schedules, {seconds:.0f} s{': ' if wrong else ''}{'; '.join(wrong)}"
    )


def rates(done: list[Reading]) -> Iterator[str]:
    """Yield the lines about all searches."""
    leaky = [each for each in done if each.is_leaky]
    sound = [each for each in done if not each.is_leaky]
    for kind, verb, some in (("leaky", "found", leaky), ("sound", "silent", sound)):
        if some:
            right = sum(each.is_right for each in some)
            skills = {each.name for each in some}
            bad = {each.name for each in some if not each.is_right}
            tried = sum(each.tried for each in some)
            yield (
                f"{kind}: {len(skills) - len(bad)} of {len(skills)} always {verb}; "
                f"{right} of {len(some)} searches ({right / len(some):.2%}), "
                f"{tried} schedules"
            )
    if leaky:
        seconds = [each.seconds for each in leaky]
        tried_each = [each.tried for each in leaky]
        yield (
            f"seen after {statistics.median(seconds):.1f} s (median), "
            f"{max(seconds):.1f} s (worst); schedules: "
            f"{statistics.median(tried_each):g} (median), {max(tried_each)} (worst)"
        )
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    yield f"{used.ru_utime + used.ru_stime:.0f} s of the assistants' processor time"
    names = ("ovos-core", "ovos-workshop", "padacioso", "ovos-dialogue-kit")
    listed = ", ".join(f"{name} {version(name)}" for name in names)
    yield f"CPython {python_version()}, {listed}"


def main() -> int:
    """Search with each skill and each seed, then print the rates."""
    options = argparse.ArgumentParser()
    options.add_argument("--seeds", type=int, default=20)
    options.add_argument("--schedules", type=int, default=500)
    options.add_argument("--sound", type=int, default=60)
    options.add_argument("--only", default="")
    options.add_argument("--record", type=Path)
    chosen = options.parse_args()
    done = recorded(chosen.record)
    known = {(*each.name, each.seed) for each in done}
    skills = [each for each in (*SOUND, *LEAKY) if chosen.only in each.skill_id]
    with tempfile.TemporaryDirectory() as folder:
        install(Path(folder))
        sys.path.insert(0, folder)
        for seed, skill in product(range(chosen.seeds), skills):
            if (skill.skill_id, skill.dialogue, seed) not in known:
                is_leaky = skill.kind == "leaky"
                schedules = chosen.schedules if is_leaky else chosen.sound
                done.append(reading(skill, seed, schedules))
                if chosen.record:
                    with chosen.record.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(done[-1])) + "\n")
    for name in dict.fromkeys(each.name for each in done):
        print(told(name, [each for each in done if each.name == name]))
    print(*rates(done), sep="\n")
    return 0 if all(each.is_right for each in done) else 1


if __name__ == "__main__":
    sys.exit(main())
