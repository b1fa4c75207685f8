"""The catalogue: what leaks is found and made small, and nothing else is an alarm.

Its skills are under ``catalogue``, each used in an ordinary dialogue. By default there
are two leaks and a sound skill, so that the parts are seen to work together; with
``KIT_CATALOGUE=whole`` (tox -e catalogue) every skill is tried. The long runs of
docs/isolation.md are those of the leaks with ``KIT_RECORD``, too (tox -e isolation),
which names a file that gets a line of JSON for each: there, all oracles are asked about
every leak, and all that is smaller than what it was shrunk to is tried.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import combinations, islice, product, zip_longest
from pathlib import Path

import pytest
from catalogue.figures import figures
from catalogue.table import LEAKY, SOUND, Leaky, Sound, install, twin_of
from support.searches import leaks_of

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate.dialogues.known_words import KnownWords, known_words
from ovos_dialogue_kit.isolate.dialogues.schedules import (
    Block,
    Schedule,
    all_orders,
    tracks_of,
)
from ovos_dialogue_kit.isolate.dialogues.variants import plans_of, variants_of
from ovos_dialogue_kit.isolate.judging.leak_judge import Judge
from ovos_dialogue_kit.isolate.judging.observation import ORACLES
from ovos_dialogue_kit.isolate.search import Budget, SearchSettings, search
from ovos_dialogue_kit.jsondata import as_json
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.load import load
from ovos_dialogue_kit.script.parse import parse_script
from ovos_dialogue_kit.verdict.compare import compare
from ovos_dialogue_kit.verdict.mismatch import Mismatch

pytestmark = [
    pytest.mark.ovos,
    pytest.mark.skipif(
        not version("ovos-core").startswith("2.1."),
        reason="the catalogue's skills are written for the pinned ovos-core",
    ),
]

IS_LONG = "KIT_RECORD" in os.environ
"""Whether all is tried that takes long."""

IS_WHOLE = os.environ.get("KIT_CATALOGUE") == "whole"
"""Whether all skills are tried."""

SCHEDULES = 12 if IS_WHOLE else 6
"""How many schedules of each sound skill are tried."""

ALWAYS = {
    "answers-without-context.lookup.leaky",  # stray
    "shows-the-latest.screens.leaky",  # taint, sent
    "by-timer.timers.sound",
}
"""The skills that are always tried: leaks that are quickly found by different oracles,
and a sound one that speaks later, as most can go wrong with these."""

SOME_LEAKY = [skill for skill in LEAKY if IS_WHOLE or skill.skill_id in ALWAYS]
SOME_SOUND = [skill for skill in SOUND if IS_WHOLE or skill.skill_id in ALWAYS]

QUICK = ("JokeBox", "AbortsAllQuestions") if IS_WHOLE else ()
"""Leaks than which little is smaller, so that all of it is tried."""

LARGER = [
    skill
    for skill in LEAKY
    if (skill.sessions, skill.turns) > (2, 2) and (IS_LONG or skill.name in QUICK)
]


class Remembering(SubprocessAssistant):
    """An assistant that does not replay the same case twice."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._known: dict[str, Transcript] = {}

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        """Replay a case, or return what happened before."""
        key = json.dumps([as_json(case), as_json(options)])
        if key not in self._known:
            self._known[key] = super().replay(fixture, case, options)
        return self._known[key]


@dataclass(frozen=True)
class Stage:
    """A skill of the catalogue on an assistant, with the dialogue that uses it."""

    fixture: Fixture
    assistant: SubprocessAssistant

    @property
    def case(self) -> Case:
        """The dialogue's only case."""
        [case] = self.fixture.cases
        return case


@pytest.fixture(scope="module", autouse=True)
def _installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let assistants find the catalogue's skills."""
    folder = tmp_path_factory.mktemp("catalogue")
    install(folder)
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))


@contextmanager
def on_stage(skill: Sound) -> Iterator[Stage]:
    """Boot an assistant with one skill."""
    [fixture] = [each for each in load(skill.script) if each.dialogue == skill.dialogue]
    fixture = replace(fixture, skills=(skill.skill_id,))
    with Remembering(Setup.of(fixture, fixture.engines[0])) as assistant:
        yield Stage(fixture, assistant)


