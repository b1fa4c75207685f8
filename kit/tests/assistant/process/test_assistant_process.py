"""An assistant in a process of its own: fresh copies, crashes, time, isolation."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import pytest
from support.dialogues import dialogue, spoken
from support.places import TESTS
from support.processes import ANSWERING, BOOTED, be_process, is_running
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process import assistant_process, frames
from ovos_dialogue_kit.assistant.process import spawn as spawning
from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.process.in_process import InProcessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system.coverage import coverage_settings
from ovos_dialogue_kit.assistant.system.descendants import children
from ovos_dialogue_kit.errors import AssistantError, EngineMissingError
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.jsondata import as_json
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript

pytestmark = pytest.mark.ovos

REPEATER = "ovos-skill-repeater.kit"


def json_of(transcript: Transcript) -> str:
    return json.dumps(as_json(transcript), sort_keys=True)


TRICKS = """
import asyncio
import ctypes
import datetime
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import uuid

from ovos_bus_client.session import SessionManager
from ovos_utils.log import LOG


class Skill(OVOSSkill):
    heard = []
    tallying = set()

    @intent_handler("tally.intent")
    def tally(self, message):
        session_id = SessionManager.get(message).session_id
        self.tallying.add(session_id)
        for number in range(1, 61):
            self.speak(str(number))
            time.sleep(1)
            if session_id not in self.tallying:
                return

    def can_stop(self, message):
        return SessionManager.get(message).session_id in self.tallying

    def stop_session(self, session):
        try:
            self.tallying.remove(session.session_id)
        except KeyError:
            return False
        return True

    @intent_handler("share.intent")
    def share(self, message):
        self.bus.emit(message.forward("tricks.share"))
        time.sleep(1)

    def first(self, message):
        self.speak("first")

    def second(self, message):
        self.speak("second")

    @intent_handler("count.intent")
    def count(self, message):
        for number in range(1, 61):
            self.speak(str(number))
            time.sleep(1)

    @intent_handler("ask.intent")
    def ask(self, message):
        self.speak(f"got {self.get_response('what', num_retries=0)}")

    @intent_handler("remind.intent")
    def remind(self, message):
        self.schedule_event(self.ring, 600, context=message.context)

    def ring(self, message):
        self.speak("ring")

    @intent_handler("remember.intent")
    def remember(self, message):
        self.heard.append("x")
        self.settings["count"] = self.settings.get("count", 0) + 1
        self.settings.store()
        with self.file_system.open("notes", "a") as notes:
            notes.write("x")
        with self.file_system.open("notes", "r") as notes:
            text = notes.read()
        self.speak(f"{len(self.heard)} {self.settings['count']} {text}")

    @intent_handler("chance.intent")
    def chance(self, message):
        when = datetime.datetime.now().isoformat()
        self.speak(f"{random.random()} {uuid.uuid4()} {when} {hash('a')}")

    @intent_handler("wait.intent")
    def wait_for_speech(self, message):
        self.speak("one", wait=True)
        self.speak("two", wait=True)

    @intent_handler("later.intent")
    def later(self, message):
        threading.Thread(target=self.speak_later, args=(message,)).start()

    def speak_later(self, message):
        time.sleep(5)
        self.speak("later")

    @intent_handler("loop.intent")
    def count_in_a_loop(self, message):
        asyncio.run(self.count_slowly())

    async def count_slowly(self):
        for number in (1, 2, 3):
            await asyncio.sleep(20)
            self.speak(str(number))

    @intent_handler("look.intent")
    def look(self, message):
        self.speak(str("pytest" in sys.modules))
        import pytest
        self.speak(pytest.__name__)

    @intent_handler("run.intent")
    def run(self, message):
        command = "sleep 0.2; echo done"
        done = subprocess.run(
            command, shell=True, timeout=20, capture_output=True, text=True
        )
        self.speak(done.stdout)

    @intent_handler("raise.intent")
    def fail(self, message):
        raise ValueError("oops")

    @intent_handler("exit.intent")
    def leave(self, message):
        os._exit(3)

    @intent_handler("hang.intent")
    def hang(self, message):
        ctypes.PyDLL(None).pause()

    @intent_handler("write.intent")
    def write(self, message):
        session_id = SessionManager.get(message).session_id
        print(session_id, "prints", self.file_system.path)
        self.log.debug("its log %s", object())
        time.sleep(1)
        self.log.info(f"{session_id} goes on")
        LOG.info("the log of OVOS")
        LOG.warning(f"{session_id} warns")
        logging.getLogger(__name__).warning("a log of its own")
        threading.Thread(target=print, args=("a thread of others",)).start()
        print("no end", end="", file=sys.stderr)

    @intent_handler("parent.intent")
    def parent(self, message):
        self.speak(str(os.getppid()))

    @intent_handler("spawn.intent")
    def spawn(self, message):
        child = subprocess.Popen(["sleep", "1000"])
        self.speak(str(child.pid))

    def initialize(self):
        self.add_event("tricks.raw", self.on_raw)
        self.add_event("tricks.event", self.on_event)
        self.bus.on("tricks.listener", self.on_listener)
        for listen in (self.first, self.second):
            self.bus.on("tricks.share", listen)
        self.timer = threading.Timer(2, print)

    @intent_handler("begin.intent")
    def begin(self, message):
        self.timer.start()
        was_alive = self.timer.is_alive()
        self.timer.join()
        self.speak(f"{was_alive} {self.timer.is_alive()}")

    def on_raw(self, message):
        self.speak("heard it")

    def on_event(self, message):
        raise KeyError("event")

    def on_listener(self, message):
        raise KeyError("raw")
