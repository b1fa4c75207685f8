"""Everything that the kit reads, each as a function of any bytes.

A reader gets a project of its own, a folder that is the same for all inputs, and does
with the bytes what a command does with such a file, up to the words that a user sees.
It succeeds, or raises a ``KitError``. ``seeds`` are inputs that mean something.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from error_explanations import EXPLANATIONS
from script_page import EXAMPLES
from support.actors import Actor
from support.dialogues import dialogue
from support.places import ROOT

from ovos_dialogue_kit.assistant.process.answers import told_turns
from ovos_dialogue_kit.assistant.process.failed_boot import last_lines
from ovos_dialogue_kit.assistant.process.frames import (
    FrameReader,
    GarbledError,
    framed,
    parse,
)
from ovos_dialogue_kit.assistant.process.shell_limits import limits_behind
from ovos_dialogue_kit.assistant.process.stacks import as_traceback, holder
from ovos_dialogue_kit.assistant.setup import require_skills
from ovos_dialogue_kit.errors import Mark
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
from ovos_dialogue_kit.jsondata import Json, from_json, parse_json
from ovos_dialogue_kit.matrix.cell_files import read_cells
from ovos_dialogue_kit.matrix.compare import compare_cells
from ovos_dialogue_kit.matrix.html import matrix_page
from ovos_dialogue_kit.matrix.text import matrix_lines
from ovos_dialogue_kit.project.paths import find_scripts
from ovos_dialogue_kit.render.lines import plain
from ovos_dialogue_kit.replayer.bus import Caught, Heard
from ovos_dialogue_kit.replayer.dialect import Dialect
from ovos_dialogue_kit.replayer.replay import Replayer, Rules, replay_case
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Result, Settings, jobs_of
from ovos_dialogue_kit.run.junit import junit_xml
from ovos_dialogue_kit.run.options import PYTEST_OPTIONS
from ovos_dialogue_kit.run.result_json import json_lines
from ovos_dialogue_kit.run.run_job import run_job
from ovos_dialogue_kit.run.select import Plan
from ovos_dialogue_kit.run.terminal import TerminalReporter
from ovos_dialogue_kit.script.model import Text
from ovos_dialogue_kit.script.parse import parse_script
from ovos_dialogue_kit.script.templates import expand_template
from ovos_dialogue_kit.skill import needs
from ovos_dialogue_kit.skill.texts import read_skill_folder
from ovos_dialogue_kit.verdict.dialog_match import is_rendered_from

__all__ = ["READERS", "Project", "Reader"]

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

MESSAGES = dialogue(SKILL, ("kitchen", "hi"), ("bedroom", "hello"), ("kitchen", "bye"))

_AT_ONCE = 3
"""Messages that are heard after one that is sent."""


@dataclass(slots=True)
class Project:
    """The folder of a reader; ``texts`` are the files that an error may be about."""

    folder: Path
    texts: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, data: bytes) -> Path:
        """Write a file, and remember what it says."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.texts[name] = self.texts[str(path)] = words(data)
        return path


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader: what it reads, what it is tried with first, and how."""

    seeds: Callable[[], Iterable[bytes]]
    read: Callable[[bytes, Project], object]


def words(data: bytes) -> str:
    """Return bytes as the text of a file, whatever they are."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


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
    terminal = TerminalReporter(lambda lines: shown.append(plain(lines)), verbose=True)
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


def read_answer(data: bytes, project: Project) -> None:
    """Read what comes from the process of an assistant, framed and not."""
    project.texts = {}
    with contextlib.suppress(GarbledError):
        FrameReader(1).feed(data)
    with contextlib.suppress(GarbledError):
        content = FrameReader(1).feed(framed(1, data))
        from_json(Transcript, parse(content or b""), "", "transcript")


