"""Tests of the names of cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovos_dialogue_kit.matrix.names import cell_names


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a.jsonl", "b.x.jsonl"], ["a", "b.x"]),
        (["c1/transcripts.jsonl", "c2"], ["c1", "c2"]),
        (["a/out.jsonl", "b/out.jsonl", "c.jsonl"], ["a/out", "b/out", "c"]),
        (["x/a/out.jsonl", "x/a/b/out.jsonl"], ["out", "b/out"]),
        (["out.jsonl", "out.json"], ["out.jsonl", "out.json"]),
        (["p/.tox/c/transcripts.jsonl", "q/.tox/c"], ["p/.tox/c", "q/.tox/c"]),
    ],
)
def test_no_two_cells_have_the_same_name(
    tmp_path: Path, paths: list[str], names: list[str]
) -> None:
    """Cells are named after their files, with folders only where they must be."""
    for path in paths:
        place = tmp_path / path
        (place.parent if place.suffix else place).mkdir(parents=True, exist_ok=True)
    assert names == cell_names([tmp_path / path for path in paths])


def test_a_cell_in_the_current_folder_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path has the name of the folder it leads to."""
    (tmp_path / "core2.1").mkdir()
    monkeypatch.chdir(tmp_path / "core2.1")
    for path in (".", "transcripts.jsonl", "../core2.1"):
        assert ["core2.1"] == cell_names([Path(path)])
