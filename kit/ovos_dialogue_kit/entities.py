"""Values of a ``{slot}`` from the ``.entity`` files of the skill under test.

They are looked for in ``locale/<lang>/`` beside the script, in the folders above it up
to the project's root, and one folder below each of these: so a script in ``skill/test``
finds ``skill/my_skill/locale``. The nearest folder that has some wins.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ovos_dialogue_kit.errors import KitError, Mark, ScriptError
from ovos_dialogue_kit.files import read_text
from ovos_dialogue_kit.paths import is_skipped, relative_path
from ovos_dialogue_kit.script import Text
from ovos_dialogue_kit.templates import variants

__all__ = ["MOST_VALUES", "entity_values"]

MOST_VALUES = 10_000
"""How many values one ``.entity`` file may stand for."""


def entity_values(name: str, lang: str, script: Path, root: Path) -> tuple[str, ...]:
    """Return the values that the skill's own ``<name>.entity`` gives a slot.

    The language's own folder is taken before one of another country (``pt-BR`` for
    ``pt-PT``); case does not count. Empty lines and lines that begin with ``#`` are
    left out; a line may be a template.

    Args:
        name: the slot's name.
        lang: a language tag (``en-US``).
        script: the script that uses the slot.
        root: the project's root.

    Returns:
        the values in the file's order, each once; none if there is no such file.

    Raises:
        ScriptError: two skills have such a file, or it cannot be read or expanded.

    """
    for folder in _upwards(script, root):
        files = [file for top in _around(folder) for file in _files(top, name, lang)]
        if len(files) > 1:
            paths = " and ".join(f'"{relative_path(file, root)}"' for file in files)
            raise ScriptError(
                f'"{{{name}}}" may take its values from {paths}',
                Mark(relative_path(script, root)),
                f'say which with "with: {{{name}: […]}}"',
            )
        if files:
            return _values(files[0], relative_path(files[0], root))
    return ()


def _upwards(script: Path, root: Path) -> Iterator[Path]:
    for folder in script.parents:
        if folder.is_relative_to(root) and folder.is_dir():
            yield folder


def _around(folder: Path) -> Iterator[Path]:
    """Yield the ``locale`` folders in a folder and one below."""
    for place in (folder, *sorted(folder.iterdir())):
        if (place / "locale").is_dir() and (place == folder or not is_skipped(place)):
            yield place / "locale"


def _files(locale: Path, name: str, lang: str) -> list[Path]:
    """Return the files of a locale's best folder for the language that has any."""
    for folder in _folders(locale, lang):
        if files := sorted(folder.rglob(f"{name}.entity")):
            return files
    return []


def _folders(locale: Path, lang: str) -> list[Path]:
    """Return the folders of a language, its exact tag first."""
    wanted = _tag(lang)
    family = wanted.partition("-")[0]
    folders = [
        folder
        for folder in locale.iterdir()
        if _tag(folder.name).partition("-")[0] == family and folder.is_dir()
    ]
    return sorted(folders, key=lambda folder: (_tag(folder.name) != wanted, folder))


def _tag(name: str) -> str:
    return name.casefold().replace("_", "-")


def _values(file: Path, shown: str) -> tuple[str, ...]:
    try:
        lines = read_text(file, shown).split("\n")
    except KitError as error:
        raise ScriptError(error.problem, error.mark, error.hint) from error
    found = (
        value
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.lstrip().startswith("#")
        for value in variants(Text(line.strip(), Mark(shown, number)), {}, MOST_VALUES)
    )
    return tuple(dict.fromkeys(found))