"""
WORDS = (
    "ask",
    "begin",
    "chance",
    "count",
    "exit",
    "hang",
    "later",
    "look",
    "loop",
    "parent",
    "raise",
    "remember",
    "remind",
    "run",
    "share",
    "spawn",
    "tally",
    "wait",
    "write",
)


@pytest.fixture(scope="module")
def tricks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SubprocessAssistant]:
    folder = tmp_path_factory.mktemp("skills")
    locale = {f"{word}.intent": f"{word} now\n" for word in WORDS}
    install_skill(folder, "tricks.test", TRICKS, locale)
    sys.path.insert(0, str(folder))
    try:
        with SubprocessAssistant(Setup(("tricks.test",))) as process:
            yield process
    finally:
        sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def repeater() -> Iterator[SubprocessAssistant]:
    """An assistant whose thread has ended: Linux takes a thread for a parent."""
    process = SubprocessAssistant(Setup((REPEATER,)))
    starting = threading.Thread(target=process.start)
    starting.start()
    starting.join()
    yield process
    process.close()


def play(
    process: SubprocessAssistant, *turns: str, overlap: tuple[int, ...] = ()
) -> Transcript:
    """Let the kitchen say things to the tricky skill."""
    fixture = dialogue(
        "tricks.test", *(("kitchen", said) for said in turns), overlap=overlap
    )
    return process.replay(fixture, fixture.cases[0])


def test_every_session_hears_its_own_words(repeater: SubprocessAssistant) -> None:
    """The repeater answers as on a real bus: its listener heard the utterance first."""
    fixture = dialogue(
        REPEATER,
        ("kitchen", "the sky is blue"),
        ("bedroom", "grass is green"),
        ("kitchen", "what did i just say"),
        ("bedroom", "what did i just say"),
    )
    transcript = repeater.replay(fixture, fixture.cases[0])
    assert spoken(transcript) == [
        [],
        [],
        ["you said the sky is blue"],
        ["you said grass is green"],
    ]


def test_a_question_ends_a_turn_and_the_answer_reaches_the_skill(
    repeater: SubprocessAssistant,
) -> None:
    """Response mode travels with the session; another session is not disturbed."""
    fixture = dialogue(
        REPEATER,
        ("kitchen", "repeat after me"),
        ("bedroom", "good morning"),
        ("kitchen", "ice cream for everyone"),
    )
    transcript = repeater.replay(fixture, fixture.cases[0])
    assert [turn.end for turn in transcript.turns] == [
        "asked",
        "handled",
        "handled",
    ]
    assert [turn.route for turn in transcript.turns] == ["intent", None, "response"]
    assert spoken(transcript)[2] == ["ice cream for everyone"]


def test_transcripts_are_the_same_every_time(repeater: SubprocessAssistant) -> None:
    """A case replayed five times gives the same bytes, times included."""
    fixture = dialogue(
        REPEATER,
        ("kitchen", "repeat after me"),
        ("bedroom", "what did i just say"),
        ("kitchen", "hello"),
        ("bedroom", "stop"),
        ("kitchen", "what did you just say"),
    )
    replays = {json_of(repeater.replay(fixture, fixture.cases[0])) for _ in range(5)}
    assert len(replays) == 1


def test_a_thread_that_was_made_at_boot(tricks: SubprocessAssistant) -> None:
    """It is alive once a dialogue has started it, although Python has forked before."""
    transcript = play(tricks, "begin now")
    assert spoken(transcript) == [["True False"]]
    assert [reply.at for reply in transcript.turns[0].replies] == [2.0]


def test_what_a_skill_writes_is_kept_with_its_turn(tricks: SubprocessAssistant) -> None:
    """Prints and logs go to the turn of the session that the handler works for."""
    fixture = dialogue(
        "tricks.test",
        ("kitchen", "write now"),
        ("bedroom", "write now"),
        overlap=(0,),
    )
    transcript = tricks.replay(fixture, fixture.cases[0])
    ids = [str(wire["session_id"]) for wire in fixture.cases[0].sessions.values()]
    for turn in transcript.turns:
        own = next(each for each in ids if turn.session in each)
        first, *others = turn.words
        assert first[0] == "prints"
        assert first[1].startswith(f"{own} prints ~/")
        assert [words for words in others if "object" not in words[1]] == [
            ("logs", f"INFO {own} goes on"),
            ("logs", "INFO the log of OVOS"),
            ("logs", f"WARNING {own} warns"),
            ("logs", "WARNING a log of its own"),
            ("prints", "no end"),
        ]
        [debug] = [words for words in others if words not in turn.words[2:]]
        assert debug == ("logs", "DEBUG its log <object object at 0x…>")
    replays = {json_of(tricks.replay(fixture, fixture.cases[0])) for _ in range(3)}
    assert replays == {json_of(transcript)}


def test_sixty_seconds_pass_at_once(tricks: SubprocessAssistant) -> None:
    """Counting to sixty, one a second, is heard second by second in virtual time."""
    transcript = play(tricks, "count now")
    [turn] = transcript.turns
    assert [(reply.at, reply.text) for reply in turn.replies] == [
        (float(number), str(number + 1)) for number in range(60)
    ]
    assert turn.ended == 60.0


def test_an_event_loop_of_a_skill_is_in_virtual_time(
    tricks: SubprocessAssistant,
) -> None:
    """Coroutines that sleep a minute together take no real time."""
    [turn] = play(tricks, "loop now").turns
    assert [(reply.at, reply.text) for reply in turn.replies] == [
        (pytest.approx(20.0), "1"),
        (pytest.approx(40.0), "2"),
        (pytest.approx(60.0), "3"),
    ]


def test_pytest_is_there_for_who_asks_for_it(tricks: SubprocessAssistant) -> None:
    """No boot pays for it, and a skill may import it all the same."""
    assert spoken(play(tricks, "look now")) == [["False", "pytest"]]


def test_a_program_that_a_skill_runs_is_waited_for(tricks: SubprocessAssistant) -> None:
    """Another process has its real time, although the skill's clock would jump."""
    [turn] = play(tricks, "run now").turns
    [reply] = turn.replies
    assert reply.text == "done\n"
    assert 0.2 <= reply.at < 20


