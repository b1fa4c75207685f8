"""Tests of the public API."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.actors import Troupe, fixtures

import ovos_dialogue_kit
from ovos_dialogue_kit import api
from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.run.assistants import Assistants

SCRIPT = """
skill: actor
engine: [adapt, padatious]
dialogues:
  hello:
    - kitchen: (hi|good day)
"""


def hello(script: str = SCRIPT) -> Fixture:
    (fixture,) = fixtures(script)
    return fixture


def test_case_by_name() -> None:
    """A case is replayed on the given assistants, with its first engine."""
    troupe = Troupe()
    with Assistants(troupe) as assistants:
        transcript = api.replay(hello(), "good day", assistants=assistants)
        assert not troupe.actors[0].is_closed
    assert transcript.turns[0].replies[0].text == "GOOD DAY"
    assert transcript.engine == "adapt"


def test_case_itself() -> None:
    """A case can be passed as an object, as can engine, bus and options."""
    troupe, fixture = Troupe(), hello()
    with Assistants(troupe) as assistants:
        transcript = api.replay(
            fixture,
            fixture.cases[0],
            "padacioso",
            bus="real",
            options=Options(deadline=1.0),
            assistants=assistants,
        )
    assert (transcript.engine, transcript.bus) == ("padacioso", "real")
    assert troupe.actors[0].options == Options(deadline=1.0)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (
            {"engine": "adpat"},
            'unknown engine "adpat" (did you mean "adapt"?)  [KIT107]',
        ),
        ({"bus": "memroy"}, 'unknown bus "memroy" (did you mean "memory"?); use'),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], problem: str) -> None:
    """An engine or a bus that does not exist is refused as on the command line."""
    with pytest.raises(KitError) as caught:
        api.replay(hello(), "hi", assistants=Assistants(Troupe()), **arguments)
    assert str(caught.value).startswith(problem)


def test_only_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """A single case needs no name; without assistants, one is booted and closed."""
    troupe = Troupe()
    monkeypatch.setattr(api, "Assistants", lambda: Assistants(troupe))
    transcript = api.replay(hello(SCRIPT.replace("(hi|good day)", "hi")))
    assert transcript.turns[0].replies[0].text == "HI"
    assert troupe.actors[0].is_closed


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        (None, '"hello" has 2 cases'),
        ("god day", '"hello" has no case "god day" (did you mean "good day"?)'),
    ],
)
def test_unknown_case(case: str | None, problem: str) -> None:
    """An unknown case is an error that names the known ones."""
    with pytest.raises(KitError) as caught:
        api.replay(hello(), case, assistants=Assistants(Troupe()))
    assert str(caught.value) == f'{problem}\n  name one of: "hi", "good day"'


@pytest.mark.parametrize("name", ovos_dialogue_kit.__all__)
def test_names_of_the_package(name: str) -> None:
    """The package has every name in ``__all__``, and lists it."""
    assert getattr(ovos_dialogue_kit, name) is not None
    assert name in dir(ovos_dialogue_kit)


def test_unknown_name() -> None:
    """An unknown name is an ``AttributeError``."""
    with pytest.raises(AttributeError, match=r"has no attribute 'lode'$"):
        _ = ovos_dialogue_kit.lode  # type: ignore[attr-defined]


RUN = [sys.executable, "-c"]


@pytest.mark.parametrize(
    "first",
    ["pass", "import ovos_dialogue_kit.run.run_job", "import ovos_dialogue_kit.api"],
)
def test_functions_before_modules(first: str) -> None:
    """``compare`` and ``replay`` are the functions, whatever was imported before."""
    source = f"""
{first}
from ovos_dialogue_kit import compare, replay
import ovos_dialogue_kit
print(compare.__qualname__, replay.__qualname__, callable(ovos_dialogue_kit.replay))
"""
    answer = subprocess.check_output([*RUN, source], text=True)
    assert answer == "compare replay True\n"


def test_package_is_cheap() -> None:
    """Importing the package imports only its version."""
    source = """
import json, sys
before = set(sys.modules)
import ovos_dialogue_kit
print(json.dumps(sorted(set(sys.modules) - before)))
"""
    answer = subprocess.check_output([*RUN, source], text=True, cwd=Path("/"))
    foreign = {name for name in json.loads(answer) if name.startswith("ovos")}
    assert foreign == {"ovos_dialogue_kit", "ovos_dialogue_kit._version"}
