"""The JSON Schema and the script reference are what the definitions say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from support.places import ROOT

import ovos_dialogue_kit
from ovos_dialogue_kit.errors import ScriptError
from ovos_dialogue_kit.project.paths import find_scripts
from ovos_dialogue_kit.script.format import schema as schema_module
from ovos_dialogue_kit.script.format.keys import list_sections
from ovos_dialogue_kit.script.format.reference import EXAMPLES, reference
from ovos_dialogue_kit.script.format.schema import generated_files, schema
from ovos_dialogue_kit.script.parse import parse_script

VALIDATOR = jsonschema.Draft202012Validator(schema())


@pytest.mark.parametrize("name", generated_files())
def test_generated_file_is_fresh(name: str) -> None:
    """What is committed is what the definitions generate."""
    committed = (ROOT / name).read_text(encoding="utf-8")
    fresh = committed == generated_files()[name]
    assert fresh, (
        f"{name} is stale: run python -m ovos_dialogue_kit.script.format.schema"
    )


def test_schema_is_valid() -> None:
    """The schema keeps to the draft that it names."""
    jsonschema.Draft202012Validator.check_schema(schema())


def test_schema_is_shipped_with_the_package() -> None:
    """An installed kit has the file that scripts name in their first line."""
    package = Path(ovos_dialogue_kit.__file__).parent
    shipped = (package / "schema" / "dialogue.schema.json").read_text(encoding="utf-8")
    assert json.loads(shipped) == schema()


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
        "{dialogues: {a: [{b: c}]}, sessions: {b: {pipeline: [convers]}}}",
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
    """What is wrong with one key or value is seen in the editor."""
    assert not VALIDATOR.is_valid(yaml.safe_load(script))
    with pytest.raises(ScriptError):
        parse_script(script, "a.yaml")


def test_schema_takes_what_an_editor_makes_of_texts() -> None:
    """A text that YAML resolves to a number or a boolean is fine in an editor."""
    script = "dialogues: {a: [{b: 42, expect: yes}, {b: 7:30}]}"
    VALIDATOR.validate(yaml.safe_load(script))


def test_descriptions_have_no_links() -> None:
    """Links into the reference would lead nowhere in an editor."""
    assert "](#" not in json.dumps(schema())


def test_reference_has_a_section_for_each_link() -> None:
    """Every link within the reference leads somewhere."""
    links = set(re.findall(r"\]\(#(\w+)\)", reference()))
    assert links <= {section.name for section in list_sections()}
    assert "expectation" in links


def test_reference_names_every_key() -> None:
    """No key of the format is left out of the reference."""
    text = reference()
    for section in list_sections():
        for key in section.keys:
            assert f"| `{key.name}` | " in text


def test_command_writes_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command makes missing files, and leaves those that are right alone."""
    schema_module._main(tmp_path)
    (tmp_path / "docs" / "script.md").write_text("old", encoding="utf-8")
    schema_module._main(tmp_path)
    assert capsys.readouterr().out == (
        "wrote docs/script.md\n"
        "wrote kit/ovos_dialogue_kit/schema/dialogue.schema.json\n"
        "wrote docs/script.md\n"
        "unchanged kit/ovos_dialogue_kit/schema/dialogue.schema.json\n"
    )
    written = (tmp_path / "docs" / "script.md").read_text(encoding="utf-8")
    assert written == reference()
