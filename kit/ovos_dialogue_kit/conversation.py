"""Talk to a skill from Python, turn by turn, as a script would.

A conversation occupies no assistant: each turn replays it from the beginning, on a
fresh copy of a booted one. In virtual time that takes milliseconds, and a conversation
is as deterministic as a dialogue.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Literal, TypedDict

from ovos_dialogue_kit.errors import (
    AssistantError,
    KitError,
    Mark,
    near_name,
)
from ovos_dialogue_kit.fixture.expansion import CaseChoice
from ovos_dialogue_kit.fixture.messages import make_case, own_langs
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Transcript, TurnTranscript
from ovos_dialogue_kit.script.arguments import read_arguments
from ovos_dialogue_kit.script.format.keys import ACTION, EMIT, NETWORK, SCRIPT, SESSION
from ovos_dialogue_kit.script.format.kinds import Template
from ovos_dialogue_kit.script.format.sections import KeySpec, Section
from ovos_dialogue_kit.script.model import (
    ANY_HOST,
    AUTO_ENGINE,
    ClientKind,
    ClockKind,
    Dialogue,
    Emit,
    EngineName,
    RunMarks,
    Say,
    Script,
    SessionSpec,
    Silence,
    Text,
    Turn,
)
from ovos_dialogue_kit.script.parse import build_session

__all__ = ["Conversation", "Preferences", "joined"]

__tracebackhide__ = True  # by pytest: the test's own line is what counts

_PATH = "conversation"


class Preferences(TypedDict, total=False):
    """The preferences of a session: units, clock, order of day, month and year."""

    system_unit: Literal["metric", "imperial"]
    time_format: Literal["half", "full"]
    date_format: Literal["DMY", "MDY", "YMD"]


class Conversation:
    """A conversation between sessions and a skill.

    Args:
        replay: replays the only case of a fixture on a fresh copy of an assistant.
        skills: ids of the skills to load.
        lang: language of the assistant, and of sessions without one.
        engine: an intent engine, several that are used together, or ``auto``.
        transformers: transformer plugins to load.
        clock: ``virtual`` or ``real``.
        config: keys of ``mycroft.conf``.
        hosts: those that the skills may connect to, ``*`` for all.

    Raises:
        KitError: no skill is named, or the value of an argument is one that its key of
            a script would not take.

    """

    def __init__(  # noqa: PLR0913  # what a script may say at its top
        self,
        replay: Callable[[Fixture], Transcript],
        skills: Sequence[str],
        *,
        lang: str = "en-US",
        engine: EngineName | Sequence[EngineName] = AUTO_ENGINE,
        transformers: Sequence[str] = (),
        clock: ClockKind = "virtual",
        config: Mapping[str, Json] | None = None,
        hosts: Sequence[str] = (),
    ) -> None:
        self._replay = replay
        if not skills:
            raise KitError("no skill is named", hint="give the id of a skill")
        read = read_arguments(
            SCRIPT,
            skill=skills,
            lang=lang,
            engine=joined(engine),
            transformers=transformers or None,
            clock=clock,
            config=config or None,
        )
        self._skills: tuple[str, ...] = read["skill"]
        self._lang = lang
        self._engine: str = read["engine"][0]
        self._transformers: tuple[str, ...] = read.get("transformers", ())
        self._clock = clock
        self._config = config or {}
        self._marks = _allowing(hosts)
        self._sessions: dict[str, SessionSpec] = {}
        self._turns: list[Turn] = []
        self._transcript: Transcript | None = None
        self._lock = Lock()  # threads take their turns one after another

    @property
    def transcript(self) -> Transcript:
        """The transcript of all turns so far, with strays.

        Raises:
            KitError: nobody has spoken.

        """
        if self._transcript is None:
            raise KitError("nobody has spoken in this conversation")
        return self._transcript

    def session(  # noqa: PLR0913  # what a script may say of a session
        self,
        name: str,
        *,
        session_id: str | None = None,
        lang: str | None = None,
        site_id: str | None = None,
        location: Mapping[str, Json] | None = None,
        prefs: Preferences | None = None,
        pipeline: Sequence[str] | None = None,
        blacklisted_skills: Sequence[str] = (),
        blacklisted_intents: Sequence[str] = (),
        active_skills: Sequence[str] = (),
        response_mode: str | None = None,
        intent_context: Mapping[str, str] | None = None,
        client: ClientKind = "stateful",
        context: Mapping[str, Json] | None = None,
        satellite: Mapping[str, object] | None = None,
    ) -> None:
        """Set up a session before it speaks; see ``script.model.SessionSpec``.

        A session that is not set up has the defaults.

        Raises:
            KitError: it has spoken already, or a value is one that its key of a script
                would not take.

        """
        _require_texts(session=name)
        if any(turn.session == name for turn in self._turns):
            raise KitError(
                f'the session "{name}" has spoken already',
                hint="set it up before its first turn",
            )
        read = read_arguments(
            SESSION,
            session_id=session_id,
            lang=lang,
            site_id=site_id,
            location=location,
            prefs=prefs,
            pipeline=pipeline,
            blacklisted_skills=blacklisted_skills or None,
            blacklisted_intents=blacklisted_intents or None,
            active_skills=active_skills or None,
            response_mode=response_mode,
            intent_context=intent_context or None,
            client=client,
            context=context or None,
            satellite=satellite,
        )
        self._sessions[name] = build_session(name, Mark(_PATH), read)

    def say(
        self,
        session: str,
        text: str,
        *others: str,
        lang: str | None = None,
        context: Mapping[str, Json] | None = None,
        overlap: bool = False,
    ) -> TurnTranscript:
        """Let a session say a text, and return the turn.

        ``others`` are further transcriptions of it, ``lang`` is its language, if that
        is not the session's, and ``context`` is added to the message's context.

        With ``overlap`` the next turn begins without waiting for the end of this one,
        so the turn is complete only in the ``transcript`` after the next one.

        Raises:
            KitError: an argument is one that a script would not take, or the session's
                name is nearly that of another.
            AssistantError: the assistant cannot be booted, or crashes.

        """
        _require_texts(session=session)
        for each in (text, *others):
            _require_texts("for a turn in which nobody speaks, use `wait`", text=each)
        _require_no_session(session, context)
        read_arguments(ACTION, say=(text, *others), lang=lang, context=context)
        first, *further = (Text(each, Mark(_PATH)) for each in (text, *others))
        said = Say(first, tuple(further), lang, context or {})
        return self._take(Turn(Mark(_PATH), session, said, overlap=overlap))

    def emit(
        self,
        session: str,
        topic: str,
        data: Mapping[str, Json] | None = None,
        context: Mapping[str, Json] | None = None,
    ) -> TurnTranscript:
        """Let a session's client send any bus message, and return the turn, as ``say``.

        ``context`` is added to the message's context, next to the session.
        """
        _require_texts(session=session, topic=topic)
        read_arguments(EMIT, data=data, context=context)
        _require_no_session(session, context)
        sent = Emit(Text(topic, Mark(_PATH)), data or {}, context or {})
        return self._take(Turn(Mark(_PATH), session, sent))

    def wait(self, session: str, seconds: float) -> TurnTranscript:
        """Let seconds of the assistant's clock pass in silence, and return the turn."""
        _require_texts(session=session)
        if not 0 < seconds < math.inf:
            raise KitError(f'"seconds" must be a number above 0, not "{seconds}"')
        return self._take(Turn(Mark(_PATH), session, Silence(seconds)))

    def _take(self, turn: Turn) -> TurnTranscript:
        with self._lock:
            return self._replay_with(turn)

    def _replay_with(self, turn: Turn) -> TurnTranscript:
        self._require_known_name(turn.session)
        index = len(self._turns)
        self._turns.append(turn)
        try:
            transcript = self._replay(self._fixture())
        except BaseException as error:
            self._turns.pop()  # it was not taken, and the conversation can go on
            if isinstance(error, KitError) or not isinstance(error, Exception):
                raise error.with_traceback(None) from error.__cause__
            raise
        self._transcript = transcript
        if transcript.crash:
            self._turns.pop()
            problem = f"the assistant crashed: {transcript.crash.detail}"
            raise AssistantError(problem, hint=transcript.crash.trace)
        return transcript.turns[index]

    def _require_known_name(self, session: str) -> None:
        """Refuse a name that is nearly that of a declared session, as a script does."""
        near = near_name(session, self._sessions)
        if near and session not in self._sessions:
            raise KitError(f'unknown session "{session}"{near}')

    def _fixture(self) -> Fixture:
        """Return the conversation so far as a dialogue with one case."""
        mark, turns = Mark(_PATH), tuple(self._turns)
        script = Script(_PATH, mark, (), sessions=self._sessions, lang=self._lang)
        dialogue = Dialogue(_PATH, mark, turns)
        texts = [_text(turn) for turn in turns]
        choice = CaseChoice({}, tuple(texts), ({},) * len(turns))
        langs = [spec.lang for spec in self._sessions.values() if spec.lang]
        langs += [lang for turn in turns for lang in own_langs(turn)]
        return Fixture(
            script=_PATH,
            dialogue=_PATH,
            line=1,
            skills=self._skills,
            engines=(self._engine,),
            cases=(make_case(script, dialogue, choice, _PATH, ""),),
            langs=tuple(dict.fromkeys((self._lang, *langs))),
            transformers=self._transformers,
            clock=self._clock,
            config=self._config,
            marks=self._marks,
        )


def _allowing(hosts: Sequence[str]) -> RunMarks:
    """Return the marks of a script that allows some hosts."""
    if not hosts:
        return RunMarks()
    if isinstance(hosts, str):
        hosts = [hosts]
    wanted = [host for host in hosts if host != ANY_HOST] or None
    read_arguments(NETWORK, hosts=wanted)
    return RunMarks(allow={"network": "the test allows it"}, hosts=tuple(hosts))


def joined(engine: EngineName | Sequence[EngineName]) -> str:
    """Return the name under which engines are used together."""
    return engine if isinstance(engine, str) else "+".join(engine)


def _require_texts(hint: str | None = None, **texts: str) -> None:
    """Raise unless all arguments are texts that are not empty."""
    keys = tuple(KeySpec(name, Template(hint=hint), "") for name in texts)
    read_arguments(Section("argument", "an argument", keys), **texts)


def _require_no_session(name: str, context: Mapping[str, Json] | None) -> None:
    if context and "session" in context:
        raise KitError(
            'the context has a "session", which only the kit may set',
            hint=f'set it up with `session("{name}", …)`',
        )


def _text(turn: Turn) -> str:
    return turn.action.text.value if isinstance(turn.action, Say) else ""