def test_what_is_heard_belongs_to_the_turn_taken_last(
    tricks: SubprocessAssistant,
) -> None:
    """An overlapping turn's words are split by the turns taken meanwhile."""
    transcript = play(tricks, "count now", "~2.5", "~1", overlap=(0,))
    counted, first, second = spoken(transcript)
    assert (first, second) == (["1", "2", "3"], ["4"])
    assert counted == [str(number) for number in range(5, 61)]
    assert transcript.strays == ()


def test_two_sessions_count_at_once(tricks: SubprocessAssistant) -> None:
    """Handlers of two sessions interleave by virtual time."""
    fixture = dialogue(
        "tricks.test",
        ("kitchen", "count now"),
        ("kitchen", "~2.5"),
        ("bedroom", "count now"),
        ("bedroom", "~1.2"),
        overlap=(0, 2),
    )
    transcript = tricks.replay(fixture, fixture.cases[0])
    assert [turn.ended for turn in transcript.turns] == [60.0, 2.5, 62.5, 3.7]
    assert spoken(transcript)[3] == ["1", "2"]


def test_one_of_two_that_count_is_stopped(tricks: SubprocessAssistant) -> None:
    """It ends with its next number; the other goes on to sixty, each time the same."""
    fixture = dialogue(
        "tricks.test",
        ("kitchen", "tally now"),
        ("kitchen", "~0.5"),
        ("bedroom", "tally now"),
        ("bedroom", "~10.2"),
        ("bedroom", "stop"),
        overlap=(0, 2),
    )
    replays = [tricks.replay(fixture, fixture.cases[0]) for _ in range(5)]
    assert len(set(map(json_of, replays))) == 1
    kitchen, _, bedroom, _, stop = replays[0].turns
    assert spoken(replays[0])[:4] == [
        [str(number) for number in range(2, 61)],
        ["1"],
        [],
        [str(number) for number in range(1, 12)],
    ]
    assert [reply.at for reply in kitchen.replies] == [
        float(number) for number in range(1, 60)
    ]
    assert (kitchen.ended, bedroom.ended, stop.route) == (60.0, 11.5, "stop")


