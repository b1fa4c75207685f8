"""Results of a run, one for each outcome, with actors in place of assistants."""

from __future__ import annotations

from support.actors import Troupe, fixtures

from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Result, Settings, jobs_of
from ovos_dialogue_kit.run.run_job import run_job

SCRIPT = """\
skill: a.test
dialogues:
  polite:
    - kitchen: (hi|hello)
    - bedroom: bye
      skip: nobody leaves
  loud:
    - kitchen: hi
      expect: hi
    - kitchen: hi
      expect: ho
  later:
    skip: not today
    turns: [kitchen: hi]
  known:
    xfail: {reason: deaf, strict: false}
    turns:
      - kitchen: hi
        expect: hi
  cured:
    xfail: {reason: deaf, strict: false}
    turns:
      - kitchen: hi
        expect: HI
"""

ERROR = AssistantError('the skill "a.test" did not load', hint="Traceback:\n  boom")


def results(error: AssistantError | None = None) -> dict[str, Result]:
    """Return the last result of each dialogue."""
    settings = Settings()
    troupe = Troupe({"padacioso": error} if error else {})
    with Assistants(troupe) as assistants:
        return {
            fixture.dialogue: run_job(job, assistants, settings)
            for fixture in fixtures(SCRIPT)
            for job in jobs_of(fixture, settings, f"fixtures/{fixture.dialogue}.json")
        }
