"""What an intent engine needs to be at home in one process."""

from __future__ import annotations

import concurrent.futures
import ctypes
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace, TracebackType
from typing import Any

__all__ = ["match_in_process", "train_repeatably"]


class _Here(concurrent.futures.Executor):
    """Runs what is submitted at once, in the thread that submits it."""

    def __init__(self, max_workers: int | None = None) -> None:
        pass

    def submit(  # type: ignore[override]  # no generics needed
        self, fn: Callable[..., object], /, *args: object, **kwargs: object
    ) -> concurrent.futures.Future[object]:
        future: concurrent.futures.Future[object] = concurrent.futures.Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  # goes to whoever asks for the result
            future.set_exception(error)
        return future

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        """Leave: there is nothing to wait for."""


def _in_order(
    futures: Iterable[concurrent.futures.Future[object]],
) -> Iterator[concurrent.futures.Future[object]]:
    return iter(futures)


def match_in_process() -> None:
    """Let padacioso match in this process, instead of a pool for each query.

    0.2.1 to 1.0.0 open a ``ProcessPoolExecutor`` for every utterance (12 of its 14 ms)
    and pick among intents of equal confidence the one that was ready first. Here they
    are ready in the order in which they were registered, so the same one wins each
    time.
    """
    import padacioso

    padacioso.concurrent = SimpleNamespace(
        futures=SimpleNamespace(ProcessPoolExecutor=_Here, as_completed=_in_order)
    )


def train_repeatably() -> None:
    """Let FANN begin each training with the same weights.

    It draws them from ``/dev/urandom``, so that what padatious 0.4 and 1.x make of
    nonsense differs from boot to boot: a confidence of 0.5 and more in up to 40 of 100.
    Here they are drawn anew, from the same range (``fann_create_standard_array``), by
    the C library's generator with a fixed seed. Padatious 2 is without FANN.
    """
    try:
        from fann2.libfann import neural_net
    except ImportError:  # also where Debian's libfann2 is missing
        return
    srand, create = ctypes.CDLL(None).srand, neural_net.create_standard_array
    if create.__module__ == __name__:  # done for another assistant in this process
        return

    def create_again(net: Any, layers: object) -> object:  # a net of untyped FANN
        made: object = create(net, layers)
        srand(0)
        net.randomize_weights(-0.1, 0.1)
        return made

    neural_net.create_standard_array = create_again
