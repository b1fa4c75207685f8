"""Find the twin of a message without looking through all that came before it.

ovos-bus-client 2.11 sends some messages twice, under an old and a new name. So that
nobody hears both, it remembers those of the last seconds, and looks through all of them
for old ones whenever another one arrives. In virtual time, the turns of a long dialogue
may all be at one moment, at which nothing becomes old. Here, messages are remembered in
order of time, so that only the oldest are looked at.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["find_twins_fast"]

_text_of = json.JSONEncoder(sort_keys=True, default=str).encode


def find_twins_fast() -> None:
    """Replace the two functions that forget old messages."""
    client: Any = import_module("ovos_bus_client.client.client")
    client.TwinWitnessBook.witness = _witnessing(client._WITNESS_TOPICS)  # noqa: SLF001  # as the function that is replaced
    messages: Any = import_module("ovos_spec_tools.messages")
    messages.NamespaceTranslator.new_mirror_guard = _guarding(messages)


def _witnessing(names: Any) -> Callable[[Any, Any, Any], None]:
    """Return a fast equivalent of ``TwinWitnessBook.witness``.

    Args:
        names: the ``NamespaceTranslator`` that knows the names of twins.

    """

    def witness(book: Any, translator: Any, message: Any) -> None:
        topic = message.msg_type
        twins = names.counterpart_topics(topic)
        if not twins or twins[0] == topic:
            return
        try:
            payload = translator.translate_payload(
                from_topic=topic, to_topic=twins[0], data=message.data
            )
        except Exception:  # noqa: BLE001  # as the function that is replaced
            return
        text = book.fingerprint(twins[0], payload, message.context)
        if text is None:
            return
        now = time.monotonic()
        with book._lock:  # noqa: SLF001  # as the function that is replaced
            seen = book._seen  # noqa: SLF001
            _forget(seen, lambda since: now - since >= book.window)
            seen.pop(text, None)  # to be the last
            seen[text] = now

    return witness


def _guarding(messages: Any) -> Callable[..., Callable[[Any], bool]]:
    """Return a fast equivalent of ``NamespaceTranslator.new_mirror_guard``.

    Args:
        messages: the module of OVOS.

    """

    def new_mirror_guard(
        translator: Any, clock: Callable[[], float] | None = None
    ) -> Callable[[Any], bool]:
        seen: dict[str, tuple[str, float]] = {}
        window = translator.window

        def is_mirror(message: Any) -> bool:
            try:
                topic = message.msg_type
                text = _text_of([message.data, message.context])
            except Exception:  # noqa: BLE001  # as the function that is replaced
                return False
            now = (clock or time.monotonic)()
            _forget(seen, lambda about: now - about[1] >= window)
            before, _ = seen.get(text, (topic, now))
            if before != topic and messages.mirror_counterpart(before) == topic:
                return True
            seen.pop(text, None)  # to be the last
            seen[text] = topic, now
            return False

        return is_mirror

    return new_mirror_guard


def _forget(seen: dict[str, Any], is_old: Callable[[Any], bool]) -> None:
    """Forget what is old; what is remembered is in order of time."""
    old = []
    for text, about in seen.items():
        if not is_old(about):
            break
        old.append(text)
    for text in old:
        del seen[text]
