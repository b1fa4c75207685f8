"""Everything that the kit reads, each as a function of any bytes.

A reader gets a project of its own, a folder that is the same for all inputs, and does
with the bytes what a command does with such a file, up to the words that a user sees.
It succeeds, or raises a ``KitError``. ``seeds`` are inputs that mean something.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping

from error_explanations import EXPLANATIONS
from fuzz.process_readers import PROCESS_READERS, read_answer
from fuzz.project import Project, Reader, words
from script_page import EXAMPLES
from support.actors import Actor
from support.places import ROOT
from support.results import results

from ovos_dialogue_kit.assistant.setup import require_skills
from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.fixture.entities import entity_values
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.fixture.serialize import (
    fixture_from_json,
    fixture_to_json,
    header_from_json,
    signed,
)
from ovos_dialogue_kit.isolate.dialogues.from_skill import BUILT, candidates, script_for
from ovos_dialogue_kit.jsondata import from_json, parse_json
from ovos_dialogue_kit.matrix.cell_files import read_cells
from ovos_dialogue_kit.matrix.compare import compare_cells
from ovos_dialogue_kit.matrix.html import matrix_page
from ovos_dialogue_kit.matrix.text import matrix_lines
from ovos_dialogue_kit.project.paths import find_scripts
from ovos_dialogue_kit.render.lines import plain
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Result, Settings, jobs_of
from ovos_dialogue_kit.run.junit import OPENING, junit_xml
from ovos_dialogue_kit.run.options import PYTEST_OPTIONS
from ovos_dialogue_kit.run.reporter import FileReporter
from ovos_dialogue_kit.run.result_json import OPENINGS, json_lines
from ovos_dialogue_kit.run.run_job import run_job
from ovos_dialogue_kit.run.select import Plan
from ovos_dialogue_kit.run.terminal import TerminalReporter
from ovos_dialogue_kit.script.model import Text
from ovos_dialogue_kit.script.parse import parse_script
from ovos_dialogue_kit.script.templates import expand_template
from ovos_dialogue_kit.skill import needs
from ovos_dialogue_kit.skill.texts import read_skill_folder
from ovos_dialogue_kit.verdict.dialog_match import is_rendered_from

__all__ = ["READERS"]

SCRIPT = "a.dialogue.yaml"
ENTITY = "locale/en-US/thing.entity"
CELL = "cell.jsonl"
GOOD = "good.jsonl"
SKILL = "fuzzed.test"
SETTINGS = (
    *("pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml", "pytest.toml"),
    *(".pytest.ini", ".pytest.toml"),
)
MOST_CASES = 3
"""Cases of a dialogue that are replayed."""


# -- scripts --------------------------------------------------------------------------


def read_script(data: bytes, project: Project) -> None:
    """Parse, generate, write, read again, replay with an actor, and report."""
    text = words(data)
    project.texts = {SCRIPT: text}
    if not (project.folder / ENTITY).exists():
        project.put(ENTITY, b"(big|small) lamp\nfan\n")
    for fixture in generate(parse_script(text, SCRIPT), project.folder):
        assert fixture_from_json(fixture_to_json(fixture), "") == fixture
        play(fixture)


def play(fixture: Fixture) -> None:
    """Replay some cases of a dialogue with an actor, and report them in every way."""
    results: list[Result] = []
    settings = Settings(skills=fixture.skills or ("a.test",))
    with Assistants(Actor) as assistants:
        jobs = jobs_of(fixture, settings, "fixtures/a.json")[:MOST_CASES]
        results.extend(run_job(job, assistants, settings) for job in jobs)
    planned = Plan(jobs, ())
    shown: list[str] = []
    terminal = TerminalReporter(
        lambda lines: shown.append(plain(lines)), quiet=False, verbose=True
    )
    for result in results:
        terminal.result(result)
    for line in json_lines(planned, results).splitlines():
        json.loads(line)
    junit_xml(planned, results).encode()
    "".join(shown).encode()
    require_skills(fixture)


def script_seeds() -> Iterable[bytes]:
    for path in sorted((ROOT / "skill" / "test").glob("*.dialogue.yaml")):
        yield path.read_bytes()
    yield from (text.encode() for text in EXAMPLES.values())
    yield from (each.example.encode() for each in EXPLANATIONS.values())


# -- texts with a grammar -------------------------------------------------------------


def read_template(data: bytes, project: Project) -> None:
    """Expand a template, with a phrase."""
    text = words(data)
    project.texts = {SCRIPT: text}
    mark = Mark(SCRIPT)
    phrases = {"p": (Text("a [b]", mark), Text(text.partition("\n")[2] or "c", mark))}
    expand_template(Text(text, mark), phrases, 100)


def read_entity(data: bytes, project: Project) -> None:
    """Take the values of a slot from a file."""
    project.texts = {}
    project.put(ENTITY, data)
    entity_values("thing", "en-US", project.folder / SCRIPT, project.folder)


def read_dialog(data: bytes, project: Project) -> None:
    """Match what was spoken, in the first line, with the lines of a dialog."""
    project.texts = {}
    text, _, lines = words(data).partition("\n")
    is_rendered_from(lines.split("\n"), text)
    is_rendered_from(lines.split("\n"), text, {"thing": text[:5]})


def read_resources(data: bytes, project: Project) -> None:
    """Make dialogues of the files of an installed skill, which are never in error."""
    for kind in ("intent", "entity", "voc", "dialog", "rx"):
        project.put(f"skill/locale/en-US/thing.{kind}", data)
    project.put("skill/locale/en-US/other.intent", b"say the {thing}\nhello\n")
    texts = read_skill_folder(project.folder / "skill", SKILL)
    phrases = candidates(texts, with_words=True)
    script = script_for(SKILL, "padacioso", "en-US", phrases)
    place = f"{BUILT}{SKILL}.dialogue.yaml"
    made = list(generate(parse_script(script, place), project.folder))
    assert [turn.said for turn in made[0].cases[0].turns]


def read_source(data: bytes, project: Project) -> None:
    """Find out what an installed skill needs, by its source."""
    project.texts = {}
    path = project.put("skill.py", data)
    tree = needs._tree_of(path)
    assert set(needs._needs_in(tree)) <= {"keywords", "common_query", "media"}
    [*needs._bases(tree), *needs._imports(tree)]


SOURCE = b"""from ovos_workshop.decorators import intent_handler
from .other import *

