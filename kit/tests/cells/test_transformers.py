"""Installed transformers take part only if they are asked for.

Each cell of the matrix runs this, because versions of ovos-core run different kinds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.dialogues import dialogue, spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.core.generations import installed_generation
from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError

pytestmark = pytest.mark.ovos

KINDS = {
    "utterance": ("opm.transformer.text", "neon.plugin.text"),
    "metadata": ("opm.transformer.metadata", "neon.plugin.metadata"),
    "intent": ("opm.transformer.intent",),
    "typed_slots": ("opm.transformer.typed_slots",),
    "dialog": ("opm.transformer.dialog",),
    "tts": ("opm.transformer.tts",),
    "audio": ("opm.transformer.audio", "neon.plugin.audio"),
}

NAMES = {
    **{kind: f"kit-test-{kind}" for kind in KINDS},
    # names of the default mycroft.conf, by which ovos-core would load them
    "utterance": "ovos-utterance-plugin-cancel",
    "intent": "ovos-keyword-template-matcher",
}

PLUGINS = """
MADE = []


class Plugin:
    priority = 50

    def __init__(self, *args, **kwargs):
        self.name = type(self).__name__
        MADE.append(self.name)

    def bind(self, bus=None):
        pass

    def transform(self, given, *args, **kwargs):
        return given

    def shutdown(self):
        pass


class utterance(Plugin):
    def transform(self, utterances, context):
        return utterances, context


class typed_slots(Plugin):
    def transform(self, utterances, declared_types, session):
        return {}


class metadata(Plugin):
    pass


class intent(Plugin):
    pass


class dialog(Plugin):
    pass


class tts(Plugin):
    pass


class audio(Plugin):
    pass
"""

ASKING = """
import transforming


class Skill(OVOSSkill):
    @intent_handler("who.intent")
    def who(self, message):
        self.speak(", ".join(transforming.MADE) or "nobody")
"""


@pytest.fixture(scope="module", autouse=True)
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("plugins")
    install_skill(folder, "asking.test", ASKING, {"who.intent": "who is active\n"})
    install_transformers(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield


def install_transformers(folder: Path) -> None:
    (folder / "transforming.py").write_text(PLUGINS, "utf-8")
    about = folder / "transforming-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: transforming\nVersion: 1.0\n", "utf-8"
    )
    entries = (
        f"[{group}]\n{NAMES[kind]} = transforming:{kind}\n"
        for kind, groups in KINDS.items()
        for group in groups
    )
    (about / "entry_points.txt").write_text("\n".join(entries), "utf-8")


def active(*transformers: str) -> list[list[str]]:
    """Return which transformers the skill says that ovos-core has made."""
    setup = Setup(("asking.test",), transformers=transformers)
    fixture = dialogue("asking.test", ("kitchen", "who is active"))
    with SubprocessAssistant(setup) as process:
        return spoken(process.replay(fixture, fixture.cases[0]))


def test_none_is_active_by_default() -> None:
    """Not even those that ovos-core's own mycroft.conf names."""
    assert active() == [["nobody"]]


def test_those_that_are_named_are_active() -> None:
    """Their names decide of which kind each is."""
    kinds = installed_generation().transformers
    [[told]] = active(*(NAMES[kind] for kind in kinds))
    assert sorted(told.split(", ")) == sorted(kinds)


@pytest.mark.parametrize(
    "kind", sorted(set(KINDS).difference(installed_generation().transformers))
)
def test_a_kind_that_is_not_run(kind: str) -> None:
    """A transformer that ovos-core would ignore in silence is refused."""
    with pytest.raises(AssistantError) as error:
        active(NAMES[kind])
    kinds = ", ".join(installed_generation().transformers)
    assert str(error.value) == (
        f'the installed ovos-core does not run "{NAMES[kind]}", which is of the kind '
        f"{kind}\n  transformers that it runs: {kinds}"
    )


def test_a_name_that_is_not_installed() -> None:
    """It is refused with the nearest name of any kind that ovos-core runs."""
    with pytest.raises(AssistantError) as error:
        active("kit-test-metdata")
    assert str(error.value) == (
        'the transformer "kit-test-metdata" is not installed (did you mean '
        '"kit-test-metadata"?)\n  pip install kit-test-metdata'
    )
