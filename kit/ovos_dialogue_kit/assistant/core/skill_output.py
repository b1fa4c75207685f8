"""Keep what the skills under test print and log, and what OVOS warns about them.

Each line goes to a turn: the last one of the session that the code works for or, if
that is not known, the last one of all. Lines are the same in every replay, unless the
skill itself writes what differs: they have no times, no threads and no addresses.

What is written past Python's streams goes to the turn before, when another one begins
or all have ended.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from threading import get_ident
from types import FrameType
from typing import Any, TextIO

from ovos_dialogue_kit.assistant.core.other_output import OtherOutput
from ovos_dialogue_kit.assistant.core.raised import is_noted
from ovos_dialogue_kit.assistant.core.shortcuts import LEVELS
from ovos_dialogue_kit.assistant.system.call_stack import (
    SkillCode,
    frames_from,
    module_of,
)
from ovos_dialogue_kit.assistant.virtual_time.chance import session_among
from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.ovos_packages import is_of_ovos
from ovos_dialogue_kit.replayer.replay import Tell
from ovos_dialogue_kit.replayer.transcript import Transcript, TurnTranscript

__all__ = ["Words"]

_MOST_LINES = 100
_MOST_CHARACTERS = 10_000
"""The limits of a turn: lines and characters beyond them are only counted."""

_LOGGING = frozenset({"logging", "ovos_utils.log", __name__})
"""The modules through which others log."""

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")


class Words:
    """The lines of one replay.

    Args:
        skills: ids of the skills under test.
        code: theirs.
        started_for: returns the id of the session that the thread was started for.
        output: takes what is written past Python's streams, if that is to be kept.
        own_ids: the clients' own ids of sessions that have another one on the bus.

    ``has_warnings`` is True if those of OVOS about the skills are kept.
    """

    def __init__(
        self,
        skills: Sequence[str],
        code: SkillCode,
        started_for: Callable[[], str | None] = lambda: None,
        output: OtherOutput | None = None,
        own_ids: Mapping[str, str] | None = None,
    ) -> None:
        self._own_ids = {} if own_ids is None else own_ids
        self.has_warnings = True
        self._skills = skills
        self._code = code
        self._started_for = started_for
        self._last: int | None = None
        self._turns: dict[str | None, int] = {}
        self._lines: dict[int, list[tuple[str, str]]] = {}
        self._sizes: dict[int, int] = {}
        self._left: dict[int, int] = {}
        self._streams: list[_Stream] = []
        self._keeping: set[int] = set()
        self._told: dict[int, TurnTranscript] = {}
        self._tell: Tell = _tell_nobody
        self._home = os.path.expanduser("~")  # noqa: PTH111  # each dialogue pays for a Path
        self._output = output

    # -- watching -------------------------------------------------------------------

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Keep what is written while this lasts."""
        other = self._output.redirected() if self._output else nullcontext((None, None))
        with other as (output, errors):
            self._streams = [
                _Stream(sys.stdout, self, output),
                _Stream(sys.stderr, self, errors),
            ]
            with self._noting():
                try:
                    yield
                finally:
                    self._flush()

    @contextmanager
    def _noting(self) -> Iterator[None]:
        from ovos_utils.log import LOG

        make, output, errors = logging.getLogRecordFactory(), sys.stdout, sys.stderr

        def make_and_keep(*args: Any, **kwargs: Any) -> logging.LogRecord:  # logging's
            record = make(*args, **kwargs)
            self._note_record(record)
            return record

        loggers = [LOG._loggers[n] for n in self._skills if n in LOG._loggers]  # noqa: SLF001  # the log of a skill has its id
        before = {name: vars(LOG)[name] for name in LEVELS}
        is_enabled = logging.Logger.isEnabledFor
        try:
            logging.setLogRecordFactory(make_and_keep)
            sys.stdout, sys.stderr = self._streams
            for name, level in LEVELS.items():
                keep = self._keeper(level, getattr(LOG, name))
                setattr(LOG, name, staticmethod(keep))
            for logger in loggers:
                logger.isEnabledFor = self._filter(logger)
            keep_too = self._noting_what_is_not(is_enabled)
            logging.Logger.isEnabledFor = keep_too  # type: ignore[method-assign, assignment]
            yield
        finally:
            logging.Logger.isEnabledFor = is_enabled  # type: ignore[method-assign]
            for logger in loggers:
                del logger.isEnabledFor
            for name, method in before.items():
                setattr(LOG, name, method)
            sys.stdout, sys.stderr = output, errors
            logging.setLogRecordFactory(make)

    def _keeper(self, level: int, log: Callable[..., object]) -> Callable[..., None]:
        """Return a stand-in for a method of ``LOG``, ``log``.

        That may say nothing, or too little, as its level decides.
        """

        def keep(
            message: object = "", *args: object, **options: Any
        ) -> None:  # its own
            frame, thread = _caller(), get_ident()
            if level >= logging.WARNING or self._code.has_frame(frame):
                name = logging.getLevelName(level)
                record = logging.LogRecord("", level, "", 0, message, args, None)
                self._note_log(frame, f"{name} {_text_of(record)}")
            self._keeping.add(thread)
            try:
                log(message, *args, **options)
            finally:
                self._keeping.discard(thread)

        return keep

    def _filter(self, logger: logging.Logger) -> Callable[[int], bool]:
        """Return an ``isEnabledFor`` for a skill's log: its own, and warnings."""
        usual = logger.isEnabledFor

        def is_enabled(level: int) -> bool:
            return (
                usual(level)
                or level >= logging.WARNING
                or self._code.has_frame(_caller())
            )

        return is_enabled

    def _noting_what_is_not(
        self, is_enabled: Callable[[logging.Logger, int], bool]
    ) -> Callable[[logging.Logger, int], bool]:
        """Return an ``isEnabledFor`` that keeps what a skill logs below the level."""

        def is_enabled_or_noted(logger: logging.Logger, level: int) -> bool:
            if is_enabled(logger, level):
                return True
            self._note_unlogged(level)
            return False

        return is_enabled_or_noted

    # -- taking down ----------------------------------------------------------------

    def _note_record(self, record: logging.LogRecord) -> None:
        if get_ident() in self._keeping:  # by its keeper
            return
        frame = _caller()
        if record.levelno >= logging.WARNING or self._code.has_frame(frame):
            self._note_log(frame, f"{record.levelname} {_text_of(record)}")

    def _note_unlogged(self, level: int) -> None:
        """Keep what is about to be dropped; a frame of ``logging`` has its text."""
        if get_ident() in self._keeping:  # by its keeper
            return
        asks = frame = sys._getframe(2)  # noqa: SLF001  # who asks
        while frame.f_back and module_of(frame) == "logging":
            asks, frame = frame, frame.f_back
        if self._code.has_frame(frame) and "msg" in (given := asks.f_locals):
            name, args = logging.getLevelName(level), given.get("args", ())
            record = logging.LogRecord("", level, "", 0, given["msg"], args, None)
            self._note_log(frame, f"{name} {_text_of(record)}")

    def _note_log(self, frame: FrameType, text: str) -> None:
        """Keep what is logged if it is of a skill, or a warning about one."""
        if self._code.has_frame(frame):
            self._add(frame, "logs", text)
        elif not is_noted(sys.exc_info()[1]) and self._is_about(frame, text):
            if not is_of_ovos(module_of(frame)):
                self._add(frame, "logs", text)
            elif self.has_warnings:
                self._add(frame, "OVOS", text)

    def note_print(self, frame: FrameType, text: str) -> None:
        """Keep a line if a skill has written it, and not a log."""
        for each in frames_from(frame):
            if self._code.has_frame(each):
                self._add(frame, "prints", text)
                return
            if module_of(each) in _LOGGING:
                return

    def _is_about(self, frame: FrameType, text: str) -> bool:
        """Return True if a warning names a skill, or a skill called what warns."""
        return any(skill in text for skill in self._skills) or self._is_below(frame)

    def _is_below(self, frame: FrameType) -> bool:
        """Return True if a skill called what is running."""
        return any(map(self._code.has_frame, frames_from(frame)))

    def _add(self, frame: FrameType, label: str, text: str) -> None:
        if self._last is None:  # the boot is no turn
            return
        session = session_among(frames_from(frame)) or self._started_for()
        own_id = self._own_ids.get(session or "", session)
        self.add(self._turns.get(own_id, self._last), label, text)

    def add(self, turn: int, label: str, text: str) -> None:
        """Add lines to those of a turn."""
        lines = self._lines.setdefault(turn, [])
        for line in text.rstrip("\n").split("\n"):
            shown = _ADDRESS.sub("0x…", line.replace(self._home, "~"))
            size = self._sizes.get(turn, 0) + len(shown)
            if len(lines) == _MOST_LINES or size > _MOST_CHARACTERS:
                self._left[turn] = self._left.get(turn, 0) + 1
            else:
                self._sizes[turn] = size
                lines.append((label, shown))
                self._tell([self._with_words(self._told[turn])])  # a crash may be next

    # -- the turns ------------------------------------------------------------------

    def following(self, case: Case, tell: Tell) -> Tell:
        """Return ``tell``, which then also says to which turn lines belong."""
        ids: Mapping[str, object] = {
            name: wire["session_id"] for name, wire in case.sessions.items()
        }

        self._tell = tell

        def follow(turns: Sequence[TurnTranscript]) -> None:
            self._flush()
            self._told.update((each.index, each) for each in turns)
            begun = turns[-1]
            self._last = begun.index
            self._turns[str(ids[begun.session])] = begun.index
            tell([*map(self._with_words, turns)])

        return follow

    def replay(
        self, case: Case, play: Callable[[Tell], Transcript], tell: Tell
    ) -> Transcript:
        """Replay a case, and return its transcript with the lines of its turns."""
        with self.watching():
            transcript = play(self.following(case, tell))
        turns = tuple(map(self._with_words, transcript.turns))
        return replace(transcript, turns=turns)

    def _flush(self) -> None:
        for stream in self._streams:
            stream.end_lines()
        if self._output:
            text, left = self._output.taken()
            if text and self._last is not None:
                self.add(self._last, "prints", text)
                self._left[self._last] = self._left.get(self._last, 0) + left

    def _with_words(self, turn: TurnTranscript) -> TurnTranscript:
        lines = tuple(self._lines.get(turn.index, ()))
        if left := self._left.get(turn.index):
            lines += (("", f"… {left} more"),)
        return replace(turn, words=lines) if lines else turn


