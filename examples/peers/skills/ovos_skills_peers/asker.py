"""Ask questions: with words, without words, and for a whole list."""

from ovos_bus_client.message import Message
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class AskerSkill(OVOSSkill):
    """Wait for answers in each way that ``get_response`` knows."""

    @intent_handler("ask.once.intent")
    def handle_ask_once(self, message: Message) -> None:
        """Ask a question and repeat the answer."""
        answer = self.get_response("question", num_retries=1)
        self.speak(answer or "no answer")

    @intent_handler("ask.without.words.intent")
    def handle_ask_without_words(self, message: Message) -> None:
        """Open the microphone up to three times without saying anything."""
        answer = self.get_response(num_retries=3)
        self.speak(answer or "no answer")

    @intent_handler("take.a.list.intent")
    def handle_take_a_list(self, message: Message) -> None:
        """Ask for items until the user cancels, and publish them."""
        self.speak("what is on the list", wait=True)
        items = []
        while item := self.get_response(num_retries=0):
            items.append(item)
        self.bus.emit(message.forward("peers.list", {"items": items}))
