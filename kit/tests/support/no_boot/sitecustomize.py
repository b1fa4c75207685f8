"""Python runs this first in the processes that a test without the mark ``ovos`` starts.

Nothing boots without ovos-core, so whoever imports it is refused, and remembered.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType


class Refusing(MetaPathFinder):
    """Finds ovos-core before anybody else does, and does not let it in."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002  # as importlib calls it
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname == "ovos_core":
            Path(os.environ["KIT_TEST_BOOTS"]).touch()
            raise ImportError("a test without the mark ovos boots an assistant")
        return None


if "KIT_TEST_BOOTS" in os.environ:
    sys.meta_path.insert(0, Refusing())
