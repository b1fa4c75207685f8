"""Report searches: their leaks, what was not compared, and how to repeat them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ovos_dialogue_kit.assistant.setup import Limits
from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.isolate.dialogues.from_skill import BUILT
from ovos_dialogue_kit.isolate.finding import Finding
from ovos_dialogue_kit.isolate.judging.observation import ORACLES
from ovos_dialogue_kit.isolate.reports.leak_lines import leak_head, leak_lines, place_of
from ovos_dialogue_kit.isolate.reports.leak_sentence import leak_sentence
from ovos_dialogue_kit.isolate.search import Findings
from ovos_dialogue_kit.isolate.search_all import SearchResult
from ovos_dialogue_kit.jsondata import Json, json_line
from ovos_dialogue_kit.render.lines import Line, labelled, plain
from ovos_dialogue_kit.run.jobs import Settings
from ovos_dialogue_kit.run.options import (
    BOOT_TIMEOUT_OPTION,
    BUS_OPTION,
    DEADLINE_OPTION,
    DIALOGUE_TIMEOUT_OPTION,
    TRAINING_TIMEOUT_OPTION,
)
from ovos_dialogue_kit.verdict.mismatch import action_words

__all__ = [
    "repeat_command",
    "search_json",
    "search_lines",
    "search_summary",
    "search_text",
]


def search_text(result: SearchResult) -> str:
    """Return ``search_lines`` as one text without a final newline."""
    return plain(search_lines(result)).rstrip()


def search_lines(result: SearchResult) -> list[Line]:
    """Return the report of a search; nothing if there is nothing to tell.

    It tells a leak, its evidence and how to see it again, an error, the reason for a
    skip, what was cut short, and the values that could not be compared.
    """
    findings, error = result.findings, result.error
    told: list[Line] = []
    for finding in findings.leaks if findings else ():
        told += [leak_head(finding), *leak_lines(finding)]
        told += [*labelled("repeat", [repeat_command(result)]), ()]
    if error:
        told.append(_note(result, error.problem, "problem"))
        told += [(("quiet", f"  {line}"),) for line in (error.hint or "").splitlines()]
    if result.skipped is not None:
        told.append(_note(result, f"skipped: {result.skipped}"))
    return [*told, *_limits(result, findings)] if findings else told


def _limits(result: SearchResult, findings: Findings) -> Iterator[Line]:
    """Yield what was not searched or compared."""
    if findings.is_cut_short:
        tried = f"{findings.tried} of {counted(findings.budget, 'schedule')}"
        yield _note(result, f"{tried} tried when the time was up")
        yield ()
    for places, problem in (
        (
            findings.unjudged,
            "some values are random, or depend on a race, and were not compared",
        ),
        (findings.undecided, "some values may be random or a leak: undecided"),
    ):
        if places:
            yield _note(result, problem)
            yield from ((("quiet", f"  {each}"),) for each in places)
            yield ()


def _note(result: SearchResult, text: str, style: str = "quiet") -> Line:
    fixture = result.job.fixture
    return place_of(fixture), ("", f'"{fixture.dialogue}": '), (style, text)


def repeat_command(result: SearchResult) -> str:
    """Return the command line that repeats a search exactly."""
    job, settings = result.job, result.settings
    fixture, own = job.fixture, job.generated
    command = ["kit", "isolate"]
    skills = _repeated("--skill", fixture.skills)
    if fixture.script.startswith(BUILT):
        command += [*skills, "--lang", fixture.langs[0]]
    else:
        command.append(fixture.script)
        command += [] if own.skills == fixture.skills else skills
    if own.transformers != fixture.transformers:
        command += _repeated("--transformer", fixture.transformers)
    command += ["--case", job.title, "--engine", job.engine]
    if result.run.bus != BUS_OPTION.default:
        command += ["--bus", result.run.bus]
    command += ["--seed", str(settings.seed)]
    command += ["--schedules", str(settings.budget.schedules)]
    command += [part for each in _limits_of(result.run) for part in each]
    if settings.oracles != ORACLES:
        command += _repeated("--oracle", settings.oracles)
    return shlex.join(command)


def _repeated(option: str, values: Iterable[str]) -> list[str]:
    return [part for value in values for part in (option, value)]


def _limits_of(run: Settings) -> Iterator[tuple[str, str]]:
    """Yield the options of the times that are not as by default, with their values."""
    deadline, usual = run.options.deadline, Limits()
    if deadline is not None:
        yield f"--{DEADLINE_OPTION.name}", f"{deadline:g}"
    for option, name in (
        (BOOT_TIMEOUT_OPTION, "boot"),
        (TRAINING_TIMEOUT_OPTION, "training"),
        (DIALOGUE_TIMEOUT_OPTION, "dialogue"),
    ):
        seconds = getattr(run.limits, name)
        if seconds != getattr(usual, name):
            yield f"--{option.name}", f"{seconds:g}"


def search_summary(results: Sequence[SearchResult], seed: int, seconds: float) -> str:
    """Return the counts: ``3 dialogues, 740 schedules: 1 leak in 31.2 s (seed 7)``.

    Dialogues that were not searched, or not as far as they should have been, follow.
    """
    findings = [each.findings for each in results if each.findings]
    tried = sum(each.tried for each in findings)
    leaks = sum(len(each.leaks) for each in findings)
    found = counted(leaks, "leak") if leaks else "no leak"
    searched = _dialogues(each for each in results if each.findings)
    what = f"{counted(len(searched), 'dialogue')}, {counted(tried, 'schedule')}"
    told = found if tried else "nothing was searched"
    left = _dialogues(each for each in results if each.is_missed)
    cut = _dialogues(each for each in results if _is_cut_short(each)) - left
    rest = [f"{counted(len(left), 'dialogue')} could not be searched"] if left else []
    rest += [f"{counted(len(cut), 'dialogue')} cut short"] if cut else []
    return "; ".join([f"{what}: {told} in {seconds:.1f} s (seed {seed})", *rest])


def _dialogues(results: Iterable[SearchResult]) -> set[tuple[str, str]]:
    return {(each.job.fixture.script, each.job.fixture.dialogue) for each in results}


def _is_cut_short(result: SearchResult) -> bool:
    return result.findings is not None and result.findings.is_cut_short


def search_json(result: SearchResult) -> str:
    """Return the result of a search as one line of JSON, without its end.

    Its keys: ``script``, ``dialogue``, ``case``, ``engine``, ``seed``, ``again``; then
    ``error`` or ``skipped``; then ``schedules`` (tried), ``budget`` (schedules to try),
    ``orders`` (there are), ``seconds``, ``unjudged``, ``undecided`` and ``leaks``, each
    with ``oracle``, ``session``, ``problem``, ``turns`` (of the smallest dialogue:
    ``session``, ``said``, ``overlap``), ``script``, ``confirmed``, ``probability`` (of
    it, if it were chance) and ``report``.
    """
    job, findings = result.job, result.findings
    parts: dict[str, Json] = {
        "script": job.fixture.script,
        "dialogue": job.fixture.dialogue,
        "case": job.case.name,
        "engine": job.engine,
        "seed": result.settings.seed,
        "again": repeat_command(result),
    }
    if result.error:
        parts["error"] = str(result.error)
    if result.skipped is not None:
        parts["skipped"] = result.skipped
    if findings:
        parts |= {
            "schedules": findings.tried,
            "budget": findings.budget,
            "orders": findings.orders,
            "seconds": round(findings.seconds, 3),
            "unjudged": list(findings.unjudged),
            "undecided": list(findings.undecided),
            "leaks": [dict(_as_json(finding)) for finding in findings.leaks],
        }
    return json_line(parts)


def _as_json(finding: Finding) -> Mapping[str, Json]:
    turns: list[Json] = [
        {"session": turn.session, "said": action_words(turn), "overlap": turn.overlap}
        for turn in finding.case.turns
    ]
    return {
        "oracle": finding.leak.oracle,
        "session": finding.leak.session,
        "problem": leak_sentence(finding, finding.leak),
        "turns": turns,
        "script": finding.script,
        "confirmed": finding.is_confirmed,
        "probability": finding.evidence.probability if finding.evidence.seeds else 0.0,
        "report": plain([leak_head(finding), *leak_lines(finding)]),
    }
