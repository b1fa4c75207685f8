"""``kit matrix``: cells, what differs between them, and how that is shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from ovos_dialogue_kit.cli import main
from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.jsondata import as_json
from ovos_dialogue_kit.matrix.cells import (
    Cell,
    Entry,
    Gap,
    Matrix,
    Replayed,
    Row,
    State,
    compare_cells,
)
from ovos_dialogue_kit.matrix.files import find_cells, read_cell
from ovos_dialogue_kit.matrix.html import page
from ovos_dialogue_kit.matrix.steps import Change, Step, steps_of
from ovos_dialogue_kit.matrix.text import matrix_lines
from ovos_dialogue_kit.render.lines import plain
from ovos_dialogue_kit.replayer.transcript import (
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)

KEY = ("a.dialogue.yaml", "polite", "", "padacioso")


def heard(text: str = "hi", core: str = "1.0", **turn: object) -> Transcript:
    """Return a transcript of one turn with one reply."""
    replies = (Reply("kitchen", text, 0.0, 0),) if text else ()
    first = TurnTranscript(
        0, "kitchen", "hello", 0.0, "handled", 0.0, replies, "intent"
    )
    return Transcript(
        *KEY,
        bus="memory",
        turns=(replace(first, **turn),),  # type: ignore[arg-type]  # a turn's fields
        versions={"ovos-core": core, "python": "3.10"},
    )


def passed(transcript: Transcript | None = None) -> Replayed:
    return Replayed(KEY, "passed", None, transcript or heard())


def cell(name: str, core: str = "1.0", **parts: object) -> Cell:
    """Return a cell with one replay, which passed unless ``parts`` say otherwise."""
    replayed = Replayed(KEY, "passed", None, heard(core=core))
    return Cell(name, {KEY: replace(replayed, **parts)})  # type: ignore[arg-type]


def entries(*replays: Replayed) -> tuple[Entry, ...]:
    """Return the entries of cells with a replay each; the first is the reference."""
    cells = [Cell(f"c{n}", {each.key: each}) for n, each in enumerate(replays)]
    [row] = compare_cells(cells, "c0").rows
    return row.entries


def difference(transcript: Transcript) -> tuple[str, ...]:
    """Return what a transcript has that ``heard()`` has not."""
    _, entry = entries(passed(), passed(transcript))
    return entry.notes


def test_cells_stand_in_the_order_of_ovos_core() -> None:
    """The newest that is no pre-release is what others are compared with."""
    found = compare_cells(
        [
            cell("new", "3.0.0a1"),
            cell("old", "0.0.8"),
            cell("middle", "2.10.0"),
            cell("less", "2.9.0"),
            Cell("broken", problem="no"),
        ]
    )
    assert ["old", "less", "middle", "new", "broken"] == [c.name for c in found.cells]
    assert "middle" == found.reference.name


def test_pre_releases_are_compared_where_there_is_nothing_else() -> None:
    """Then it is the newest of them."""
    found = compare_cells([cell("one", "3.0.0a1"), cell("two", "3.0.0a2")])
    assert "two" == found.reference.name


def test_a_reference_must_have_run() -> None:
    """The near name is told."""
    with pytest.raises(KitError) as raised:
        compare_cells([cell("core1"), Cell("core2", problem="no")], "core2")
    assert 'there is no cell "core2" that ran (did you mean "core1"?)' == str(
        raised.value
    )


def test_without_a_cell_that_ran_there_is_no_matrix() -> None:
    """What went wrong with each is told."""
    with pytest.raises(KitError) as raised:
        compare_cells([Cell("a", problem="no uv"), Cell("b")])
    assert "no cell ran\n  a: no uv\n  b: empty" == str(raised.value)
    with pytest.raises(KitError) as raised:
        compare_cells([])
    assert "no cell ran" == str(raised.value)


def test_times_sessions_and_spaces_are_no_matter() -> None:
    """Only what a person notices is compared."""
    other = heard(" hi  ", at=7.0, ended=None, end="stopped", session_after={"a": 1})
    assert () == difference(other)


@pytest.mark.parametrize(
    ("turn", "told"),
    [
        ({"route": "converse"}, "route converse, was intent"),
        ({"route": None}, "route (none), was intent"),
        ({"intent": "hello"}, "intent hello, was (none)"),
        ({"skill": "a.skill"}, "skill a.skill, was (none)"),
        ({"slots": {"n": "1"}}, 'slots {n: "1"}, was (none)'),
        ({"faults": (Fault("lang", "x"),)}, 'faults "lang", was (none)'),
        ({"replies": ()}, 'replies (none), was "hi"'),
    ],
)
def test_a_difference_is_told_at_its_turn(
    turn: Mapping[str, object], told: str
) -> None:
    """What it is now, and what it is in the reference."""
    first, *_ = difference(heard(**turn))
    assert f'turn 1, kitchen "hello": {told}' == first


def test_what_belongs_to_no_turn_is_told_without() -> None:
    """Strays, a crash, and turns that are missing."""
    crashed = replace(
        heard(),
        turns=(),
        strays=(Reply("hall", "psst", 0.0, 0),),
        crash=Fault("crash", "it hung"),
    )
    assert (
        "turns 0, was 1",
        'strays "psst", was (none)',
        "crash it hung, was (none)",
    ) == difference(crashed)


def test_a_turn_that_the_reference_lacks_is_counted_only() -> None:
    """There is nothing to compare it with."""
    twice = heard()
    [turn] = twice.turns
    twice = replace(twice, turns=(turn, replace(turn, index=1)))
    assert ("turns 2, was 1",) == difference(twice)


@pytest.mark.parametrize(
    ("replayed", "entry"),
    [
        (passed(), Entry(State.SAME)),
        (
            Replayed(KEY, "failed", "a:1:1: wrong", heard()),
            Entry(State.FAILS, ("a:1:1: wrong",)),
        ),
        (
            Replayed(KEY, "skipped", "needs more"),
            Entry(State.CANNOT, ("needs more",)),
        ),
        (Replayed(KEY, "broken"), Entry(State.CANNOT, ("broken",))),
        (
            Replayed(KEY, "failed", None, heard()),
            Entry(State.FAILS, ("failed",)),
        ),
        (
            Replayed(KEY, "xfailed", "known", heard(route="stop")),
            Entry(
                State.DIFFERS,
                (
                    "announced: known",
                    'turn 1, kitchen "hello": route stop, was intent',
                ),
            ),
        ),
    ],
)
def test_what_an_outcome_comes_to(replayed: Replayed, entry: Entry) -> None:
    """A replay that passes or fails as announced is compared; others say why not."""
    assert entry == entries(passed(), replayed)[1]


def test_what_the_reference_could_not_replay_is_the_same() -> None:
    """There is nothing that it could differ from."""
    adapt = (KEY[0], "loud", "", "adapt")
    missing = Replayed(adapt, "skipped", "no adapt")
    there = replace(passed(), key=adapt)
    cells = [
        Cell(name, {KEY: passed(), adapt: each})
        for name, each in (("without", missing), ("with", there))
    ]
    found = compare_cells(cells, "without")
    assert ["same", "cannot run"] == [entry.state for entry in found.rows[1].entries]


def test_what_the_reference_announced_is_told() -> None:
    """It is the reference that does what it should not."""
    known = Replayed(KEY, "xfailed", "known", heard(route="stop"))
    assert (
        "announced in c0: known",
        'turn 1, kitchen "hello": route intent, was stop',
    ) == entries(known, passed())[1].notes


def test_another_fixture_is_no_comparison() -> None:
    """The bytes that were replayed must be the same in every cell."""
    ours, theirs = (replace(passed(), fixture=digest) for digest in ("a", "b"))
    assert ("it was replayed from another fixture",) == entries(ours, theirs)[1].notes
    assert State.SAME == entries(ours, ours)[1].state


def test_engines_share_a_row_where_they_agree() -> None:
    """A row for each engine only where one of them differs from another."""
    adapt = (*KEY[:3], "adapt")
    both = {KEY: passed(), adapt: replace(passed(), key=adapt)}
    loud = {**both, adapt: replace(passed(heard("HI")), key=adapt)}
    same = compare_cells([Cell("a", both), Cell("b", both)])
    assert [""] == [row.engine for row in same.rows]
    [one, other] = compare_cells([Cell("a", both), Cell("b", loud)], "a").rows
    assert ("padacioso", True) == (one.engine, one.is_same)
    assert ("adapt", False) == (other.engine, other.is_same)


def test_an_engine_that_a_cell_is_without_does_not_disagree() -> None:
    """The dialogue is what it came to with the others."""
    adapt = (*KEY[:3], "adapt")
    both = {KEY: passed(), adapt: replace(passed(), key=adapt)}
    lacking = {**both, adapt: Replayed(adapt, "skipped", "no adapt")}
    found = compare_cells([Cell("a", both), Cell("b", lacking)], "a")
    assert [Row(*KEY[:2], "", (Entry(State.SAME),) * 2)] == list(found.rows)
    assert (Gap("no adapt", ("b",), 1),) == found.gaps
    assert not found.is_bad


def test_a_note_has_the_variants_that_give_it() -> None:
    """Unless all of them do."""
    adapt = (*KEY[:3], "adapt")
    one, other = heard("ho", route="stop"), heard("ho")
    differs = {KEY: passed(one), adapt: replace(passed(other), key=adapt)}
    both = {KEY: passed(), adapt: replace(passed(), key=adapt)}
    [row] = compare_cells([Cell("a", both), Cell("b", differs)], "a").rows
    assert (
        'turn 1, kitchen "hello": replies "ho", was "hi"',
        '[padacioso] turn 1, kitchen "hello": route stop, was intent',
    ) == row.entries[1].notes


def test_a_broken_replay_is_bad_news() -> None:
    """A skill that does not load on some version is no skip."""
    broken = Replayed(KEY, "broken", "it did not load")
    found = compare_cells([cell("a"), Cell("b", {KEY: broken})])
    assert found.is_bad
    assert (Gap("it did not load", ("b",), 1),) == found.gaps


def test_an_ovos_core_stands_for_its_cells() -> None:
    """If all of them have the entry."""
    cells = [
        cell("a", "1.0"),
        cell("b", "2.0", transcript=heard("ho", "2.0")),
        cell("c", "2.0", transcript=heard("ho", "2.0")),
        cell("d", "3.0", transcript=heard("ho", "3.0")),
        cell("e", "3.0"),
    ]
    found = compare_cells(cells, "a")
    [row] = found.rows
    assert ("2.0", "d") == found.where(row, row.entries[1])


# -- steps -----------------------------------------------------------------------------


def step(was: Replayed, now: Replayed) -> Step:
    """Return the step from an ovos-core to the next."""
    kinds = (("1.0", was), ("2.0", now))
    cells = []
    for core, replayed in kinds:
        key = (KEY[0], "other", "", "padacioso")  # so that each has its versions
        other = Replayed(key, "passed", None, heard(core=core))
        cells.append(Cell(core, {key: other, replayed.key: replayed}))
    [found] = steps_of(cells)
    return found


@pytest.mark.parametrize(
    ("was", "now", "entry"),
    [
        (passed(), passed(), None),
        (
            passed(),
            passed(heard("ho")),
            Entry(State.DIFFERS, ('turn 1, kitchen "hello": replies "ho", was "hi"',)),
        ),
        (
            passed(),
            Replayed(KEY, "failed", "wrong", heard()),
            Entry(State.FAILS, ("wrong",)),
        ),
        (
            Replayed(KEY, "failed", "wrong", heard()),
            passed(),
            Entry(State.SAME, ("is mended",)),
        ),
        (
            Replayed(KEY, "failed", "wrong", heard()),
            Replayed(KEY, "failed", "wrong", heard()),
            None,
        ),
        (
            passed(),
            Replayed(KEY, "broken", "no import"),
            Entry(State.CANNOT, ("no import",)),
        ),
        (passed(), Replayed(KEY, "skipped", "no engine"), None),
        (Replayed(KEY, "skipped", "no engine"), passed(), None),
    ],
)
def test_what_an_ovos_core_changes(
    was: Replayed, now: Replayed, entry: Entry | None
) -> None:
    """A dialogue that comes to something else than on the ovos-core before it."""
    changes = (Change(*KEY[:2], entry),) if entry else ()
    assert Step("1.0", "2.0", changes) == step(was, now)


def test_cells_of_one_ovos_core_are_one_step() -> None:
    """What one of them could not run is taken from another."""
    skipped = Replayed(KEY, "skipped", "no engine")
    other = (KEY[0], "other", "", "padacioso")
    lacking = {KEY: skipped, other: Replayed(other, "passed", None, heard(core="2.0"))}
    cells = [
        cell("a", "1.0"),
        Cell("b", lacking),
        cell("c", "2.0", transcript=heard("ho", "2.0")),
        Cell("d", problem="no solution"),
    ]
    [found] = steps_of(cells)
    assert ("1.0", "2.0") == (found.older, found.newer)
    assert ["polite"] == [change.dialogue for change in found.changes]


def test_a_dialogue_that_a_cell_does_not_know_is_absent() -> None:
    """Cells of different days may know different scripts."""
    later = (KEY[0], "later", "", "padacioso")
    more = {KEY: passed(), later: replace(passed(), key=later)}
    found = compare_cells([Cell("a", {KEY: passed()}), Cell("b", more)], "a")
    states = [[entry.state for entry in row.entries] for row in found.rows]
    assert [["same", "same"], ["-", "same"]] == states


# -- files -----------------------------------------------------------------------------


def line(replayed: Replayed) -> str:
    """Return a replay as ``kit replay -o`` writes it."""
    script, dialogue, case, engine = replayed.key
    data = {
        "script": script,
        "dialogue": dialogue,
        "case": case,
        "engine": engine,
        "outcome": replayed.outcome,
    }
    if replayed.why:
        data["reason"] = replayed.why
    if replayed.fixture:
        data["fixture"] = replayed.fixture
    if replayed.transcript:
        data["transcript"] = as_json(replayed.transcript)  # type: ignore[assignment]
    return json.dumps(data) + "\n"


@pytest.fixture
def tox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the ``.tox`` of a project with two cells and a third that failed."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".tox"
    for name, replayed in (
        ("core1.0-py310", passed(heard(core="1.0"))),
        ("mine", Replayed(KEY, "passed", None, heard("ho", core="2.0"), "abc")),
    ):
        (folder / name).mkdir(parents=True)
        (folder / name / "transcripts.jsonl").write_text(line(replayed))
    logs = folder / "core3.0-py313" / "log"
    logs.mkdir(parents=True)
    (logs / "1-venv.log").write_text("name: x\nexit_code: 0\n\nstandard error:\nfine\n")
    (logs / "2-install_deps.log").write_text(
        "name: x\nenv TOKEN: secret\nexit_code: 1\n\nstandard error:\n  no solution\n"
    )
    (logs / "10-freeze.log").write_text("name: x\nexit_code: 0\n")
    (folder / "lint").mkdir()
    (folder / "corelib").mkdir()
    (folder / "channel-alpha").mkdir()
    return folder


def test_cells_are_found_where_tox_makes_them(tox: Path) -> None:
    """What has transcripts, and what is named like a cell but has none."""
    assert ["channel-alpha", "core1.0-py310", "core3.0-py313", "mine"] == [
        path.name for path in find_cells(tox.parent)
    ]


def test_a_cell_is_read_as_it_was_written(tox: Path) -> None:
    """By its folder or its file, with the folder's name."""
    for path in (tox / "mine", tox / "mine" / "transcripts.jsonl"):
        found = read_cell(path)
        assert ("mine", "2.0") == (found.name, found.core)
        [replayed] = found.replays.values()
        assert Replayed(KEY, "passed", None, heard("ho", core="2.0"), "abc") == replayed


