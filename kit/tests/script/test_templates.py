"""Templates: what they stand for, what is malformed, and that nothing runs away."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.codes import without_codes

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import Mark, ScriptError
from ovos_dialogue_kit.script import templates as module
from ovos_dialogue_kit.script.model import Text
from ovos_dialogue_kit.script.sentences import NumberedSentences
from ovos_dialogue_kit.script.templates import (
    LongTextError,
    Templates,
    expand_template,
    fill_slots,
    find_slots,
)

HERE = Mark("a.yaml", 3, 5)


def text(value: str) -> Text:
    """Return a text that stands in the same place as all others here."""
    return Text(value, HERE)


PHRASES = {
    "ask": (text("what did i (just|) say"), text("repeat [that]")),
    "once": (text("stop it"),),
    "about": (text("tell me about {topic}"),),
    "nested": (text("please <ask>"), text("<once>")),
    "round": (text("a <about_turn>"),),
    "about_turn": (text("<round> b"),),
    "broken": (text("(a"),),
}


def expand(template: str, cap: int = 100) -> tuple[str, ...]:
    """Return the variants of a template that may use the phrases above."""
    return expand_template(text(template), PHRASES, cap)


def error(template: str, cap: int = 100) -> str:
    """Return what is said about a template that cannot be expanded."""
    with pytest.raises(ScriptError) as caught:
        expand(template, cap)
    return without_codes(str(caught.value))


@pytest.mark.parametrize(
    "spoken",
    [
        "yes",
        "7:30",
        "What's the Time, McCartney?",
        "wie groß ist die Südsee …",
        "5 + 5 = 10 & more; 100% - “quoted”, 'quoted'",
        "two  spaces",
        "1/2 \\ #5 * _",
        "明日の天気は",
    ],
)
def test_spoken_text_passes_unchanged(spoken: str) -> None:
    """A text without a character of the grammar is its only variant."""
    assert expand(spoken) == (spoken,)


@pytest.mark.parametrize(
    ("template", "sentences"),
    [
        ("(Turn|Switch) on", ("Turn on", "Switch on")),
        ("Größe [Ä]?", ("Größe Ä?", "Größe ?")),
        ("what [now]", ("what now", "what")),
        ("(a|a) b", ("a b",)),
        ("(word) b", ("word b",)),
        ("(((a|b)))", ("a", "b")),
        ("{thing} is {{colour}}", ("{thing} is {colour}",)),
        ("{number:count} times", ("{count} times",)),
        ("{own_type:count} times", ("{count} times",)),
        ("{thing}", ("{thing}",)),
        ("<once> now", ("stop it now",)),
        (
            "<ask>",
            ("what did i just say", "what did i say", "repeat that", "repeat"),
        ),
        ("<about>", ("tell me about {topic}",)),
        (
            "<nested>",
            (
                "please what did i just say",
                "please what did i say",
                "please repeat that",
                "please repeat",
                "stop it",
            ),
        ),
    ],
)
def test_template_stands_for_sentences(
    template: str, sentences: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """Groups, options and phrases expand; slots stay; nothing is logged."""
    assert expand(template) == sentences
    assert caplog.records == []


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("say (a|b", '"say (a|b" has an unmatched bracket'),
        ("say a]", '"say a]" has an unmatched bracket'),
        ("say {a", '"say {a" has an unmatched bracket'),
        ("is 3 < 5", '"is 3 < 5" has an unmatched bracket'),
        (
            "{Thing} on",
            (
                '"{Thing} on" has a name that is not made of lowercase '
                "letters, digits and _"
            ),
        ),
        (
            "<Ask> me",
            '"<Ask> me" has a name that is not made of lowercase letters, digits and _',
        ),
        ("on|off", '"on|off" has a "|" outside ( ) and [ ]'),
        ("[please]", '"[please]" can be empty'),
        ("say () now", '"say () now" has an empty group'),
        ("{a} or {a}", '"{a} or {a}" uses a slot twice'),
        (
            "<aks>",
            (
                'unknown phrase "<aks>" (did you mean "ask"?)\n'
                '  define it: "phrases: {aks: […]}"'
            ),
        ),
        (
            "<zzz>",
            'unknown phrase "<zzz>"\n  define it: "phrases: {zzz: […]}"',
        ),
        (
            "<round>",
            "a phrase refers to itself: <round> -> <about_turn> -> <round>",
        ),
        ("x <broken>", '"(a" has an unmatched bracket'),
    ],
)
def test_malformed_template(template: str, message: str) -> None:
    """Each thing that can be wrong with a template has its own words, and the place."""
    assert error(template) == f"a.yaml:3:5: {message}"


def test_unknown_fault_is_told_in_the_words_of_the_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A rule that a later reference implementation adds is not lost."""
    expansion = pytest.importorskip("ovos_spec_tools.expansion")

    def refuse(*_: object, **__: object) -> None:
        raise expansion.MalformedTemplate("is too long")

    monkeypatch.setattr(expansion, "iter_expand", refuse)
    with pytest.raises(
        ScriptError, match=r'^a\.yaml:3:5: "\[a\] b" is too long  \[KIT201\]$'
    ):
        expand("[a] b")


