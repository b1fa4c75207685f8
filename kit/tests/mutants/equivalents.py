"""The mutants that no test can see, each with its reason: ``equivalents.yaml``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from mutants.choice import BadChoiceError
from mutants.mutant import Mutant

_KEYS = {"in", "from", "to", "because"}


@dataclass(frozen=True)
class Equivalents:
    """Mutants by what identifies them: module, scope, lines before and after."""

    reasons: dict[tuple[str, str, str, str], str]

    @classmethod
    def read(cls, path: Path) -> Equivalents:
        """Read the file.

        Raises:
            BadChoiceError: if an entry lacks something, or is there twice.

        """
        reasons = {}
        for module, entries in (yaml.safe_load(path.read_text("utf-8")) or {}).items():
            for entry in entries:
                if set(entry) != _KEYS or not entry["because"]:
                    raise BadChoiceError(
                        f"{path.name}: an entry of {module} needs in, from, to, because"
                    )
                key = (
                    module,
                    entry["in"] or "",
                    entry["from"] or "",
                    entry["to"] or "",
                )
                if key in reasons:
                    raise BadChoiceError(f"{path.name}: twice: {' | '.join(key)}")
                reasons[key] = entry["because"]
        return cls(reasons)

    def __contains__(self, mutant: Mutant) -> bool:
        """Return True if a mutant is listed."""
        return _key(mutant) in self.reasons

    def unknown(self, mutants: Sequence[Mutant]) -> list[str]:
        """Return a line for each entry of these modules that is no mutant of them."""
        modules = {mutant.module for mutant in mutants}
        keys = {_key(mutant) for mutant in mutants}
        return [
            f"equivalents.yaml: no such mutant: {' | '.join(key)}"
            for key in self.reasons
            if key[0] in modules and key not in keys
        ]

    def seen(self, mutants: Sequence[Mutant], seen: Sequence[bool]) -> list[str]:
        """Return a line for each entry that a test sees."""
        return [
            f"equivalents.yaml: a test sees it: {' | '.join(_key(mutant))}"
            for mutant, is_seen in zip(mutants, seen, strict=True)
            if is_seen and mutant in self
        ]


def _key(mutant: Mutant) -> tuple[str, str, str, str]:
    return mutant.module, mutant.scope, mutant.before, mutant.after
