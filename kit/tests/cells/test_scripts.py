"""What a script can say that versions of ovos-core do in different ways.

Each cell of the matrix runs this, on its own ovos-core.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version

import pytest
from packaging.version import Version
from support.actors import fixtures
from support.skills import install_skill

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.render.lines import render_mismatches
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.verdict.compare import compare

pytestmark = pytest.mark.ovos

SKILL = """
from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager

try:
    from ovos_workshop.skills.converse import ConversationalSkill
except ImportError:
    ConversationalSkill = OVOSSkill


class Skill(ConversationalSkill):
    def can_converse(self, message):
        return self.wants(message)

    def converse(self, message=None):
        if not self.wants(message):
            return False
        self.speak("conversing")
        return True

    def wants(self, message):
        return message.data["utterances"][0] == "converse with me"

    @intent_handler("state.intent")
    def on_state(self, message):
        session = SessionManager.get(message)
        words = [entity["key"] for entity in session.context.get_context()]
        self.speak(" ".join([session.session_id[:7], str(session.site_id), *words]))

    @intent_handler("fruit.intent")
    def on_fruit(self, message):
        self.speak("let me see")
        self.speak("which fruit")
        self.speak("apple or cherry")
        self.bus.emit(message.forward("talker.fruit.asked", {"n": 2}))
        device = {"session": {"session_id": "default"}}
        self.bus.emit(Message("talker.looked", {}, device))

    @intent_handler("greet.intent")
    def on_greet(self, message):
        greeting = self.config_core.get("talker", {}).get("greeting", "hello")
        self.speak(greeting + " " + self.config_core["lang"].lower())

    @intent_handler("order.intent")
    def on_order(self, message):
        one = "uma" if self.lang.lower() == "pt-pt" else "one"
        self.speak(one + " " + message.data["fruit"])
"""

PLUGIN = """

from ovos_plugin_manager.templates.pipeline import PipelinePlugin


class Plugin(PipelinePlugin):
    def match(self, utterances, lang, message):
        return None
"""

INTENTS = {
    "fruit.intent": "let me pick a fruit\n",
    "state.intent": "what do you know\n",
    "greet.intent": "greet me\n",
    "order.intent": "i want one {fruit}\n",
}

Problems = Callable[[str], str]


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Problems]:
    """Return a function that replays turns, and returns what is wrong with them."""
    folder = tmp_path_factory.mktemp("skills")
    install_skill(folder, "talker.test", SKILL, INTENTS)
    (folder / "talker_plugin.py").write_text(PLUGIN, encoding="utf-8")
    with (folder / "talker-1.0.dist-info" / "entry_points.txt").open("a") as entries:
        entries.write("\n[opm.pipeline]\ntalker-plugin = talker_plugin:Plugin\n")
    portuguese = folder / "talker" / "locale" / "pt-PT"
    portuguese.mkdir()
    (portuguese / "order.intent").write_text("quero uma {fruit}\n", encoding="utf-8")
    sys.path.insert(0, str(folder))
    with Assistants() as assistants:

        def found(script: str) -> str:
            texts = []
            for fixture in fixtures(f"skill: talker.test\n{script}"):
                assistant = assistants.get(Setup.of(fixture, "padacioso"))
                for case in fixture.cases:
                    transcript = assistant.replay(fixture, case)
                    texts.append(render_mismatches(compare(fixture, case, transcript)))
            return "\n".join(filter(None, texts))

        yield found
    sys.path.remove(str(folder))


def turn(said: str, expect: str) -> str:
    return f"dialogues: {{x: [{{kitchen: {said}, expect: {expect}}}]}}"


def test_one_of_several_replies_is_enough(problems: Problems) -> None:
    """Replies that do not matter need not be listed."""
    said = "let me pick a fruit"
    assert problems(turn(said, "{replies_include: which fruit}")) == ""
    in_any_order = "[which fruit, let me see, {contains: cherry}]"
    assert problems(turn(said, f"{{replies_in_any_order: {in_any_order}}}")) == ""
    assert problems(turn(said, "{replies_include: [what fruit, let me see]}")) == (
        f'a.dialogue.yaml:2:18: turn 1, kitchen "{said}": '
        "1 of 2 expected replies not heard\n"
        '  expected  1 "what fruit"\n'
        '  heard     1 "which fruit"\n'
        '            2 "apple or cherry"\n'
        "  note      1 other reply as expected"
    )
    assert problems(turn(said, "{not: {replies_include: {contains: cherry}}}")) == (
        f'a.dialogue.yaml:2:18: turn 1, kitchen "{said}": a forbidden reply was given\n'
        '  expected  not (containing "cherry")\n'
        '  heard     "apple or cherry"'
    )


def test_a_slot_may_have_any_value(problems: Problems) -> None:
    """A slot must be there, and its value need not be known."""
    said = "i want one cherry"
    assert problems(turn(said, "{slots: {fruit: {any: true}}}")) == ""
    assert problems(turn(said, '{slots_include: {fruit: {regex: "ch.rry"}}}')) == ""
    assert problems(turn(said, "{slots_include: {nut: {any: true}}}")) == (
        f'a.dialogue.yaml:2:18: turn 1, kitchen "{said}": '
        "the intent matched with different slots\n"
        "  expected  slots_include: {nut: {any: true}}\n"
        "  heard     slots_include: {fruit: cherry}"
    )


def test_messages_of_a_kind_and_of_a_session_are_seen(problems: Problems) -> None:
    """The type of a message may be a pattern, and its session may be the device's."""
    said = "let me pick a fruit"
    kind = '{type: {regex: "^talker[.].*asked$"}, data: {n: 2}}'
    assert problems(turn(said, f"{{messages: {kind}}}")) == ""
    device = "{type: talker.looked, session: default}"
    assert problems(turn(said, f"{{messages: {device}}}")) == ""
    foreign = "{type: talker.fruit.asked, session: default}"
    assert "an expected bus message was not seen" in problems(
        turn(said, f"{{messages: {foreign}}}")
    )


