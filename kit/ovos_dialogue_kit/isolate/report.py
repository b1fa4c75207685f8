"""Report leaks in words: who heard what, in which order, and how to repeat it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.isolate.finding import Finding
from ovos_dialogue_kit.isolate.from_skill import BUILT
from ovos_dialogue_kit.isolate.observation import ORACLES
from ovos_dialogue_kit.isolate.oracles import Leak
from ovos_dialogue_kit.isolate.search import Findings
from ovos_dialogue_kit.isolate.search_all import SearchResult
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.render.lines import Line, labelled, plain, transcript_lines
from ovos_dialogue_kit.render.values import (
    flow,
    quoted,
    relevant_trace,
    reply_words,
)
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript
from ovos_dialogue_kit.verdict.leak_hint import leak_hint
from ovos_dialogue_kit.verdict.mismatch import action_words

__all__ = ["search_json", "search_lines", "search_summary", "search_text"]


def search_text(result: SearchResult) -> str:
    """Return ``search_lines`` as one text without a final newline."""
    return plain(search_lines(result)).rstrip()


def search_lines(result: SearchResult) -> list[Line]:
    """Return the report of a search; nothing if there is nothing to tell.

    It tells a leak and how to see it again, an error, the reason for a skip, and the
    values that could not be compared.
    """
    findings = result.findings
    if findings is None:
        return _not_searched(result)
    told: list[Line] = []
    for finding in findings.leaks:
        told += [_head(finding), *_details(finding)]
        told += [*labelled("again", [repeat_command(result)]), ()]
    if findings.unjudged:
        problem = "some values are random and were not compared"
        name = f'"{findings.fixture.dialogue}": '
        told.append((_place(findings.fixture), ("", name), ("quiet", problem)))
        told += [(("quiet", f"  {each}"),) for each in findings.unjudged]
        told.append(())
    return told


def _not_searched(result: SearchResult) -> list[Line]:
    fixture, error = result.job.fixture, result.error
    place = _place(fixture)
    name = ("", f'"{fixture.dialogue}": ')
    if error is None:
        return [(place, name, ("quiet", f"skipped: {result.skipped}"))]
    hint = (error.hint or "").splitlines()
    problem: Line = (place, name, ("problem", error.problem))
    return [problem, *((("quiet", f"  {line}"),) for line in hint)]


def _head(finding: Finding) -> Line:
    fixture, leak = finding.fixture, finding.leak
    line, column = fixture.line, 1
    if leak.turn is not None:
        turn = finding.case.turns[leak.turn]
        line, column = turn.line, turn.column
    place = _place(fixture, Mark(fixture.script, line, column))
    return (
        place,
        ("", f'"{fixture.dialogue}": '),
        ("problem", leak_sentence(finding, leak)),
    )


def _place(fixture: Fixture, mark: Mark | None = None) -> tuple[str, str]:
    """Return the place of a dialogue: in a script, or the skill it is made for."""
    if fixture.script.startswith(BUILT):
        return "place", f"{', '.join(fixture.skills)}: "
    return "place", f"{mark or Mark(fixture.script, fixture.line)}: "


def leak_sentence(finding: Finding, leak: Leak) -> str:
    """Return a leak as a sentence: who hears what, and whose words if that is known."""
    who, kind = leak.session, str(leak.key[1])
    if leak.source is not None:
        how = _TAINTED.get(kind, "hears")
        return f"{who} {how} what {_speaker(finding, leak.source)} said"
    if leak.oracle == "stray" and who not in finding.case.sessions:
        return f'something is said to "{who}", a session that takes no part'
    if kind == "crash":
        return "the assistant crashes when these sessions take turns"
    if leak.oracle == "state":
        return f"{who}'s session data differ from when it is alone: {leak.key[-1]}"
    if leak.oracle == "crash":
        return f"an error is raised that is not raised when {who} is alone"
    kind = "missing" if _is_missing(finding, leak) else kind
    return f"{who}{_DIFFERENT.get(kind, _HEARS_DIFFERENT)}"


def _speaker(finding: Finding, turn: int) -> str:
    return finding.case.turns[turn].session


def _is_missing(finding: Finding, leak: Leak) -> bool:
    """Return True if a session hears less while it does not speak than when alone."""
    if leak.key[1] != "stray" or finding.alone is None:
        return False
    here, alone = (_replies(each, leak) for each in (finding.company, finding.alone))
    return len(here) < len(alone)


_TAINTED = {"slot": "gets as a slot", "session": "has in its session data"}
_SHOWN_BY = {True: "`kit replay` fails on it", False: "with `kit isolate` only"}
_HEARS_DIFFERENT = " hears something different from what it hears alone"
_UNDERSTOOD = " is understood differently than when it is alone"
_DIFFERENT = {
    "stray": " hears something while it is not speaking",
    "missing": " misses a reply that it gets when alone",
    "end": "'s turn ends differently than when it is alone",
    "fault": " is treated differently than when it is alone",
    "intent": _UNDERSTOOD,
    "route": _UNDERSTOOD,
    "skill": " is answered by a different skill than when it is alone",
    "slot": _UNDERSTOOD,
}


def _details(finding: Finding) -> Iterator[Line]:
    leak = finding.leak
    yield from labelled(
        "heard", _heard(finding.company, leak) or ["(nothing)"], "heard"
    )
    if finding.alone:
        alone = _alone(finding.alone, leak) or ["(nothing)"]
        yield from labelled("alone", alone, "expected")
    yield from labelled("leak", _sources(finding, leak), "leak")
    trace = _trace(finding)
    yield from labelled("trace", relevant_trace(trace) if trace else (), "quiet")
    yield from labelled("oracle", [leak.oracle])
    order = plain(transcript_lines(finding.case, finding.company)[1:]).splitlines()
    yield from labelled("order", [line.strip() for line in order])
    if finding.order_seed is not None:
        shuffled = (
            f"the listeners of each message are shuffled (seed {finding.order_seed})"
        )
        yield from labelled("", [shuffled])
    how = _SHOWN_BY[finding.is_confirmed]
    yield from labelled("script", [f"smallest script that shows it ({how}):", ""])
    for line in finding.script.splitlines():
        yield (("", f"    {line}"),)
    yield ()


def _heard(transcript: Transcript, leak: Leak) -> list[str]:
    """Return what happened at the place of a leak."""
    if leak.key[1] in {"session", "slot", "route", "intent", "skill", "end"}:
        return [f"{'.'.join(map(str, leak.key[1:]))}: {flow(leak.company)}"]
    return _listed(_replies(transcript, leak))


def _alone(transcript: Transcript, leak: Leak) -> list[str]:
    if leak.key[1] in {"session", "slot", "route", "intent", "skill", "end"}:
        return [flow(leak.alone)] if leak.oracle != "taint" else []
    return _heard(transcript, leak)


def _listed(replies: Iterable[Reply]) -> list[str]:
    return [reply_words(each) for each in replies]


def _sources(finding: Finding, leak: Leak) -> list[str]:
    """Return the words that leaked and where they were said, if that is known."""
    if leak.source is not None:
        word = next((w for w, t in finding.canaries.items() if t == leak.source), "")
        return [_said(finding, word, leak.source)]
    replies = _replies(finding.company, leak)
    hints = (leak_hint(finding.case, finding.company, reply) for reply in replies)
    alone = [turn.replies for turn in finding.alone.turns] if finding.alone else []
    alone += [finding.alone.strays] if finding.alone else []
    known = _words(leak.session, *(reply.text for each in alone for reply in each))
    own = [turn.said for turn in finding.case.turns if turn.session == leak.session]
    heard = _words(*(reply.text for reply in replies)) - known - _words(*own)
    foreign = [
        _said(finding, word, index)
        for index, turn in enumerate(finding.case.turns)
        if turn.session != leak.session
        for word in sorted(heard & _words(turn.said), key=len)[-1:]
    ]
    return [*filter(None, hints), *foreign][:1]


def _replies(transcript: Transcript, leak: Leak) -> list[Reply]:
    """Return what was heard in the turn of a leak, or in no turn."""
    if leak.turn is None:
        return [each for each in transcript.strays if each.session == leak.session]
    turns = [turn for turn in transcript.turns if turn.index == leak.turn]
    return [reply for turn in turns for reply in turn.replies]


def _said(finding: Finding, word: str, turn: int) -> str:
    return f"{quoted(word)} was said by {_speaker(finding, turn)} in turn {turn + 1}"


def _words(*texts: str) -> set[str]:
    return {word for text in texts for word in re.findall(r"\w+", text.casefold())}


def _trace(finding: Finding) -> str | None:
    if finding.leak.oracle != "crash":
        return None
    faults = [fault for turn in finding.company.turns for fault in turn.faults]
    faults += [finding.company.crash] if finding.company.crash else []
    return next((fault.trace for fault in faults if fault.trace), None)


# -- a whole run ----------------------------------------------------------------------


def repeat_command(result: SearchResult) -> str:
    """Return the command line that repeats a search exactly."""
    job, settings = result.job, result.settings
    command = ["kit", "isolate"]
    if job.fixture.script.startswith(BUILT):
        command += [part for skill in job.fixture.skills for part in ("--skill", skill)]
        command += ["--lang", job.fixture.langs[0]]
    else:
        command.append(job.fixture.script)
    command += ["-k", job.case.name or job.fixture.dialogue, "--engine", job.engine]
    command += [
        "--seed",
        str(settings.seed),
        "--schedules",
        str(settings.budget.schedules),
    ]
    if settings.oracles != ORACLES:
        command += [part for name in settings.oracles for part in ("--oracle", name)]
    return shlex.join(command)


def search_summary(findings: Sequence[Findings], seed: int, seconds: float) -> str:
    """Return the counts: ``3 dialogues, 740 schedules: 1 leak in 31.2 s (seed 7)``."""
    tried = sum(each.tried for each in findings)
    leaks = sum(len(each.leaks) for each in findings)
    names = {(each.fixture.script, each.fixture.dialogue) for each in findings}
    found = counted(leaks, "leak") if leaks else "no leak"
    what = f"{counted(len(names), 'dialogue')}, {counted(tried, 'schedule')}"
    return f"{what}: {found} in {seconds:.1f} s (seed {seed})"


def search_json(result: SearchResult) -> str:
    """Return the result of a search as one line of JSON, without its end.

    Its keys: ``script``, ``dialogue``, ``case``, ``engine``, ``seed``, ``again``; then
    ``error`` or ``skipped``, or ``schedules`` (tried), ``orders`` (there are),
    ``seconds``, ``unjudged`` and ``leaks``, each with ``oracle``, ``session``,
    ``problem``, ``turns`` (of the smallest dialogue: ``session``, ``said``,
    ``overlap``), ``script``, ``confirmed`` and ``report``.
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
            "orders": findings.orders,
            "seconds": round(findings.seconds, 3),
            "unjudged": list(findings.unjudged),
            "leaks": [dict(_as_json(finding)) for finding in findings.leaks],
        }
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


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
        "report": plain([_head(finding), *_details(finding)]),
    }
