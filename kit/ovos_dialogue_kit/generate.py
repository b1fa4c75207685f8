"""From a script to its fixtures: the same script gives the same fixtures, always.

Nothing here depends on a clock, on chance, on the current folder or on the order of a
set. One dialogue is expanded at a time, so memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain, count
from pathlib import Path

from ovos_dialogue_kit.axes import Entities, Part, open_axes
from ovos_dialogue_kit.choices import Axes, Choice, Space, choose
from ovos_dialogue_kit.entities import entity_values
from ovos_dialogue_kit.errors import ScriptError
from ovos_dialogue_kit.filling import filled
from ovos_dialogue_kit.fixture import Case, Fixture
from ovos_dialogue_kit.messages import make_case, said_in, speaker_of
from ovos_dialogue_kit.paths import fixture_path, relative_path
from ovos_dialogue_kit.script import Dialogue, Marks, Say, Script, Turn
from ovos_dialogue_kit.templates import Templates

__all__ = ["generate"]


def generate(script: Script, root: Path) -> Iterator[Fixture]:
    """Yield the fixture of each dialogue, in the script's order.

    Args:
        script: what to expand; its path is absolute or relative to the root.
        root: the project's root, to which the paths in fixtures are relative, and
            below which the skill's ``.entity`` files are found.

    Raises:
        ScriptError: the script means nothing: an unknown slot, more variants than
            allowed, an empty utterance, two dialogues with one file name. That of one
            dialogue comes after the fixtures of those before it.
        KitError: the script lies outside the root.

    """
    root = root.resolve()
    path = relative_path(root / script.path, root)
    _refuse_shared_names(script, path)
    entities = cache(partial(entity_values, script=root / path, root=root))
    for dialogue in script.dialogues:
        yield _fixture(script, dialogue, path, entities)


def _refuse_shared_names(script: Script, path: str) -> None:
    """Raise if two dialogues have one file name, on whatever file system."""
    taken: dict[str, Dialogue] = {}
    for dialogue in script.dialogues:
        place = fixture_path(path, dialogue.name)
        if place.startswith("/") or "/." in place:
            raise ScriptError(
                f'no file name can be made of "{dialogue.name}" in "{path}"',
                dialogue.mark,
                "use a letter or a digit in both names",
            )
        other = taken.setdefault(place.casefold(), dialogue)
        if other is not dialogue:
            raise ScriptError(
                f'"{dialogue.name}" and "{other.name}" ({other.mark}) '
                f'would both be "{place}"',
                dialogue.mark,
                "rename one of them",
            )


def _fixture(
    script: Script, dialogue: Dialogue, path: str, entities: Entities
) -> Fixture:
    matrix = _matrix(script, dialogue)
    engines = matrix.pop("engine", ()) or dialogue.engines or script.engines
    main = dialogue.lang or script.lang
    space = Space(matrix, _axes(script, dialogue, matrix, entities))
    choices = choose(dialogue, dialogue.expansion or script.expansion, space)
    isolate = script.isolate if dialogue.isolate is None else dialogue.isolate
    own = (session.lang for session in script.sessions.values() if session.lang)
    return Fixture(
        script=path,
        dialogue=dialogue.name,
        line=dialogue.mark.line,
        skills=script.skills,
        engines=engines,
        cases=_cases(script, dialogue, path, choices),
        langs=tuple(dict.fromkeys((main, *own, *matrix.get("lang", ())))),
        transformers=script.transformers,
        clock=script.clock,
        isolate=isolate,
        marks=filled(_joined(script.marks, dialogue.marks), {}, path),
    )


def _matrix(script: Script, dialogue: Dialogue) -> dict[str, tuple[str, ...]]:
    """Return the axes; what a dialogue says itself comes before its script's axis."""
    said = {"lang": dialogue.lang, "engine": dialogue.engines}
    axes = {n: values for n, values in script.matrix.items() if not said.get(n)}
    return {**axes, **dialogue.matrix}


def _axes(
    script: Script,
    dialogue: Dialogue,
    matrix: Mapping[str, tuple[str, ...]],
    entities: Entities,
) -> Callable[[Mapping[str, str]], Axes]:
    """Return what tells the open axes of a row; rows differ by language alone."""
    templates = _templates(script, dialogue)
    texts = [_variants(turn, templates) for turn in dialogue.turns]
    values = {**script.values, **dialogue.values}
    main = dialogue.lang or script.lang

    @cache
    def axes_in(lang: str) -> Axes:
        parts = (
            Part(turn, text, speaker, speaker.lang or lang)
            for turn, text in zip(dialogue.turns, texts, strict=True)
            for speaker in [speaker_of(script, turn)]
        )
        return open_axes(parts, values, matrix, entities)

    return lambda row: axes_in(row.get("lang", main))


def _templates(script: Script, dialogue: Dialogue) -> Templates:
    """Return what expands a dialogue's texts; a sample may be taken of many."""
    expansion = dialogue.expansion or script.expansion
    if expansion.sample is None:
        return Templates(script.phrases, expansion.cap)
    return Templates(script.phrases)


def _variants(turn: Turn, templates: Templates) -> tuple[str, ...]:
    action = turn.action
    return templates.variants(action.text) if isinstance(action, Say) else ("",)


def _cases(
    script: Script, dialogue: Dialogue, path: str, choices: Sequence[Choice]
) -> tuple[Case, ...]:
    said = [said_in(dialogue, choice) for choice in choices]
    return tuple(
        make_case(script, dialogue, choice, path, name)
        for choice, name in zip(choices, _names(choices, said), strict=True)
    )


def _names(choices: Sequence[Choice], said: Sequence[tuple[str, ...]]) -> list[str]:
    """Return what tells each case from the others: texts, then the matrix's values."""
    if len(choices) == 1:
        return [""]
    rows = [tuple(choice.row.values()) for choice in choices]
    texts = _telling(said, rows)
    names: dict[str, None] = {}
    for text, row in zip(texts, _telling(rows, [()] * len(rows)), strict=True):
        told = "-".join(part for part in (" / ".join(text), *row) if part) or "variant"
        numbered = (f"{told}-{number}" for number in count(2))
        names[next(n for n in chain([told], numbered) if n not in names)] = None
    return list(names)


def _telling(
    parts: Sequence[tuple[str, ...]], groups: Sequence[tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """Return of each case's parts those that differ within some group of cases."""
    first: dict[tuple[tuple[str, ...], int], str] = {}
    differing = {
        index
        for part, group in zip(parts, groups, strict=True)
        for index, text in enumerate(part)
        if first.setdefault((group, index), text) != text
    }
    return [tuple(part[index] for index in sorted(differing)) for part in parts]


def _joined(outer: Marks, inner: Marks) -> Marks:
    """Return what a script and one of its dialogues say together."""
    requires = dict(outer.requires)
    for name, versions in inner.requires.items():
        both = dict.fromkeys(filter(None, (requires.get(name), versions)))
        requires[name] = ",".join(both)
    return Marks(
        tags=tuple(dict.fromkeys((*outer.tags, *inner.tags))),
        skip=inner.skip or outer.skip,
        xfail=inner.xfail or outer.xfail,
        requires=requires,
        allow={**outer.allow, **inner.allow},
    )
