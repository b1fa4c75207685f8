"""Fixtures and transcripts as JSON text, and what is said about other text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ovos_dialogue_kit import fixture_json, transcript_json
from ovos_dialogue_kit.codec import from_json, parse_json
from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.fixture import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.scalars import STAGE
from ovos_dialogue_kit.script import (
    Conditions,
    Expectation,
    Json,
    Marks,
    ReplyExpectation,
    Silence,
    Xfail,
)
from ovos_dialogue_kit.transcript import Fault, Reply, Transcript, TurnTranscript

MARK = Mark("skill/test/repeat.dialogue.yaml", 15, 7)
PATH = "fixtures/repeat/words.json"

SMALL = Fixture(
    script="skill/test/repeat.dialogue.yaml",
    dialogue="words",
    line=12,
    skills=("ovos-skill-repeater.kit",),
    engines=("padacioso",),
    cases=(
        Case(
            "",
            {"kitchen": {"session_id": "k", "lang": "en-US"}},
            (
                FixtureTurn(
                    "kitchen",
                    15,
                    7,
                    "olá",
                    {"type": "t", "data": {}, "context": {}},
                    expect=Expectation(
                        MARK, replies=(ReplyExpectation(MARK, text="olá"),)
                    ),
                ),
            ),
        ),
    ),
)

SMALL_TEXT = """\
{
  "cases": [
    {
      "name": "",
      "sessions": {
        "kitchen": {
          "lang": "en-US",
          "session_id": "k"
        }
      },
      "turns": [
        {
          "column": 7,
          "expect": {
            "mark": "skill/test/repeat.dialogue.yaml:15:7",
            "replies": [
              {
                "mark": "skill/test/repeat.dialogue.yaml:15:7",
                "text": "olá"
              }
            ]
          },
          "line": 15,
          "message": {
            "context": {},
            "data": {},
            "type": "t"
          },
          "said": "olá",
          "session": "kitchen"
        }
      ]
    }
  ],
  "dialogue": "words",
  "digest": "DIGEST",
  "engines": [
    "padacioso"
  ],
  "format": 1,
  "line": 12,
  "script": "skill/test/repeat.dialogue.yaml",
  "skills": [
    "ovos-skill-repeater.kit"
  ]
}
"""

FULL = Fixture(
    script="a.dialogue.yaml",
    dialogue="all there is",
    line=1,
    skills=(),
    engines=("padacioso+adapt", "padatious"),
    cases=(
        Case(
            "x / y-pt-PT",
            {"a": {"session_id": "1", "location": {"city": None, "n": [1, 2.5, True]}}},
            (
                FixtureTurn("a", 1, 1, "2s", silence=2.0, overlap=True, within=0.5),
                FixtureTurn(
                    "a",
                    2,
                    1,
                    "hello",
                    {"type": "t"},
                    expect=Expectation(
                        MARK,
                        replies=(),
                        holds=Conditions(
                            intent="i",
                            slots={"n": None},
                            slots_include={},
                            no_match=False,
                            messages=({"type": "m"}, {}),
                            session={"active_skills": ["s"]},
                        ),
                        denied=Conditions(route="stop", skill="s"),
                    ),
                    marks=Marks(
                        tags=("smoke",),
                        skip="not now",
                        xfail=Xfail("known", MARK, "ovos-core <1", strict=False),
                        requires={"ovos-core": ">=1.3"},
                        allow={"lang": "it mixes"},
                    ),
                ),
                FixtureTurn(
                    "a",
                    3,
                    1,
                    "hello",
                    expect=Expectation(
                        MARK,
                        replies=(
                            ReplyExpectation(
                                MARK,
                                dialog="d",
                                data={"k": "v"},
                                regex="r",
                                contains="c",
                                any_of=(ReplyExpectation(MARK, text="t"),),
                                skill="s",
                                lang="en-US",
                                asks=False,
                                within=1.0,
                                denied=ReplyExpectation(MARK, asks=True),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    ),
    langs=("pt-PT", "en-US"),
    transformers=("t",),
    clock="real",
    isolate=True,
    marks=Marks(skip="no"),
)


def error_of(read: Callable[[], object]) -> str:
    with pytest.raises(KitError) as caught:
        read()
    return str(caught.value)


def digest_in(text: str) -> str:
    return text.partition('"digest": "')[2].partition('"')[0]


def test_canonical_form() -> None:
    """A fixture's text is sorted, indented by two, not escaped, and without nulls."""
    text = fixture_json.dumps(SMALL)
    assert SMALL_TEXT.replace("DIGEST", digest_in(text)) == text


