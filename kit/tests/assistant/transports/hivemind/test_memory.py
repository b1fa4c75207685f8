"""A HiveMind hub in memory, with the bus in memory to compare with.

Some tests are about what one version of the hub does: each cell of HiveMind (``tox -m
hivemind``) has another one. By default one dialogue of the repeater is compared, with
``KIT_TRANSPORTS=whole`` all are.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.version import Version
from support.dialogues import dialogue, spoken
from support.places import ROOT
from support.skills import install_skill
from support.transports import SOME, both, our_jobs, twenty, without_site

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Case, Fixture, session_id_of
from ovos_dialogue_kit.isolate.search import Budget, SearchSettings, search
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Job, Settings, jobs_of
from ovos_dialogue_kit.run.run_job import run_job
from ovos_dialogue_kit.script.parse import parse_script

pytest.importorskip("hivemind_core", reason="the extra [hivemind] is not installed")
pytestmark = pytest.mark.ovos

HUB = Version(version("hivemind-core"))
OLD = pytest.mark.skipif(Version("4.1") < HUB, reason="later hubs do not")
NEW = pytest.mark.skipif(Version("5") > HUB, reason="earlier hubs do not")

BUS = "hivemind-memory"
REPEATER = "ovos-skill-repeater.kit"


@pytest.fixture(scope="module")
def assistants() -> Iterator[Assistants]:
    with Assistants() as made:
        yield made


@pytest.mark.parametrize(
    "job", our_jobs("padacioso", races=True), ids=lambda job: job.name
)
def test_satellites_hear_what_other_clients_hear(
    job: Job, assistants: Assistants
) -> None:
    """The transcript is that of the bus in memory, and the same every time."""
    expected, heard = both(job, assistants, BUS)
    assert without_site(heard) == without_site(expected)
    hive = assistants.get(Setup.of(job.fixture, job.engine, BUS))
    assert hive.replay(job.fixture, job.case) == heard


def replayed(assistants: Assistants, fixture: Fixture, case: Case) -> Transcript:
    """Return the transcript of a case behind the hub."""
    return assistants.get(Setup.of(fixture, "padacioso", BUS)).replay(fixture, case)


def details(transcript: Transcript) -> list[tuple[str, str]]:
    """Return the faults of all turns."""
    return [(f.kind, f.detail) for turn in transcript.turns for f in turn.faults]


def to_the_bedroom(assistants: Assistants) -> Transcript:
    """Replay what the kitchen says, with the bedroom's satellite as destination."""
    fixture = dialogue(REPEATER, ("bedroom", "hi"), ("kitchen", "hello"))
    first, sent = fixture.cases[0].turns
    assert sent.message
    peer = "kit::2::bedroom::0000-bedroom"
    message = {**sent.message, "context": {"destination": [peer]}}
    case = replace(fixture.cases[0], turns=(first, replace(sent, message=message)))
    return replayed(assistants, fixture, case)


@OLD
def test_a_message_to_another_satellite(assistants: Assistants) -> None:
    """The hub gives it to that one, with the peer id and the site of its sender."""
    found = details(to_the_bedroom(assistants))
    assert found[0] == (
        "hub",
        'it gave the satellite "recognizer_loop:utterance" of kitchen',
    )
    assert {
        'in "recognizer_loop:utterance", it told the satellite the site of kitchen',
        'in "recognizer_loop:utterance", it told the satellite the peer id of kitchen',
    } <= {detail for _, detail in found}


@NEW
def test_no_message_to_another_satellite(assistants: Assistants) -> None:
    """The hub decides where a message goes, not the satellite."""
    assert details(to_the_bedroom(assistants)) == []


def on_default(assistants: Assistants) -> Transcript:
    """Replay a dialogue of the device's own session."""
    fixture = dialogue(REPEATER, ("kitchen", "hello"))
    case = fixture.cases[0]
    device = {**case.sessions["kitchen"], "session_id": "default"}
    return replayed(assistants, fixture, replace(case, sessions={"kitchen": device}))


@OLD
def test_the_session_of_the_device(assistants: Assistants) -> None:
    """A satellite that asks for it is thrown out, and no word of it is heard."""
    transcript = on_default(assistants)
    why = "the hub has closed the connection: it gave no reason"
    assert details(transcript) == [("refused", f'"recognizer_loop:utterance": {why}')]
    assert spoken(transcript) == [[]]
    assert transcript.turns[0].end == "deadline"


