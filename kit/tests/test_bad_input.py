"""Tests that every command and pytest refuse bad input in the same words.

What each part of the kit says of each kind of error is tested beside that part. Here it
is told once from end to end: one message with its place, exit code 2, nothing written,
no traceback.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from support.codes import without_codes

from ovos_dialogue_kit.cli import main
from ovos_dialogue_kit.fixture.serialize import (
    fixture_from_json,
)

HEAD = "skill: my.skill\ndialogues:\n"
BOMB = "a: &a [k, k, k, k, k, k, k, k]\n" + "".join(
    f"{this}: &{this} [{', '.join([f'*{last}'] * 8)}]\n"
    for last, this in zip("abcdefg", "bcdefgh", strict=True)
)
CASES: dict[str, tuple[str | bytes, str]] = {
    "broken YAML": (
        "dialogues: *a\n",
        '1:12: the alias "*a" has no anchor "&a" before it',
    ),
    "a wrong type": (
        HEAD + "  a: hello\n",
        '3:6: "a" must be a list of turns or a mapping, not "hello"',
    ),
    "an unknown key": (
        HEAD + "  a:\n    - kitchen: hi\n      expect: {dialgo: x}\n",
        '5:16: unknown key "dialgo" in an expectation (did you mean "dialog"?)',
    ),
    "a duplicate key": (
        HEAD + "  a: [kitchen: hi]\n  a: [kitchen: ho]\n",
        '4:3: duplicate key "a" (first on line 3)',
    ),
    "an empty script": ("", "1:1: the script is empty"),
    "an empty utterance": (HEAD + "  a: [kitchen: '']\n", '3:16: "kitchen" is empty'),
    "an unknown session": (
        "sessions: {kitchen: {}}\n" + HEAD + "  a: [kichen: hi]\n",
        '4:7: unknown session "kichen" (did you mean "kitchen"?)',
    ),
    "an unknown phrase": (
        "phrases: {ask: [what]}\n" + HEAD + "  a: [kitchen: <aks>]\n",
        '4:16: unknown phrase "<aks>" (did you mean "ask"?)',
    ),
    "an unknown slot": (
        HEAD + "  a:\n    - kitchen: say {word}\n",
        '4:16: unknown slot "word"',
    ),
    "an unknown engine": (
        "engine: padacoiso\n" + HEAD + "  a: [kitchen: hi]\n",
        '1:9: unknown engine "padacoiso" (did you mean "padacioso"?)',
    ),
    "nobody speaks": (
        HEAD + "  a:\n    - expect: hi\n",
        "4:7: a reply is expected, but nobody speaks",
    ),
    "an unbalanced template": (
        HEAD + "  a:\n    - kitchen: (a|b\n",
        '4:16: "(a|b" has an unmatched bracket',
    ),
    "too large an expansion": (
        "expand: {cap: 10}\n" + HEAD + "  a: [kitchen: (a|b|c|d) (e|f|g|h)]\n",
        '4:16: "(a|b|c|d) (e|f|g|h)" stands for more than 10 sentences',
    ),
    "one file name": (
        HEAD + "  a b: [kitchen: hi]\n  a_b: [kitchen: hi]\n",
        (
            '4:3: "a_b" and "a b" (bad.dialogue.yaml:3:3) would share the fixture '
            '"bad/a_b.json"'
        ),
    ),
    "an alias bomb": (
        BOMB,
        "7:8: more than 500000 values, counting what aliases repeat",
    ),
    "another encoding": (
        HEAD.encode() + b"  caf\xe9: [kitchen: hi]\n",
        "3:6: the file is not UTF-8",
    ),
    "ten megabytes": (
        HEAD + "  a:\n" + "    - kitchen: hi\n" * 600_000,
        "1:1: the script is too large: 10800032 characters; the limit is 4194304",
    ),
}
PIPE = (
    None,
    "1:1: the file cannot be read: it is a pipe or a device",
)  # pytest skips those


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty project, which is the current folder."""
    (tmp_path / "pytest.ini").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: Path, content: str | bytes | None) -> None:
    """Make a script; a pipe, if it has no content."""
    if content is None:
        os.mkfifo(path)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content, encoding="utf-8")


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("command", ["generate", "check", "replay", "isolate"])
@pytest.mark.parametrize(
    ("content", "message"), [*CASES.values(), PIPE], ids=[*CASES, "a pipe"]
)
def test_command(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    content: str | bytes | None,
    message: str,
) -> None:
    """Every command says what is wrong, and where; it ends with 2 and wrote nothing."""
    put(project / "bad.dialogue.yaml", content)
    assert main([command]) == 2
    out, err = capsys.readouterr()
    first = without_codes(err).splitlines()[0]
    assert (out, first) == ("", f"bad.dialogue.yaml:{message}")
    assert files(project) == ["bad.dialogue.yaml", "pytest.ini"]


def test_pytest(pytester: pytest.Pytester) -> None:
    """Each is a collection error in the same words, and pytest's exit code is 2."""
    told = {}
    for number, (content, message) in enumerate(CASES.values()):
        name = f"bad{number}.dialogue.yaml"
        put(pytester.path / name, content)
        words = message.replace("bad.dialogue", f"bad{number}.dialogue")
        told[name] = words.replace("bad/", f"bad{number}/")
    before = files(pytester.path)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    assert result.ret == 2
    lines = without_codes("\n".join(result.outlines)).splitlines()
    places = [line for line in lines if re.match(r"bad\d+\.\S+:\d+:\d", line)]
    assert places == [f"{name}:{words}" for name, words in sorted(told.items())]
    assert "Traceback" not in result.stdout.str()
    assert files(pytester.path) == before


