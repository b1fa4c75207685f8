"""What the committed constraint files promise, and the edges of what makes them.

Whether a set really works is proved when it is made; that takes minutes and the package
index, so it is no part of these tests.
"""

import re
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from make import (
    HERE,
    RANGES,
    ROWS,
    Row,
    SetError,
    names,
    plain,
    private_home,
    render,
    run,
    with_ranges,
    write,
)

rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def pins_of(row: Row) -> str:
    """Return the lines of a committed set, without its header."""
    text = (HERE / f"{row.name}.txt").read_text(encoding="utf-8")
    return text[text.index("\n", text.rindex("#")) + 1 :]


def kit_requirements() -> list[Requirement]:
    """Return what the kit and its extras require, all but that of HiveMind."""
    found = [Requirement(line) for line in requires("ovos-dialogue-kit") or ()]
    return [
        wanted
        for wanted in found
        if wanted.name != "ovos-dialogue-kit"
        and 'extra == "hivemind"' not in str(wanted)
    ]


@rows
def test_header_says_what_the_table_says(row: Row) -> None:
    """A committed set carries the header that its row would be given today."""
    committed = (HERE / f"{row.name}.txt").read_text(encoding="utf-8")
    assert render(row, pins_of(row)) == committed


@rows
def test_every_line_is_an_exact_pin(row: Row) -> None:
    """A set leaves nothing open but pytest and its plugins; else it names versions."""
    pins = [Requirement(line) for line in pins_of(row).splitlines()]
    loose = [pin for pin in pins if not str(pin.specifier).startswith("==")]
    assert {pin.name: pin for pin in loose} == {
        name: Requirement(wanted) for name, wanted in RANGES.items()
    }


@rows
def test_one_version_for_all_pythons(row: Row) -> None:
    """No package stands twice in a set: what differs between Pythons is Python."""
    pins = [plain(Requirement(line).name) for line in pins_of(row).splitlines()]
    assert sorted(set(pins)) == sorted(pins)


@rows
def test_pins_all_that_the_kit_requires(row: Row) -> None:
    """A requirement new to the kit, or raised there, asks for the sets to be remade."""
    pins = {
        plain(pin.name): pin.specifier
        for pin in map(Requirement, pins_of(row).splitlines())
    }
    unmet = [
        str(wanted)
        for wanted in kit_requirements()
        if (pin := pins.get(plain(wanted.name))) is None
        or not wanted.specifier.contains(lowest(pin), prereleases=True)
    ]
    assert unmet == []


def lowest(pin: SpecifierSet) -> str:
    """The lowest version that a line of a set allows."""
    [found] = [each.version for each in pin if each.operator in {"==", ">="}]
    return found


@pytest.mark.parametrize("version", ["7.4", "8.4.2", "9.2.0"])
def test_a_project_chooses_its_pytest(version: str) -> None:
    """A project that holds pytest back can be installed with a set."""
    assert Requirement(RANGES["pytest"]).specifier.contains(version)


def test_a_version_outside_its_range() -> None:
    """A new major version of pytest is not taken before somebody has tried it."""
    with pytest.raises(SetError) as caught:
        with_ranges("pytest==10.0.1\n")
    assert str(caught.value) == (
        "pytest==10.0.1 is not within pytest>=7.4,<10: test it, and raise the range"
    )


@rows
def test_pins_what_its_row_asks_for(row: Row) -> None:
    """The requirements of a row, and padatious, are met by the committed versions."""
    pins = names(pins_of(row))
    lines = (*row.requirements, *row.hub, row.padatious)
    asked = {Requirement(line).name for line in lines}
    assert asked - pins == set()
    assert f"ovos-core=={row.core}\n" in pins_of(row)


@rows
def test_each_set_has_a_cell_and_a_line(row: Row) -> None:
    """The scripts run on it, on a Python that it is for, and README lists it."""
    tox = (HERE.parent / "tox.ini").read_text(encoding="utf-8")
    [cell] = re.findall(rf"((?:core|hivemind)\S+): -c constraints/{row.name}\.txt", tox)
    group = row.name.partition("-")[0]
    label = tox.partition(f"{group} = ")[2].partition(" =")[0]
    label = label.replace("{1.3,2.1,3.7}-py311", f"{cell.removeprefix(group)}-py311")
    pythons = [
        f"{number[0]}.{number[1:]}"
        for listed in re.findall(rf"{cell}-py(\{{.+?\}}|\d+)", label)
        for number in re.findall(r"\d+", listed)
    ]
    assert pythons
    assert set(pythons) <= set(row.pythons)
    assert f"`{row.name}.txt`" in (HERE / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("channel", ["stable", "testing", "alpha"])
def test_a_channel_is_a_name_for_a_set(channel: str) -> None:
    """A channel's file constrains (-c), it does not install (-r), a set that exists."""
    text = (HERE / f"channel-{channel}.txt").read_text(encoding="utf-8")
    option, name = text.splitlines()[-1].split()
    assert option == "-c"
    assert name in [f"{row.name}.txt" for row in ROWS]


def test_names_are_spelled_as_the_index_does() -> None:
    """`Foo_Bar.baz` and `foo-bar-baz` are one package; markers do not matter."""
    frozen = "Foo_Bar.baz==1\nqux==2 ; python_full_version < '3.11'\nquux>=1,<2\n"
    assert names(frozen) == {"foo-bar-baz", "qux", "quux"}


def test_a_file_is_only_written_if_it_differs(tmp_path: Path) -> None:
    """Writing the same text again leaves the file alone, and nothing beside it."""
    path = tmp_path / "core-1.txt"
    assert [write(path, "a\n"), write(path, "a\n")] == ["wrote", "unchanged"]
    assert [found.name for found in tmp_path.iterdir()] == ["core-1.txt"]


def test_a_failing_command_is_told_in_full() -> None:
    """The error holds the command and what it said, on both streams."""
    code = "import sys; print('out'); sys.exit('err')"
    with pytest.raises(SetError) as caught:
        run(sys.executable, "-c", code)
    assert str(caught.value) == f"{sys.executable} -c {code}\nout\nerr"


def test_the_probe_has_a_home_of_its_own(tmp_path: Path) -> None:
    """Each folder that OVOS looks into lies in the private home."""
    home = private_home(tmp_path)
    outside = {key for key, value in home.items() if str(tmp_path) not in value}
    assert outside == {"PATH"}
