"""Collect the dialogues of a script as pytest tests, run them, and show failures.

Only pytest's public API is used. A script is a ``pytest.Module`` whose Python module is
made for it, with a function for each dialogue, so the fixtures of a conftest (autouse,
parametrized, or of module scope) apply to dialogues as to any other test.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from copy import copy
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.project.paths import safe_name
from ovos_dialogue_kit.pytest_plugin.isolate import leak_in
from ovos_dialogue_kit.pytest_plugin.run_state import REASON, run_of
from ovos_dialogue_kit.render.lines import (
    mismatch_title,
    render_dialogue,
    render_mismatches,
)
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.jobs import (
    Job,
    Result,
    from_here,
    installed_versions,
    jobs_of,
    notes_on,
    reason_to_skip,
)
from ovos_dialogue_kit.run.load import LoadedDialogue, load_path
from ovos_dialogue_kit.run.run_job import run_job
from ovos_dialogue_kit.run.select import tags_of
from ovos_dialogue_kit.script.model import RunMarks
from ovos_dialogue_kit.visible import visible

__all__ = ["ScriptFile"]

_OWN_MARKS = ("filterwarnings", "parametrize", "skip", "skipif", "usefixtures", "xfail")
"""Marks with a meaning in pytest, which a tag must not have by accident."""


class DialogueFailed(AssertionError):  # noqa: N818  # a failure of the skill, no error
    """A dialogue that did not go as its script expects.

    Args:
        text: all that is to be shown.
        line: the line of the script that it is about.
        problem: the same in one line.

    """

    def __init__(self, text: str, line: int, problem: str) -> None:
        super().__init__(text)
        self.line = line
        self.problem = problem


class ScriptUnreadable(pytest.Collector.CollectError):  # pytest's name
    """A script that has an error."""

    def __init__(self, error: KitError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True)
class PlannedItem:
    """One test: its job, and the error of the committed fixture, if it has one."""

    job: Job
    problem: KitError | None


class ScriptFile(pytest.Module):
    """A script, which pytest collects as it would a module with a function each test.

    So whatever a plugin or a conftest does with functions, such as to parametrize or
    repeat them, applies to dialogues, too.
    """

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Return a test for each dialogue, case and engine.

        Raises:
            CollectError: the script has an error.

        """
        this = run_of(self.config)
        self.plans: dict[str, PlannedItem] = {}
        try:
            for loaded in list(load_path(self.path)):
                this.tally.note(notes_on(loaded.fixture, this.settings))
                for job in jobs_of(
                    loaded.fixture, this.settings, loaded.place, loaded.root
                ):
                    self._add(loaded, job)
        except KitError as error:
            raise ScriptUnreadable(error) from error
        return [self._dialogue(item) for item in super().collect()]

    def _getobj(self) -> ModuleType:
        """Return the module that the functions are put into; pytest asks for it."""
        module = ModuleType(".".join(_parts(self)))
        module.__file__ = str(self.path)
        return module

    def funcnamefilter(self, name: str) -> bool:  # noqa: ARG002  # pytest's signature
        """Return True: a dialogue may have any name."""
        return True

    def repr_failure(  # type: ignore[override]  # as Function itself does
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:  # a text, or an object of pytest's that has no public name
        """Return the message of the kit for its own errors, pytest's for others."""
        if isinstance(excinfo.value, ScriptUnreadable):
            error = excinfo.value.error
            line = error.mark.line if error.mark else 1
            return failure(excinfo, self.path, line, error.problem)
        return super().repr_failure(excinfo)

    def _add(self, loaded: LoadedDialogue, job: Job) -> None:
        """Add the function that replays a dialogue."""
        plan = PlannedItem(job, loaded.problem)
        name = _free_name(_printable(job.name), self.plans)
        function = _function(plan)
        function.__name__ = f"test_{safe_name(job.name)}"
        function.__qualname__ = function.__name__
        marks = [
            self._mark(tag, job.fixture) for tag in tags_of(job.fixture, [job.case])
        ]
        bus = run_of(self.config).settings.bus
        reason = reason_to_skip(job, bus, installed_versions(job))
        if reason is not None and not plan.problem:  # which skips before any setup
            marks.append(pytest.mark.skip(reason=visible(reason)))
        function.pytestmark = [mark.mark for mark in marks]  # type: ignore[attr-defined]
        self.plans[name] = plan
        setattr(self.obj, name, function)

    def _dialogue(
        self, item: pytest.Item | pytest.Collector
    ) -> pytest.Item | pytest.Collector:
        """Make a dialogue of the function that pytest has collected for it."""
        if isinstance(item, pytest.Function) and item.originalname in self.plans:
            item.__class__ = DialogueItem
            assert isinstance(item, DialogueItem)  # noqa: S101  # for the type checker
            item.plan = self.plans[item.originalname]
            job = item.plan.job
            name = f"{safe_name(job.fixture.dialogue)}[{safe_name(job.case.name)}"
            item.extra_keyword_matches.add(name)  # -k takes no spaces
        return item

    def _mark(self, tag: str, fixture: Fixture) -> pytest.MarkDecorator:
        """Return the mark for a tag, and register it."""
        if tag in _OWN_MARKS:
            raise KitError(
                f'the tag "{tag}" is a built-in mark of pytest',
                Mark(fixture.script, fixture.line),
                "rename the tag",
                Code.RESERVED_TAG,
            )
        line = f"{tag}: a tag of a dialogue"
        if line not in self.config.getini("markers"):
            self.config.addinivalue_line("markers", line)
        mark: pytest.MarkDecorator = getattr(pytest.mark, tag)
        return mark


class DialogueItem(pytest.Function):
    """One case of a dialogue with one engine."""

    plan: PlannedItem

    @property
    def id(self) -> Any:  # a class of pytest 9.2 and later that has no public name
        """Return the id as pytest would parse it from text.

        From 9.2 on, pytest (``--lf``) compares ids by their parts, and splits off the
        brackets only if it has parametrized the function itself.
        """
        own = super().id
        return type(own).parse(str(own))

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Return the place of the dialogue in its script."""
        return self.path, self.plan.job.fixture.line - 1, self.name

    def repr_failure(  # type: ignore[override]  # as Function itself does
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:  # a text, or an object of pytest's that has no public name
        """Return the words of the kit, at the line of the script that they are about.

        The same for a limit of time, which would show where the kit waited.
        """
        error, line = excinfo.value, self.plan.job.fixture.line
        if isinstance(error, DialogueFailed):
            shown = failure(excinfo, self.path, error.line, error.problem)
        elif isinstance(error, KitError):
            shown = failure(excinfo, self.path, line, error.problem)
        elif isinstance(error, pytest.fail.Exception):
            shown = failure(excinfo, self.path, line, str(error))
        else:
            return super().repr_failure(excinfo)
        last = copy(shown.reprcrash)  # where plugins look that annotate failures
        last.path, last.message = _shortest(self.path), type(error).__name__
        shown.reprtraceback.reprentries[0].reprfileloc = last
        return shown


def failure(
    excinfo: pytest.ExceptionInfo[BaseException], path: Path, line: int, problem: str
) -> Any:  # an object of pytest's that has no public name
    """Return an exception's text as pytest shows it, without a traceback.

    Args:
        excinfo: the exception.
        path: the script.
        line: the line of the script where it happened, for pytest's short summary, for
            annotations in an editor or on a web page and for links.
        problem: what happened, in one line.

    """
    shown: Any = excinfo.getrepr(style="value", chain=False)
    place = shown.reprcrash
    assert place is not None  # noqa: S101  # no frame here is hidden
    place.path, place.lineno, place.message = str(path), line, visible(problem)
    return shown


def _shortest(path: Path) -> str:
    """Return a path as pytest shows it: relative to the current folder, if below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _parts(file: pytest.Module) -> list[str]:
    """Return the name of a script as if it were a module: ``test``, ``hello``."""
    *folders, name = file.nodeid.split("/")
    return [*folders, name.removesuffix(".yaml").replace(".", "_")]


def _printable(name: str) -> str:
    """Return a name that a terminal can show and a node id can hold."""
    shown = (c if c.isprintable() else ascii(c)[1:-1] for c in name)
    return "".join(shown).replace("::", ":")


def _free_name(name: str, taken: Collection[str]) -> str:
    """Return a name, with a number if it is taken."""
    names = (f"{name}-{number}" if number else name for number in count())
    return next(each for each in names if each not in taken)


def _function(plan: PlannedItem) -> Callable[[pytest.FixtureRequest], None]:
    """Return the function that replays a dialogue, a new one each time."""

    def function(request: pytest.FixtureRequest) -> None:
        _replay(request.node, plan)

    return function


def _replay(item: pytest.Item, plan: PlannedItem) -> None:
    """Replay a dialogue.

    The verdict is the one that ``kit replay`` shows. A leak is no part of it: it fails
    the test whatever failures the script expects.
    """
    if plan.problem:
        raise plan.problem
    this = run_of(item.config)
    job = plan.job
    if item.config.getoption("runxfail"):
        job = _without_xfails(job)
    result = run_job(job, this.assistants, this.settings)
    if result.transcript:
        this.tally.count(result.transcript)
    if result.lacks_engine:
        this.tally.count_lacking(str(result.reason), 1)
    _raise_failure(item, result)
    if result.transcript:
        leak = leak_in(job, item.config)
        if leak:
            raise DialogueFailed(*leak)
    _tell(item, result)


def _raise_failure(item: pytest.Item, result: Result) -> None:
    """Raise what is wrong with a dialogue, if anything is."""
    result = from_here(result)
    if result.error:
        raise run_of(item.config).placed(result.job.fixture, result.error)
    if result.mismatches and result.transcript:
        verbose = item.config.getoption("verbose") > 0
        _add_dialogue(item, result, result.transcript, verbose=verbose)
        first = result.mismatches[0]
        raise DialogueFailed(
            render_mismatches(result.mismatches, result.job.place, verbose=verbose),
            first.mark.line,
            mismatch_title(first),
        )


def _add_dialogue(
    item: pytest.Item, result: Result, transcript: Transcript, *, verbose: bool
) -> None:
    """Report the dialogue if that is asked for, or a skill wrote in a wrong turn."""
    written = {turn.index for turn in transcript.turns if turn.words}
    wrong = written if verbose else written & result.wrong_turns
    if verbose or wrong:
        reasons = result.skip_reasons
        words = render_dialogue(result.job.case, transcript, reasons, wrong=wrong)
        item.add_report_section("call", "dialogue", words)


def _tell(item: pytest.Item, result: Result) -> None:
    """Report an outcome that is not a failure to pytest."""
    reason = visible(str(result.reason))
    if result.outcome == "skipped":
        item.stash[REASON] = reason
        pytest.skip(reason)
    if result.outcome == "xfailed":
        pytest.xfail(reason)
    if result.outcome == "xpassed":
        item.add_marker(pytest.mark.xfail(reason=reason, strict=False))


def _without_xfails(job: Job) -> Job:
    """Return a job without its xfails, for ``--runxfail``."""
    turns = tuple(
        replace(turn, marks=_without_xfail(turn.marks)) for turn in job.case.turns
    )
    fixture = replace(job.fixture, marks=_without_xfail(job.fixture.marks))
    return replace(job, case=replace(job.case, turns=turns), fixture=fixture)


def _without_xfail(marks: RunMarks) -> RunMarks:
    return replace(marks, xfail=None)
