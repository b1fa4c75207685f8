"""Report a run on a terminal: each result in lines, then the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from ovos_dialogue_kit.assistant.transports.registry import transport_of
from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.errors import AssistantError, Mark
from ovos_dialogue_kit.render.lines import (
    AS_ABOVE,
    Line,
    mismatch_lines,
    transcript_lines,
)
from ovos_dialogue_kit.run.jobs import Result, from_here
from ovos_dialogue_kit.run.select import Plan
from ovos_dialogue_kit.verdict.outcome import OUTCOMES

__all__ = [
    "SummaryReporter",
    "TerminalReporter",
    "is_nothing_replayed",
    "run_summary",
    "skip_line",
    "skip_lines",
]


class TerminalReporter:
    """Shows each result in lines; the whole text of an error only the first time.

    Args:
        show: prints lines.
        quiet: show only what went wrong.
        verbose: also show the bus messages that the transcripts hold, and all that
            was expected and heard, however much that is.

    """

    def __init__(
        self,
        show: Callable[[list[Line]], None],
        *,
        quiet: bool,
        verbose: bool,
    ) -> None:
        self._show = show
        self._quiet = quiet
        self._verbose = verbose
        self._shown_errors: set[str] = set()
        self._shown_skips: set[str | None] = set()

    def started(self, plan: Plan) -> None:
        """Show nothing yet."""

    def result(self, result: Result) -> None:
        """Show what each session said and heard, and what was wrong with it.

        A reason for skipping is shown once, unless verbose; the counts include the
        rest.
        """
        result = from_here(result)
        hidden = self._quiet or self._was_shown(result)
        lines = [] if hidden else self._dialogue(result)
        lines += mismatch_lines(
            result.mismatches, result.job.place, verbose=self._verbose
        )
        if result.error:
            lines += self._error(result, result.error)
        if lines:
            self._show([*lines, ()])

    def finished(self, seconds: float, *, is_complete: bool) -> None:
        """Show nothing more; see ``SummaryReporter``."""

    def _was_shown(self, result: Result) -> bool:
        if result.outcome != "skipped" or self._verbose:
            return False
        shown = result.reason in self._shown_skips
        self._shown_skips.add(result.reason)
        return shown

    def _dialogue(self, result: Result) -> list[Line]:
        lines = [_title(result)]
        if result.transcript:
            reasons = result.skip_reasons
            lines += transcript_lines(
                result.job.case,
                result.transcript,
                reasons,
                wrong=result.wrong_turns,
                verbose=self._verbose,
            )[1:]
        return lines

    def _error(self, result: Result, error: AssistantError) -> Iterator[Line]:
        """Yield why there was no assistant; a long hint only the first time."""
        fixture = result.job.fixture
        place = ("place", f"{Mark(fixture.script, fixture.line)}: ")
        name = ("", f'"{fixture.dialogue}": ')
        yield place, name, ("problem", error.problem)
        if error.hint and error.problem in self._shown_errors:
            yield (("quiet", f"  {AS_ABOVE}"),)
        elif error.hint:
            for line in error.hint.splitlines():
                yield (("quiet", f"  {line}"),)
        self._shown_errors.add(error.problem)


def _title(result: Result) -> Line:
    """Return the dialogue's name, its variant, and any outcome but ``passed``.

    Its place is there, too, unless what is wrong with it names it below.
    """
    job = result.job
    variant = ", ".join(filter(None, (job.case.name, job.engine)))
    title = ("", job.fixture.dialogue), ("quiet", f" [{variant}]")
    reason = f": {result.reason}" if result.reason else ""
    if result.is_bad:
        return (*title, ("problem", f"  {result.outcome}{reason}"))
    place = ("quiet", f"  {job.fixture.script}:{job.fixture.line}")
    if result.outcome == "passed":
        return (*title, place)
    return (*title, place, ("quiet", f"  {result.outcome}{reason}"))


class SummaryReporter:
    """Prints what is wrong with the committed fixtures, and the counts at the end.

    Args:
        tell: prints a text as a line of its own.

    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._results: list[Result] = []

    def started(self, plan: Plan) -> None:
        """Print what is left out, and what is wrong with the committed fixtures."""
        self._planned = len(plan.jobs)
        for note in plan.notes:
            self._tell(f"note: {note}")
        for problem in plan.problems:
            self._tell(str(problem))

    def result(self, result: Result) -> None:
        """Count a result."""
        self._results.append(result)

    def finished(self, seconds: float, *, is_complete: bool) -> None:
        """Print the counts, and how far a run came that ended early.

        Assistants that dialogues have shared are named, too, because there a dialogue
        can depend on those before it; why others were booted for each dialogue, which
        takes longer; and the reasons of skips that may not be meant.
        """
        for bus in _shared(self._results):
            self._tell(f"all dialogues shared the assistant at {bus}")
        for line in _boots(self._results):
            self._tell(line)
        if is_complete:
            for line in skip_lines(self._results, "--strict-engines"):
                self._tell(line)
            self._tell(run_summary(self._results, seconds))
            return
        done = f"{len(self._results)} of {counted(self._planned, 'replay')}"
        kinds = f": {_counts(self._results)}" if self._results else ""
        self._tell(f"the run ended early, after {done}{kinds}")