def of_script(assistants: Assistants, script: str) -> Transcript:
    """Replay the one dialogue of a script."""
    text = f"skill: {REPEATER}\nengine: padacioso\n{script}"
    [fixture] = generate(parse_script(text, "a.dialogue.yaml"), ROOT)
    return replayed(assistants, fixture, fixture.cases[0])


BLACKLIST = f"""
sessions: {{cellar: {{satellite: {{blacklisted_skills: {REPEATER}}}}}}}
dialogues:
  d: [cellar: hello, kitchen: sky, kitchen: what did i just say]
"""


@OLD
def test_a_blacklist_is_everybodys(assistants: Assistants) -> None:
    """Once a satellite with one has sent a message, no other one is answered."""
    assert spoken(of_script(assistants, BLACKLIST)) == [[], [], []]


@OLD
def test_a_mismatch_says_what_is_heard_without_the_hub(assistants: Assistants) -> None:
    """The repeater has answered, on the bus in memory."""
    script = BLACKLIST.replace(
        "kitchen: what did i just say", "{kitchen: what did i just say, expect: sky}"
    )
    text = f"skill: {REPEATER}\nengine: padacioso\n{script}"
    [fixture] = generate(parse_script(text, "a.dialogue.yaml"), ROOT)
    settings = Settings(bus=BUS)
    [job] = jobs_of(fixture, settings)
    [mismatch] = run_job(job, assistants, settings).mismatches
    assert ["you said sky"] == [each.text for each in mismatch.without_hub or ()]


@NEW
def test_a_blacklist_is_of_one_satellite(assistants: Assistants) -> None:
    """The others are answered."""
    assert spoken(of_script(assistants, BLACKLIST)) == [[], [], ["you said sky"]]


REFUSED = """
sessions: {kitchen: {satellite: {allowed: recognizer_loop:utterance}}}
dialogues: {d: [kitchen: {emit: {type: x.y}}, kitchen: hello]}
"""


@OLD
def test_a_type_that_is_not_allowed_is_dropped(assistants: Assistants) -> None:
    """The satellite is not told, which is the hub's fault."""
    assert details(of_script(assistants, REFUSED)) == [
        ("hub", 'it dropped "x.y" and did not tell the satellite')
    ]


@NEW
def test_a_type_that_is_not_allowed_is_refused(assistants: Assistants) -> None:
    """The satellite is told, and the turn ends with that."""
    transcript = of_script(assistants, REFUSED)
    assert details(transcript) == [("refused", '"x.y": x.y not in allowed_types')]
    assert [turn.end for turn in transcript.turns] == ["refused", "handled"]


SHARED_KEY = """
sessions: {attic: {satellite: {key: one}}, porch: {satellite: {key: one}}}
dialogues: {d: [attic: sky, porch: grass, attic: what did i just say]}
"""


def test_two_satellites_with_one_key(assistants: Assistants) -> None:
    """Each has its own session."""
    transcript = of_script(assistants, SHARED_KEY)
    assert spoken(transcript) == [[], [], ["you said sky"]]
    assert details(transcript) == []


ONE_ID = """
sessions:
  attic: {session_id: s, satellite: {key: a}}
  porch: {session_id: s, satellite: {key: b}}
dialogues: {d: [attic: sky, porch: grass, attic: what did i just say]}
"""


@OLD
def test_one_session_id_is_one_session(assistants: Assistants) -> None:
    """Whatever the keys: one satellite hears what the other one has said."""
    assert spoken(of_script(assistants, ONE_ID)) == [[], [], ["you said grass"]]


@NEW
def test_one_session_id_and_two_keys(assistants: Assistants) -> None:
    """Each satellite has a session of its own, and neither learns of the other."""
    transcript = of_script(assistants, ONE_ID)
    assert spoken(transcript) == [[], [], ["you said sky"]]
    assert details(transcript) == []


BRIDGE = """
sessions: {alice: {satellite: {connection: b}}, bob: {satellite: {connection: b}}}
dialogues: {d: [alice: sky, bob: grass, alice: what did i just say]}
"""


@OLD
def test_users_of_a_bridge_are_one_session(assistants: Assistants) -> None:
    """One of them hears what the other one has said."""
    assert spoken(of_script(assistants, BRIDGE)) == [[], [], ["you said grass"]]


