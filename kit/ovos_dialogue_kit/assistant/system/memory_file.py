"""Make files that need no folder, so that a full disk loses nothing of them."""

from __future__ import annotations

import os
import tempfile
from typing import IO

__all__ = ["memory_file"]


def memory_file() -> IO[bytes]:
    """Return a file in memory, without a buffer; it may be passed to processes."""
    if hasattr(os, "memfd_create"):  # pragma: no branch  # Python built for old kernels
        return os.fdopen(os.memfd_create("kit"), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)  # pragma: no cover
