"""Report leaks in words: who heard what, in which order, and how to repeat it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ovos_dialogue_kit.assistant.setup import Limits
from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.isolate.finding import Finding
from ovos_dialogue_kit.isolate.from_skill import BUILT
from ovos_dialogue_kit.isolate.leak import NOBODY, Leak
from ovos_dialogue_kit.isolate.observation import ORACLES, Oracle
from ovos_dialogue_kit.isolate.outgoing import message_values, sent_to_session
from ovos_dialogue_kit.isolate.search import Findings
from ovos_dialogue_kit.isolate.search_all import SearchResult
from ovos_dialogue_kit.jsondata import Json, json_line
from ovos_dialogue_kit.render.lines import Line, labelled, plain, transcript_lines
from ovos_dialogue_kit.render.values import (
    flow,
    quoted,
    relevant_trace,
    reply_words,
)
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript
from ovos_dialogue_kit.run.jobs import Settings
from ovos_dialogue_kit.run.options import (
    BOOT_TIMEOUT_OPTION,
    DEADLINE_OPTION,
    DIALOGUE_TIMEOUT_OPTION,
    TRAINING_TIMEOUT_OPTION,
)
from ovos_dialogue_kit.verdict.leak_hint import leak_hint
from ovos_dialogue_kit.verdict.mismatch import action_words

__all__ = [
    "leak_place",
    "leak_sentence",
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
        told += [_head(finding), *_details(finding)]
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
        (findings.unjudged, "some values are random and were not compared"),
        (findings.undecided, "some values may differ by chance or not: undecided"),
    ):
        if places:
            yield _note(result, problem)
            yield from ((("quiet", f"  {each}"),) for each in places)
            yield ()


def _note(result: SearchResult, text: str, style: str = "quiet") -> Line:
    fixture = result.job.fixture
    return _place(fixture), ("", f'"{fixture.dialogue}": '), (style, text)


def _head(finding: Finding) -> Line:
    fixture = finding.fixture
    place = _place(fixture, Mark(fixture.script, *leak_place(finding)))
    return (
        place,
        ("", f'"{fixture.dialogue}": '),
        ("problem", leak_sentence(finding, finding.leak)),
    )


def leak_place(finding: Finding) -> tuple[int, int]:
    """Return line and column of a leak: those of its turn, or of the dialogue."""
    if finding.leak.turn is None:
        return finding.fixture.line, 1
    turn = finding.case.turns[finding.leak.turn]
    return turn.line, turn.column


def _place(fixture: Fixture, mark: Mark | None = None) -> tuple[str, str]:
    """Return the place of a dialogue: in a script, or the skill it is made for."""
    if fixture.script.startswith(BUILT):
        return "place", f"{', '.join(fixture.skills)}: "
    return "place", f"{mark or Mark(fixture.script, fixture.line)}: "


def leak_sentence(finding: Finding, leak: Leak) -> str:
    """Return a leak as a sentence: who hears what, and whose words if that is known."""
    if leak.source is not None:
        how = _TAINTED.get(str(leak.key[1]), "hears")
        return f"{leak.session} {how} what {_speaker(finding, leak.source)} said"
    return _SENTENCES.get(leak.oracle, _heard_sentence)(finding, leak)


def _heard_sentence(finding: Finding, leak: Leak) -> str:
    kind = "missing" if _is_missing(finding, leak) else str(leak.key[1])
    return f"{leak.session}{_DIFFERENT.get(kind, _HEARS_DIFFERENT)}"


def _stray_sentence(finding: Finding, leak: Leak) -> str:
    if leak.session not in finding.case.sessions:
        return f'something is said to "{leak.session}", a session that takes no part'
    return _heard_sentence(finding, leak)


def _state_sentence(_: Finding, leak: Leak) -> str:
    what = leak.key[-1]
    return f"{leak.session}'s session data differ from when it is alone: {what}"


def _sent_sentence(finding: Finding, leak: Leak) -> str:
    who, number = leak.session, leak.key[2]
    if leak.key[1] == "screen":
        name = f" {leak.key[3]}" if leak.key[3] else ""
        what = f"{leak.key[2]}{name}"
        return f"{who} shows on the device what it does not show there alone: {what}"
    sent = (
        _message(each, leak.turn, number) for each in (finding.company, finding.alone)
    )
    topic = next((message["type"] for message in sent if message), "")
    place = ".".join(map(str, leak.key[len((0, "message", 0)) :]))
    what = f"{place} of {topic}"
    return f"{who} is sent something different from what it is sent alone: {what}"


def _echo_sentence(_: Finding, leak: Leak) -> str:
    how = "is sent" if leak.key[2] == "message" else "hears"
    return f"{leak.session} {how} a random value that another session was told"


def _crash_sentence(_: Finding, leak: Leak) -> str:
    """Return in words what is raised, or not raised, only in company."""
    if leak.key[1] == "crash":
        return "the assistant crashes when these sessions take turns"
    if leak.session == NOBODY:
        return "an error is raised that is not raised when each session is alone"
    if leak.company is None:
        return f"{leak.session} is spared an error that is raised when it is alone"
    return f"an error is raised that is not raised when {leak.session} is alone"


def _speaker(finding: Finding, turn: int) -> str:
    return finding.case.turns[turn].session


def _is_missing(finding: Finding, leak: Leak) -> bool:
    """Return True if a session hears less while it does not speak than when alone."""
    if leak.key[1] != "stray" or finding.alone is None:
        return False
    here, alone = (_replies(each, leak) for each in (finding.company, finding.alone))
    return len(here) < len(alone)


_SENTENCES: Mapping[Oracle, Callable[[Finding, Leak], str]] = {
    "stray": _stray_sentence,
    "crash": _crash_sentence,
    "state": _state_sentence,
    "sent": _sent_sentence,
    "echo": _echo_sentence,
}


def _message(
    transcript: Transcript | None, turn: int | None, number: str | int
) -> Mapping[str, Json] | None:
    """Return a message of a turn by its number, if there is one."""
    turns = (each for each in (transcript.turns if transcript else ()))
    sent = [m for each in turns if each.index == turn for m in sent_to_session(each)]
    return dict(enumerate(sent)).get(int(number))


_TAINTED = {
    "message": "is sent",
    "screen": "shows on the device",
    "slot": "gets as a slot",
    "session": "has in its session data",
}
_MEANINGS: Mapping[Oracle, str] = {
    "taint": "a session gets words that only another one has said",
    "stray": "something is said to a session that is not speaking",
    "crash": "an error is raised that is not raised when the session is alone",
    "solo": "its replies, intent or end of turn differ from when it is alone",
    "state": "its session data differ from when it is alone",
    "sent": "what it is sent besides speech differs from when it is alone",
    "echo": "a session gets a random value that another one was told",
}
"""What each oracle calls a leak, in a line."""

_HEARS_DIFFERENT = " hears something different from what it hears alone"
_UNDERSTOOD = " is understood differently than when it is alone"
_DIFFERENT = {
    "stray": " hears something while it is not speaking",
    "missing": " misses a reply that it gets when alone",
    "order": " hears its replies in a different order than when it is alone",
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
    yield from labelled("oracle", [f"{leak.oracle}: {_MEANINGS[leak.oracle]}"])
    yield from labelled("evidence", _evidence(finding))
    order = plain(transcript_lines(finding.case, finding.company)[1:]).splitlines()
    yield from labelled("order", [line.strip() for line in order])
    if finding.order_seed is not None:
        seed = f"(seed {finding.order_seed})"
        mixed = f"listeners are shuffled and interrupt each other {seed}"
        yield from labelled("", [mixed])
    how = _shown_by(finding)
    kind = "smallest script that shows it"
    if finding.not_shrunk:
        kind = f"not shrunk, as {finding.not_shrunk}"
    yield from labelled("script", [f"{kind} ({how}):", ""])
    for line in finding.script.splitlines():
        yield (("", f"    {line}"),)
    yield ()


def _shown_by(finding: Finding) -> str:
    """Return the command that fails on the script of a leak."""
    if not finding.is_confirmed:
        return "with `kit isolate` only"
    seed = finding.order_seed
    option = "" if seed is None else f" --order-seed {seed}"
    return f"`kit replay{option}` fails on it"


def _evidence(finding: Finding) -> list[str]:
    """Return how certain it is that a leak is not chance."""
    evidence = finding.evidence
    if evidence.kind == "undecided":
        return ["seen once: it could not be tried again with other random seeds"]
    if not evidence.seeds:
        return []
    what = "that" if evidence.is_absent else "this"
    seeds = counted(evidence.seeds, "random seed")
    odds = f"{1 / evidence.probability:,.0f}"
    times = f"{evidence.company} times in company, {evidence.alone} alone"
    return [f"with {seeds}: {what} {times} (by chance: 1 in {odds})"]


_VALUES = frozenset({"session", "slot", "route", "intent", "skill", "end", "screen"})


def _message_words(message: Mapping[str, Json]) -> str:
    """Return the type of a message and the values that are compared."""
    values = {".".join(at): v for at, v in message_values(message) if at != ("type",)}
    return f"{message['type']}  {flow(values)}"


def _heard(transcript: Transcript, leak: Leak) -> list[str]:
    """Return what happened at the place of a leak."""
    if leak.session == NOBODY:
        return [str(leak.key[-1])]
    place = leak.key[2:] if leak.key[1] == "echo" else leak.key[1:]
    if place[0] == "message":
        message = _message(transcript, leak.turn, place[1])
        return [_message_words(message)] if message else []
    if leak.key[1] in _VALUES:
        return [f"{'.'.join(map(str, leak.key[1:]))}: {flow(leak.company)}"]
    return _listed(_replies(transcript, leak))


def _alone(transcript: Transcript, leak: Leak) -> list[str]:
    if leak.key[1] in _VALUES:
        return [flow(leak.alone)] if leak.oracle != "taint" else []
    return _heard(transcript, leak)


def _listed(replies: Iterable[Reply]) -> list[str]:
    return [reply_words(each) for each in replies]


def _sources(finding: Finding, leak: Leak) -> list[str]:
    """Return the words that leaked and where they were said, if that is known."""
    if leak.source is not None:
        word = next((w for w, t in finding.canaries.items() if t == leak.source), "")
        return [_said(finding, word, leak.source)]
    if leak.oracle == "crash":
        return []  # what OVOS says of an error is nobody's
    if leak.oracle == "echo":
        return _told(finding, leak)
    replies = _replies(finding.company, leak)
    turns = finding.alone.turns if finding.alone else ()
    heard_alone = [turn.replies for turn in turns]
    heard_alone += [finding.alone.strays] if finding.alone else []
    alone = [reply.text for each in heard_alone for reply in each]
    case, company = finding.case, finding.company
    hints = (leak_hint(case, company, reply, alone) for reply in replies)
    known = _words(leak.session, *alone)
    own = [turn.said for turn in finding.case.turns if turn.session == leak.session]
    heard = _words(*(reply.text for reply in replies)) - known - _words(*own)
    foreign = [
        _said(finding, word, index)
        for index, turn in enumerate(finding.case.turns)
        if turn.session != leak.session
        for word in sorted(heard & _words(turn.said), key=len)[-1:]
    ]
    return [_without_line(hint, finding) for hint in (*filter(None, hints), *foreign)][
        :1
    ]


def _without_line(hint: str, finding: Finding) -> str:
    """Leave out the line if the script was made for the search, as nobody sees it."""
    is_built = finding.fixture.script.startswith(BUILT)
    return hint.partition(" (line ")[0] if is_built else hint


def _told(finding: Finding, leak: Leak) -> list[str]:
    """Return the word that another session was told, and when."""
    here, there = (
        _words(*_heard(each, leak)) if each else set()
        for each in (finding.company, finding.alone)
    )
    for turn in finding.company.turns:
        told = _words(*(each.text for each in turn.replies))
        words = sorted((here - there) & told, key=len)
        if words and turn.session != leak.session:
            word = quoted(words[-1])
            return [f"{word} was told to {turn.session} in turn {turn.index + 1}"]
    return []


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
    """Return the traceback of an error that is not there when the session is alone."""
    leak = finding.leak
    if leak.oracle != "crash":
        return None
    here, alone = (
        [
            fault
            for turn in (transcript.turns if transcript else ())
            if leak.turn in {None, turn.index}
            for fault in turn.faults
        ]
        for transcript in (finding.company, finding.alone)
    )
    if leak.company is None:
        here, alone = alone, here
    known = {fault.detail for fault in alone}
    told = [fault for fault in here if fault.detail not in known] or here
    told += [finding.company.crash] if finding.company.crash else []
    return next((fault.trace for fault in told if fault.trace), None)


# -- a whole run ----------------------------------------------------------------------


def repeat_command(result: SearchResult) -> str:
    """Return the command line that repeats a search exactly."""
    job, settings = result.job, result.settings
    fixture, own = job.fixture, job.generated or job.fixture
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
        "report": plain([_head(finding), *_details(finding)]),
    }
