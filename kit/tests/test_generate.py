"""From a script to its fixtures: what varies, what is filled in, what is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ovos_dialogue_kit.errors import KitError, Mark, ScriptError
from ovos_dialogue_kit.fixture import Fixture
from ovos_dialogue_kit.generate import generate
from ovos_dialogue_kit.script import (
    Conditions,
    Dialogue,
    Emit,
    Expansion,
    Expectation,
    Json,
    Marks,
    ReplyExpectation,
    Say,
    Script,
    SessionSpec,
    Silence,
    Text,
    Turn,
    Xfail,
)

PATH = "skill/test/talk.dialogue.yaml"
MARK = Mark(PATH, 7, 5)


def text(value: str, line: int = 7) -> Text:
    return Text(value, Mark(PATH, line, 9))


def say(what: str, session: str = "kitchen", **more: object) -> Turn:
    return Turn(MARK, session, Say(text(what)), **more)  # type: ignore[arg-type]


def expect(**parts: object) -> Expectation:
    reply = ReplyExpectation(MARK, **parts)  # type: ignore[arg-type]
    return Expectation(MARK, replies=(reply,))


def dialogue(*turns: Turn, name: str = "talk", **more: object) -> Dialogue:
    return Dialogue(name, Mark(PATH, 5, 3), turns, **more)  # type: ignore[arg-type]


def script(*dialogues: Dialogue, **more: object) -> Script:
    return Script(PATH, Mark(PATH), dialogues, **more)  # type: ignore[arg-type]


def one(made: Script, root: Path = Path("/nowhere")) -> Fixture:
    (fixture,) = generate(made, root)
    return fixture


def said(fixture: Fixture) -> list[list[str]]:
    return [[turn.said for turn in case.turns] for case in fixture.cases]


def names(fixture: Fixture) -> list[str]:
    return [case.name for case in fixture.cases]


def error_of(act: Callable[[], object]) -> str:
    with pytest.raises(KitError) as caught:
        act()
    return str(caught.value)


# What is sent


def test_what_is_said_is_an_utterance_on_the_bus() -> None:
    """A say turn is the message that a remote client sends."""
    turn = one(script(dialogue(say("hello")))).cases[0].turns[0]
    assert turn.message == {
        "type": "recognizer_loop:utterance",
        "data": {"utterances": ["hello"], "lang": "en-US"},
        "context": {
            "source": "kit.kitchen",
            "destination": ["skills"],
            "session": {
                "session_id": "a6c90837-06a8-5542-a8ec-3483e8b032d4",
                "lang": "en-US",
            },
        },
    }


def test_session_holds_what_the_script_sets() -> None:
    """Each part of a session has its key of the wire, and lists are lists."""
    spec = SessionSpec(
        "kitchen",
        MARK,
        session_id="mine",
        lang="pt-PT",
        site_id="{room}",
        location={"city": {"name": "Porto"}},
        prefs={"system_unit": "imperial"},
        pipeline=("converse", "engine_high"),
        blacklisted_skills=("x.y",),
        blacklisted_intents=("x.y:z",),
        context={"wakeword": "hey"},
    )
    made = script(
        dialogue(say("hello")), sessions={"kitchen": spec}, matrix={"room": ("attic",)}
    )
    case = one(made).cases[0]
    assert case.sessions == {
        "kitchen": {
            "session_id": "mine",
            "lang": "pt-PT",
            "system_unit": "imperial",
            "site_id": "attic",
            "location": {"city": {"name": "Porto"}},
            "pipeline": ["converse", "engine_high"],
            "blacklisted_skills": ["x.y"],
            "blacklisted_intents": ["x.y:z"],
        }
    }


def context_of(fixture: Fixture) -> Mapping[str, Json]:
    message = fixture.cases[0].turns[0].message
    assert message is not None
    context = message["context"]
    assert isinstance(context, dict)
    return context


def test_context_of_a_session() -> None:
    """A session's context goes into its messages, filled in."""
    spec = SessionSpec("kitchen", MARK, context={"wakeword": "hey {word}", "n": 1})
    made = script(
        dialogue(say("{word}"), values={"word": ("you",)}), sessions={"kitchen": spec}
    )
    context = context_of(one(made))
    assert (context["wakeword"], context["n"]) == ("hey you", 1)


