"""Select the dialogues of a run and plan its jobs."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ovos_dialogue_kit.assistant.device import LeftOut
from ovos_dialogue_kit.errors import KitError, near_name
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.project.paths import SUFFIX, error_from_here
from ovos_dialogue_kit.render.left_out import left_out_notes
from ovos_dialogue_kit.run.jobs import Job, Settings, job_below, jobs_of, notes_on
from ovos_dialogue_kit.run.load import LoadedDialogue

__all__ = ["Plan", "plan", "tags_of"]

_ACCENT = 200
"""The combining class (UAX 44) from which on a mark stands above or below a letter."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The jobs of a run, and the problems of their committed fixtures.

    ``notes`` say what the skills register and no assistant of the run takes.
    """

    jobs: Sequence[Job]
    problems: Sequence[KitError]
    notes: Sequence[str] = ()


def plan(
    dialogues: Iterable[LoadedDialogue],
    settings: Settings,
    pattern: str,
    tags: Collection[str] = (),
) -> Plan:
    """Return the jobs of the dialogues that are wanted.

    Args:
        dialogues: all that were loaded.
        settings: the user's choices.
        pattern: a part of the name of the dialogue or of the variant; case and
            accents are ignored. An empty one is part of each.
        tags: names of which the dialogue or one of its turns must have one; if empty,
            all dialogues are wanted.

    Raises:
        KitError: nothing is left (with the near name), or a dialogue names no skill.

    """
    jobs: list[Job] = []
    problems = []
    notes: list[LeftOut] = []
    listed = list(dialogues)
    for each in listed:
        wanted = [
            job
            for job in _jobs(each, settings)
            if _is_named(job, pattern) and _is_tagged(job, tags)
        ]
        jobs += wanted
        if wanted:
            problems += [each.problem] if each.problem else []
            notes += notes_on(each.fixture, settings)
    if not jobs:
        raise _nothing([each.fixture for each in listed], pattern, tags)
    return Plan(_in_one_tree(jobs), problems, left_out_notes(notes))


def _in_one_tree(jobs: Sequence[Job]) -> Sequence[Job]:
    """Return jobs whose paths tell their projects apart, if they have any."""
    roots = {job.root for job in jobs if job.root}
    if not roots:
        return jobs
    top = Path(os.path.commonpath(roots))
    return [job_below(top, job) for job in jobs]


def _jobs(loaded: LoadedDialogue, settings: Settings) -> Sequence[Job]:
    """Return the jobs of a dialogue; an error has its place as seen from here."""
    try:
        return jobs_of(loaded.fixture, settings, loaded.place, loaded.root)
    except KitError as error:
        raise error_from_here(error, loaded.root or Path()) from error


def _is_named(job: Job, pattern: str) -> bool:
    names = (job.fixture.dialogue, job.case.name)
    return any(_folded(pattern) in _folded(name) for name in names)


def _folded(text: str) -> str:
    """Return a text without case, accents and the encoding of its characters.

    So ``-k istanbul`` finds ``İstanbul``, and ``-k cafe`` both encodings of ``café``.
    """
    text = unicodedata.normalize("NFKD", text.casefold()).replace("ı", "i")  # noqa: RUF001  # it is that one
    return "".join(c for c in text if unicodedata.combining(c) < _ACCENT)


def _is_tagged(job: Job, tags: Collection[str]) -> bool:
    return not tags or not set(tags).isdisjoint(tags_of(job.fixture))


def tags_of(fixture: Fixture, cases: Iterable[Case] | None = None) -> tuple[str, ...]:
    """Return the tags of a dialogue and of its turns, each once.

    Args:
        fixture: the dialogue.
        cases: those whose turns count; by default all.

    """
    counted = fixture.cases if cases is None else cases
    turns = (turn.marks.tags for case in counted for turn in case.turns)
    return tuple(dict.fromkeys(chain(fixture.marks.tags, *turns)))


def _nothing(
    fixtures: Sequence[Fixture], pattern: str, tags: Collection[str]
) -> KitError:
    """Return the error that no dialogue is left to replay."""
    if not fixtures:
        hint = f'scripts are named "<name>{SUFFIX}"'
        return KitError("no dialogues found", hint=hint)
    words = []
    if pattern:
        names = {fixture.dialogue for fixture in fixtures}
        is_known = any(_folded(pattern) in _folded(name) for name in names)
        near = "" if is_known else near_name(pattern, names)
        words.append(f'has "{pattern}" in its name{near}')
    if tags:
        known = set(chain.from_iterable(map(tags_of, fixtures)))
        unknown = {tag: near_name(tag, known) for tag in tags if tag not in known}
        listed = (f'"{tag}"{unknown.get(tag, "")}' for tag in tags)
        words.append(f"is tagged {' or '.join(listed)}")
    return KitError(f"no dialogue {' and '.join(words)}")