def test_another_file_is_called_by_its_own_name(tmp_path: Path) -> None:
    """``before.jsonl`` is the cell "before"."""
    path = tmp_path / "before.jsonl"
    path.write_text(line(Replayed(KEY, "skipped", "no engine")))
    found = read_cell(path)
    assert "before" == found.name
    assert {KEY: Replayed(KEY, "skipped", "no engine")} == found.replays


def test_a_cell_that_failed_tells_the_last_failure(tox: Path) -> None:
    """What the failed command said, and none of tox's head, which holds secrets."""
    assert "standard error:\n  no solution" == read_cell(tox / "core3.0-py313").problem
    assert "it left no transcripts" == read_cell(tox / "channel-alpha").problem


@pytest.mark.parametrize("text", ["{}", "[]", "nonsense", '{"outcome": "passed"}'])
def test_a_line_that_is_no_result_is_told(tmp_path: Path, text: str) -> None:
    """With its file and line."""
    path = tmp_path / "x.jsonl"
    path.write_text(line(passed()) + text)
    with pytest.raises(KitError) as raised:
        read_cell(path)
    assert (
        f'{path}:2:1: is no result of kit replay\n  write it by "kit replay -o FILE"'
    ) == str(raised.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """As the person called it."""
    with pytest.raises(KitError) as raised:
        read_cell(tmp_path / "none.jsonl")
    assert f'there is no "{tmp_path / "none.jsonl"}"' == str(raised.value)


# -- words -----------------------------------------------------------------------------


def example() -> Matrix:
    """Return a matrix in which something is of every state."""
    loud = (KEY[0], "loud", "twice", "padacioso")
    adapt = (KEY[0], "polite", "", "adapt")
    new = replace(passed(), key=loud)
    return compare_cells(
        [
            Cell("one", {KEY: passed(), loud: new, adapt: replace(new, key=adapt)}),
            Cell(
                "two",
                {
                    KEY: passed(heard("ho", core="2.0")),
                    loud: Replayed(
                        loud, "failed", "a:1:1: wrong\n  expected  1", heard()
                    ),
                    adapt: Replayed(adapt, "skipped", "no adapt"),
                },
            ),
            Cell("three", problem="no solution"),
        ],
        "one",
    )


def test_a_matrix_in_words() -> None:
    """Cells, then dialogues by the numbers of the cells, then what differs."""
    assert dedent("""\
           cell   ovos-core  python  same  differs  cannot run  fails
        1  one    1.0        3.10       2        0           0      0  reference
        2  two    2.0        3.10       0        1           0      1
        3  three                        0        0           2      0

        ovos-core 1.0 → 2.0: 2 dialogues changed
          polite  differs
          loud  fails

                1.0         2.0         3
        polite  same        differs     cannot run
        loud    same        fails       cannot run

        a.dialogue.yaml: polite
          differs on 2.0
            turn 1, kitchen "hello": replies "ho", was "hi"

        a.dialogue.yaml: loud
          fails on 2.0
            a:1:1: wrong
              expected  1

        1 replay could not run in two
            no adapt

        nothing could run in three
            no solution""") == plain(matrix_lines(example()))


def test_cells_that_say_the_same_share_a_column() -> None:
    """Its head is their ovos-core, or their numbers if another cell of it differs."""
    cells = [
        cell("a", "1.0"),
        cell("b", "1.0"),
        cell("c", "2.0"),
        cell("d", "2.0", transcript=heard("ho", "2.0")),
    ]
    head, row = plain(matrix_lines(compare_cells(cells, "a"))).split("\n")[8:10]
    assert ["1.0", "3", "4"] == head.split()
    assert ["polite", "same", "same", "differs"] == row.split()


@pytest.mark.parametrize(
    ("names", "words"),
    [(["a"], "1 dialogue is"), (["a", "b"], "2 dialogues are")],
)
def test_what_is_the_same_everywhere_is_counted(names: list[str], words: str) -> None:
    """And shown where somebody asks for it."""
    keys = [(KEY[0], name, "", "padacioso") for name in names]
    found = compare_cells([Cell("x", {k: replace(passed(), key=k) for k in keys})])
    assert plain(matrix_lines(found)).endswith(f"\n{words} the same everywhere")
    assert plain(matrix_lines(found, every=True)).endswith(f"\n{names[-1]}  same")


# -- pages -----------------------------------------------------------------------------


def test_a_page_has_all_there_is() -> None:
    """Each state in its cell, and each note; nothing from elsewhere is loaded."""
    text = page(example())
    assert '<a href="#row1">differs</a>' in text
    assert "a:1:1: wrong\n  expected  1" in text
    assert "turn 1, kitchen &#34;hello&#34;: replies" in text
    assert "http" not in text
    assert text == page(example())


def test_a_page_of_one_cell_has_no_differences() -> None:
    """Then there is no list of them."""
    assert "What is not the same" not in page(compare_cells([cell("only")]))


def test_a_page_needs_jinja2(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra, and its absence is told with the command."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(KitError) as raised:
        page(compare_cells([cell("only")]))
    assert (
        "a page needs jinja2, which is not installed\n"
        '  pip install "ovos-dialogue-kit[html]"'
    ) == str(raised.value)


# -- the command line ------------------------------------------------------------------


@pytest.mark.usefixtures("tox")
def test_kit_matrix_shows_all_cells_of_tox(capsys: pytest.CaptureFixture[str]) -> None:
    """A cell that did not run is bad news."""
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
            it left no transcripts

        nothing could run in core3.0-py313
            standard error:
              no solution
        """),
        "",
    ) == (out, err)


def test_a_difference_alone_is_no_bad_news(
    tox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the page is written where it was asked for."""
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
    """The command that makes them is told."""
    monkeypatch.chdir(tmp_path)
    assert 2 == main(["matrix"])
    assert 'there are no transcripts in .tox\n  run "tox -m core"\n' == (
        capsys.readouterr().err
    )