class _Stream:
    """Standard output or standard error, whose lines are kept, too.

    A line that has no end yet waits for it, with the frame that wrote it, for each
    thread.

    Args:
        stream: what it stands for.
        words: where lines are kept.
        other: takes what is not written as text here, such as bytes and what a copy of
            the process writes; by default the same stream.

    """

    def __init__(
        self, stream: TextIO, words: Words, other: TextIO | None = None
    ) -> None:
        self._stream = stream
        self._other = other or stream
        self._process = os.getpid()
        self._words = words
        self._begun: dict[int, tuple[str, FrameType]] = {}

    def write(self, text: str) -> int:
        """Write a text and keep its lines."""
        return self._write(text, sys._getframe(1))  # noqa: SLF001  # who writes

    def writelines(self, texts: Iterable[str]) -> None:
        """Write several texts."""
        self._write("".join(texts), sys._getframe(1))  # noqa: SLF001  # who writes

    def _write(self, text: str, frame: FrameType) -> int:
        if os.getpid() != self._process:  # what a copy of it keeps is lost
            return self._other.write(text)
        self._keep(text, frame)
        return self._stream.write(text)

    def _keep(self, text: str, frame: FrameType) -> None:
        thread = get_ident()
        begun, _ = self._begun.pop(thread, ("", frame))
        *whole, rest = (begun + text).split("\n")
        for line in whole:
            self._words.note_print(frame, line)
        if len(rest) > _MOST_CHARACTERS:
            self._words.note_print(frame, rest)
        elif rest:
            self._begun[thread] = rest, frame

    def end_lines(self) -> None:
        """Keep the lines that have no end."""
        for thread in list(self._begun):  # others may be writing
            if begun := self._begun.pop(thread, None):
                text, frame = begun
                self._words.note_print(frame, text)

    def __getattr__(self, name: str) -> Any:  # whatever else a stream has
        return getattr(self._other, name)


def _tell_nobody(_: Sequence[TurnTranscript]) -> None:
    """Forget turns that nobody follows."""


def _text_of(record: logging.LogRecord) -> str:
    """Return a record's text, with the exception that it tells of."""
    try:
        text = record.getMessage()
    except Exception:  # noqa: BLE001  # the arguments may be a skill's mistake
        text = str(record.msg)
    if record.exc_info and record.exc_info[1]:
        text += "\n" + "".join(traceback.format_exception_only(record.exc_info[1]))
    return text


def _caller() -> FrameType:
    """Return the frame of what logs."""
    frame = sys._getframe(1)  # noqa: SLF001  # who calls
    while frame.f_back and module_of(frame) in _LOGGING:
        frame = frame.f_back
    return frame