@pytest.mark.parametrize("fixture", [SMALL, FULL], ids=["small", "full"])
def test_round_trip(fixture: Fixture) -> None:
    """What is read is exactly what was written."""
    assert fixture == fixture_json.loads(fixture_json.dumps(fixture), PATH)


def test_no_reply_is_not_anything_goes() -> None:
    """An expectation of no reply survives as such."""
    read = fixture_json.loads(fixture_json.dumps(FULL), PATH)
    expect = read.cases[0].turns[1].expect
    assert expect is not None
    assert () == expect.replies


def test_load_reads_a_file(tmp_path: Path) -> None:
    """A fixture that was checked out with other line ends is the same fixture."""
    path = tmp_path / "words.json"
    path.write_bytes(fixture_json.dumps(SMALL).replace("\n", "\r\n").encode())
    assert SMALL == fixture_json.load(path, PATH)


def test_load_of_nothing(tmp_path: Path) -> None:
    """A fixture that is not there is an error that names the command."""
    assert (
        error_of(lambda: fixture_json.load(tmp_path / "words.json", PATH))
        == f'{PATH}:1:1: there is no such fixture\n  "kit generate" makes it anew'
    )


def test_load_of_bytes(tmp_path: Path) -> None:
    """A fixture that is not UTF-8 is an error at the byte in question."""
    path = tmp_path / "words.json"
    path.write_bytes(b'{\n  "said": "ol\xe1"')
    assert (
        error_of(lambda: fixture_json.load(path, PATH))
        == f'{PATH}:2:14: the fixture is not UTF-8\n  "kit generate" makes it anew'
    )


def edited(old: str, new: str) -> str:
    text = fixture_json.dumps(SMALL)
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: the fixture is cut off or damaged"),
        (fixture_json.dumps(SMALL)[:60], "6:2: the fixture is cut off or damaged"),
        (edited("15,", "NaN,"), "1:1: the fixture is damaged"),
        ("[" * 100_000, "1:1: the fixture is damaged"),
        (
            edited('"said": "olá"', '"said": "ola"'),
            "36:1: the fixture was edited by hand",
        ),
        (
            fixture_json.dumps(SMALL) + "\n",
            "48:1: the fixture was edited by hand",
        ),
        (
            edited('"said"', '"sayd"'),
            (
                "29:11: the fixture is not as the kit wrote it: "
                'unknown key "sayd" (did you mean "said"?)'
            ),
        ),
        (
            edited('"said": "olá",', ""),
            '12:9: the fixture is not as the kit wrote it: the key "said" is missing',
        ),
        (
            edited('"line": 15', '"line": "15"'),
            (
                "23:11: the fixture is not as the kit wrote it: "
                "expected a whole number, not a text"
            ),
        ),
        (
            edited('"line": 15', '"line": null'),
            (
                "23:11: the fixture is not as the kit wrote it: "
                "expected a whole number, not nothing"
            ),
        ),
        (
            edited('"mark": "skill/test/repeat.dialogue.yaml:15:7",', '"mark": "x",'),
            "15:13: the fixture is not as the kit wrote it: expected path:line:column",
        ),
        (
            edited('[\n    "padacioso"\n  ]', '["a", {}]'),
            (
                "37:20: the fixture is not as the kit wrote it: "
                "expected a text, not a mapping"
            ),
        ),
    ],
    ids=[
        "empty",
        "cut off",
        "not a number",
        "nested too deeply",
        "content changed",
        "blank line added",
        "unknown key",
        "missing key",
        "wrong type",
        "null",
        "no mark",
        "wrong item",
    ],
)
def test_text_that_is_not_ours(text: str, message: str) -> None:
    """A fixture that is damaged or edited is an error with its place and the remedy."""
    told = error_of(lambda: fixture_json.loads(text, PATH))
    assert told.startswith(f"{PATH}:{message}\n")
    assert told.endswith('"kit generate" makes it anew')


def test_edited_names_the_script() -> None:
    """Whoever edits a fixture is sent to its script."""
    text = fixture_json.dumps(SMALL).replace('"line": 12', '"line": 13')
    hint = error_of(lambda: fixture_json.loads(text, PATH)).partition("\n  ")[2]
    assert hint == (
        'change "skill/test/repeat.dialogue.yaml" instead; "kit generate" makes it anew'
    )


