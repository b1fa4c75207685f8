"""Explain why nothing matched an utterance: what was nearest, and who would take it.

The engines themselves are asked for their scores, for what the skills have registered.
Padacioso and Adapt are asked even if they take no part in the run; padatious only if it
does, as its training takes long.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from ovos_dialogue_kit.assistant.core.boot import RunningCore
from ovos_dialogue_kit.assistant.core.generations import installed_generation
from ovos_dialogue_kit.assistant.core.registered import (
    Keywords,
    Sentences,
    registered_keywords,
    registered_sentences,
)
from ovos_dialogue_kit.assistant.device import has_engine
from ovos_dialogue_kit.assistant.setup import Setup, pipeline_for
from ovos_dialogue_kit.fixture.model import Case, FixtureTurn
from ovos_dialogue_kit.replayer.transcript import Transcript, TurnTranscript
from ovos_dialogue_kit.script.model import Text
from ovos_dialogue_kit.skill.nearest import find_nearest
from ovos_dialogue_kit.skill.resources import is_same_language

__all__ = ["with_explanations"]

_MOST = 3
"""Turns of a dialogue that are explained; a report shows the first in full."""

_LEVELS = {"high": "conf_high", "medium": "conf_med", "low": "conf_low"}
"""The levels of an engine's stages, and its plugin's attributes for what they need."""

_USUAL = {
    "padacioso": (0.95, 0.8, 0.5),
    "padatious": (0.95, 0.8, 0.5),
    "adapt": (0.65, 0.45, 0.25),
}
"""The scores that the levels need, if no plugin says otherwise."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """An utterance that nothing matched; ``pipeline`` are the stages of its session."""

    said: str
    lang: str
    pipeline: Sequence[str]


def with_explanations(
    core: RunningCore, setup: Setup, case: Case, transcript: Transcript
) -> Transcript:
    """Return a transcript whose first turns without a match say what was nearest.

    Turns that expect no match, or nothing at all, are left as they are.
    """
    left = _MOST
    turns = []
    for turn in transcript.turns:
        sent = case.turns[turn.index]
        if turn.matched is False and left and _wants_match(sent):
            left -= 1
            utterance = _utterance(setup, case, sent, turn)
            lines = tuple(_lines(core, setup.engines, utterance))
            turns.append(replace(turn, nearest=lines))
        else:
            turns.append(turn)
    return replace(transcript, turns=tuple(turns))


def _wants_match(sent: FixtureTurn) -> bool:
    expect = sent.expect
    if expect is None or expect.holds.no_match:
        return False
    wanted = expect.holds
    return bool(
        expect.replies or wanted.intent or wanted.route or wanted.skill or wanted.slots
    )


def _utterance(
    setup: Setup, case: Case, sent: FixtureTurn, turn: TurnTranscript
) -> Utterance:
    session = {**case.sessions[sent.session], **sent.overrides}
    stages = session.get("pipeline")
    listed = [str(each) for each in stages] if isinstance(stages, list) else None
    lang = next(iter(sent.langs), None) or session.get("lang") or setup.langs[0]
    pipeline = pipeline_for(listed, setup.engine, setup.optional)
    return Utterance(turn.said, str(lang), pipeline)


def _lines(
    core: RunningCore, engines: Sequence[str], utterance: Utterance
) -> Iterator[tuple[str, str]]:
    """Yield lines about each engine, each with its label."""
    sentences = list(registered_sentences(core, utterance.lang))
    keywords = list(registered_keywords(core, utterance.lang))
    for engine in engines:
        plugin = installed_generation().engine(core.service, engine)
        scores = _scores(engine, _inner(plugin, utterance.lang), utterance.said)
        if engine == "adapt":
            yield from _nearest_keyword(keywords, plugin, scores, utterance)
        else:
            nearest = list(
                _nearest_sentence(engine, plugin, sentences, scores, utterance)
            )
            yield from nearest
            if nearest and "padatious" not in engines and has_engine("padatious"):
                yield "instead", _padatious(engines)
        yield from _other_level(engine, plugin, scores, utterance)
    if not {"padacioso", "padatious"} & {*engines}:
        with contextlib.suppress(Exception):  # foreign code, and only an explanation
            scores = _scores("padacioso", _padacioso(sentences), utterance.said)
            yield from _other_engine("padacioso", engines, scores)
    if "adapt" not in engines:
        try:
            scores = _scores("adapt", _adapt(keywords), utterance.said)
        except Exception:  # noqa: BLE001  # foreign code, and only an explanation
            yield from _missing_adapt(keywords, utterance)
        else:
            yield from _other_engine("adapt", engines, scores)


# -- asking the engines ----------------------------------------------------------------


def _inner(plugin: Any, lang: str) -> Any:
    """Return the part of a plugin that matches utterances in a language."""
    inner = getattr(plugin, "containers", None) or getattr(plugin, "engines", None)
    return next(
        (each for tag, each in (inner or {}).items() if is_same_language(tag, lang)),
        None,
    )


def _scores(engine: str, inner: Any, said: str) -> dict[str, float]:
    """Return how sure an engine is of each intent, from 0 to 1, the best first."""
    found: dict[str, float] = {}
    with contextlib.suppress(Exception):  # foreign code, and only an explanation
        if engine == "adapt":
            pairs = [
                (each["intent_type"], each["confidence"])
                for each in inner.determine_intent(said, 100)
            ]
        else:
            pairs = [_score(each) for each in inner.calc_intents(said)]
        for name, value in sorted(pairs, key=lambda pair: -pair[1]):
            found.setdefault(_short(str(name)), float(value))
    return {name: value for name, value in found.items() if value > 0}


def _score(match: Any) -> tuple[Any, float]:
    """Return the name and the score in a match of padacioso or padatious."""
    if isinstance(match, dict):
        return match["name"], match["conf"]
    return match.name, match.conf


def _short(name: str) -> str:
    return name.rpartition(":")[2].removesuffix(".intent")


def _padatious(engines: Sequence[str]) -> str:
    """Return the words on padatious, which has to be trained before it can be asked."""
    joined = "+".join("padatious" if e == "padacioso" else e for e in engines)
    return f"padatious, which a device would use, may take it: --engine {joined}"


def _padacioso(sentences: Iterable[Sentences]) -> Any:
    """Return a padacioso that knows the sentences."""
    container = import_module("padacioso").IntentContainer()
    for each in sentences:
        container.add_intent(each.intent, [line.value for line in each.lines])
    return container


def _adapt(keywords: Iterable[Keywords]) -> Any:
    """Return an Adapt that knows the keywords."""
    module = import_module(installed_generation().adapt_module)
    engine = module.IntentDeterminationEngine()
    known = set()
    for each in keywords:
        for kind, words in each.words.items():
            if kind not in known:
                known.add(kind)
                for word in words:
                    engine.register_entity(word.value, kind)
        engine.register_intent_parser(each.parser)
    return engine


# -- words -----------------------------------------------------------------------------


def _nearest_sentence(
    engine: str,
    plugin: Any,
    sentences: Sequence[Sentences],
    scores: Mapping[str, float],
    utterance: Utterance,
) -> Iterator[tuple[str, str]]:
    best = next(iter(scores), None)
    chosen = [each for each in sentences if each.intent == best] or sentences
    found = find_nearest(
        utterance.said, (line for each in chosen for line in each.lines)
    )
    if found is None:
        return
    intent = next(each.intent for each in chosen if found.line in each.lines)
    score = f"{engine} scores {scores.get(intent, 0.0):.2g}"
    needed = _needed(engine, plugin, utterance)
    difference = found.difference or "the same words"
    yield "nearest", f"{_shown(found.line)}: {score}{needed} ({difference})"


def _needed(engine: str, plugin: Any, utterance: Utterance) -> str:
    """Describe the score that an engine needs in this session, if it has a stage."""
    levels = _levels(engine, plugin, utterance)
    needs = [need for _, need, is_there in levels if is_there]
    return f" and needs {min(needs):.2g}" if needs else ""


def _shown(line: Text) -> str:
    return f'{line.mark.path}:{line.mark.line} "{line.value}"'


def _nearest_keyword(
    keywords: Sequence[Keywords],
    plugin: Any,
    scores: Mapping[str, float],
    utterance: Utterance,
) -> Iterator[tuple[str, str]]:
    if scores:
        intent, score = _best(scores)
        needed = _needed("adapt", plugin, utterance)
        yield "nearest", f"{intent}: adapt scores {score:.2g}{needed}"
        return
    ranked = []
    for each in keywords:
        wanted, missing = _wanted_and_missing(each, utterance)
        if missing:
            ranked.append((len(missing) - len(wanted), len(missing), missing[0], each))
    near = [
        (rank, count, found, kinds, each)
        for rank, count, kinds, each in ranked
        if (found := find_nearest(utterance.said, _words_of(kinds, each))) or rank < 0
    ]
    if near:
        _, _, found, kinds, each = min(near, key=lambda one: (one[0], one[1]))
        first = found.line if found else next(iter(_words_of(kinds, each)), None)
        names = " or ".join(kind.removeprefix(each.prefix) for kind in kinds)
        intent = _short(str(each.parser.name))
        place = f"{_shown(first)}: " if first else ""
        yield "nearest", f"{place}adapt needs a word of {names} for {intent}"


def _missing_adapt(
    keywords: Sequence[Keywords], utterance: Utterance
) -> Iterator[tuple[str, str]]:
    """Yield an intent whose keywords are all heard, if there is no Adapt to ask."""
    for each in keywords:
        wanted, missing = _wanted_and_missing(each, utterance)
        if wanted and not missing:
            distribution = installed_generation().distributions["adapt"]
            intent = _short(str(each.parser.name))
            words = f"adapt, which is not installed, may take it as {intent}"
            yield "instead", f"{words}: pip install {distribution}"
            return


def _wanted_and_missing(
    intent: Keywords, utterance: Utterance
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return the keywords that an intent needs, and those of them that are not heard.

    Of the keywords that stand together, one is enough.
    """
    said = f" {' '.join(utterance.said.casefold().split())} "
    wanted: list[tuple[str, ...]] = [(kind,) for kind, _ in intent.parser.requires]
    wanted += [tuple(kinds) for kinds in intent.parser.at_least_one]
    return wanted, [kinds for kinds in wanted if not _is_heard(kinds, intent, said)]


