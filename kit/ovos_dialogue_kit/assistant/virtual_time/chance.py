"""Replace random numbers and UUIDs by streams that are the same in every run.

Each session has a stream of its own, which nobody else draws from: so a skill that
rolls dice gives a session the same numbers whether or not others speak. Whose stream it
is depends on whom the code that draws is working for; see ``session_among``. Code that
works for nobody, such as that of a boot, has a stream of its own, too. A generator that
was made without a seed begins anew whenever the streams do. Where objects lie in memory
depends on the seed, too: code can see that by their ids, and in the order of a set.

In a thread that no ``Scheduler`` runs, each stand-in does what the original does.
"""

from __future__ import annotations

import os
import random
import sys
import uuid
from collections.abc import Callable, Iterable
from functools import partial
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import Any
from weakref import ReferenceType, ref

from ovos_dialogue_kit.assistant.system.call_stack import frames_from
from ovos_dialogue_kit.assistant.virtual_time.tasks import Task
from ovos_dialogue_kit.fixture.model import DEVICE
from ovos_dialogue_kit.ovos_packages import is_of_ovos

__all__ = ["CHANCE_MODULES", "Chance", "session_among", "session_of_caller"]

CHANCE_MODULES = (os, random, uuid)
"""Modules from which others import single functions."""

_NODE = 0x02_00_00_00_00_01
"""The network address in the UUIDs that are made from the time: a local one."""

_OWN_REFERENCES = 3
"""References to a frame's dictionary: by the frame, a variable and an argument."""

_DRAWS = ("getrandbits", "getstate", "gauss", "random", "seed", "setstate")
"""Functions of ``random`` that read or write its state; all others call them."""


class Chance:
    """The streams of one assistant.

    Args:
        current: returns the scheduler's task that is running, if there is one.

    ``own_ids`` are the clients' own ids of sessions that have another one on the bus;
    such a session has the stream of its own id.
    """

    def __init__(self, current: Callable[[], Task | None]) -> None:
        self.own_ids: dict[str, str] = {}
        self._current = current
        self._seed = 0
        self._streams: dict[str, random.Random] = {}
        self._unseeded: list[ReferenceType[random.Random]] = []
        self._ballast: list[object] = []
        self._sizes = random.Random(0)  # noqa: S311  # not secret

    def freeze(self, seed: int) -> None:
        """Begin all streams anew, and the generators that were made without a seed."""
        self._seed = seed
        self._ballast.clear()
        self._sizes = random.Random(f"{seed} ballast")  # noqa: S311  # not secret
        self.stir(100)
        self._streams.clear()
        for number, made in enumerate(self._unseeded):
            generator = made()
            if generator is not None:
                generator.seed(f"{seed} generator {number}")
        numpys = sys.modules.get("numpy.random")  # its generator is shared by all
        if numpys:
            numpys.seed(seed % (1 << 32))

    def stir(self, most: int = 8) -> None:
        """Keep some new objects of each small size, so that others lie elsewhere.

        With the seed 0, nothing is moved.

        Args:
            most: there are fewer of each size.

        """
        if self._seed:
            sized = (partial(bytes, size) for size in range(0, 480, 16))
            kinds: list[Callable[[], object]] = [object, *sized]
            for kind in kinds:
                count = self._sizes.randrange(most)
                self._ballast += [kind() for _ in range(count)]

    def stand_ins(self) -> list[tuple[Any, str, Any]]:
        """Return (owner, name, stand-in) triples."""
        shared = random.random.__self__  # type: ignore[attr-defined]  # module-level functions are its methods
        drawing = [
            (owner, name, self._drawing(name, getattr(random, name)))
            for name in _DRAWS
            for owner in (random, shared)
        ]
        urandom = self._urandom(os.urandom)
        return [
            *drawing,
            (random.Random, "seed", self._seeding(random.Random.seed)),
            (os, "urandom", urandom),
            (random, "_urandom", urandom),  # of SystemRandom, and so of secrets
            (uuid, "uuid4", self._uuid4(uuid.uuid4)),
            (uuid, "getnode", self._getnode(uuid.getnode)),
        ]

    def _drawing(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        method = getattr(random.Random, name)

        def draw(*args: Any, **kwargs: Any) -> Any:  # those of the original
            stream = self._stream()
            return (
                original(*args, **kwargs)
                if stream is None
                else method(stream, *args, **kwargs)
            )

        return draw

    def _seeding(self, original: Callable[..., None]) -> Callable[..., None]:
        def seed(generator: random.Random, a: Any = None, version: int = 2) -> None:
            stream = self._stream("seed") if a is None else None
            if stream:
                self._unseeded.append(ref(generator))
            original(generator, stream.getrandbits(64) if stream else a, version)

        return seed

    def _urandom(self, original: Callable[[int], bytes]) -> Callable[[int], bytes]:
        def urandom(size: int, /) -> bytes:
            stream = self._stream("urandom")
            return original(size) if stream is None else stream.randbytes(size)

        return urandom

    def _uuid4(self, original: Callable[[], uuid.UUID]) -> Callable[[], uuid.UUID]:
        def uuid4() -> uuid.UUID:
            stream = self._stream("uuid4")
            if stream is None:
                return original()
            return uuid.UUID(int=stream.getrandbits(128), version=4)

        return uuid4

    def _getnode(self, original: Callable[[], int]) -> Callable[[], int]:
        def getnode() -> int:
            """Return the same address everywhere; the original asks other programs."""
            return original() if self._current() is None else _NODE

        return getnode

    def _stream(self, kind: str = "random") -> random.Random | None:
        """Return the stream of the calling code; ``None`` outside the scheduler."""
        task = self._current()
        if task is None:
            return None
        session = session_of_caller() or task.session
        key = f"{kind} {self.own_ids.get(session or '', session)}"
        if key not in self._streams:
            self._streams[key] = random.Random(f"{self._seed} {key}")  # noqa: S311  # not secret
        return self._streams[key]


def session_of_caller(besides: str = "") -> str | None:
    """Return the id of the session that the calling code is working for, if known.

    Messages of the session ``besides`` do not count.
    """
    return session_among(frames_from(sys._getframe(1)), besides)  # noqa: SLF001  # who calls


def session_among(frames: Iterable[FrameType], besides: str = "") -> str | None:
    """Return the id of the session of the first bus message among local variables.

    Messages of the session ``besides`` do not count.
    """
    for frame in frames:
        for value in _values_of(frame):
            kind = type(value)
            if kind.__name__ == "Message" and is_of_ovos(kind.__module__):
                context = _mapping(getattr(value, "context", None))
                session = _mapping(context.get("session"))
                session_id = str(session.get("session_id", DEVICE))
                if session_id != besides:
                    return session_id
    return None


def _values_of(frame: FrameType) -> list[object]:
    """Return the values of a frame's variables, which live no longer because of it.

    Before Python 3.13, a function's frame keeps the dictionary that it returns, and so
    an object that the function deletes. It is emptied unless somebody else has it, by
    ``locals()``, or a trace function may change variables through it.
    """
    variables = frame.f_locals
    values = list(variables.values())
    is_copy = frame.f_code.co_flags & CO_OPTIMIZED and isinstance(variables, dict)
    is_own = not frame.f_trace and sys.getrefcount(variables) == _OWN_REFERENCES
    if is_copy and is_own:
        variables.clear()
    return values


def _mapping(value: Any) -> dict[str, Any]:  # a skill may have put anything there
    return value if isinstance(value, dict) else {}