def test_an_unanswered_question_times_out_at_once(tricks: SubprocessAssistant) -> None:
    """``get_response`` gives up after its 20 seconds, in no time."""
    transcript = play(tricks, "ask now", "~25")
    assert [turn.end for turn in transcript.turns] == ["asked", "silence"]
    [reply] = transcript.turns[1].replies
    assert (reply.text, round(reply.at, 1)) == ("got None", 20.0)


def test_a_scheduled_event_comes_when_its_time_has_come(
    tricks: SubprocessAssistant,
) -> None:
    """The event scheduler of OVOS lives in virtual time."""
    transcript = play(tricks, "remind now", "~599", "~2")
    assert spoken(transcript) == [[], [], ["ring"]]


def test_speech_ends_so_that_skills_go_on(tricks: SubprocessAssistant) -> None:
    """``speak(wait=True)`` does not stall: the kit plays what is spoken."""
    transcript = play(tricks, "wait now")
    assert spoken(transcript) == [["one", "two"]]
    assert transcript.turns[0].ended == 0.0


def test_a_thread_of_the_skill_is_heard(tricks: SubprocessAssistant) -> None:
    """A reply of a thread belongs to the session's turn at that time."""
    assert spoken(play(tricks, "later now", "~6")) == [[], ["later"]]


def test_chance_is_the_same_every_time(tricks: SubprocessAssistant) -> None:
    """Random numbers, UUIDs, the date and hashes repeat."""
    first = spoken(play(tricks, "chance now"))
    assert first == spoken(play(tricks, "chance now"))
    assert "2026-01-05T12:00:00" in first[0][0]


def test_every_case_starts_from_the_same_state(tricks: SubprocessAssistant) -> None:
    """Neither memory, settings nor files of a case are seen by the next."""
    assert spoken(play(tricks, "remember now", "remember now")) == [
        ["1 1 x"],
        ["2 2 xx"],
    ]
    assert spoken(play(tricks, "remember now")) == [["1 1 x"]]


def test_other_messages_end_when_all_rests(tricks: SubprocessAssistant) -> None:
    """An emitted message has no end signal; the turn ends when nothing is left."""
    transcript = play(tricks, "!tricks.raw")
    assert (transcript.turns[0].end, spoken(transcript)) == ("quiet", [["heard it"]])


def test_a_handler_that_raises_is_told_with_its_traceback(
    tricks: SubprocessAssistant,
) -> None:
    """ovos-workshop catches and speaks; the kit says what was raised, and where."""
    [turn] = play(tricks, "raise now").turns
    [fault] = turn.faults
    assert fault.kind == "raised"
    assert fault.detail.endswith("ValueError: oops")
    assert fault.trace is not None
    assert 'raise ValueError("oops")' in fault.trace


def test_a_listener_that_raises_is_told(tricks: SubprocessAssistant) -> None:
    """A raw listener's exception, which a real bus client swallows, is a fault."""
    [turn] = play(tricks, "!tricks.listener").turns
    assert [fault.detail for fault in turn.faults] == [
        "Skill.on_listener: KeyError: 'raw'"
    ]


def test_a_handler_of_an_event_that_raises_is_told(tricks: SubprocessAssistant) -> None:
    """ovos-workshop speaks of it and sends no message; it is a fault all the same."""
    [turn] = play(tricks, "!tricks.event").turns
    [fault] = turn.faults
    assert ("raised", "Skill.on_event: KeyError: 'event'") == (
        fault.kind,
        fault.detail,
    )
    assert 'raise KeyError("event")' in str(fault.trace)


def test_what_was_heard_before_a_crash_is_kept(tricks: SubprocessAssistant) -> None:
    """The turns before it are as ever; what overlaps it is as it was when it began."""
    turns = ("wait now", "later now", "~6", "count now", "~2.5", "exit now")
    transcript = play(tricks, *turns, overlap=(3,))
    assert spoken(transcript) == [
        ["one", "two"],
        [],
        ["later"],
        [],
        ["1", "2", "3"],
        [],
    ]
    assert [turn.end for turn in transcript.turns] == [
        "handled",
        "handled",
        "silence",
        "lost",
        "silence",
        "lost",
    ]


