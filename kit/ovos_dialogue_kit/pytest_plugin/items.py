"""Collect the dialogues of a script as pytest tests, run them, and show failures.

Only pytest's public API is used. A script is a ``pytest.Module`` without a Python
module, and a dialogue a ``pytest.Function``, so the fixtures of a conftest (autouse, or
of module scope) apply to dialogues as to any other test.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.project.paths import safe_name
from ovos_dialogue_kit.pytest_plugin.isolate import leak_in
from ovos_dialogue_kit.pytest_plugin.run_state import REASON, run_of
from ovos_dialogue_kit.render.lines import render_dialogue, render_mismatches
from ovos_dialogue_kit.run.jobs import (
    Job,
    Result,
    installed_versions,
    jobs_of,
    notes_on,
)
from ovos_dialogue_kit.run.load import LoadedDialogue, load_path
from ovos_dialogue_kit.run.run_job import run_job
from ovos_dialogue_kit.run.select import tags_of
from ovos_dialogue_kit.script.model import Marks
from ovos_dialogue_kit.verdict.versions import skip_reason

__all__ = ["ScriptFile"]

_OWN_MARKS = ("filterwarnings", "parametrize", "skip", "skipif", "usefixtures", "xfail")
"""Marks with a meaning in pytest, which a tag must not have by accident."""


class DialogueFailed(AssertionError):  # noqa: N818  # a failure of the skill, no error
    """A dialogue that did not go as its script expects."""


class ScriptFile(pytest.Module):
    """A script."""

    obj = None  # there is no Python module

    def collect(self) -> Iterable[DialogueItem]:
        """Return a test for each dialogue, case and engine.

        Raises:
            CollectError: the script has an error.

        """
        this = run_of(self.config)
        try:
            dialogues = list(load_path(self.path))
            for loaded in dialogues:
                this.tally.note(notes_on(loaded.fixture, this.settings))
            return [
                self._item(loaded, job)
                for loaded in dialogues
                for job in jobs_of(loaded.fixture, this.settings, loaded.place)
            ]
        except KitError as error:
            raise self.CollectError(str(error)) from error

    def _item(self, loaded: LoadedDialogue, job: Job) -> DialogueItem:
        item: DialogueItem = DialogueItem.from_parent(
            self, name=_printable(job.name), callobj=_replay
        )
        item.job, item.problem = job, loaded.problem
        fixture = loaded.fixture
        name = f"{safe_name(fixture.dialogue)}[{safe_name(job.case.name)}"
        item.extra_keyword_matches.add(name)  # -k takes no spaces
        for tag in tags_of(fixture, [job.case]):
            item.add_marker(self._mark(tag, fixture))
        reason = skip_reason(fixture.marks, installed_versions(job))
        if reason is not None and not item.problem:  # which skips before any setup
            item.add_marker(pytest.mark.skip(reason=reason))
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
    """One case of a dialogue with one engine.

    ``problem`` is the error of its committed fixture, if it has one.
    """

    job: Job
    problem: KitError | None

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
        return self.path, self.job.fixture.line - 1, self.name

    def repr_failure(  # type: ignore[override]  # as Function itself does
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:  # a text, or an object of pytest's that has no public name
        """Return the message of the kit for its own errors, pytest's for others."""
        if isinstance(excinfo.value, (KitError, DialogueFailed)):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


def _printable(name: str) -> str:
    """Return a name that a terminal can show and a node id can hold."""
    shown = (c if c.isprintable() else ascii(c)[1:-1] for c in name)
    return "".join(shown).replace("::", ":")


def _replay(request: pytest.FixtureRequest) -> None:
    """Replay the dialogue of an item; pytest calls this for every item.

    The verdict is the one that ``kit replay`` shows. A leak is no part of it: it fails
    the test whatever failures the script expects.
    """
    item = request.node
    if item.problem:
        raise item.problem
    this = run_of(item.config)
    job = item.job
    if item.config.getoption("runxfail"):
        job = _without_xfails(job)
    result = run_job(job, this.assistants, this.settings)
    if result.transcript:
        this.tally.count(result.transcript)
    if result.lacks_engine:
        this.tally.count_lacking(str(result.reason))
    _raise_failure(item, result)
    if result.transcript:
        leak = leak_in(job, item.config)
        if leak:
            raise DialogueFailed(leak)
    _tell(item, result)


def _raise_failure(item: pytest.Item, result: Result) -> None:
    """Raise what is wrong with a dialogue, if anything is."""
    if result.error:
        raise result.error
    if result.mismatches:
        verbose = item.config.getoption("verbose") > 0
        if result.transcript and verbose:
            reasons = result.skip_reasons
            words = render_dialogue(result.job.case, result.transcript, reasons)
            item.add_report_section("call", "dialogue", words)
        place = result.job.place
        raise DialogueFailed(
            render_mismatches(result.mismatches, place, verbose=verbose)
        )


def _tell(item: pytest.Item, result: Result) -> None:
    """Report an outcome that is not a failure to pytest."""
    reason = result.reason or ""
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


def _without_xfail(marks: Marks) -> Marks:
    return replace(marks, xfail=None)