def record(**facts: object) -> None:
    """Append measurements to a file, if ``KIT_RECORD`` names one."""
    path = os.environ.get("KIT_RECORD")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(facts) + "\n")


def oracles_that_speak(
    stage: Stage, oracles: Collection[str], schedules: int
) -> dict[str, int]:
    """Return for each oracle that finds the leak after how many schedules it does.

    Each oracle is used without the others.

    Args:
        stage: the skill and its dialogue.
        oracles: the oracles to use, each until it finds the leak.
        schedules: stop after so many schedules.

    """

    def play(case: Case, options: Options) -> Transcript:
        return stage.assistant.replay(stage.fixture, case, options)

    variants = variants_of(
        stage.case,
        play,
        known_words(stage.fixture, stage.case),
        is_real_time=False,
    )
    judges = {each.name: Judge(stage.fixture, each) for each in variants}
    plans = islice(plans_of(variants, seed=0), schedules)
    spoke: dict[str, int] = {}
    for number, (variant, schedule) in enumerate(plans, 1):
        judge = judges[variant.name]
        silent = [name for name in oracles if name not in spoke]
        if not silent:
            break
        played = judge.played(schedule, play)
        for name in silent:
            if any(leaks_of(judge, played, play, (name,))):
                spoke[name] = number
    return spoke


def test_the_figures_are_those_of_the_record() -> None:
    """The tables contain what was measured and count what was not."""
    leak, sound = {"skill": "kept-on-self.notes.leaky"}, {"skill": "diary.notes.sound"}
    spoke = {"taint": 2, "solo": 1}
    told = figures(
        [
            {**leak, "dialogue": "a note each", "tried": 1, "seconds": 0.5}
            | {"sessions": 2, "turns": 2, "spoke": spoke},
            {**leak, "dialogue": "a note each", "smaller": 7},
        ],
        [
            {**sound, "dialogue": "plans", "tried": 60, "leaks": [], "undecided": []},
            {**sound, "dialogue": "plans", "tried": 9, "leaks": ["x"], "undecided": []},
            {**leak, "dialogue": "a note each", "tried": 1, "leaks": ["x"]},
        ],
    ).splitlines()
    assert told[0] == (
        f"1 of {len(LEAKY)} leaks searched, all found. Schedules until the first "
        "detection: median 1, most 1. None of 7 smaller schedules shows a leak."
    )
    name = "`notes.KeptOnSelf`: Keeps the note on the skill, which is one "
    name += "object for all sessions."
    assert f"| {name} | 2, 2 | 7 | 2 |  |  | 1 |  |  |  |" == told[4]
    assert (
        "| *found with this oracle alone* | | | 1 | 0 | 0 | 1 | 0 | 0 | 0 |" == told[5]
    )
    assert "| *found with no other oracle* | | | 0 | 0 | 0 | 0 | 0 | 0 | 0 |" == told[6]
    counts = "2 searches, 69 schedules, 1 false alarms."
    assert f"1 of {len(SOUND)} dialogues with sound skills, {counts}" == told[8]
    assert told[-1].endswith(" | plans | 2 | 69 | 1 | 0 |")


def test_every_oracle_is_needed_by_the_catalogue() -> None:
    """Each oracle finds some leak that no other is known to find."""
    assert {(name,) for name in ORACLES} <= {leaky.oracles for leaky in LEAKY}


def test_the_catalogue_is_large_enough() -> None:
    """There are at least 25 different leaky and 25 different sound skills."""
    for skills in (LEAKY, SOUND):
        assert len({skill.skill_id for skill in skills}) >= 25