def _shared(results: Sequence[Result]) -> list[str]:
    """Return the addresses of assistants that did not start anew for each replay."""
    buses = {each.transcript.bus for each in results if each.transcript}
    return sorted(bus for bus in buses if not transport_of(bus).has_own_assistant)


def _boots(results: Sequence[Result]) -> list[str]:
    """Return why assistants were booted for each dialogue, a line for each reason."""
    reasons = {
        (" ".join(each.job.fixture.skills), each.transcript.leftovers)
        for each in results
        if each.transcript and each.transcript.leftovers
    }
    return [
        f"note: each dialogue of {skills} takes a boot of its own, because booting "
        f"leaves behind: {', '.join(leftovers)}"
        for skills, leftovers in sorted(reasons)
    ]


def skip_lines(results: Sequence[Result], strict: str) -> list[str]:
    """Return why dialogues were skipped, where the user may not know it.

    Engines that are not installed always count, other reasons only if nothing was
    replayed.

    Args:
        results: of all jobs.
        strict: the option that makes a missing engine an error.

    """
    is_nothing = is_nothing_replayed(results)
    reasons = Counter((each.reason, each.lacks_engine) for each in results)
    lines = [
        skip_line(count, str(reason), strict if lacks else None)
        for (reason, lacks), count in reasons.items()
        if lacks or is_nothing
    ]
    return [*lines, *(["nothing was replayed"] if is_nothing else [])]


def skip_line(count: int, reason: str, strict: str | None = None) -> str:
    """Return why a number of dialogues was skipped; see ``skip_lines``."""
    remedy = f"; {strict} makes that an error" if strict else ""
    return f"{count} skipped: {reason}{remedy}"


def is_nothing_replayed(results: Sequence[Result]) -> bool:
    """Return True if there are results, and all of them are skips."""
    return bool(results) and all(each.outcome == "skipped" for each in results)


def run_summary(results: Sequence[Result], seconds: float) -> str:
    """Return the counts: ``7 dialogues: 6 passed, 1 failed in 1.2 s``.

    Args:
        results: of all jobs.
        seconds: of real time that the run took.

    """
    names = {(each.job.fixture.script, each.job.fixture.dialogue) for each in results}
    what = counted(len(names), "dialogue")
    if len(results) != len(names):
        what = f"{counted(len(results), 'replay')} of {what}"
    return f"{what}: {_counts(results)} in {seconds:.1f} s"


def _counts(results: Sequence[Result]) -> str:
    counts = Counter(result.outcome for result in results)
    return ", ".join(
        f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome]
    )