def test_emit_is_sent_as_it_is() -> None:
    """Any other message is sent with the session's context and with its own."""
    emit = Emit(text("my.{word}"), {"a": ["{word}", 1, None]}, {"source": "me"})
    turn = Turn(MARK, "kitchen", emit)
    fixture = one(script(dialogue(turn, values={"word": ("x",)})))
    message = fixture.cases[0].turns[0].message
    assert message is not None
    assert (message["type"], message["data"]) == ("my.x", {"a": ["x", 1, None]})
    assert context_of(fixture)["source"] == "me"


def test_emit_leaves_foreign_braces() -> None:
    """A skill's own templates may be sent over the bus."""
    turn = Turn(MARK, "kitchen", Emit(text("register"), {"samples": ["say {this}"]}))
    message = one(script(dialogue(turn))).cases[0].turns[0].message
    assert message is not None
    assert message["data"] == {"samples": ["say {this}"]}


def test_emit_does_not_set_the_session() -> None:
    """A session is set up in one place."""
    turn = Turn(MARK, "kitchen", Emit(text("x"), {}, {"session": {}}))
    assert error_of(lambda: one(script(dialogue(turn)))) == (
        f'{PATH}:7:5: the context of "emit" has a "session", which is the kit\'s to '
        'make\n  set it up under "sessions: {kitchen: …}"'
    )


def test_silence() -> None:
    """A silence sends nothing, and is called by its length."""
    turn = one(script(dialogue(Turn(MARK, "kitchen", Silence(1.5))))).cases[0].turns[0]
    assert (turn.said, turn.message, turn.silence) == ("1.5s", None, 1.5)


def test_turn_is_carried_over() -> None:
    """What a turn says about itself is in the fixture."""
    marks = Marks(xfail=Xfail("known", Mark("/abs/x.yaml", 3, 1)))
    turn = say("hello", overlap=True, within=2.0, marks=marks)
    made = one(script(dialogue(turn))).cases[0].turns[0]
    assert (made.session, made.line, made.column) == ("kitchen", 7, 5)
    assert (made.overlap, made.within, made.silence) == (True, 2.0, None)
    assert made.marks == Marks(xfail=Xfail("known", Mark(PATH, 3, 1)))


# What a fixture says about its dialogue


def test_fixture_of_a_script_that_says_everything() -> None:
    """Script and dialogue are joined; the dialogue's word counts where both speak."""
    made = script(
        dialogue(
            say("hello"),
            lang="pt-PT",
            engines=("adapt",),
            isolate=True,
            marks=Marks(
                tags=("b", "a"),
                skip="later",
                requires={"ovos-core": "<3", "x": ">1"},
                allow={"lang": "mixed"},
            ),
        ),
        skills=("my.skill",),
        transformers=("t",),
        clock="real",
        sessions={"bedroom": SessionSpec("bedroom", MARK, lang="de-DE")},
        marks=Marks(tags=("a",), requires={"ovos-core": ">=1"}, allow={"stray": "x"}),
    )
    fixture = one(made)
    assert (fixture.script, fixture.dialogue, fixture.line) == (PATH, "talk", 5)
    assert (fixture.skills, fixture.engines) == (("my.skill",), ("adapt",))
    assert (fixture.langs, fixture.isolate) == (("pt-PT", "de-DE"), True)
    assert (fixture.transformers, fixture.clock) == (("t",), "real")
    assert fixture.marks == Marks(
        tags=("a", "b"),
        skip="later",
        requires={"ovos-core": ">=1,<3", "x": ">1"},
        allow={"stray": "x", "lang": "mixed"},
    )


def test_isolate_of_the_script() -> None:
    """A dialogue that says nothing about isolation takes its script's word."""
    assert one(script(dialogue(say("x")), isolate=True)).isolate
    assert not one(script(dialogue(say("x"), isolate=False), isolate=True)).isolate


def test_path_is_relative_to_the_root(tmp_path: Path) -> None:
    """Wherever the project lies, its fixtures are the same."""
    made = script(dialogue(say("hello", expect=expect(text="hi"))))
    away = Script(str(tmp_path / PATH), made.mark, made.dialogues)
    assert one(made) == one(away, tmp_path)