def test_no_process_stays_behind(tricks: SubprocessAssistant) -> None:
    """Processes that a skill started end with its case."""
    [[pid]] = spoken(play(tricks, "spawn now"))
    assert not is_running(int(pid))


BREAKING = """
from pathlib import Path

from ovos_dialogue_kit.assistant.process import forked
from ovos_dialogue_kit.assistant.transports import on_memory

forked._ALLOCATED = Path("/hidden/statm")
transcribe = on_memory.transcribe


def fail_if_told(setup, core, bus, fixture, case, *others):
    if case.turns[0].said == "fail":
        raise ValueError("not of the skill")
    return transcribe(setup, core, bus, fixture, case, *others)


on_memory.transcribe = fail_if_told


class Skill(OVOSSkill):
    @intent_handler("hi.intent")
    def hi(self, message):
        self.speak("hi")
"""


@pytest.fixture(scope="module")
def breaking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SubprocessAssistant]:
    """An assistant in a process that the skill has changed."""
    folder = tmp_path_factory.mktemp("breaking")
    install_skill(folder, "breaking.test", BREAKING, {"hi.intent": "say hi\n"})
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        with SubprocessAssistant(Setup(("breaking.test",))) as process:
            yield process


def test_an_error_of_the_kit_costs_its_dialogue(breaking: SubprocessAssistant) -> None:
    """An error that nobody expects is told as one, with its traceback."""
    transcript = play(breaking, "fail")
    assert transcript.crash is not None
    assert transcript.crash.detail == (
        "the replay stopped with an error: ValueError: not of the skill"
    )
    assert str(transcript.crash.trace).startswith("Traceback")


def test_a_system_that_hides_proc_has_no_limit_of_memory(
    breaking: SubprocessAssistant,
) -> None:
    """Dialogues are replayed all the same."""
    assert [["hi"]] == spoken(play(breaking, "say hi"))


@pytest.mark.parametrize("kind", [SubprocessAssistant, InProcessAssistant])
def test_another_system_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    kind: type[SubprocessAssistant | InProcessAssistant],
) -> None:
    """A system other than Linux is refused before anything is booted."""
    monkeypatch.setattr(sys, "platform", "darwin")
    fixture = dialogue(REPEATER, ("kitchen", "hi"))
    assistant = kind(Setup((REPEATER,)))
    with pytest.raises(AssistantError) as error:
        assistant.replay(fixture, fixture.cases[0])
    assistant.close()
    assert str(error.value) == (
        'an assistant runs on Linux only, and this system is "darwin"\n'
        "  use a Linux machine or container, or WSL 2 on Windows"
    )


USER = """
import sys
from support.dialogues import dialogue
from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system.descendants import children

process = SubprocessAssistant(Setup(("tricks.test",)))
process.start()
turns = (("kitchen", said) for said in ("spawn now", "hang now"))
fixture = dialogue("tricks.test", *turns)
print(*children(), flush=True)
if sys.argv[1] == "idle":
    input()
process.replay(fixture, fixture.cases[0])
"""


@pytest.mark.parametrize(
    ("doing", "moment"), [("idle", 0.0), ("replay", 0.0), ("replay", 1.0)]
)
def test_nothing_outlives_a_user_that_is_killed(
    tricks: SubprocessAssistant,  # noqa: ARG001  # it is installed
    tmp_path: Path,
    doing: str,
    moment: float,
) -> None:
    """Killed between cases, as one begins or as one hangs in native code.

    No process and no file is left.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([*sys.path, str(TESTS)]),
        "TMPDIR": str(tmp_path),
    }
    with subprocess.Popen(
        [sys.executable, "-c", USER, doing],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as user:
        assert user.stdout
        group = int(user.stdout.readline())
        time.sleep(moment)
        user.kill()
    wait_until(lambda: not session_of(group))
    assert session_of(group) == []
    assert wait_until(lambda: not [*tmp_path.iterdir()])


def session_of(leader: int) -> list[str]:
    """Return the commands of the processes in a session that are still running."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            stat = entry.read_text(encoding="ascii")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, _, _, session = stat.rpartition(")")[2].split()[:4]
        if int(session) == leader and state != "Z":
            found.append(stat)
    return found


