"""Keep OVOS's merged configuration until one of the layers it is made of has changed.

Before version 2.3.9a2, ovos-config merges all its layers whenever something is read: 75
times in a turn of ovos-core 2.1, half of the turn's time. What is kept is compared with
the layers each time, because there are too many ways to change them to watch each one:
files that are read again, messages that patch a layer, and every method of ``dict``. A
layer's values are compared as ``==`` does, so ``True`` in place of ``1`` is no change.

Nearly all is read by sessions, of which a turn makes one for each message and listener.
No other code runs while one is made from its wire data, so that compares only once.
"""

from __future__ import annotations

from _thread import get_ident
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, TypeAlias

__all__ = ["keep_configuration", "read_configuration_fast"]

_Container: TypeAlias = "dict[Any, Any] | list[Any]"


def keep_configuration() -> None:
    """Make ``Configuration`` merge its layers only if one of them has changed."""
    from ovos_bus_client import session
    from ovos_config.config import Configuration

    merger = _Merger(Configuration)
    Configuration.load_all_configs = staticmethod(merger.load)
    _make_of(Configuration, merger.current)
    reader = _Reader(merger.current)
    session.Configuration = reader.read
    session.Session.deserialize = staticmethod(
        reader.reading_once(session.Session.deserialize)
    )


def read_configuration_fast() -> None:
    """Copy what newer versions of ovos-config keep themselves once, not twice.

    Messages and sessions do not even copy it once, as they only look up a value: on
    ovos-core 3.7, 65 times in a turn.
    """
    from ovos_bus_client import session
    from ovos_bus_client.client import client
    from ovos_config.config import Configuration

    def current() -> Any:
        return Configuration._merged() or Configuration.load_all_configs()  # noqa: SLF001  # what is kept

    def encryption_keys() -> tuple[Any, Any]:
        settings = current().get("websocket", {})
        key = settings.get("secret_key")
        return key, settings.get("allow_unencrypted", not key)

    _make_of(Configuration, current)
    session.Configuration = current
    client._encryption_keys = encryption_keys  # noqa: SLF001  # of ovos-bus-client 2.11


def _make_of(owner: Any, current: Callable[[], Mapping[str, Any]]) -> None:
    """Make each object of a class ``Configuration`` of what is current.

    Its keys become arguments there, so that they must be text. Here that is asked once.
    """
    asked: Mapping[str, Any] = {}

    def init(self: Any) -> None:
        nonlocal asked
        found = current()
        if found is not asked:
            asked = dict(**found) and found
        dict.update(self, found)

    owner.__init__ = init


class _Merger:
    """The ``load_all_configs`` of a class ``Configuration``.

    Args:
        owner: the class; ``Any``, as ovos-config has no types for it.

    """

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self._merge = owner.load_all_configs
        self._kept: tuple[dict[str, Any], _Copies] | None = None

    def load(self, system_constraints: Mapping[str, Any] | None = None) -> Any:
        """Return all layers merged, in a new dictionary of what the layers hold."""
        if system_constraints:
            return self._merge(system_constraints)
        return dict(self.current())

    def current(self) -> Mapping[str, Any]:
        """Return all layers merged, in a dictionary that nobody may change."""
        kept = self._kept  # another thread may replace it
        if kept and kept[1].are_current():
            return kept[0]
        return self._merge_again()

    def _merge_again(self) -> Mapping[str, Any]:
        """Merge the layers and keep the result.

        Merging writes into the layers. Once is enough for that: the second time, a
        layer that changes is changed by another thread, and nothing is kept.
        """
        merged: dict[str, Any] = self._merge()
        copies = _Copies([vars(self._owner), *_deciding(self._owner, merged)])
        merged = self._merge()
        is_kept = copies.are_current() and not _has_old_file(self._owner)
        self._kept = (merged, copies) if is_kept else None
        return merged


class _Reader:
    """A ``Configuration`` for sessions, which read several values of it at once.

    Args:
        current: returns what is to be read now.

    """

    def __init__(self, current: Callable[[], Mapping[str, Any]]) -> None:
        self._current = current
        self._held: tuple[int, Mapping[str, Any]] | None = None

    def read(self) -> Mapping[str, Any]:
        """Return the configuration, of which a session only looks up values."""
        held = self._held  # another thread may be making a session, too
        return held[1] if held and held[0] == get_ident() else self._current()

    def reading_once(self, make: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Return a ``Session.deserialize`` that finds the same whenever it reads."""

        def deserialize(data: Any) -> Any:
            self._held = get_ident(), self._current()
            try:
                return make(data)
            finally:
                self._held = None

        return deserialize


class _Copies:
    """Copies of containers, to see whether one has changed since."""

    def __init__(self, containers: Iterable[Any]) -> None:
        self._containers = list(containers)
        self._copies = [
            list(each) if isinstance(each, list) else dict(each)
            for each in self._containers
        ]

    def are_current(self) -> bool:
        """Return True if all containers are as they were."""
        return self._containers == self._copies


def _has_old_file(owner: Any) -> bool:
    """Return True if one of the layers counts only while its file exists."""
    return bool(getattr(owner, "_old_user", None))


def _deciding(owner: Any, merged: Mapping[str, Any]) -> Iterator[_Container]:
    """Yield all containers whose own items decide what merging the layers results in.

    Of the default layer, which is large, these are the parts that another layer has,
    too: other parts are in the result themselves, with whatever changes in them.
    """
    attributes = list(vars(owner).values())
    lists = [each for each in attributes if isinstance(each, list)]
    yield from lists  # of layers, among others
    yield owner.default
    yield from _within(owner.get_system_constraints())
    for layer in chain(attributes, *lists):
        if not isinstance(layer, dict):
            continue
        if hasattr(layer, "__dict__"):
            yield vars(layer)  # its path tells whose it is
        if layer is not owner.default:
            yield from _within(layer)
            yield from _beneath(merged, layer)


def _within(container: _Container) -> Iterator[_Container]:
    """Yield a container and all containers within it."""
    yield container
    for value in container.values() if isinstance(container, dict) else container:
        if isinstance(value, (dict, list)):
            yield from _within(value)


def _beneath(merged: Mapping[str, Any], layer: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the parts of a merged configuration into which a layer's are merged."""
    for key, part in layer.items():
        known = merged.get(key)
        if isinstance(part, dict) and isinstance(known, dict) and known is not part:
            yield known
            yield from _beneath(known, part)