def test_path_outside_the_root(tmp_path: Path) -> None:
    """A script out of the tree is an error."""
    made = Script("../x.dialogue.yaml", MARK, ())
    assert error_of(lambda: list(generate(made, tmp_path))) == (
        f'"{tmp_path}/../x.dialogue.yaml" is outside the project, whose root is '
        f'"{tmp_path}"\n  go to the folder of the project that it belongs to'
    )


def test_one_dialogue_at_a_time() -> None:
    """A dialogue is expanded when its turn comes, so memory does not grow."""
    made = script(dialogue(say("a"), name="a"), dialogue(say("{x}"), name="b"))
    fixtures = generate(made, Path("/nowhere"))
    assert next(fixtures).dialogue == "a"
    with pytest.raises(ScriptError):
        next(fixtures)


# Templates and slots


def test_variants_make_cases() -> None:
    """Each sentence of a template is a case, named by it."""
    fixture = one(script(dialogue(say("what did i (just|) say"), say("so"))))
    assert said(fixture) == [["what did i just say", "so"], ["what did i say", "so"]]
    assert names(fixture) == ["what did i just say", "what did i say"]


def test_one_case_has_no_name() -> None:
    """Nothing tells the only case of a dialogue from others."""
    assert names(one(script(dialogue(say("hello"))))) == [""]


def test_turns_multiply() -> None:
    """The variants of several turns are combined, and named by all that vary."""
    fixture = one(
        script(
            dialogue(say("(a|b)"), say("x"), say("<end>")),
            phrases={"end": (text("c"), text("d"))},
        )
    )
    assert names(fixture) == ["a / c", "a / d", "b / c", "b / d"]


def test_slot_has_one_value_in_a_case() -> None:
    """A slot's value is the same in all turns of a case, and in what is expected."""
    fixture = one(
        script(
            dialogue(
                say("say {word}"),
                say(
                    "{word} again", expect=expect(text="{word}!", data={"w": "{word}"})
                ),
            ),
            values={"word": ("cat", "dog", "cat")},
        )
    )
    assert said(fixture) == [["say cat", "cat again"], ["say dog", "dog again"]]
    expected = fixture.cases[1].turns[1].expect
    assert expected == expect(text="dog!", data={"w": "dog"})


def test_values_take_effect_from_their_turn_on() -> None:
    """A turn's ``with:`` gives a slot new values from there on."""
    fixture = one(
        script(
            dialogue(
                say("{w}"),
                say("{w}", values={"w": ("b",)}),
                say("{w}"),
                values={"w": ("a",)},
            )
        )
    )
    assert said(fixture) == [["a", "b", "b"]]


def test_slot_that_is_not_used_does_not_multiply() -> None:
    """A slot counts only in the variants that use it."""
    fixture = one(
        script(dialogue(say("(hi|hello {who})")), values={"who": ("you", "world")})
    )
    assert said(fixture) == [["hi"], ["hello you"], ["hello world"]]


def test_regex_takes_values_literally() -> None:
    """A value in a regular expression is literal text; its own braces stay."""
    made = dialogue(say("{w}", expect=expect(regex="^{w}{2}$")), values={"w": ("a.b",)})
    assert one(script(made)).cases[0].turns[0].expect == expect(regex=r"^a\.b{2}$")


def test_bus_data_of_an_expectation_leaves_foreign_braces() -> None:
    """Expected bus messages may hold a skill's own templates."""
    made = say(
        "{w}",
        expect=Expectation(MARK, holds=Conditions(messages=({"data": "{w} {x}"},))),
    )
    fixture = one(script(dialogue(made, values={"w": ("a",)})))
    expected = fixture.cases[0].turns[0].expect
    assert expected is not None
    assert expected.holds.messages == ({"data": "a {x}"},)


def test_names_in_a_session() -> None:
    """What a session is set up with may vary like what is said."""
    made = script(
        dialogue(say("hello"), values={"room": ("attic", "cellar")}),
        sessions={"kitchen": SessionSpec("kitchen", MARK, site_id="{room}")},
    )
    sites = [case.sessions["kitchen"]["site_id"] for case in one(made).cases]
    assert sites == ["attic", "cellar"]


