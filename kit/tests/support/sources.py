"""The sources of the kit, parsed once for all tests that hold them to rules."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import ovos_dialogue_kit

__all__ = ["sources"]

PACKAGE = Path(ovos_dialogue_kit.__file__).parent


@cache
def sources() -> dict[str, ast.Module]:
    """Return every module of the kit by its path below the package."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }
