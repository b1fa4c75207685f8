"""The JSON Schema and the script reference are what the definitions say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from json_schema import list_sections, make_schema
from script_page import EXAMPLES, make_script_page
from support.places import ROOT

import ovos_dialogue_kit
from ovos_dialogue_kit.errors import ScriptError
from ovos_dialogue_kit.project.paths import find_scripts
from ovos_dialogue_kit.script.parse import parse_script

VALIDATOR = jsonschema.Draft202012Validator(make_schema())


def test_schema_is_valid() -> None:
    """The schema keeps to the draft that it names."""
    jsonschema.Draft202012Validator.check_schema(make_schema())


def test_schema_is_shipped_with_the_package() -> None:
    """An installed kit has the file that scripts name in their first line."""
    package = Path(ovos_dialogue_kit.__file__).parent
    shipped = (package / "schema" / "dialogue.schema.json").read_text(encoding="utf-8")
    assert json.loads(shipped) == make_schema()


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_is_a_script(name: str) -> None:
    """Each example of the reference parses, and an editor finds nothing wrong."""
    assert parse_script(EXAMPLES[name], "a.yaml").dialogues
    VALIDATOR.validate(yaml.safe_load(EXAMPLES[name]))


@pytest.mark.parametrize(
    "path",
    find_scripts([ROOT], ROOT),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_our_script_is_valid(path: Path) -> None:
    """An editor finds nothing wrong with the scripts of this project."""
    VALIDATOR.validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "script",
    [
        "[]",
        "{}",
        "dialogues: {}",
        "dialogues: {a: []}",
        "dialogues: {a: hi}",
        "{dialogues: {a: [{b: c}]}, sesions: {}}",
        "{dialogues: {a: [{b: c}]}, engine: padacoso}",
        "{dialogues: {a: [{b: c}]}, engine: padacioso+}",
        "{dialogues: {a: [{b: c}]}, sessions: {b: {pipeline: [a b]}}}",
        "{dialogues: {a: [{b: c}]}, phrases: {A: x}}",
        "{dialogues: {a: [{b: c}]}, expand: {cap: 0}}",
        "dialogues: {a: [{b: [c]}]}",
        "dialogues: {a: [{b: {silence: 2}}]}",
        "dialogues: {a: [{b: {emit: {}}}]}",
        "dialogues: {a: [{b: c, expect: {dialogue: x}}]}",
        "dialogues: {a: [{b: c, expect: {no_reply: false}}]}",
        "dialogues: {a: [{b: c, expect: []}]}",
        "dialogues: {a: [{b: c, allow: {leaks: x}}]}",
        "dialogues: {a: {tags: [x]}}",
    ],
)
def test_schema_refuses_what_the_parser_refuses(script: str) -> None:
    """The schema finds what is wrong with a single key or value."""
    assert not VALIDATOR.is_valid(yaml.safe_load(script))
    with pytest.raises(ScriptError):
        parse_script(script, "a.yaml")


def test_schema_takes_what_an_editor_makes_of_texts() -> None:
    """A text that YAML resolves to a number or a boolean is fine in an editor."""
    script = "dialogues: {a: [{b: 42, expect: yes}, {b: 7:30}]}"
    VALIDATOR.validate(yaml.safe_load(script))


def test_descriptions_have_no_links() -> None:
    """Links into the reference would lead nowhere in an editor."""
    assert "](#" not in json.dumps(make_schema())


def test_reference_has_a_section_for_each_link() -> None:
    """Every link within the reference leads somewhere."""
    page = make_script_page()
    links = set(re.findall(r"\]\(#(\w+)\)", page))
    found = re.findall(r"^#+ (\w+)$", page, re.MULTILINE)
    headings = {heading.lower() for heading in found}
    assert links <= headings
    assert {section.name for section in list_sections()} <= headings
    assert "expectation" in links


def test_reference_names_every_key() -> None:
    """No key of the format is left out of the reference."""
    text = make_script_page()
    for section in list_sections():
        for key in section.keys:
            assert f"| `{key.name}` | " in text
