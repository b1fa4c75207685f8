"""Ask the installed ovos-core one question per engine, in two sessions.

`make.py` runs this in every set that it makes: a set counts as working when each
engine named on the command line answers each session with that session's own id,
and every package of the set can be imported. Prints one line of JSON; exits 1, with
the engines that failed on stderr, if one is silent or answers something else.

It must start in a private home (`make.private_home`): the first import of OVOS reads
the configuration.
"""

import json
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from ovos_bus_client.message import Message
from ovos_bus_client.session import Session, SessionManager
from ovos_core.intent_services import IntentService
from ovos_utils.fakebus import FakeBus
from ovos_utils.process_utils import ProcessState
from ovos_workshop.intents import IntentBuilder
from ovos_workshop.skills.ovos import OVOSSkill

QUESTION = "who is speaking"
SESSIONS = ("kitchen", "bedroom")
DEADLINE = 10  # seconds: ovos-core 3 trains for two of them in the background
ALSO_IMPORTED = (
    "click",
    "hypothesis",
    "ovos_config",
    "ovos_messagebus.__main__",
    "ovos_plugin_manager",
    "ovos_spec_tools.expansion",
    "ovos_utterance_normalizer",
    "padacioso",
    "pytest",
    "pytest_cov",
    "rich.console",
    "time_machine",
    "xdist",
    "yaml",
)


class WhoSkill(OVOSSkill):
    """Answer with the id of the session that asks."""

    def initialize(self) -> None:
        """Register the question for template engines and for Adapt."""
        self.register_intent_file("who.intent", self.answer)
        self.register_vocabulary(QUESTION, "Who")
        self.register_intent(IntentBuilder("WhoIntent").require("Who"), self.answer)

    def answer(self, message: Message) -> None:
        """Speak the id of the session of `message`."""
        self.speak(SessionManager.get(message).session_id)


def boot(bus: FakeBus) -> None:
    """Start the intent service and the skill on `bus`, and train the engines.

    Returns:
        When the service is ready: from its constructor before ovos-core 2.0, later
        when its status says so.
    """
    service = IntentService(bus)
    while hasattr(service, "status") and service.status.state != ProcessState.READY:
        time.sleep(0.005)
    resources = Path(tempfile.mkdtemp(), "locale", "en-us")
    resources.mkdir(parents=True)
    (resources / "who.intent").write_text(f"{QUESTION}\n", encoding="utf-8")
    WhoSkill(bus=bus, skill_id="probe.kit", resources_dir=str(resources.parent.parent))
    bus.emit(Message("mycroft.skills.initialized"))  # ovos-core 0.1 and older train
    bus.emit(Message("mycroft.skills.train"))


def ask(bus: FakeBus, engine: str, session_id: str) -> str | None:
    """Ask the question with `engine` alone.

    Returns:
        What was spoken first, or None if nothing was within the deadline.
    """
    heard: list[str] = []
    spoken = threading.Event()

    def listen(message: Message) -> None:
        heard.append(message.data["utterance"])
        spoken.set()

    session = Session(session_id)
    session.pipeline = [f"{engine}_{tier}" for tier in ("high", "medium", "low")]
    bus.on("speak", listen)
    bus.emit(
        Message(
            "recognizer_loop:utterance",
            {"utterances": [QUESTION], "lang": "en-us"},
            {"session": session.serialize()},
        )
    )
    spoken.wait(DEADLINE)
    bus.remove("speak", listen)
    return heard[0] if heard else None


def main(engines: Sequence[str]) -> int:
    """Boot, ask in every session with each of `engines`; return the exit code."""
    for module in ALSO_IMPORTED:
        import_module(module)
    bus = FakeBus()
    started = time.monotonic()
    boot(bus)
    seconds = time.monotonic() - started
    answers = {name: [ask(bus, name, who) for who in SESSIONS] for name in engines}
    wrong = {name: said for name, said in answers.items() if said != list(SESSIONS)}
    report = {
        "boot_seconds": round(seconds, 2),
        "engines": [name for name in engines if name not in wrong],
        "ovos-core": version("ovos-core"),
        "python": platform.python_version(),
    }
    sys.stdout.write(json.dumps(report) + "\n")
    for name, said in wrong.items():
        sys.stderr.write(f"{name} answered {said}, expected {list(SESSIONS)}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
