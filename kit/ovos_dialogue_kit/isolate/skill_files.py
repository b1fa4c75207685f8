"""What an installed skill can be told, read from its files without importing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from ovos_dialogue_kit.errors import KitError, Mark, ScriptError, near_name
from ovos_dialogue_kit.script.model import Text
from ovos_dialogue_kit.script.templates import expand_template

__all__ = ["Resources", "resources_of"]

_GROUPS = ("opm.skill", "ovos.plugin.skill")
_FOLDERS = ("locale", "vocab", "dialog", "regex")
"""Where a skill keeps its files; all but the first are from before 2021."""

_MOST = 1000
"""Sentences of a line that are gone through."""


@dataclass(slots=True)
class Resources:
    """The texts of a skill in one language, by the names of their files.

    ``intents`` and ``entities`` are sentences, with ``{slots}``; ``words`` those of its
    ``.voc`` files. Lines that cannot be expanded are left out.
    """

    lang: str
    intents: dict[str, list[str]] = field(default_factory=dict)
    entities: dict[str, list[str]] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)


def resources_of(skill: str, lang: str | None = None) -> Resources:
    """Return the texts of an installed skill.

    Args:
        skill: its id.
        lang: the language; by default ``en-US``, or else the first that it has.

    Raises:
        KitError: the skill is not installed, or has no texts in the language.

    """
    folder = _folder(_entry_point(skill))
    tops = [top for name in _FOLDERS for top in folder.rglob(name) if top.is_dir()]
    langs = sorted(
        {place.name for top in tops for place in top.iterdir() if place.is_dir()}
    )
    chosen = _chosen(langs, lang or "en-US")
    if lang is None and chosen is None:
        chosen = next(iter(langs), None)
    if chosen is None:
        what = f'"{lang}"' if lang else "any language"
        raise KitError(
            f'the skill "{skill}" has no texts in {what}{near_name(lang or "", langs)}'
        )
    found = Resources(_tag(chosen))
    kinds = {".intent": found.intents, ".entity": found.entities, ".voc": found.words}
    for top in tops:
        for file in sorted((top / chosen).rglob("*")):
            if file.suffix in kinds:
                kinds[file.suffix].setdefault(file.stem, []).extend(_sentences(file))
    return found


def _entry_point(skill: str) -> EntryPoint:
    known = {each.name: each for group in _GROUPS for each in entry_points(group=group)}
    if skill not in known:
        raise KitError(
            f'no skill "{skill}" is installed{near_name(skill, known)}',
            hint="install it into the environment that the kit runs in",
        )
    return known[skill]


def _folder(entry: EntryPoint) -> Path:
    """Return a skill's folder; only the outermost package is looked up."""
    package, *inner = entry.module.split(".")
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise KitError(f'the files of the skill "{entry.name}" are not found')
    return Path(spec.origin).parent.joinpath(*inner)


def _chosen(langs: list[str], wanted: str) -> str | None:
    """Return the folder of a language: its own, or else one of another country."""
    exact = [lang for lang in langs if _tag(lang) == _tag(wanted)]
    near = [lang for lang in langs if _family(lang) == _family(wanted)]
    return next(iter((*exact, *near)), None)


def _tag(folder: str) -> str:
    """Return a folder's language as it is usually written: ``en-US``."""
    language, _, country = folder.replace("_", "-").partition("-")
    return f"{language.lower()}-{country.upper()}" if country else language.lower()


def _family(folder: str) -> str:
    return _tag(folder).partition("-")[0]


def _sentences(file: Path) -> Iterator[str]:
    for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                yield from expand_template(
                    Text(line.strip(), Mark(file.name, number)), {}, _MOST
                )
            except ScriptError:
                continue
