"""Skills that ask back, with ``get_response``, and that converse."""

from __future__ import annotations

from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill
from ovos_workshop.skills.converse import ConversationalSkill


class Registry(OVOSSkill):
    """Asks two questions and says what it was told."""

    @intent_handler("register.intent")
    def handle_register(self, message: Message) -> None:
        """Ask for a name and an age."""
        name = self.get_response("ask.name", num_retries=0)
        age = self.get_response("ask.age", num_retries=0) if name else None
        if age:
            self.speak_dialog("registered", {"name": name, "age": age})
        else:
            self.speak_dialog("gave.up")


class Game(ConversationalSkill):
    """Takes everything that a player says for a guess, until the player gives up."""

    def begin(self, message: Message) -> None:
        """Let a game begin."""
        raise NotImplementedError

    def end(self, message: Message) -> None:
        """Let it end."""
        raise NotImplementedError

    def is_playing(self, message: Message) -> bool:
        """Say whether a game is going on."""
        raise NotImplementedError

    @intent_handler("play.intent")
    def handle_play(self, message: Message) -> None:
        """Begin."""
        self.begin(message)
        self.speak_dialog("started")

    @intent_handler("score.intent")
    def handle_score(self, message: Message) -> None:
        """Tell the score, to whoever asks."""
        self.speak_dialog("score")

    def can_converse(self, message: Message) -> bool:
        """Say whether a player speaks."""
        return self.is_playing(message)

    def converse(self, message: Message) -> bool:
        """Take a guess, or the end of the game."""
        utterance = message.data["utterances"][0]
        if self.voc_match(utterance, "give.up"):
            self.end(message)
            self.speak_dialog("ended")
        else:
            self.speak_dialog("guess", {"guess": utterance})
        return True


def session_id(message: Message) -> str:
    """Return the id of the session that a message belongs to."""
    found: str = SessionManager.get(message).session_id
    return found
