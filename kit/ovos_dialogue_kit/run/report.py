"""What a run came to, as lines for a person: each result, then the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ovos_dialogue_kit.errors import AssistantError, Mark
from ovos_dialogue_kit.render.lines import Line, dialogue_lines, mismatch_lines
from ovos_dialogue_kit.run.jobs import Result
from ovos_dialogue_kit.verdict.mismatch import act

__all__ = ["Report", "summary"]

_OUTCOMES = ("passed", "failed", "broken", "skipped", "xfailed", "xpassed")
_LATER = "the same error as above"


class Report:
    """Results as lines, one after another; remembers which errors have been told.

    Args:
        quiet: whether to tell only what went wrong.
        verbose: whether to show the bus messages that the transcripts hold.

    """

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        self._quiet = quiet
        self._verbose = verbose
        self._told: set[str] = set()
        self._skips: set[str | None] = set()

    def lines(self, result: Result) -> list[Line]:
        """Return what a session said and heard, and what was wrong with it.

        A reason for skipping is told once; the summary counts the rest, and ``verbose``
        names them.
        """
        hidden = self._quiet or self._was_told(result)
        found = [] if hidden else self._dialogue(result)
        found += mismatch_lines(result.mismatches, result.job.place)
        if result.error:
            found += self._error(result, result.error)
        return [*found, ()] if found else []

    def _was_told(self, result: Result) -> bool:
        if result.outcome != "skipped" or self._verbose:
            return False
        told = result.reason in self._skips
        self._skips.add(result.reason)
        return told

    def _dialogue(self, result: Result) -> list[Line]:
        lines = [_title(result)]
        if result.transcript:
            lines += dialogue_lines(
                result.job.case, result.transcript, verbose=self._verbose
            )[1:]
        for skipped in result.skipped_turns:
            turn = skipped.turn
            words = f"  {turn.session}  {act(turn)}  skipped: {skipped.reason}"
            lines.append((("quiet", words),))
        return lines

    def _error(self, result: Result, error: AssistantError) -> Iterator[Line]:
        """Yield why there was no assistant; a long story is told only once."""
        fixture = result.job.fixture
        place = ("place", f"{Mark(fixture.script, fixture.line)}: ")
        name = ("", f'"{fixture.dialogue}": ')
        yield place, name, ("problem", error.problem)
        if error.hint and error.problem in self._told:
            yield (("quiet", f"  {_LATER}"),)
        elif error.hint:
            for line in error.hint.splitlines():
                yield (("quiet", f"  {line}"),)
        self._told.add(error.problem)


def _title(result: Result) -> Line:
    """Return the dialogue's name, its variant, and its outcome if there is news."""
    job = result.job
    variant = ", ".join(filter(None, (job.case.name, job.engine)))
    title = ("", job.fixture.dialogue), ("quiet", f" [{variant}]")
    if result.outcome == "passed":
        return title
    style = "problem" if result.is_bad else "quiet"
    reason = f": {result.reason}" if result.reason else ""
    return (*title, (style, f"  {result.outcome}{reason}"))


def summary(results: Sequence[Result], seconds: float) -> str:
    """Return the counts: ``7 dialogues: 6 passed, 1 failed in 1.2 s``.

    Args:
        results: of all jobs.
        seconds: of real time that it took.

    """
    counts = Counter(result.outcome for result in results)
    kinds = ", ".join(f"{counts[kind]} {kind}" for kind in _OUTCOMES if counts[kind])
    names = {(each.job.fixture.script, each.job.fixture.dialogue) for each in results}
    what = _number(len(names), "dialogue")
    if len(results) != len(names):
        what = f"{_number(len(results), 'replay')} of {what}"
    return f"{what}: {kinds} in {seconds:.1f} s"


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}" + "s" * (count != 1)