def test_unknown_slot() -> None:
    """A slot without values is an error that names the nearest and what helps."""
    made = dialogue(say("say {wrod}"), values={"word": ("cat",)})
    assert error_of(lambda: one(script(made))) == (
        f'{PATH}:7:9: unknown slot "wrod" (did you mean "word"?)\n'
        '  give it values: "with: {wrod: […]}", or a file "locale/en-US/wrod.entity"'
    )


def test_unknown_name_in_an_expectation() -> None:
    """A name without a value in an expectation is an error."""
    made = dialogue(
        say("{word}", expect=expect(text="{word} {wrod}")), values={"word": ("a",)}
    )
    assert error_of(lambda: one(script(made))) == (
        f'{PATH}:7:5: nothing gives "{{wrod}}" a value (did you mean "word"?)\n'
        '  use it in what is said, or give it values: "with: {wrod: […]}"'
    )


def test_empty_value() -> None:
    """An utterance that a value leaves empty is an error."""
    made = dialogue(say("{word}"), values={"word": ("cat", " ")})
    assert error_of(lambda: one(script(made))) == (
        f'{PATH}:7:9: "{{word}}" can be an empty utterance\n'
        '  a turn in which nobody speaks is "{silence: 2s}"'
    )


# The matrix


def test_matrix_rows_make_cases() -> None:
    """Each row of the matrix is a case; its values can be said and expected."""
    fixture = one(
        script(
            dialogue(say("say {word}", expect=expect(text="{word}"))),
            matrix={"word": ("cat", "dog"), "room": ("attic",)},
        )
    )
    assert said(fixture) == [["say cat"], ["say dog"]]
    assert names(fixture) == ["cat", "dog"]
    assert fixture.cases[1].turns[0].expect == expect(text="dog")


def test_lang_axis() -> None:
    """The axis ``lang`` is the language of sessions without one of their own."""
    fixture = one(
        script(
            dialogue(
                say("(a|b)"), say("c", "bedroom"), matrix={"lang": ("pt-PT", "de-DE")}
            ),
            sessions={"bedroom": SessionSpec("bedroom", MARK, lang="fr-FR")},
        )
    )
    assert names(fixture) == ["a-pt-PT", "b-pt-PT", "a-de-DE", "b-de-DE"]
    assert fixture.langs == ("en-US", "fr-FR", "pt-PT", "de-DE")
    assert [
        [session["lang"] for session in case.sessions.values()]
        for case in fixture.cases
    ] == [["pt-PT", "fr-FR"]] * 2 + [["de-DE", "fr-FR"]] * 2


def test_engine_axis() -> None:
    """The axis ``engine`` makes no cases: every engine runs the same bytes."""
    fixture = one(script(dialogue(say("a")), matrix={"engine": ("adapt", "padacioso")}))
    assert (fixture.engines, names(fixture)) == (("adapt", "padacioso"), [""])


def test_dialogue_comes_before_the_scripts_axis() -> None:
    """A dialogue's own language and engine switch the script's axes off."""
    fixture = one(
        script(
            dialogue(say("a"), lang="pt-PT", engines=("adapt",)),
            matrix={"lang": ("en-US", "de-DE"), "engine": ("padatious", "padacioso")},
        )
    )
    assert (fixture.engines, fixture.langs) == (("adapt",), ("pt-PT",))


def test_axis_comes_before_values() -> None:
    """A name that is an axis takes its values from there."""
    made = dialogue(say("{w}"), matrix={"w": ("axis",)}, values={"w": ("with",)})
    assert said(one(script(made))) == [["axis"]]


def test_equal_names_are_numbered() -> None:
    """Cases that nothing said tells apart are numbered."""
    turn = Turn(MARK, "kitchen", Emit(text("x"), {"n": "{n}"}))
    fixture = one(script(dialogue(turn, values={"n": ("1", "2", "3")})))
    assert names(fixture) == ["variant", "variant-2", "variant-3"]


