"""Scheduled events come when they are due, however long nobody speaks before.

Each cell of the matrix runs this, because ovos-bus-client has an event scheduler of
another design from version 2 on.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.dialogues import dialogue, spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup

pytestmark = pytest.mark.ovos

SKILL = """
import json
from time import time

class Skill(OVOSSkill):
    def note(self, message):
        self.noted.append(time())
        if len(self.noted) == 2:  # while others are due later
            self.schedule_event(self.note, 20, name="soon")

    @intent_handler("plan.intent")
    def plan(self, message):
        self.noted = [time()]
        self.schedule_event(self.note, 600.2, name="once")
        self.schedule_event(self.note, 10, name="cancelled")
        self.cancel_scheduled_event("cancelled")
        self.schedule_repeating_event(self.note, None, 250, name="often")

    @intent_handler("list.intent")
    def list(self, message):
        self.speak(json.dumps([round(each - self.noted[0], 1) for each in self.noted]))
"""


@pytest.mark.parametrize("is_stock", [False, True])
def test_events_after_a_long_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_stock: bool
) -> None:
    """All come at the same moments, whether or not the scheduler looks in between."""
    intents = {f"{name}.intent": f"{name} all\n" for name in ("plan", "list")}
    install_skill(tmp_path, "scheduling.test", SKILL, intents)
    monkeypatch.syspath_prepend(str(tmp_path))
    if is_stock:
        monkeypatch.setenv("KIT_STOCK", "1")
    said = ("kitchen", "plan all"), ("kitchen", "list all")
    fixture = dialogue("scheduling.test", *said)
    first, last = fixture.cases[0].turns
    quiet = replace(last, said="900 s", message=None, silence=900.0)
    case = replace(fixture.cases[0], turns=(first, quiet, last))
    with SubprocessAssistant(Setup(("scheduling.test",))) as process:
        [*_, [text]] = spoken(process.replay(fixture, case))
    assert json.loads(text) == [0.0, 250.0, 270.0, 500.0, 600.5, 750.0]
