"""One case of a dialogue: its sessions and bus messages, as they go over the wire.

A session holds what the script sets, besides its id and language; the rest is the
business of the bus client that is installed at replay. Its keys are those of the wire
(OVOS-SESSION-1), its pipeline holds the kit's stage names.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping

from ovos_dialogue_kit.canary import CANARY, canary
from ovos_dialogue_kit.choices import Choice
from ovos_dialogue_kit.errors import ScriptError
from ovos_dialogue_kit.filling import filled
from ovos_dialogue_kit.fixture import Case, FixtureTurn
from ovos_dialogue_kit.script import (
    Dialogue,
    Emit,
    Json,
    Say,
    Script,
    SessionSpec,
    Turn,
)
from ovos_dialogue_kit.templates import fill

__all__ = ["make_case", "said_in", "speaker_of"]


def speaker_of(script: Script, turn: Turn) -> SessionSpec:
    """Return whose turn it is; a speaker that is not declared has the defaults."""
    return script.sessions.get(turn.session) or SessionSpec(turn.session, turn.mark)


def said_in(dialogue: Dialogue, choice: Choice) -> tuple[str, ...]:
    """Return for each turn of a case what a person would call it.

    Raises:
        ScriptError: an utterance is empty.

    """
    parts = zip(dialogue.turns, choice.variants, _values(dialogue, choice), strict=True)
    return tuple(_said(*part) for part in parts)


def _values(dialogue: Dialogue, choice: Choice) -> Iterator[Mapping[str, str]]:
    """Yield the values of each turn, with the canary that its session said last."""
    last: dict[str, str] = {}
    parts = zip(dialogue.turns, choice.variants, choice.values, strict=True)
    for number, (turn, variant, values) in enumerate(parts):
        sent = turn.action if isinstance(turn.action, Emit) else fill(variant, values)
        if CANARY in str(sent):
            last[turn.session] = canary(number)
        word = last.get(turn.session)
        yield {**values, CANARY: word} if word else values


def _said(turn: Turn, variant: str, values: Mapping[str, str]) -> str:
    if isinstance(turn.action, Emit):
        return filled(turn.action.type.value, values, "")
    if not isinstance(turn.action, Say):
        return f"{turn.action.seconds:g}s"
    said = fill(variant, values).strip()
    if not said:
        raise ScriptError(
            f'"{turn.action.text}" can be an empty utterance',
            turn.action.text.mark,
            'a turn in which nobody speaks is "{silence: 2s}"',
        )
    return said


def make_case(
    script: Script, dialogue: Dialogue, choice: Choice, path: str, name: str
) -> Case:
    """Return a case, filled in.

    Args:
        script: whose sessions take part.
        dialogue: whose turns.
        choice: what they leave open.
        path: the script as generated files call it; part of each session's id.
        name: what tells the case from the dialogue's others; part of the id, too.

    Raises:
        ScriptError: an utterance is empty, or ``emit`` sets the session.

    """
    main = choice.row.get("lang") or dialogue.lang or script.lang
    sessions: dict[str, dict[str, Json]] = {}
    given = list(_values(dialogue, choice))
    for turn, values in zip(dialogue.turns, given, strict=True):
        if turn.session not in sessions:
            spec = filled(speaker_of(script, turn), values, path)
            seed = f"{path}\n{dialogue.name}\n{name}\n{turn.session}"
            sessions[turn.session] = _wire(spec, main, seed)
    said = said_in(dialogue, choice)
    turns = zip(dialogue.turns, said, given, strict=True)
    return Case(
        name,
        sessions,
        tuple(
            FixtureTurn(
                session=turn.session,
                line=turn.mark.line,
                column=turn.mark.column,
                said=text,
                message=_message(script, turn, text, values, sessions[turn.session]),
                silence=getattr(turn.action, "seconds", None),
                overlap=turn.overlap,
                within=turn.within,
                expect=filled(turn.expect, values, path),
                marks=filled(turn.marks, {}, path),
            )
            for turn, text, values in turns
        ),
    )


def _wire(spec: SessionSpec, main: str, seed: str) -> dict[str, Json]:
    """Return the wire data of a session: what is set, its id and its language."""
    made = uuid.uuid5(uuid.NAMESPACE_URL, f"ovos-dialogue-kit:{seed}")
    wire: dict[str, Json] = {
        "session_id": spec.session_id or str(made),
        "lang": spec.lang or main,
        **spec.prefs,
    }
    if spec.site_id is not None:
        wire["site_id"] = spec.site_id
    if spec.location is not None:
        wire["location"] = dict(spec.location)
    if spec.pipeline is not None:
        wire["pipeline"] = list(spec.pipeline)
    if spec.blacklisted_skills:
        wire["blacklisted_skills"] = list(spec.blacklisted_skills)
    if spec.blacklisted_intents:
        wire["blacklisted_intents"] = list(spec.blacklisted_intents)
    return wire


def _message(
    script: Script,
    turn: Turn,
    said: str,
    values: Mapping[str, str],
    session: dict[str, Json],
) -> dict[str, Json] | None:
    """Return what the session's client sends, as a good client addresses it."""
    context: dict[str, Json] = {
        **filled(speaker_of(script, turn).context, values, ""),
        "source": f"kit.{turn.session}",
        "destination": ["skills"],
    }
    if isinstance(turn.action, Say):
        data: dict[str, Json] = {"utterances": [said], "lang": session["lang"]}
        topic = "recognizer_loop:utterance"
    elif isinstance(turn.action, Emit):
        data = dict(filled(turn.action.data, values, ""))
        context |= _given_context(turn, turn.action, values)
        topic = said
    else:
        return None
    return {"type": topic, "data": data, "context": {**context, "session": session}}


def _given_context(
    turn: Turn, emit: Emit, values: Mapping[str, str]
) -> Mapping[str, Json]:
    if "session" in emit.context:
        raise ScriptError(
            'the context of "emit" has a "session", which is the kit\'s to make',
            turn.mark,
            f'set it up under "sessions: {{{turn.session}: …}}"',
        )
    return filled(emit.context, values, "")