@NEW
def test_users_of_a_bridge(assistants: Assistants) -> None:
    """Each has a session of its own."""
    transcript = of_script(assistants, BRIDGE)
    assert spoken(transcript) == [[], [], ["you said sky"]]
    assert details(transcript) == []


SLOW = """
class Skill(OVOSSkill):
    @intent_handler("count.intent")
    def count(self, message):
        for word in ("one", "two", "three"):
            self.speak(word)
            time.sleep(10)
"""
AWAY = """
dialogues:
  d:
    - {kitchen: count, overlap: true}
    - hall: {silence: 5s}
    - kitchen: {disconnect: true}
    - {hall: count, overlap: true}
    - hall: {silence: 10s}
    - kitchen: {connect: true}
"""


def test_a_satellite_that_is_away_in_the_middle_of_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It misses what is said meanwhile, and hears the rest; others miss nothing."""
    install_skill(tmp_path, "slow.test", SLOW, {"count.intent": "count\n"})
    monkeypatch.syspath_prepend(tmp_path)
    [fixture] = generate(parse_script(f"skill: slow.test{AWAY}", "a.yaml"), tmp_path)
    with SubprocessAssistant(Setup.of(fixture, "padacioso", BUS)) as assistant:
        transcript = assistant.replay(fixture, fixture.cases[0])
        again = assistant.replay(fixture, fixture.cases[0])
    said = [[reply.text for reply in turn.replies] for turn in transcript.turns]
    assert ["one", "three"] == said[0]
    assert ["one", "two", "three"] == [*said[4], *said[3]]
    assert ["handled", "silence", "connection", "handled", "silence", "connection"] == [
        turn.end for turn in transcript.turns
    ]
    assert (details(transcript), transcript.strays) == ([], ())
    assert again == transcript


def test_what_the_page_says_of_sessions() -> None:
    """For the installed hub, it says what the hub says when it is asked."""
    program = ROOT / "benchmarks" / "hub_sessions.py"
    command = [sys.executable, str(program)]
    table = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    page = (ROOT / "docs" / "hivemind.md").read_text()
    made = f"<!-- hub {HUB}: made by benchmarks/hub_sessions.py -->\n\n{table}\n"
    assert made in page


def test_the_whole_bus_is_kept(assistants: Assistants) -> None:
    """Messages that no satellite is given can be expected, and are no reply."""
    fixture = dialogue(REPEATER, ("kitchen", "hello"))
    setup = Setup.of(fixture, "padacioso", BUS)
    options = Options(traced=True)
    transcript = assistants.get(setup).replay(fixture, fixture.cases[0], options)
    [turn] = transcript.turns
    own = [each for each in turn.messages if session_id_of(each) == "0000-kitchen"]
    assert own[0]["type"] == "recognizer_loop:utterance"
    assert len(own) > 2


def test_twenty_satellites(assistants: Assistants) -> None:
    """Each of twenty that all ask before the first is answered hears its own words."""
    transcript = of_script(assistants, twenty())
    assert details(transcript) == []
    words = [[f"you said the number room{number}"] for number in range(20)]
    assert spoken(transcript)[20:] == words


def test_a_search_for_leaks(assistants: Assistants) -> None:
    """The repeater behind the hub has none."""
    jobs = our_jobs("padacioso")
    job = next(each for each in jobs if each.fixture.dialogue == SOME)
    hive = assistants.get(Setup.of(job.fixture, job.engine, BUS))
    chosen = SearchSettings(Budget(4))
    found = search(job.fixture, job.case, [hive], chosen, engine=job.engine)
    assert (found.leaks, found.tried) == ((), 4)


@OLD
def test_a_hub_that_does_not_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with what pip installs by default: the reason, and what to do."""
    (tmp_path / "bitstring.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    setup = Setup((REPEATER,), bus=BUS)
    with pytest.raises(AssistantError) as error, SubprocessAssistant(setup):
        pass
    assert error.value.problem.startswith(
        "hivemind-core is installed, but does not import: cannot import name "
    )
    assert error.value.hint == (
        'pip install "ovos-dialogue-kit[hivemind]" brings what it needs; a hub of '
        "--bus hivemind has an environment of its own"
    )