class Skill(OVOSSkill):
    @intent_handler(IntentBuilder("x").require("y"))
    def do(self, message):
        pass
"""


TEMPLATES = (
    "what did i (just|) say",
    "(turn|switch) {state:on} the [big] {thing}\n<p> now",
    "((a|b)|c [d]) <p>",
    "{{thing}} $canary",
    "you said {stt}\nyou said (a|b)\nhello",
    "# a comment\n\nred lamp\nblue lamp\n",
)


def template_seeds() -> Iterable[bytes]:
    return [text.encode() for text in TEMPLATES]


# -- JSON -----------------------------------------------------------------------------


def read_fixture(data: bytes, project: Project) -> None:
    """Read a fixture whose digest is right, and replay it with an actor."""
    text = words(data)
    with contextlib.suppress(ValueError, RecursionError):
        content = json.loads(text)
        if isinstance(content, dict):
            text = words(signed(content).encode("utf-8", "replace"))
    project.texts = {"a.json": text}
    header_from_json(text, "a.json")
    play(fixture_from_json(text, "a.json"))


def fixture_seeds() -> Iterable[bytes]:
    paths = sorted((ROOT / "fixtures").rglob("*.json"), key=lambda p: p.stat().st_size)
    return [path.read_bytes() for path in paths[:20]]


def read_transcript(data: bytes, project: Project) -> None:
    """Read a transcript, as the kit does from the process of an assistant."""
    text = words(data)
    project.texts = {"a.json": text}
    from_json(Transcript, parse_json(text, "a.json"), text, "a.json")


def read_cell(data: bytes, project: Project) -> None:
    """Compare a cell with a good one, and show the matrix in every way."""
    project.texts = {}
    good = project.folder / GOOD
    if not good.exists():
        good.write_bytes(next(iter(cell_seeds())))
    cells = read_cells([good, project.put(CELL, data)])
    for every in (False, True):
        matrix = compare_cells(cells)
        plain(matrix_lines(matrix, every=every)).encode()
    matrix_page(matrix).encode()


def cell_seeds() -> Iterable[bytes]:
    """Yield runs with each outcome, as ``kit replay -o`` writes them."""
    from support.cells import heard, line, passed  # noqa: PLC0415  # needed here only

    found = list(results().values())
    yield json_lines(Plan([each.job for each in found], ()), found).encode()
    yield json_lines(Plan([each.job for each in found], ()), found[:1]).encode()
    yield line(passed()).encode() + line(passed(heard("ho", core="2.1.1"))).encode()


def transcript_seeds() -> Iterable[bytes]:
    for seed in cell_seeds():
        for line in seed.splitlines():
            found = json.loads(line).get("transcript")
            if found:
                yield json.dumps(found, indent=1).encode()


# -- what stands around ---------------------------------------------------------------


def read_settings(data: bytes, project: Project) -> None:
    """Find scripts in a project with these settings; the first byte names the file."""
    name = SETTINGS[data[0] % len(SETTINGS)] if data else SETTINGS[0]
    project.texts = {}
    path = project.put(name, data[1:])
    try:
        find_scripts([project.folder], project.folder)
    finally:
        path.unlink()


def settings_seeds() -> Iterable[bytes]:
    for number, text in (
        (0, "[pytest]\nnorecursedirs = a b\n  c\n"),
        (2, "[tool:pytest]\nnorecursedirs = a\n"),
        (3, '[tool.pytest.ini_options]\nnorecursedirs = ["a", "b"]\n'),
        (3, '[tool.pytest]\nnorecursedirs = "a"\nx = {a = 1}\n'),
        (4, '[pytest]\nnorecursedirs = ["a"]\n'),
    ):
        yield bytes([number]) + text.encode()


def read_tox_log(data: bytes, project: Project) -> None:
    """Read the log of a tox environment, which explains a cell that has not run."""
    project.texts = {}
    project.put(f"{CELL}.d/log/1-commands[0].log", data)
    good = project.folder / GOOD
    if not good.exists():
        good.write_bytes(next(iter(cell_seeds())))
    matrix = compare_cells(read_cells([good, project.folder / f"{CELL}.d"]))
    plain(matrix_lines(matrix, every=True)).encode()


TOX_LOG = b"""name: core2.1
cmd: kit replay -o x
exit_code: 2
wrong \x1b[31mred\x1b[0m
"""


def read_options(data: bytes, project: Project) -> None:
    """Read the value of each option, which may be refused."""
    project.texts = {}
    for option in PYTEST_OPTIONS.values():
        with contextlib.suppress(ValueError):
            option.read(words(data))


def read_report(data: bytes, project: Project) -> None:
    """Replace a file of an earlier run; one that no run has written stays as it is."""
    project.texts = {}
    path = project.put("report", data)
    for begins in (OPENINGS, (OPENING,)):
        try:
            FileReporter(path, json_lines, begins).clear()
        except KitError:  # noqa: PERF203  # each for itself
            assert path.read_bytes() == data
        else:
            assert not path.exists()
            path.write_bytes(data)


def report_seeds() -> Iterable[bytes]:
    found = list(results().values())
    planned = Plan([each.job for each in found], ())
    yield json_lines(planned, found).encode()
    yield json_lines(planned, found[:1]).encode()
    yield junit_xml(planned, found).encode()


VALUES = ("1.5", "60", "nan", "padacioso+adapt", "real", "ws://127.0.0.1:8181/core")

READERS: Mapping[str, Reader] = {
    "script": Reader(script_seeds, read_script),
    "template": Reader(template_seeds, read_template),
    "entity": Reader(template_seeds, read_entity),
    "dialog": Reader(template_seeds, read_dialog),
    "resources": Reader(template_seeds, read_resources),
    "fixture": Reader(fixture_seeds, read_fixture),
    "transcript": Reader(transcript_seeds, read_transcript),
    "source": Reader(lambda: [SOURCE], read_source),
    "cell": Reader(cell_seeds, read_cell),
    "settings": Reader(settings_seeds, read_settings),
    "tox-log": Reader(lambda: [TOX_LOG], read_tox_log),
    "report": Reader(report_seeds, read_report),
    "options": Reader(lambda: [text.encode() for text in VALUES], read_options),
    "answer": Reader(transcript_seeds, read_answer),
    **PROCESS_READERS,
}
"""The readers by their names, which are those of folders in ``corpus``."""