def test_newer_format() -> None:
    """A fixture of a newer format is an error that names the upgrade."""
    text = edited('"format": 1', '"format": 2')
    assert (
        error_of(lambda: fixture_json.loads(text, PATH))
        == f"{PATH}:40:3: the fixture has format 2, this kit reads up to 1\n"
        '  "pip install -U ovos-dialogue-kit" gets the kit that wrote it'
    )


def test_unknown_stage() -> None:
    """A stage that this kit does not know is refused where it stands."""
    pipeline: Json = ["converse", "adapt_hihg"]
    sessions = {"kitchen": {"pipeline": pipeline}}
    fixture = replace(SMALL, cases=(replace(SMALL.cases[0], sessions=sessions),))
    assert error_of(lambda: fixture_json.loads(fixture_json.dumps(fixture), PATH)) == (
        f'{PATH}:9:13: unknown pipeline stage "adapt_hihg" (did you mean "adapt_high"?)'
        f"\n  known: {', '.join(STAGE.names)}"
    )


def test_unknown_engine() -> None:
    """An engine that this kit does not know is refused where it stands."""
    fixture = replace(SMALL, engines=("adapt+padacios",))
    assert error_of(lambda: fixture_json.loads(fixture_json.dumps(fixture), PATH)) == (
        f'{PATH}:38:5: unknown engine "padacios" (did you mean "padacioso"?)'
        "\n  known: padacioso, padatious, adapt"
    )


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": true}', '{"format": 0}'])
def test_foreign_file(text: str) -> None:
    """JSON that is no fixture is told from a fixture that is damaged."""
    with pytest.raises(fixture_json.ForeignFileError) as caught:
        fixture_json.loads(text, PATH)
    assert str(caught.value) == (
        f"{PATH}:1:1: this is no fixture of the kit\n"
        '  a fixture is what "kit generate" writes; keep other files elsewhere'
    )


def test_header_of_an_edited_fixture() -> None:
    """Whose a fixture is can be read whatever became of its cases."""
    header = fixture_json.loads_header(edited('"said": "olá",', ""), PATH)
    assert header == fixture_json.Header("skill/test/repeat.dialogue.yaml", "words")


def test_header_of_a_foreign_file() -> None:
    """A file without script and dialogue is nobody's fixture."""
    with pytest.raises(fixture_json.ForeignFileError):
        fixture_json.loads_header('{"format": 1, "script": "x"}', PATH)


TRANSCRIPT = Transcript(
    script="a.dialogue.yaml",
    dialogue="d",
    case="",
    engine="padacioso",
    bus="memory",
    turns=(
        TurnTranscript(
            0,
            "a",
            "olá",
            0.0,
            "handled",
            ended=0.25,
            replies=(Reply("a", "hi", 0.1, 0, data={"n": None}, asks=True),),
            matched=False,
            slots={"n": 1},
            session_after={"active_skills": [["s", 1.5]]},
            faults=(Fault("raised", "KeyError", "Traceback"),),
            messages=({"type": "speak"},),
        ),
    ),
    strays=(Reply("b", "hi", 1.0, 0),),
    versions={"ovos-core": "2.1.1"},
    dialogs={"nothing/en-US": ("nothing",)},
    crash=Fault("crash", "killed"),
)


@pytest.mark.parametrize("pretty", [True, False])
def test_transcript_round_trip(pretty: bool) -> None:  # noqa: FBT001 - a parameter
    """A transcript survives a trip through JSON."""
    text = transcript_json.dumps(TRANSCRIPT, pretty=pretty)
    assert TRANSCRIPT == transcript_json.loads(text, "-")


def test_transcript_is_one_line() -> None:
    """A compact transcript is one line, for files of many."""
    text = transcript_json.dumps(Transcript("s", "d", "", "e", "b", ()))
    assert text == (
        '{"bus":"b","case":"","dialogue":"d","engine":"e","script":"s","turns":[]}'
    )


def test_no_transcript() -> None:
    """Text that is no transcript is an error at its place."""
    assert (
        error_of(lambda: transcript_json.loads('{"turns": [], "buss": ""}', "t.json"))
        == 't.json:1:15: the transcript cannot be read: unknown key "buss" '
        '(did you mean "bus"?)'
    )


def test_whole_numbers_are_numbers() -> None:
    """A number without a fraction is taken where seconds are expected."""
    data = parse_json('{"seconds": 2}', "-")
    assert repr(from_json(Silence, data, "", "-")) == "Silence(seconds=2.0)"