def wait_until(claim: Callable[[], bool], seconds: float = 300.0) -> bool:
    """Wait for a claim to be true, and return whether it is."""
    until = time.monotonic() + seconds
    while not claim() and time.monotonic() < until:
        time.sleep(0.02)
    return claim()


def test_an_assistant_outlives_the_thread_that_started_it(
    repeater: SubprocessAssistant,
) -> None:
    """It replays for others."""
    repeater.start()
    before = children()
    fixture = dialogue(REPEATER, ("kitchen", "hi"), ("kitchen", "what did i just say"))
    heard = repeater.replay(fixture, fixture.cases[0])
    assert spoken(heard) == [[], ["you said hi"]]
    assert children() == before


def refusal(setup: Setup) -> AssistantError:
    """Return the error with which an assistant does not start."""
    with pytest.raises(AssistantError) as error, SubprocessAssistant(setup):
        pass
    return error.value


def test_the_deadline_of_a_turn_is_virtual(tricks: SubprocessAssistant) -> None:
    """A turn that does not end in time keeps what was heard so far."""
    fixture = dialogue("tricks.test", ("kitchen", "count now"))
    transcript = tricks.replay(fixture, fixture.cases[0], Options(deadline=2.5))
    [turn] = transcript.turns
    assert (turn.end, turn.ended) == ("deadline", None)
    assert spoken(transcript) == [["1", "2", "3"]]


def test_messages_are_kept_where_they_are_asked_for(
    repeater: SubprocessAssistant,
) -> None:
    """A traced replay holds every message of the session, in order."""
    fixture = dialogue(REPEATER, ("kitchen", "what did i just say"))
    transcript = repeater.replay(fixture, fixture.cases[0], Options(traced=True))
    topics = [message["type"] for message in transcript.turns[0].messages]
    assert topics[0] == "recognizer_loop:utterance"
    assert "speak" in topics
    assert topics.index("speak") < topics.index("ovos.utterance.handled")


def test_the_order_of_listeners_is_shuffled(tricks: SubprocessAssistant) -> None:
    """Only with a seed, and some seeds give another order than that of subscribing."""
    fixture = dialogue("tricks.test", ("kitchen", "share now"))
    usual, *others = (
        spoken(tricks.replay(fixture, fixture.cases[0], Options(order_seed=seed)))
        for seed in (None, 0, 1, 2, 3, 4, 5)
    )
    assert usual == [["first", "second"]]
    assert {*map(str, others)} == {str(usual), str([["second", "first"]])}


def test_the_repeater_needs_no_order_of_listeners(
    repeater: SubprocessAssistant,
) -> None:
    """Whatever it is, the repeater answers the same, and nothing goes wrong."""
    fixture = dialogue(REPEATER, ("kitchen", "hi"), ("kitchen", "what did i just say"))
    for seed in range(5):
        options = Options(order_seed=seed)
        transcript = repeater.replay(fixture, fixture.cases[0], options)
        assert spoken(transcript) == [[], ["you said hi"]]
        assert [turn.faults for turn in transcript.turns] == [(), ()]


HANGING = """
import ctypes
import faulthandler
import os
import threading
from pathlib import Path


class Skill(OVOSSkill):
    def initialize(self):
        started = threading.Event()
        for _ in range(60):
            threading.Thread(target=started.wait, daemon=True).start()
        if os.environ.get("HURRY"):  # the limit of the boot is over as soon as it hangs
            hang = Path(os.environ["HOME"]).parent / "hang.txt"
            faulthandler.dump_traceback_later(0.01, exit=True, file=hang.open("wb"))
        ctypes.CDLL(None).pause()
"""


def test_a_boot_that_hangs_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A skill that never loads costs its time, and it and its line are shown.

    So they are although the stacks of many other threads come first.
    """
    install_skill(tmp_path, "hanging.test", HANGING)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("HURRY", "yes")
    error = refusal(Setup(("hanging.test",)))
    assert error.problem == "the assistant was not ready after 60 s"
    first, _, stacks = str(error.hint).partition("\n")
    assert first == (
        "raise the limit with --boot-timeout (in pytest: --kit-boot-timeout)"
    )
    assert stacks == (
        'the skill "hanging.test" was being loaded\n'
        f'  File "{tmp_path}/hanging/__init__.py", line 22 in initialize'
    )


def test_a_boot_ends_when_the_assistant_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A boot fails with an error if another thread closes the assistant."""
    install_skill(tmp_path, "hanging.test", HANGING)
    monkeypatch.syspath_prepend(tmp_path)
    process = SubprocessAssistant(Setup(("hanging.test",)))
    before = children()
    told: list[AssistantError] = []

    def start() -> None:
        with pytest.raises(AssistantError) as error:
            process.start()
        told.append(error.value)

    booting = threading.Thread(target=start)
    booting.start()
    assert wait_until(lambda: children() > before)
    process.close()
    booting.join()
    assert [str(error) for error in told] == ["the assistant was closed"]
    assert children() == before


