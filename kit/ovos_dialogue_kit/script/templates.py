"""Expand the sentence grammar: ``(a|b)``, ``[c]``, ``{slot}`` and ``<phrase>``.

The grammar is OVOS-INTENT-1, read by its reference implementation, ``ovos-spec-tools``,
which is imported only for texts that use it: importing it takes a tenth of a second. A
text without any of its characters passes unchanged. Beyond the specification, a phrase
may have slots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import Mark, ScriptError, near_name
from ovos_dialogue_kit.script.canary import CANARY
from ovos_dialogue_kit.script.model import Text
from ovos_dialogue_kit.script.sentences import (
    NumberedSentences,
    combinations,
    without_single_groups,
)

__all__ = [
    "LONGEST_TEXT",
    "LongTextError",
    "Templates",
    "expand_template",
    "fill_slots",
    "find_slots",
]

_GRAMMAR = re.compile(r"[()\[\]{}<>|]")
_SLOT = re.compile(r"\{\{?(?:[a-z][a-z0-9_]*:)?([a-z][a-z0-9_]*)\}?\}")
_PHRASE = re.compile(r"<([a-z][a-z0-9_]*)>")
_TYPED = re.compile(r"\{[a-z][a-z0-9_]*:([a-z][a-z0-9_]*)\}")
LONGEST_TEXT = 4 * 2**20
"""The limit for characters of a text whose slots are filled."""

_DEPTH = 20
_LONG = 80
_MOST = 100_000
"""The limit for sentences, and for characters of a template with its phrases."""

# The faults that the reference implementation finds, by words of its messages.
_FAULTS = {
    "unbalanced": "has an unmatched bracket",
    "invalid": "has a name that is not made of lowercase letters, digits and _",
    "outside a group": 'has a "|" outside ( ) and [ ]',
    "empty sample": "can be empty",
    "empty group": "has an empty group",
    "repeated slot": "uses a slot twice",
}


class LongTextError(Exception):
    """A text would be too long once its slots are filled."""


def expand_template(
    template: Text, phrases: Mapping[str, Sequence[Text]], cap: int
) -> tuple[str, ...]:
    """Return the sentences that a template stands for; slots stay, as ``{name}``.

    Args:
        template: the text to expand.
        phrases: the templates of each ``<phrase>``.
        cap: the largest number of sentences allowed.

    Returns:
        different sentences, single-spaced, in an order that depends only on the
        template.

    Raises:
        ScriptError: the template (or a phrase in it) is malformed, can be empty, uses
            an unknown phrase or itself, or stands for more than ``cap`` sentences.

    """
    return Templates(phrases, cap).variants(template)


def find_slots(text: str) -> tuple[str, ...]:
    """Return the names of the slots in a text, each once, in their order.

    Those of a ``<phrase>`` are found only after ``expand_template``.
    """
    return tuple(dict.fromkeys(_SLOT.findall(text))) if "{" in text else ()


def fill_slots(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its slots replaced; a slot without a value stays.

    A value may also be given for ``$canary``.

    Raises:
        LongTextError: the text would be longer than ``LONGEST_TEXT``.

    """
    if "{" in text:
        filled = sum(len(values.get(name, "")) for name in _SLOT.findall(text))
        if len(text) + filled > LONGEST_TEXT:
            raise LongTextError
        text = _SLOT.sub(lambda slot: values.get(slot[1], slot[0]), text)
    return text.replace(CANARY, values.get(CANARY, CANARY)) if "$" in text else text