class _Chatter:
    """A bus on which lines of text are heard after each message that is sent."""

    is_shared = True

    def __init__(self, lines: Iterable[str]) -> None:
        self.now = 0.0
        self._lines = list(lines)
        self._heard: list[Heard] = []

    def send(self, _: Mapping[str, Json]) -> None:
        """Let a few more of the lines be heard."""
        self._heard += [Heard(self.now, line) for line in self._lines[:_AT_ONCE]]
        del self._lines[:_AT_ONCE]

    def advance(self, until: float, *, is_settling: bool = False) -> list[Heard]:  # noqa: ARG002
        """Return what is heard; if that is nothing, the time is over."""
        found, self._heard = self._heard, []
        self.now = self.now if found else until
        return found

    def speak(self) -> None:
        """Take no time."""

    def faults(self) -> list[Caught]:
        """Return none."""
        return []

    def traceback_of(self, _: str) -> None:
        """Return none."""


def read_messages(data: bytes, project: Project) -> None:
    """Replay a dialogue on a bus where anybody may say anything, one message a line."""
    project.texts = {}
    case = MESSAGES.cases[0]
    rules = Rules(Dialect((SKILL,)), lambda stages: stages or [], is_traced=True)
    bus = _Chatter(words(data).splitlines())
    replay_case(MESSAGES, case, Replayer(case, bus, rules))


def message_seeds() -> Iterable[bytes]:
    session_id = MESSAGES.cases[0].sessions["kitchen"]["session_id"]
    context = {"session": {"session_id": session_id, "lang": "en-US"}}
    messages = (
        ("speak", {"utterance": "hello", "meta": {"dialog": "hi", "data": {}}}),
        (f"{SKILL}:hi", {}),
        ("mycroft.skill.handler.complete", {"handler": "hi"}),
        ("ovos.session.sync", {"session": {"session_id": session_id, "x": 1}}),
        ("mycroft.skill.handler.error", {"exception": "ValueError"}),
        ("ovos.utterance.handled", {}),
    )
    yield "\n".join(
        json.dumps({"type": topic, "data": data, "context": context})
        for topic, data in messages
    ).encode()


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


def read_dump(data: bytes, project: Project) -> None:
    """Read what is left of an assistant that crashed: stacks, and its turns so far."""
    project.texts = {}
    text = words(data)
    for is_fatal in (False, True):
        as_traceback(text, is_fatal=is_fatal).encode()
    holder(text)
    limits_behind(text)
    with project.put("diary", data).open("rb") as diary:
        told_turns(diary)
        last_lines(diary)


DUMP = b"""Fatal Python error: Aborted

Current thread 0x00007f532967db80 (most recent call first):
  File "/tmp/skill.py", line 3 in do
  File "/usr/lib/python3.11/threading.py", line 331 in wait

[{"index": 0, "session": "a", "said": "hi", "at": 0.0, "end": "handled"}]
"""


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
    from support.results import results  # noqa: PLC0415

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


VALUES = ("1.5", "60", "nan", "padacioso+adapt", "real", "ws://127.0.0.1:8181/core")

READERS: Mapping[str, Reader] = {
    "script": Reader(script_seeds, read_script),
    "template": Reader(template_seeds, read_template),
    "entity": Reader(template_seeds, read_entity),
    "dialog": Reader(template_seeds, read_dialog),
    "resources": Reader(template_seeds, read_resources),
    "fixture": Reader(fixture_seeds, read_fixture),
    "transcript": Reader(transcript_seeds, read_transcript),
    "answer": Reader(transcript_seeds, read_answer),
    "message": Reader(message_seeds, read_messages),
    "source": Reader(lambda: [SOURCE], read_source),
    "dump": Reader(lambda: [DUMP], read_dump),
    "cell": Reader(cell_seeds, read_cell),
    "settings": Reader(settings_seeds, read_settings),
    "tox-log": Reader(lambda: [TOX_LOG], read_tox_log),
    "options": Reader(lambda: [text.encode() for text in VALUES], read_options),
}
"""The readers by their names, which are those of folders in ``corpus``."""
