"""A skill that repeats what was said, to each session its own words.

The skill keeps no state but `History`, which is guarded and bounded. It hears what
the sessions say and what it tells them the way any client does, as messages of the
bus; so an answer to a question of its own, or a "stop", counts as said like any
other utterance.
"""

from __future__ import annotations

from typing import Any

from ovos_bus_client.message import Message
from ovos_bus_client.session import Session, SessionManager
from ovos_utils.process_utils import RuntimeRequirements
from ovos_workshop.decorators import intent_handler
from ovos_workshop.intents import IntentBuilder
from ovos_workshop.skills import OVOSSkill

from ovos_skill_repeater.history import History

__all__ = ["UtteranceRepeaterSkill"]

UNKNOWN_SITE = "unknown"
"""The `site_id` that ovos-bus-client below 2.0 gives a session without one."""

PLACE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Keeps a slot's place while a dialog is rendered."""


class UtteranceRepeaterSkill(OVOSSkill):
    """Answers what was said last, by the session that asks or to it."""

    runtime_requirements = RuntimeRequirements(
        network_before_load=False,
        internet_before_load=False,
        requires_network=False,
        requires_internet=False,
        no_network_fallback=True,
        no_internet_fallback=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: OVOSSkill's own
        """Take the arguments of `OVOSSkill`."""
        # before OVOSSkill's part, which connects `stop_session` to the bus
        self._history = History()
        super().__init__(*args, **kwargs)

    def initialize(self) -> None:
        """Listen to what every session says and is told, and name the slot's values."""
        self.register_entity_file("phrase.entity")
        for topic, listener in (
            ("recognizer_loop:utterance", self.on_utterance),
            ("speak", self.on_speak),
        ):
            self.add_event(topic, listener, speak_errors=False)

    def on_utterance(self, message: Message) -> None:
        """Remember what a session said.

        Of several transcriptions the first one counts, as it is when the message
        gets here: where utterance transformers ran before on the same message,
        that is the transformed text.
        """
        utterances = message.data.get("utterances") or [""]
        if _is_text(utterances[0]):
            self._history.hear(_session_id(message), utterances[0])

    def on_speak(self, message: Message) -> None:
        """Remember what this skill told a session.

        A repetition of it is not remembered: asked twice, it is the same words
        again, and not each time "i said" more.
        """
        meta = message.data.get("meta") or {}
        if meta.get("skill") != self.skill_id or meta.get("dialog") == "repeat.tts":
            return
        utterance = message.data.get("utterance")
        if _is_text(utterance):
            self._history.tell(_session_id(message), utterance)

    @intent_handler(IntentBuilder("RemindIntent").require("Remind").require("MyWords"))
    @intent_handler("repeat.stt.intent")
    def handle_repeat_stt(self, message: Message) -> None:
        """Answer what the session said before this question."""
        words = self._history.recall(_session_id(message))
        if words is None or words.said_before is None:
            self.speak_dialog("nothing")
        else:
            self._speak_words("repeat.stt", "stt", words.said_before)

    @intent_handler("repeat.tts.intent")
    def handle_repeat_tts(self, message: Message) -> None:
        """Answer what the skill told the session last."""
        words = self._history.recall(_session_id(message))
        if words is None or words.told is None:
            self.speak_dialog("nothing.tts")
        else:
            self._speak_words("repeat.tts", "tts", words.told)

    @intent_handler("repeat.words.intent")
    def handle_repeat_words(self, message: Message) -> None:
        """Say the words that came with the request."""
        self._speak_words("words", "phrase", message.data["phrase"])

    @intent_handler("repeat.after.me.intent")
    def handle_repeat_after_me(self, message: Message) -> None:
        """Ask what to repeat, once, and say it.

        A "cancel" or no answer is confirmed; a "stop" is not, it wants silence. It
        is told from the others by the conversation, which it ended. That the
        session is known again says nothing: it may have gone on talking already.
        """
        session_id = _session_id(message)
        conversation = self._history.conversation(session_id)
        phrase = self.get_response("ask", num_retries=0)
        if phrase:
            self._speak_words("words", "phrase", phrase)
        elif self._history.conversation(session_id) == conversation:
            self.speak_dialog("cancelled")

    @intent_handler(IntentBuilder("WhichSiteIntent").require("Which").require("Site"))
    def handle_which_site(self, message: Message) -> None:
        """Answer where the session is."""
        site = SessionManager.get(message).site_id
        if site is None or site == UNKNOWN_SITE:
            self.speak_dialog("site.unknown")
        else:
            self._speak_words("site", "site", site)

    def _speak_words(self, dialog: str, slot: str, words: str) -> None:
        """Speak a dialog with words in its slot that are to stay as they are.

        Otherwise `speak_dialog` it would be, but OVOS reads what is put into a slot
        as if it were a part of the template: it would answer "b" where "(a|b)" was
        said, and raise from ovos-utils 0.15 on where a brace was said.
        """
        text = self.dialog_renderer.render(dialog, {slot: PLACE}).replace(PLACE, words)
        self.speak(text, meta={"dialog": dialog, "data": {slot: words}})

    def can_stop(self, message: Message) -> bool:
        """Say whether a stop would make the skill forget anything of this session.

        ovos-workshop 7 (ovos-core 2.0) and newer ask before they stop a skill.
        """
        return _session_id(message) in self._history

    def stop_session(self, session: Session) -> bool:
        """Forget what one session said and was told.

        Returns:
            Whether there was anything to forget. False lets OVOS go on to `stop`,
            and is the second answer where a version calls this twice per stop.
        """
        return self._history.forget(session.session_id)


def _session_id(message: Message) -> str:
    session_id: str = SessionManager.get(message).session_id
    return session_id


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
