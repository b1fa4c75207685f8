"""What a skill may do in a dialogue: it costs that dialogue, and no other one.

All misdeeds are handlers of one skill, and all dialogues share one assistant. After
each misdeed, another dialogue must go as if nothing had happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

import pytest
from support.dialogues import dialogue, spoken
from support.misdeeds import HANDLER, MISDEEDS, SKILL, Misdeed
from support.processes import is_running
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.render.values import relevant_trace
from ovos_dialogue_kit.replayer.transcript import Transcript

pytestmark = pytest.mark.ovos


_HELD = re.compile(
    r'; "(.*)", line (\d+) does not end: give it a timeout, or let its loop sleep'
)


@pytest.fixture(scope="module")
def treasure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Something outside the home that a link may lead to."""
    treasure = tmp_path_factory.mktemp("treasure")
    Path(treasure, "inner").mkdir()
    Path(treasure, "inner", "coin").touch()
    return treasure


@pytest.fixture(scope="module")
def assistant(
    tmp_path_factory: pytest.TempPathFactory, treasure: Path
) -> Iterator[SubprocessAssistant]:
    folder = tmp_path_factory.mktemp("skills")
    handlers = (
        HANDLER.format(name=each.name, code=indent(each.code, " " * 8))
        for each in MISDEEDS
    )
    names = ("behave", *(each.name for each in MISDEEDS))
    locale = {f"{name}.intent": f"{words(name)}\n" for name in names}
    locale["nothing.dialog"] = "nothing {data}\n"
    install_skill(folder, "misdeeds.test", SKILL + "".join(handlers), locale)
    setup = Setup(("misdeeds.test",), limits=Limits(boot=120.0, dialogue=1.0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TREASURE", str(treasure))
        patch.syspath_prepend(folder)
        with SubprocessAssistant(setup) as process:
            yield process


def words(name: str) -> str:
    return name.replace("_", " ")


def play(process: SubprocessAssistant, *said: str) -> Transcript:
    fixture = dialogue("misdeeds.test", *(("kitchen", each) for each in said))
    return process.replay(fixture, fixture.cases[0])


@pytest.mark.parametrize("misdeed", MISDEEDS, ids=[each.name for each in MISDEEDS])
def test_a_misdeed_costs_its_own_dialogue(
    assistant: SubprocessAssistant, treasure: Path, misdeed: Misdeed
) -> None:
    """The crash is told, what was heard and printed is kept, the next dialogue is fine.

    Nothing outside the home is changed, and no process is left.
    """
    transcript = play(assistant, "behave", words(misdeed.name))
    told = transcript.crash.detail if transcript.crash else ""
    assert re.fullmatch(misdeed.crash or "", told), told
    failed = [fault.detail for turn in transcript.turns for fault in turn.faults]
    assert misdeed.fault is None or misdeed.fault in str(failed)
    if misdeed.line:
        assert transcript.crash
        assert f"    {misdeed.line}" in relevant_trace(str(transcript.crash.trace))
    if misdeed.is_held:
        assert held(told, misdeed.name) == misdeed.line
    printed = ("prints", f"about to {misdeed.name}")
    assert transcript.turns[1].words[:1] == (printed,)
    before, after = spoken(transcript)
    assert before == ["fine 1"]
    assert after == [*misdeed.heard]
    assert spoken(play(assistant, "behave", "behave")) == [["fine 1"], ["fine 2"]]
    assert sorted(treasure.rglob("*")) == [treasure / "inner", treasure / "inner/coin"]
    daemons = Path(f"{treasure}.daemons")
    if daemons.exists():
        pids = daemons.read_text(encoding="ascii").split()
        daemons.unlink()
        assert not any(map(is_running, pids))


def test_a_skill_has_your_rights(
    assistant: SubprocessAssistant, treasure: Path
) -> None:
    """What it writes outside its home is written, and stays."""
    yours = treasure.with_suffix(".yours")
    yours.write_text("old")
    play(assistant, "writes a file of yours")
    assert yours.read_text() == "new"


def held(told: str, name: str) -> str:
    """Return the line of a skill that does not end, if that is told with advice."""
    path, number = _HELD.findall(told.replace(f", in {name},", ""))[0]
    return Path(path).read_text(encoding="utf-8").splitlines()[int(number) - 1].strip()


SPOILING = """
from ovos_dialogue_kit.assistant.process import frames
frames.as_json_text = lambda data: 'true'

class Skill(OVOSSkill):
    pass
"""


def test_a_skill_that_spoils_the_answer_to_its_boot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a transport on which each dialogue boots, no dialogue is begun with it."""
    install_skill(tmp_path, "spoiling.test", SPOILING)
    monkeypatch.syspath_prepend(tmp_path)
    process = SubprocessAssistant(Setup(("spoiling.test",), bus="real"))
    with pytest.raises(AssistantError) as error, process:
        pass
    assert error.value.problem == (
        "the assistant did not boot: the answer of its process cannot be read: it is "
        "not an object"
    )