@pytest.mark.parametrize("skill", SOME_LEAKY, ids=lambda skill: skill.skill_id)
def test_a_leak_is_found_and_made_small(skill: Leaky) -> None:
    """An ordinary dialogue shows each leak, shrunk as far as possible.

    ``kit replay`` fails on the script, and each oracle of the table finds it alone.
    """
    with on_stage(skill) as stage:
        chosen, engine = SearchSettings(Budget(500)), stage.fixture.engines[0]
        found = search(
            stage.fixture, stage.case, [stage.assistant], chosen, engine=engine
        )
        [finding] = found.leaks
        spoke = oracles_that_speak(stage, skill.oracles, 500)
        if IS_LONG:
            others = [name for name in ORACLES if name not in skill.oracles]
            spoke |= oracles_that_speak(stage, others, 40)
    small = (len(finding.case.sessions), len(finding.case.turns))
    record(
        skill=skill.skill_id,
        dialogue=skill.dialogue,
        tried=found.tried,
        seconds=found.seconds,
        sessions=small[0],
        turns=small[1],
        spoke=spoke,
    )
    assert (skill.sessions, skill.turns) == small
    assert skill.is_replayed == finding.is_confirmed
    assert set(skill.oracles) <= set(spoke)
    if skill.is_replayed and IS_WHOLE:
        assert () == mismatches_of_twin(skill, finding.script)


def mismatches_of_twin(skill: Leaky, script: str) -> tuple[Mismatch, ...]:
    """Replay the script of a leak with a sound skill in place of the leaky one."""
    twin = twin_of(skill)
    if twin is None:
        return ()
    script = script.replace(skill.skill_id, twin)
    [fixture] = generate(parse_script(script, "leak.dialogue.yaml"), Path())
    [case] = fixture.cases
    with SubprocessAssistant(Setup.of(fixture, fixture.engines[0])) as assistant:
        return compare(fixture, case, assistant.replay(fixture, case))


def smaller(case: Case, sessions: int, turns: int) -> Iterator[Schedule]:
    """Yield every schedule with fewer sessions, or as many sessions and fewer turns.

    There are always two sessions at least: one alone has nothing to leak from.
    """
    tracks = tracks_of(case)
    speaker = {block: name for name, track in tracks.items() for block in track}
    for count in range(2, len(speaker)):
        for kept in combinations(speaker, count):
            names = {speaker[block] for block in kept}
            size = (len(names), sum(map(len, kept)))
            if len(names) > 1 and size < (sessions, turns):
                left = {n: tuple(b for b in kept if speaker[b] == n) for n in names}
                for order in all_orders(left):
                    yield from overlapped(order, speaker)


def overlapped(
    order: Sequence[Block], speaker: Mapping[Block, str]
) -> Iterator[Schedule]:
    """Yield an order with every choice of overlaps."""
    choices = [
        (False, True) if after and speaker[after] != speaker[block] else (False,)
        for block, after in zip_longest(order, order[1:])
    ]
    for overlaps in product(*choices):
        steps: list[Step] = []
        for block, overlap in zip(order, overlaps, strict=True):
            steps += [Step(turn, overlap=True) for turn in block[:-1]]
            steps.append(Step(block[-1], overlap))
        yield Schedule(tuple(steps))


@pytest.mark.parametrize("skill", LARGER, ids=[each.skill_id for each in LARGER])
def test_nothing_smaller_shows_the_leak(skill: Leaky) -> None:
    """No schedule smaller than the shrunk one shows the leak."""
    with on_stage(skill) as stage:

        def play(case: Case, options: Options) -> Transcript:
            return stage.assistant.replay(stage.fixture, case, options)

        tried = 0
        for variant in variants_of(stage.case, play, KnownWords(), is_real_time=False):
            if variant.name not in {"plain", "canaries"}:
                continue
            judge = Judge(stage.fixture, variant)
            for schedule in smaller(variant.case, skill.sessions, skill.turns):
                tried += 1
                played = judge.played(schedule, play)
                assert [] == list(leaks_of(judge, played, play, ORACLES))
    record(skill=skill.skill_id, dialogue=skill.dialogue, smaller=tried)


@pytest.mark.parametrize(
    "skill", SOME_SOUND, ids=lambda skill: f"{skill.skill_id}-{skill.dialogue}"
)
def test_a_sound_skill_raises_no_alarm(skill: Sound) -> None:
    """A sound skill does what it should, and no schedule shows a leak."""
    with on_stage(skill) as stage:
        transcript = stage.assistant.replay(stage.fixture, stage.case)
        if not skill.fails:
            assert compare(stage.fixture, stage.case, transcript) == ()
        chosen = SearchSettings(Budget(schedules=SCHEDULES))
        engine = stage.fixture.engines[0]
        found = search(
            stage.fixture, stage.case, [stage.assistant], chosen, engine=engine
        )
    assert found.leaks == ()
