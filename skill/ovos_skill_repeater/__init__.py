"""A skill that repeats what was said, to each session its own words.

Its only state is `History`, which is thread-safe and bounded. The skill learns what
sessions say, and what it tells them, from messages on the bus, like any client. So an
answer to one of its own questions, or a "stop", counts as an utterance like any other.
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
"""A placeholder for the value of a slot while a dialog is rendered."""


class UtteranceRepeaterSkill(OVOSSkill):
    """Repeat what a session said last, or what it was told last."""

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
        """Listen to what all sessions say and are told, and register the entities."""
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

        Its repetitions are not remembered. Otherwise, each time it was asked, the
        answer would start with one more "i said".
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

        A "cancel" or a missing answer is confirmed, but a "stop" is not, as it asks
        for silence. It is recognised by the conversation, which it has ended. The
        session may already be known again, if it has gone on talking.
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
        """Speak a dialog with words in its slot that must stay as they are.

        `speak_dialog` would not do: OVOS treats the value of a slot as a part of the
        template. It would answer "b" if somebody said "(a|b)", and raise if somebody
        said a brace (ovos-utils 0.15).
        """
        text = self.dialog_renderer.render(dialog, {slot: PLACE}).replace(PLACE, words)
        self.speak(text, meta={"dialog": dialog, "data": {slot: words}})

    def can_stop(self, message: Message) -> bool:
        """Return True if a stop would make the skill forget anything of this session.

        ovos-workshop 7 (ovos-core 2.0) and newer ask before they stop a skill.
        """
        return _session_id(message) in self._history

    def stop_session(self, session: Session) -> bool:
        """Forget what one session said and was told.

        Returns:
            True if there was anything to forget. False lets OVOS continue with
            `stop`; versions that call this twice per stop get it the second time.
        """
        return self._history.forget(session.session_id)


def _session_id(message: Message) -> str:
    session_id: str = SessionManager.get(message).session_id
    return session_id


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
