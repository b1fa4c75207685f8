"""Write a set of versions without what the kit itself has a floor for.

``tox -e floors`` installs the lowest versions that ``kit/pyproject.toml`` allows,
together with the OVOS of a tested set, whose own lowest versions do not work together.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import tomllib

KIT = Path(__file__).parent.parent / "kit" / "pyproject.toml"


def packages_with_floor(pyproject: str) -> set[str]:
    """Return the packages, other than OVOS's, that a project requires by ``>=``."""
    project = tomllib.loads(pyproject)["project"]
    extras = project["optional-dependencies"].values()
    wanted = sum(extras, start=project["dependencies"])
    names = {_name(each) for each in wanted if ">=" in each}
    return {name for name in names if not name.startswith("ovos-")}


def without(pins: Iterable[str], names: set[str]) -> Iterator[str]:
    """Yield the lines of a set that pin none of some packages."""
    for line in pins:
        if _name(line) not in names:
            yield line


def _name(requirement: str) -> str:
    """Return the package's name as the index spells it."""
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def main() -> None:
    """Read one set and write another; the command line names both."""
    names = packages_with_floor(KIT.read_text(encoding="utf-8"))
    pins = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    Path(sys.argv[2]).write_text(
        "\n".join([*without(pins, names), ""]), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
