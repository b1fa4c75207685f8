"""Run an assistant behind a HiveMind hub, as a user has one; ends with its input.

    python users_hub.py HOME CLIENTS

``HOME`` is a folder, ``CLIENTS`` JSON: each speaker's key, password and rights. It
prints the port of the hub when that can be used.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from ovos_dialogue_kit.assistant.core.boot import configuration
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox
from ovos_dialogue_kit.assistant.transports.hivemind.on_sockets import OwnHiveAssistant
from ovos_dialogue_kit.assistant.transports.hivemind.satellites import HubClient
from ovos_dialogue_kit.script.model import Satellite

SETUP = Setup(("ovos-skill-repeater.kit",), bus="hivemind", clock="real")
ALLOWED = frozenset(
    {
        "recognizer_loop:utterance",
        "recognizer_loop:audio_output_start",
        "recognizer_loop:audio_output_end",
    }
)


def run() -> None:
    """Run all of it, each process of it with this one."""
    sandbox = Sandbox(OwnFolder(Path(sys.argv[1])))
    os.environ.update(sandbox.environment(os.environ))
    sandbox.configure(configuration(SETUP))
    assistant = OwnHiveAssistant(SETUP, sandbox.configuration)
    assistant.prepare()
    assistant.start()
    hive = assistant._hive
    assert hive
    hive.serve(
        [
            HubClient(
                {}, (name,), {}, ALLOWED, Satellite(key=each["key"]), each["password"]
            )
            for name, each in json.loads(sys.argv[2]).items()
        ]
    )
    sys.stdout.write(f"{hive._port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    hive.end()


if __name__ == "__main__":
    run()
