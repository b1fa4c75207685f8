"""Tests of ``kit matrix`` as a user runs it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from support.tox_cells import make_tox

from ovos_dialogue_kit.cli import main


@pytest.fixture
def tox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the ``.tox`` of the project in the current folder."""
    monkeypatch.chdir(tmp_path)
    return make_tox(tmp_path)


@pytest.mark.usefixtures("tox")
def test_kit_matrix_shows_all_cells_of_tox(capsys: pytest.CaptureFixture[str]) -> None:
    """All cells of tox are shown; one that did not run exits with 1."""
    assert 1 == main(["matrix"])
    out, err = capsys.readouterr()
    assert (
        dedent("""\
           cell           ovos-core  python  same  differs  cannot run  fails
        1  core1.0-py310  1.0        3.10       0        1           0      0
        2  mine           2.0        3.10       1        0           0      0  reference
        3  channel-alpha                        0        0           1      0
        4  core3.0-py313                        0        0           1      0

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
        """),
        "",
    ) == (out, err)


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
    assert 'there are no transcripts in .tox\n  run "tox -m core"\n' == (
        capsys.readouterr().err
    )