def test_session_ids() -> None:
    """Each session of each case has an id of its own, the same every time."""
    made = script(dialogue(say("(a|b)"), say("c", "bedroom")))
    ids = [
        session["session_id"]
        for case in one(made).cases
        for session in case.sessions.values()
    ]
    assert len(set(ids)) == 4
    assert one(made) == one(made)


# How many


def test_more_than_the_cap() -> None:
    """An expansion larger than its cap is an error that names the sample."""
    made = dialogue(say("(a|b|c)"), say("(d|e|f)"), expansion=Expansion(cap=8))
    assert error_of(lambda: one(script(made))) == (
        f'{PATH}:5:3: "talk" expands to more than 8 variants\n'
        '  take some of them with "expand: {sample: 20}", or allow more with '
        '"expand: {cap: 80}"'
    )


def test_an_expansion_beyond_measure_is_refused_at_once() -> None:
    """The product is not built before it is found to be too large."""
    made = dialogue(*[say("(a|b|c|d)")] * 100)
    assert "more than 100 variants" in error_of(lambda: one(script(made)))


def test_exactly_the_cap() -> None:
    """As many variants as the cap are allowed."""
    made = dialogue(say("(a|b|c)"), say("(d|e|f)"), expansion=Expansion(cap=9))
    assert len(one(script(made)).cases) == 9


def test_sample_of_few() -> None:
    """A sample of a small product is part of it, in its order, by its seed."""
    turns = (say("(a|b|c|d)"), say("(e|f|g|h)"))

    def sample(seed: str) -> list[str]:
        expansion = Expansion(sample=3, seed=seed)
        return names(one(script(dialogue(*turns, expansion=expansion))))

    assert (sample("0"), sample("1")) == (
        ["a / g", "c / g", "c / h"],
        ["b / f", "c / h", "d / h"],
    )


def test_sample_of_all() -> None:
    """A sample larger than the product is all of it."""
    made = dialogue(say("(a|b)"), expansion=Expansion(sample=50))
    assert names(one(script(made))) == ["a", "b"]


def test_sample_beyond_measure() -> None:
    """A sample of a product that cannot be built is drawn, each variant once."""
    made = dialogue(
        *[say("(a|b|c|d)")] * 50,
        say("{w}"),
        say("(x|y {v})"),
        values={"w": tuple("0123456789"), "v": ("1", "2")},
        matrix={"lang": ("en-US", "pt-PT")},
        expansion=Expansion(sample=20),
    )
    fixture = one(script(made))
    assert len(set(names(fixture))) == 20
    assert {turns[-2] for turns in said(fixture)} <= set("0123456789")
    assert {turns[-1] for turns in said(fixture)} == {"x", "y 1", "y 2"}
    assert one(script(made)) == fixture


def test_sample_of_a_lopsided_product() -> None:
    """Where draws keep hitting the same variants, the rest is taken in order."""
    made = dialogue(
        say("((a|b|c|d|e|f|g) (h|i|j|k|l|m|n)|say {word})"),
        values={"word": tuple(map(str, range(2000)))},
        expansion=Expansion(sample=100),
    )
    found = names(one(script(made)))
    assert len(set(found)) == 100
    assert {"say 0", "say 1", "say 2", "say 3"} <= set(found)


# File names


def test_two_dialogues_with_one_file_name() -> None:
    """Dialogues whose files would collide on some system are an error."""
    made = script(
        Dialogue("what's new", Mark(PATH, 3, 3), (say("a"),)),
        Dialogue("What s new?", Mark(PATH, 9, 3), (say("b"),)),
    )
    assert error_of(lambda: list(generate(made, Path("/nowhere")))) == (
        f'{PATH}:9:3: "What s new?" and "what\'s new" ({PATH}:3:3) would both be '
        '"talk/What_s_new.json"\n  rename one of them'
    )


@pytest.mark.parametrize(("path", "name"), [(PATH, "?!"), ("!.dialogue.yaml", "a")])
def test_a_name_of_nothing(path: str, name: str) -> None:
    """A dialogue or script whose name leaves nothing for its file is an error."""
    made = Script(path, MARK, (dialogue(say("a"), name=name),))
    assert error_of(lambda: one(made)) == (
        f'{PATH}:5:3: no file name can be made of "{name}" in "{path}"\n'
        "  use a letter or a digit in both names"
    )
