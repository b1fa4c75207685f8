"""Tests of ``kit matrix`` as a user runs it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from support.cells import KEY, heard, line, passed
from support.tox_cells import make_tox

from ovos_dialogue_kit.cli import main
from ovos_dialogue_kit.matrix.cells import Replayed


@pytest.fixture
def tox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the ``.tox`` of the project in the current folder."""
    monkeypatch.chdir(tmp_path)
    return make_tox(tmp_path)


def test_kit_matrix_shows_all_cells_of_tox(
    tox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All cells of tox are shown; one that did not run exits with 1."""
    for path in tox.rglob("*.jsonl"):
        os.utime(path, (1_750_000_000, 1_750_000_000))
    assert 1 == main(["matrix"])
    out, err = capsys.readouterr()
    assert (
        dedent("""\
        1 dialogue, 2 replays in 4 cells

           cell           ovos-core  python  written, UTC      same  differs  fails  cannot run
        1  core1.0-py310  1.0        3.10    2025-06-15 15:06     0        1      0           0
        2  mine           2.0        3.10    2025-06-15 15:06     1        0      0           0  reference
        3  channel-alpha                                          0        0      0           1  did not run
        4  core3.0-py313                                          0        0      0           1  did not run

        ovos-core 1.0 → 2.0: 1 dialogue changed
          polite  differs

                1.0         2.0         3,4
        polite  differs     same        cannot run

        a.dialogue.yaml: polite
          differs on 1.0
            turn 1, kitchen "hello": replies "hi", was "ho"

        nothing could run in channel-alpha
            no transcripts were written

        nothing could run in core3.0-py313
            standard error:
              no solution
        """),  # noqa: E501  # as wide as it is
        "",
    ) == (out, err)


def test_dialogues_without_differences_are_listed_on_request(
    tox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--all`` adds a row for each."""
    cell = str(tox / "mine")
    shown = []
    for every in ([], ["--all"]):
        assert 0 == main(["matrix", cell, *every])
        shown.append(capsys.readouterr().out)
    assert ["polite" in out for out in shown] == [False, True]


def test_a_difference_alone_is_no_bad_news(
    tox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Differences alone exit with 0; the page is written on request."""
    cells = [str(tox / "core1.0-py310"), str(tox / "mine")]
    arguments = ["matrix", *cells, "--against", "core1.0-py310", "--html", "m/x.html"]
    assert 0 == main(arguments)
    out, err = capsys.readouterr()
    assert 'replies "ho", was "hi"' in out
    assert "wrote m/x.html\n" == err
    assert (tox.parent / "m" / "x.html").read_text(encoding="utf-8").startswith("<!doc")


def test_no_cells_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without cells the error has the command that makes them."""
    monkeypatch.chdir(tmp_path)
    assert 2 == main(["matrix"])
    assert (
        "there are no transcripts in .tox\n"
        '  name the files that "kit replay -o FILE" wrote\n'
    ) == capsys.readouterr().err


def test_cells_of_one_name_can_be_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two files of one name are told apart by their folders, also for --against."""
    monkeypatch.chdir(tmp_path)
    for folder, core in (("a", "1.0"), ("b", "2.0")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "out.jsonl").write_text(line(passed(heard(core=core))))
    paths = ["matrix", "a/out.jsonl", "b/out.jsonl"]
    assert 0 == main([*paths, "--against", "a/out"])
    assert "\n1  a/out  1.0" in capsys.readouterr().out
    assert 2 == main([*paths, "--against", "out"])
    assert '"out" could be any of several cells: a/out, b/out\n' == (
        capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("name", "lines", "word"),
    [
        ("empty", "", "no results"),
        ("skips", line(Replayed(KEY, "skipped", "no engine")), "only skips"),
        ("broken", line(Replayed(KEY, "broken", "no import")), "did not boot"),
        (
            "cut",
            line(passed()) + '{"incomplete":{"planned":2,"replays":1}}',
            "incomplete",
        ),
        (
            "stranger",
            line(replace(passed(heard(core="0.5")), key=("b", *KEY[1:]))),
            "nothing in common",
        ),
    ],
)
def test_a_cell_that_was_not_compared_is_bad_news(
    tox: Path, capsys: pytest.CaptureFixture[str], name: str, lines: str, word: str
) -> None:
    """A cell without results of its own, or not all of them, exits with 1."""
    cells = [str(tox / "core1.0-py310"), str(tox / "mine")]
    assert 0 == main(["matrix", *cells])
    (tox / f"{name}.jsonl").write_text(lines)
    assert 1 == main(["matrix", *cells, str(tox / f"{name}.jsonl")])
    [row] = re.findall(
        rf"^\d  {name} .*  ([^\d\n]+)$", capsys.readouterr().out, re.MULTILINE
    )
    assert word == row


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: 1\n", 'x.jsonl:1:1: this is not output of "kit replay"'),
        (b"\xff", "x.jsonl:1:1: the file is not UTF-8"),
        (line(passed(heard(core="2.x"))), "is not a version of ovos-core"),
    ],
)
def test_bad_input_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    content: str | bytes,
    message: str,
) -> None:
    """A file of another kind is an error at its place; the exit code is 2."""
    monkeypatch.chdir(tmp_path)
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / "x.jsonl").write_bytes(data)
    assert 2 == main(["matrix", "x.jsonl"])
    assert message in capsys.readouterr().err.splitlines()[0]


def test_a_draft_of_a_killed_run_is_removed(tox: Path) -> None:
    """What a killed run has left beside the page is removed by the next one."""
    draft = tox.parent / ".x.html.4000000.tmp"
    draft.touch()
    main(["matrix", "--html", "x.html"])
    assert not draft.exists()


def test_no_page_leads_out_of_the_project(
    tox: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The page is not written to where a link of the project leads."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (tox.parent / "out").symlink_to(elsewhere)
    assert main(["matrix", "--html", "out/x.html"]) == 2
    assert '"out/x.html" would be outside the project' in capsys.readouterr().err
    assert list(elsewhere.iterdir()) == []