def _is_heard(kinds: Iterable[str], intent: Keywords, said: str) -> bool:
    words = _words_of(kinds, intent)
    return any(f" {word.value.casefold()} " in said for word in words)


def _words_of(kinds: Iterable[str], intent: Keywords) -> list[Text]:
    return [word for kind in kinds for word in intent.words.get(kind, ())]


def _levels(
    engine: str, plugin: Any, utterance: Utterance
) -> Iterator[tuple[str, float, bool]]:
    """Yield an engine's stages: what each needs, and True if the session has it."""
    for (level, name), usual in zip(_LEVELS.items(), _USUAL[engine], strict=True):
        stage = f"{engine}_{level}"
        yield stage, float(getattr(plugin, name, usual)), stage in utterance.pipeline


def _other_level(
    engine: str, plugin: Any, scores: Mapping[str, float], utterance: Utterance
) -> Iterator[tuple[str, str]]:
    """Yield the stage that would take an utterance, but is not in its pipeline."""
    intent, score = _best(scores)
    lacking = (
        stage
        for stage, need, is_there in _levels(engine, plugin, utterance)
        if score >= need and not is_there
    )
    for stage in list(lacking)[:1]:
        words = f"would take it as {intent} (it scores {score:.2g})"
        yield "instead", f"{stage} {words}, but the session's pipeline lacks it"


def _other_engine(
    engine: str, engines: Sequence[str], scores: Mapping[str, float]
) -> Iterator[tuple[str, str]]:
    """Yield the engine that would take an utterance, but takes no part in the run."""
    intent, score = _best(scores)
    _, medium, low = _USUAL[engine]
    if score >= (low if engine == "adapt" else medium):
        joined = "+".join((*engines, engine))
        words = f"would take it as {intent} (it scores {score:.2g})"
        yield "instead", f"{engine} {words}: --engine {joined}"


def _best(scores: Mapping[str, float]) -> tuple[str, float]:
    """Return the best intent and its score, which is 0 if there is none."""
    return next(iter(scores.items()), ("", 0.0))