MANY = """\
skill: my.skill
lang: english
phrases:
  ask: (what
dialogues:
  first:
    - kitchen: hi
      expct: hello
    - kitchen: <aks>
  second:
    - bedroom: hi
      expect: {dialgo: x, asks: maybe}
"""
ALL_OF_THEM = [
    '2:7: "lang" must be a language tag, not "english"  [KIT106]',
    '4:8: "(what" has an unmatched bracket  [KIT201]',
    '8:7: unknown key "expct" in a turn (did you mean "expect"?)  [KIT101]',
    '9:16: unknown phrase "<aks>" (did you mean "ask"?)  [KIT202]',
    '12:16: unknown key "dialgo" in an expectation (did you mean "dialog"?)  [KIT101]',
    '12:33: "asks" must be true or false, not "maybe"  [KIT106]',
]


@pytest.mark.parametrize("command", ["generate", "check", "replay", "isolate"])
def test_many_problems(
    project: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """Every command tells all problems of a script, in the order of the file."""
    put(project / "bad.dialogue.yaml", MANY)
    assert main([command]) == 2
    err = capsys.readouterr().err.splitlines()
    places = [line for line in err if line.startswith("bad.dialogue.yaml:")]
    assert places == [f"bad.dialogue.yaml:{problem}" for problem in ALL_OF_THEM]


def test_many_problems_in_pytest(pytester: pytest.Pytester) -> None:
    """Pytest tells all problems of a script in its collection error."""
    put(pytester.path / "bad.dialogue.yaml", MANY)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    assert result.ret == 2
    places = [line for line in result.outlines if re.match(r"bad\.\S+:\d+:\d", line)]
    assert places == [f"bad.dialogue.yaml:{problem}" for problem in ALL_OF_THEM]


@pytest.mark.parametrize("command", ["generate", "check", "replay", "isolate"])
def test_many_dialogues_that_cannot_be_generated(
    project: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """Problems that only generating finds are reported for all dialogues and turns."""
    put(
        project / "bad.dialogue.yaml",
        HEAD
        + "  a: [kitchen: 'say {one}', bath: '{two}']\n"
        + "  b: [kitchen: say it]\n"
        + "  c: {expand: {cap: 8}, turns: [kitchen: '(a|b|c) (a|b|c)']}\n",
    )
    assert main([command]) == 2
    err = without_codes(capsys.readouterr().err).splitlines()
    assert [line for line in err if line.startswith("bad.dialogue.yaml:")] == [
        'bad.dialogue.yaml:3:16: unknown slot "one"',
        'bad.dialogue.yaml:3:35: unknown slot "two"',
        'bad.dialogue.yaml:5:42: "(a|b|c) (a|b|c)" stands for more than 8 sentences',
    ]
    assert files(project) == ["bad.dialogue.yaml", "pytest.ini"]


LOOP = "the file cannot be read: too many levels of symbolic links"
NO_FILE = "there is no such file"


@pytest.mark.parametrize(
    ("command", "target", "told"),
    [
        *((each, "a.dialogue.yaml", LOOP) for each in ("check", "generate")),
        *((each, "a.dialogue.yaml", LOOP) for each in ("isolate", "matrix", "replay")),
        *((each, "nothing", NO_FILE) for each in ("check", "generate", "replay")),
    ],
)
def test_a_script_that_is_a_broken_link(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    target: str,
    told: str,
) -> None:
    """A link to itself or to nothing is told by the name that the user sees."""
    (project / "a.dialogue.yaml").symlink_to(target)
    assert main([command, "a.dialogue.yaml"]) == 2
    first, *_ = without_codes(capsys.readouterr().err).splitlines()
    assert first == f"a.dialogue.yaml:1:1: {told}"


@pytest.mark.parametrize(
    ("target", "told"), [("a.json", LOOP), ("nothing", "there is no such fixture")]
)
def test_a_fixture_that_is_a_broken_link(
    project: Path, capsys: pytest.CaptureFixture[str], target: str, told: str
) -> None:
    """So is a fixture."""
    (project / "a.json").symlink_to(target)
    assert main(["replay", "a.json"]) == 2
    first, *_ = without_codes(capsys.readouterr().err).splitlines()
    assert first == f"a.json:1:1: {told}"


def test_an_output_folder_that_is_a_link_to_itself(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing can be written into such a folder, which is an error like any other."""
    (project / "out").symlink_to("out")
    put(project / "good.dialogue.yaml", HEAD + "  a: [kitchen: hi]\n")
    assert main(["generate", "-o", "out"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        '"out/good/a.json" cannot be written: too many levels of symbolic links',
        "  a part of the path is a link to itself; choose a different one",
        "1 script with errors",
    ]


def test_utterances_that_yaml_takes_for_something_else(project: Path) -> None:
    """Text that YAML 1.1 reads as a boolean, a number or nothing stays text."""
    said = ["yes", "no", "on", "7:30", "1_000", "~", "null", "1e3", "2026-01-05"]
    turns = "".join(f"    - kitchen: {each}\n" for each in said)
    put(project / "good.dialogue.yaml", HEAD + "  a:\n" + turns)
    assert main(["generate"]) == 0
    text = (project / "fixtures" / "good" / "a.json").read_text(encoding="utf-8")
    assert [turn.said for turn in fixture_from_json(text, "").cases[0].turns] == said