def test_the_recogniser_may_offer_several_transcriptions(problems: Problems) -> None:
    """The intent service tries the others where the first one matches nothing."""
    said = "{say: [let me kick a boot, i want one cherry]}"
    assert problems(turn(said, "{text: one cherry}")) == ""


def test_an_utterance_may_be_in_another_language(problems: Problems) -> None:
    """OVOS takes over the language for this utterance, which is no fault."""
    answer = "{text: uma maçã, lang: pt-PT}"
    for said in (
        "{say: quero uma maçã, lang: pt-PT}",
        "{say: quero uma maçã, lang: pt-PT, context: {stt_lang: pt-PT}}",
    ):
        again = "{kitchen: i want one cherry, expect: one cherry}"
        assert problems(f"{turn(said, answer)[:-2]}, {again}]}}") == ""
    if Version(version("ovos-core")) >= Version("0.2"):  # older ones know only "pt"
        configured = "sessions: {hall: {lang: pt-PT}}\n"
        said = "{say: quero uma maçã, context: {stt_lang: pt-PT}}"
        assert problems(configured + turn(said, answer)) == ""


def test_a_session_may_begin_in_any_state(problems: Problems) -> None:
    """Active skills converse, and context is there from the beginning."""
    said = "converse with me"
    active = "sessions: {kitchen: {active_skills: talker.test}}\n"
    assert problems(active + turn(said, "{text: conversing, route: converse}")) == ""
    assert problems(turn(said, "{no_match: true}")) == ""
    context = "{intent_context: {'talker.test:Name': joe}, site_id: attic}"
    context = f"sessions: {{kitchen: {context}}}\n"
    assert problems(context + turn("what do you know", "{regex: ' attic joe$'}")) == ""


def test_a_session_may_begin_with_a_skill_that_waits(problems: Problems) -> None:
    """The skill that waits gets the utterance; here, no handler takes it."""
    script = """sessions:
  kitchen: {active_skills: talker.test, response_mode: talker.test}
allow: {no_end: nobody waits}
dialogues:
  x: [{kitchen: anything, within: 5s, expect: {route: response}}]
"""
    assert problems(script) == ""


def test_a_client_may_keep_nothing_or_send_no_session(problems: Problems) -> None:
    """OVOS keeps no state of a session; without one, it uses that of the device."""
    script = """sessions: {{kitchen: {{client: {}}}}}
dialogues:
  x:
    - {{kitchen: i want one cherry, expect: one cherry}}
    - kitchen: converse with me
      expect: {}
"""
    assert problems(script.format("stateful", "conversing")) == ""
    assert problems(script.format("stateless", "{no_match: true}")) == ""
    assert problems(script.format("sessionless", "conversing")) == ""
    device = "sessions: {kitchen: {client: sessionless}}\n"
    assert problems(device + turn("what do you know", "{regex: ^default }")) == ""


def test_a_field_of_the_session_may_be_set_for_one_message(problems: Problems) -> None:
    """The next message has the session's own again."""
    script = """sessions: {kitchen: {site_id: hall}}
dialogues:
  x:
    - kitchen: {say: what do you know, session: {site_id: attic}}
      expect: {contains: attic, not: {contains: hall}}
    - kitchen: what do you know
      expect: {contains: hall}
"""
    assert problems(script) == ""


def test_the_assistant_may_be_configured(problems: Problems) -> None:
    """What a script configures is merged into what the kit does."""
    assert problems(turn("greet me", "hello en-us")) == ""
    config = "config: {talker: {greeting: ahoy}}\n"
    assert problems(config + turn("greet me", "ahoy en-us")) == ""


def test_a_stage_may_be_that_of_any_installed_plugin(problems: Problems) -> None:
    """A stage that no plugin provides is told when the assistant boots."""
    stages = "sessions: {{kitchen: {{pipeline: [{}, padacioso_high]}}}}\n"
    said = turn("i want one cherry", "one cherry")
    if Version(version("ovos-core")) >= Version("2.0a0"):  # plugins provide stages
        assert problems(stages.format("talker-plugin") + said) == ""
    with pytest.raises(AssistantError) as caught:
        problems(stages.format("nobodys-plugin-high") + said)
    assert str(caught.value) == (
        'the pipeline stage "nobodys-plugin-high" is not installed, or ovos-core could '
        "not load it\n  install the plugin that provides it, and name the stage as "
        "ovos-core does: <plugin>-high"
    )
