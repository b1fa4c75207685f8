"""Adapt intent engines that would start processes, train at random or read any file."""

from __future__ import annotations

import concurrent.futures
import contextlib
import ctypes
import os
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

__all__ = ["import_elsewhere", "match_in_process", "train_repeatably"]


class _Here(concurrent.futures.Executor):
    """An executor that calls each function at once, in the thread that submits it."""

    def __init__(self, max_workers: int | None = None) -> None:
        pass

    def submit(  # type: ignore[override]  # no generics needed
        self, fn: Callable[..., object], /, *args: object, **kwargs: object
    ) -> concurrent.futures.Future[object]:
        future: concurrent.futures.Future[object] = concurrent.futures.Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  # raised again by result()
            future.set_exception(error)
        return future

    def __exit__(self, *_: object) -> None:
        """Do nothing on exit."""


def _in_order(
    futures: Iterable[concurrent.futures.Future[object]],
) -> Iterator[concurrent.futures.Future[object]]:
    return iter(futures)


def match_in_process() -> None:
    """Make padacioso match in this process instead of a pool of processes.

    0.2.1 to 1.0.0 open a ``ProcessPoolExecutor`` for every utterance (12 of its 14 ms)
    and choose among intents of equal confidence the one that was ready first. Here they
    are ready in the order of their registration, so the same one is chosen each time.
    """
    import padacioso

    padacioso.concurrent = SimpleNamespace(
        futures=SimpleNamespace(ProcessPoolExecutor=_Here, as_completed=_in_order)
    )


def train_repeatably() -> None:
    """Make FANN begin each training with the same weights.

    It takes them from ``/dev/urandom``, so padatious 0.4 and 1.x rate nonsense
    differently after each boot: up to 40 of 100 times with a confidence of 0.5 or more.
    Here they come from the C library's generator with a fixed seed, in the same range
    (``fann_create_standard_array``). Padatious 2 does not use FANN.
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


def import_elsewhere(name: str) -> None:
    """Import a module that reads ``README.md`` of the current folder, as Adapt does.

    That may be anything: a pipe, or a text in Latin-1, at which the import fails.
    """
    here = os.open(".", os.O_PATH)
    os.chdir("/proc/self")  # where nobody puts files
    try:
        with contextlib.suppress(ImportError):  # it is told where it is needed
            import_module(name)
    finally:
        os.fchdir(here)
        os.close(here)