def test_cap() -> None:
    """As many sentences as the cap are fine; one more is an error that says so."""
    assert len(expand("(a|b) (c|d)", 4)) == 4
    assert error("(a|b) (c|d)", 3) == (
        'a.yaml:3:5: "(a|b) (c|d)" stands for more than 3 sentences\n'
        '  split it, or use a sample: "expand: {sample: 20}"'
    )


@pytest.mark.parametrize(
    "template",
    [
        " ".join(["(a|b)"] * 60),
        " ".join(["(a|a)"] * 60),
        "(x|" * 60 + "y" + ")" * 60,
        "[" * 60 + "y" + "]" * 60,
        "(a|b) " + "x" * 100_000,
    ],
)
def test_explosion_is_refused(template: str) -> None:
    """Expansions that would take hours or fill the memory are refused first."""
    assert error(template) == (
        f'a.yaml:3:5: "{template[:80]}…" has too many groups to expand\n'
        "  split it, or turn nested groups into phrases"
    )


@pytest.mark.parametrize(
    ("template", "count"),
    [("x[a][b][c][d]", 16), ("(a|b) xxxxxxxxxx", 2), ("(a|b) xxxxxxxxxxx", None)],
)
def test_as_large_as_it_may_be(
    template: str, count: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many sentences, or characters, as the limit are fine."""
    monkeypatch.setattr("ovos_dialogue_kit.script.templates._MOST", 16)
    if count is None:
        assert "has too many groups to expand" in error(template)
    else:
        assert len(expand(template)) == count


def test_the_bounds_are_those_of_the_documentation() -> None:
    """They are in ``docs/reliability.md``; a user cannot change them."""
    assert (module._MOST, module.LONGEST_TEXT) == (100_000, 4 * 2**20)


def test_sentences_to_choose_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to a limit for all templates together, they are listed; each text once."""
    monkeypatch.setattr("ovos_dialogue_kit.script.templates._MOST", 12)
    templates = Templates({})
    listed = ["(a|b|c|d)", "(e|f|g|h)", "plain", "(i|j|k|l)", "(a|b|c|d)"]
    for each in listed:
        found = templates.choices(text(each))
        assert found == (
            ("plain",) if each == "plain" else tuple(each[1:-1].split("|"))
        )
        assert templates.choices(text(each)) is found
    for each, sentences in (("{x} y", ["{x} y"]), ("(m|n)", ["m", "n"])):
        numbered = templates.choices(text(each))
        assert isinstance(numbered, NumberedSentences)
        assert [*numbered] == sentences
    with pytest.raises(ScriptError, match="has an unmatched bracket"):
        templates.choices(text("(a"))


@pytest.mark.parametrize(("length", "shown"), [(80, 80), (81, 80)])
def test_a_long_template_is_shown_in_part(length: int, shown: int) -> None:
    """Eighty characters of it."""
    template = "(" + "a" * (length - 1)
    dots = "…" if length > shown else ""
    assert error(template) == (
        f'a.yaml:3:5: "{template[:shown]}{dots}" has an unmatched bracket'
    )


def test_phrases_that_double_are_refused() -> None:
    """Twenty phrases of twice the next are a megabyte of text, and an error."""
    phrases = {f"p{n}": (text(f"<p{n + 1}> <p{n + 1}>"),) for n in range(19)}
    phrases["p19"] = (text("word"),)
    with pytest.raises(ScriptError) as caught:
        expand_template(text("<p0>"), phrases, 100)
    assert without_codes(str(caught.value)) == (
        'a.yaml:3:5: "<p5> <p5>" has too many groups to expand\n'
        "  split it, or turn nested groups into phrases"
    )


def test_phrases_nest_to_a_bound() -> None:
    """A chain of twenty is fine; a long one is refused, or the stack would overflow."""
    short = {f"p{n}": (text(f"<p{n + 1}>"),) for n in range(19)}
    assert expand_template(text("<p0>"), {**short, "p19": (text("x"),)}, 1) == ("x",)
    with pytest.raises(ScriptError, match="is nested too deep"):
        expand_template(text("<p>"), {**short, "p": (text("<p0>"),)}, 1)
    phrases = {f"p{n}": (text(f"<p{n + 1}>"),) for n in range(2000)}
    with pytest.raises(
        ScriptError, match="a phrase is nested too deep: <p0> -> <p1>"
    ) as caught:
        expand_template(text("<p0>"), phrases, 100)
    assert caught.value.code is Code.RECURSIVE_PHRASE


def test_many_brackets_in_one_template() -> None:
    """Brackets that offer no choice are dropped, however many there are."""
    assert expand("(" * 2000 + "a" + ")" * 2000) == ("a",)


def test_check_raises_without_expanding() -> None:
    """A template is checked by its first sentence, so a large one costs nothing."""
    templates = Templates(PHRASES)
    templates.check(text(" ".join(["(a|b)"] * 16)))
    with pytest.raises(ScriptError, match="has an unmatched bracket"):
        templates.check(text("(a"))


def test_templates_expand_a_phrase_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates that share their phrases do not expand them again."""
    templates = Templates(PHRASES)
    assert templates.variants(text("<once>")) == ("stop it",)
    monkeypatch.setitem(PHRASES, "once", (text("other"),))
    assert templates.variants(text("<once> now")) == ("stop it now",)


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("no slot", ()),
        ("{b} {a} {b}", ("b", "a")),
        ("{{b}} {number:a}", ("b", "a")),
        ("{B} {1} {}", ()),
        ("<about>", ()),
    ],
)
def test_slots(template: str, names: tuple[str, ...]) -> None:
    """The names of a text's own slots, each once, in order."""
    assert find_slots(template) == names


def test_slots_of_phrases() -> None:
    """Those of the phrases are there once the phrases are known."""
    templates = Templates(PHRASES)
    assert templates.slots(text("{when} <about>")) == ("when", "topic")
    assert templates.slots(text("{when}")) == ("when",)


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("no slot", "no slot"),
        ("a {thing} is {{colour}}", "a {colour} is blue"),
        ("{color:colour} {other}", "blue {other}"),
    ],
)
def test_fill(template: str, filled: str) -> None:
    """Slots are replaced once; what has no value stays."""
    assert fill_slots(template, {"thing": "{colour}", "colour": "blue"}) == filled


def test_a_text_may_be_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its slots filled, and before; what has no value takes no room."""
    limit = "ovos_dialogue_kit.script.templates.LONGEST_TEXT"
    values = {"thing": "lamp"}
    monkeypatch.setattr(limit, len("{thing} {free}lamp"))
    assert fill_slots("{thing} {free}", values) == "lamp {free}"
    monkeypatch.setattr(limit, len("{thing} {free}lamp") - 1)
    with pytest.raises(LongTextError):
        fill_slots("{thing} {free}", values)


def test_plain_text_imports_nothing() -> None:
    """The reference implementation is imported only for texts that use the grammar."""
    code = (
        "import sys\n"
        "from ovos_dialogue_kit.errors import Mark\n"
        "from ovos_dialogue_kit.script.model import Text\n"
        "from ovos_dialogue_kit.script.templates import expand_template\n"
        "expand_template(Text('what time is it?', Mark('a')), {}, 1)\n"
        "assert 'ovos_spec_tools' not in sys.modules\n"
        "expand_template(Text('[what] time', Mark('a')), {}, 2)\n"
        "assert 'ovos_spec_tools' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