class Templates:
    """Templates that share their phrases, each phrase expanded once.

    Args:
        phrases: the templates of each ``<phrase>``.
        cap: the largest number of sentences a template may stand for.

    """

    def __init__(self, phrases: Mapping[str, Sequence[Text]], cap: int = _MOST) -> None:
        self.phrases = phrases
        self.cap = cap
        self._groups: dict[str, str] = {}
        self._choices: dict[str, Sequence[str]] = {}
        self._left = _MOST

    def variants(self, template: Text) -> tuple[str, ...]:
        """Return the sentences that a template stands for; see ``expand_template``."""
        return self._variants(template, ())

    def choices(self, template: Text) -> Sequence[str]:
        """Return the sentences that a template stands for, to choose some of them.

        They are listed once for each text, and only ``_MOST`` of all templates
        together; those of further ones are made when they are asked for, and then equal
        ones count more than once.
        """
        text = template.value
        if text not in self._choices:
            self._choices[text] = self._chosen_from(template)
        return self._choices[text]

    def _chosen_from(self, template: Text) -> Sequence[str]:
        if not _GRAMMAR.search(template.value):
            return (template.value,)
        flat = self._flat(template, ())
        self._left -= combinations(flat)
        if self._left >= 0:
            return self.variants(template)
        self.check(template)
        return NumberedSentences(flat)

    def check(self, template: Text) -> None:
        """Raise what ``variants`` would for the first sentence."""
        next(self._sentences(template, ()))

    def slots(self, template: Text) -> tuple[str, ...]:
        """Return the names of a template's slots, those of its phrases included."""
        text = template.value
        return find_slots(self._flat(template, ()) if "<" in text else text)

    def _variants(self, template: Text, chain: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(islice(self._sentences(template, chain), self.cap + 1))
        if len(found) > self.cap:
            raise ScriptError(
                f'"{_shown(template)}" stands for more than {self.cap} sentences',
                template.mark,
                'split it, or use a sample: "expand: {sample: 20}"',
                Code.TOO_MANY_SENTENCES,
            )
        return found

    def _sentences(self, template: Text, chain: tuple[str, ...]) -> Iterator[str]:
        """Yield a template's sentences; ``chain`` holds the phrases that led to it."""
        if not _GRAMMAR.search(template.value):
            yield template.value
            return
        from ovos_spec_tools.expansion import (  # type: ignore[import-untyped] # noqa: PLC0415 - see the module
            MalformedTemplate,
            iter_expand,
        )

        flat = self._flat(template, chain)
        try:
            yield from iter_expand(flat, direction="output")
        except MalformedTemplate as error:
            what = str(error)
            fault = next((_FAULTS[word] for word in _FAULTS if word in what), what)
            problem = f'"{_shown(template)}" {fault}'
            code = Code.MALFORMED_TEMPLATE
            raise ScriptError(problem, template.mark, code=code) from error

    def _flat(self, template: Text, chain: tuple[str, ...]) -> str:
        """Return a template with its phrases replaced by groups.

        Forms of the grammar that the reference implementation warns about are replaced
        by plain ones.
        """
        flat = without_single_groups(
            _PHRASE.sub(
                lambda name: self._group(name[1], template.mark, chain), template.value
            )
        )
        if len(flat) > _MOST or combinations(flat) > _MOST:
            raise ScriptError(
                f'"{_shown(template)}" has too many groups to expand',
                template.mark,
                "split it, or turn nested groups into phrases",
                Code.TOO_MANY_SENTENCES,
            )
        return _TYPED.sub(r"{\1}", flat)

    def _group(self, name: str, mark: Mark, chain: tuple[str, ...]) -> str:
        """Return a phrase as a group of its sentences."""
        if name in chain or len(chain) == _DEPTH:
            path = " -> ".join(f"<{step}>" for step in (*chain, name))
            what = "refers to itself" if name in chain else "is nested too deep"
            problem = f"a phrase {what}: {path}"
            raise ScriptError(problem, mark, code=Code.RECURSIVE_PHRASE)
        if name not in self.phrases:
            raise ScriptError(
                f'unknown phrase "<{name}>"{near_name(name, self.phrases)}',
                mark,
                f'define it: "phrases: {{{name}: […]}}"',
                Code.UNKNOWN_PHRASE,
            )
        if name not in self._groups:
            members = self.phrases[name]
            found = dict.fromkeys(
                sentence
                for member in members
                for sentence in self._variants(member, (*chain, name))
            )
            self._groups[name] = f"({'|'.join(found)})"
        return self._groups[name]


def _shown(template: Text) -> str:
    return (
        template.value if len(template.value) <= _LONG else template.value[:_LONG] + "…"
    )