def test_a_closed_assistant_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After ``close``, which may come twice, there is nothing to boot."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    process = SubprocessAssistant(Setup((REPEATER,)))
    process.close()
    process.close()
    before = children()
    with pytest.raises(AssistantError, match="the assistant was closed"):
        process.start()
    assert children() == before
    assert [*tmp_path.iterdir()] == []
    assert process.output() == ""


def test_a_log_is_closed_when_nobody_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that closes an assistant waits for those that read its log."""
    process = SubprocessAssistant(Setup((REPEATER,)))
    closing = threading.Thread(target=process.close)

    def read_slowly(log: IO[bytes]) -> str:
        closing.start()
        closing.join(0.1)
        return "closed" if log.closed else "open"

    monkeypatch.setattr(assistant_process, "last_lines", read_slowly)
    assert process.output() == "open"
    closing.join()
    assert process.output() == ""


@pytest.mark.parametrize(
    ("number", "name"),
    [(signal.SIGKILL, "SIGKILL"), (signal.SIGRTMIN + 1, "signal 35")],
)
def test_any_signal_that_ends_the_process_is_told(
    monkeypatch: pytest.MonkeyPatch, number: int, name: str
) -> None:
    """The real-time signals have no names."""
    be_process(monkeypatch, "/bin/sh", "-c", f"kill -{int(number)} $$")
    error = refusal(Setup((REPEATER,)))
    assert error.problem == f"something ended the assistant's process ({name})"


def test_a_process_that_stops_before_it_has_read_its_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The kit waits no longer to write than to read."""
    monkeypatch.setattr(assistant_process, "_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(spawning, "LEAVE_SECONDS", 0.001)
    be_process(monkeypatch, "/bin/sh", "-c", "kill -STOP $$")
    error = refusal(Setup((REPEATER,), config=json.dumps({"a": "b" * (1 << 20)})))
    assert error.problem == "something stopped the assistant's process (SIGSTOP)"


def test_a_process_that_closes_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may go on without it; nobody waits for its answer."""
    monkeypatch.setattr(assistant_process, "LEAVE_SECONDS", 0.001)
    be_process(monkeypatch, "/bin/sh", "-c", "exec >&-; exec sleep 1000")
    error = refusal(Setup((REPEATER,)))
    assert error.problem == "its process closed the connection to the kit"


def test_a_dialogue_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused before anything of it is sent."""
    monkeypatch.setattr(frames, "LARGEST", 1 << 20)
    answers = json.dumps([BOOTED])
    be_process(monkeypatch, sys.executable, "-c", ANSWERING, answers)
    fixture = dialogue("a.test", ("kitchen", "x" * (2 << 20)))
    with (
        SubprocessAssistant(Setup(("a.test",))) as process,
        pytest.raises(AssistantError) as error,
    ):
        process.replay(fixture, fixture.cases[0])
    assert str(error.value) == "the dialogue is too large: 4 MB; the limit is 1 MB"


def test_a_home_that_no_assistant_can_restore(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spoilt home is left for another one, once."""
    answers = json.dumps([BOOTED, {"spoilt": True}])
    be_process(monkeypatch, sys.executable, "-c", ANSWERING, answers)
    fixture = dialogue("a.test", ("kitchen", "hi"))
    with (
        SubprocessAssistant(Setup(("a.test",))) as process,
        pytest.raises(AssistantError) as error,
    ):
        process.replay(fixture, fixture.cases[0])
    assert str(error.value) == (
        "the assistant's temporary home cannot be restored after a boot\n"
        "  make room for temporary files, or set TMPDIR to another folder"
    )


def test_a_missing_stage_is_told() -> None:
    """A stage of the pipeline that no installed plugin provides is an error."""
    error = refusal(Setup((REPEATER,), stages=("stop_hihg",)))
    assert str(error) == (
        'the pipeline stage "stop_hihg" is not installed, or ovos-core could not load '
        'it (did you mean "stop_high"?)\n'
        "  install the plugin that provides it, and name the stage as ovos-core does: "
        "<plugin>-high"
    )


def test_a_missing_skill_is_told_with_its_near_name() -> None:
    """A skill id that is not installed is an error with the nearest that is."""
    error = refusal(Setup(("ovos-skill-repeter.kit",)))
    assert str(error) == (
        'the skill "ovos-skill-repeter.kit" is not installed (did you mean '
        '"ovos-skill-repeater.kit"?)\n'
        "  install it in the kit's environment, for example: pip install -e ."
    )


def test_a_missing_engine_is_told() -> None:
    """An engine that ovos-core does not have is an error of its own kind."""
    error = refusal(Setup((REPEATER,), engine="padacioso+nonsuch"))
    assert isinstance(error, EngineMissingError)
    assert str(error) == (
        'the engine "nonsuch" is not installed, or ovos-core could not load it\n'
        "  pip install nonsuch"
    )


def test_an_assistant_that_has_died_is_started_again(
    tricks: SubprocessAssistant,
) -> None:
    """If the assistant's process has ended meanwhile, the next replay boots another."""
    [[first]] = spoken(play(tricks, "parent now"))
    os.kill(int(first), signal.SIGKILL)
    os.waitid(os.P_PID, int(first), os.WEXITED | os.WNOWAIT)
    [[second]] = spoken(play(tricks, "parent now"))
    assert second != first
    assert int(first) not in children()


def test_real_time_on_the_same_bus() -> None:
    """``clock: real`` gives the same answers, in real time."""
    fixture = dialogue(
        REPEATER, ("kitchen", "hi"), ("kitchen", "what did i just say"), clock="real"
    )
    with SubprocessAssistant(Setup.of(fixture, "padacioso")) as process:
        transcript = process.replay(fixture, fixture.cases[0])
    assert spoken(transcript) == [[], ["you said hi"]]
    assert transcript.turns[1].at > 0


def test_the_users_files_and_environment_are_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home with a hostile configuration is neither read nor written."""
    home = tmp_path / "home"
    conf = home / ".config" / "mycroft" / "mycroft.conf"
    conf.parent.mkdir(parents=True)
    skills = {"blacklisted_skills": [REPEATER]}
    conf.write_text(json.dumps({"lang": "de-DE", "skills": skills}))
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / f".{name.lower()}"))
    before = (sorted(home.rglob("*")), conf.stat().st_mtime_ns, dict(os.environ))
    fixture = dialogue(REPEATER, ("kitchen", "hi"), ("kitchen", "what did i just say"))
    homes = tmp_path / "homes"
    homes.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(homes))
    with SubprocessAssistant(Setup((REPEATER,))) as process:
        assert len([*homes.iterdir()]) == 1
        assert spoken(process.replay(fixture, fixture.cases[0])) == [
            [],
            ["you said hi"],
        ]
    after = (sorted(home.rglob("*")), conf.stat().st_mtime_ns, dict(os.environ))
    assert after == before
    assert [*homes.iterdir()] == []
    assert not any(name.startswith("ovos_core") for name in sys.modules)


def test_settings_of_coverage_that_are_no_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are sets and paths in some plugins, such as testmon."""
    config = SimpleNamespace(
        config_file=False,
        data_file="data",
        branch=True,
        source=[Path("here")],
        source_pkgs=None,
        run_include=(),
        run_omit={"there"},
    )
    current = SimpleNamespace(
        config=config, get_option=lambda _: [], set_option=lambda *_: None
    )
    measuring = SimpleNamespace(Coverage=SimpleNamespace(current=lambda: current))
    monkeypatch.setitem(sys.modules, "coverage", measuring)
    assert json.loads(json.dumps(coverage_settings())) == {
        "config_file": False,
        "data_file": "data",
        "branch": True,
        "source": ["here"],
        "source_pkgs": None,
        "include": [],
        "omit": ["there"],
    }


def with_stage(fixture: Fixture, stage: str) -> Fixture:
    """Return the fixture with one stage as the pipeline of all sessions."""
    [case] = fixture.cases
    sessions = {
        name: {**wire, "pipeline": [stage]} for name, wire in case.sessions.items()
    }
    return replace(fixture, cases=(replace(case, sessions=sessions),))


def test_a_session_chooses_its_pipeline(repeater: SubprocessAssistant) -> None:
    """A session without the engine's stages matches nothing."""
    fixture = dialogue(REPEATER, ("kitchen", "what did i just say"))
    for stage, matched in (("stop_high", False), ("engine_high", True)):
        chosen = with_stage(fixture, stage)
        [turn] = repeater.replay(chosen, chosen.cases[0]).turns
        assert turn.matched is matched
