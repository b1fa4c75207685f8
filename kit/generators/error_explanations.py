"""Explain each code of a problem: its cause, an example, and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ovos_dialogue_kit.error_codes import Code

__all__ = ["EXPLANATIONS", "Explanation"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of a code, in Markdown.

    ``example`` is a script that has this problem and no other. Where the cause is not in
    the text of a script, there is only the ``message`` that users see.
    """

    cause: str
    remedy: str
    example: str = ""
    message: str = ""


EXPLANATIONS: Mapping[Code, Explanation] = {
    Code.UNREADABLE_FILE: Explanation(
        "The file is a folder, a pipe or a device, or you have no permission to read it.",
        "check what is at this path, and its permissions.",
        message="a.dialogue.yaml:1:1: the file cannot be read: permission denied  "
        "[KIT001]",
    ),
    Code.FILE_TOO_LARGE: Explanation(
        "A script has more than 4 MiB of text, or another file more than 256 MiB.",
        "split the script; each file is a script of its own.",
        message="a.dialogue.yaml:1:1: the script is too large: 10500000 characters; "
        "the limit is 4194304  [KIT002]\n  split it into several scripts",
    ),
    Code.NOT_UTF8: Explanation(
        "The file has a byte that is not valid UTF-8, at the place shown.",
        "save the file as UTF-8; most editors have a setting for this.",
        message="a.dialogue.yaml:3:6: the file is not UTF-8  [KIT003]\n"
        "  save it as UTF-8",
    ),
    Code.MISSING_FILE: Explanation(
        "The script was found, but has been deleted or moved since.",
        "run the command again.",
        message="a.dialogue.yaml:1:1: there is no such file  [KIT004]",
    ),
    Code.OUTSIDE_PROJECT: Explanation(
        "The path lies outside the project, to whose root all paths are relative. The "
        "root is the nearest folder upwards with settings for pytest, else that of the "
        "repository.",
        "run the command in the project that the file belongs to.",
        message='"/tmp/a.dialogue.yaml" is outside the project, whose root is '
        '"/home/me/skill"  [KIT005]\n  run the command in the project that it belongs to',
    ),
    Code.INVALID_SETTINGS: Explanation(
        "The file with pytest's settings is not valid TOML or INI. The kit reads it to "
        "find the project's root and the folders that pytest skips.",
        "correct the file; the message is that of its parser.",
        message="pytest.ini:1:1: pytest's settings cannot be read: File contains no "
        "section headers.  [KIT006]",
    ),
    Code.UNKNOWN_KEY: Explanation(
        "A mapping has a key that the format does not know. It may be misspelt, "
        "indented wrongly, or part of a text that needs quotes.",
        "correct the key; [the script reference](script.md) lists all keys.",
        """\
dialogues:
  greeting:
    - kitchen: hello
      expect: {dialgo: hello}
""",
    ),
    Code.DUPLICATE_KEY: Explanation(
        "A mapping has the same key twice, so one of the values would be lost.",
        "rename or remove one of them.",
        """\
dialogues:
  greeting:
    - kitchen: hello
  greeting:
    - kitchen: good morning
""",
    ),
    Code.MISSING_KEY: Explanation(
        "A mapping lacks a key that it must have.",
        "add the key.",
        """\
dialogues:
  greeting:
    xfail: {when: ovos-core <1.0}
    turns:
      - kitchen: hello
""",
    ),
    Code.EMPTY_VALUE: Explanation(
        "A key has no value, or an empty text, list or mapping; or the script itself is "
        "empty.",
        "fill in the value, or remove the key.",
        """\
dialogues:
  greeting:
    - kitchen: ''
""",
    ),
    Code.WRONG_TYPE: Explanation(
        "A key has a list or a mapping where it takes something else. Sometimes this is "
        "a text that begins with `[` or `{`, which YAML takes for a list or a mapping.",
        "write the value in the form that is named; put such a text in quotes.",
        """\
dialogues:
  greeting:
    - kitchen: [hello]
""",
    ),
    Code.INVALID_VALUE: Explanation(
        "A key has a text that it cannot take.",
        "write the value in the form that is named.",
        """\
dialogues:
  silence:
    - kitchen: {silence: 2}
""",
    ),
    Code.UNKNOWN_VALUE: Explanation(
        "A key takes one of some names, and this is none of them.",
        "choose one of the names in the second line.",
        """\
engine: padacoiso
dialogues:
  greeting:
    - kitchen: hello
""",
    ),
    Code.INVALID_NAME: Explanation(
        "A name that you may choose has characters that it cannot have, or has a meaning "
        "already.",
        "choose a different name.",
        """\
with:
  Thing: lamp
dialogues:
  switch on:
    - kitchen: turn on the lamp
""",
    ),
    Code.REPEATED_ITEM: Explanation(
        "A list contains the same item twice.",
        "remove one of them.",
        """\
dialogues:
  greeting:
    tags: [smoke, slow, smoke]
    turns:
      - kitchen: hello
""",
    ),
    Code.NO_SPEAKER: Explanation(
        "A turn has no key for its speaker.",
        "add the speaker, with what is said; for a turn in which nobody speaks, write "
        "`kitchen: {silence: 2s}`.",
        """\
dialogues:
  greeting:
    - expect: hello there
""",
    ),
    Code.TWO_SPEAKERS: Explanation(
        "A turn has two keys that are not keys of the format, so both would be speakers.",
        "begin a new turn with `-`; `overlap: true` lets two turns overlap.",
        """\
dialogues:
  greeting:
    - kitchen: hello
      bedroom: good morning
""",
    ),
    Code.TWO_ACTIONS: Explanation(
        "In one turn, a speaker both sends a message and keeps silent.",
        "write a turn for each.",
        """\
dialogues:
  stop:
    - kitchen: {emit: {type: mycroft.stop}, silence: 2s}
""",
    ),
    Code.CONTRADICTION: Explanation(
        "The parts of an expectation cannot hold at the same time.",
        "remove one of them.",
        """\
dialogues:
  greeting:
    - kitchen: hello
      expect: {no_reply: true, dialog: hello}
""",
    ),
    Code.RESERVED_TAG: Explanation(
        "A tag becomes a mark in pytest, and pytest gives this mark a special meaning: "
        "`skip`, `skipif`, `xfail`, `parametrize`, `usefixtures` or `filterwarnings`. "
        "Only pytest reports this.",
        "rename the tag; to skip a dialogue, use the key `skip`.",
        message='a.dialogue.yaml:2:1: the tag "skip" is a built-in mark of pytest  '
        "[KIT114]\n  rename the tag",
    ),
    Code.INVALID_YAML: Explanation(
        "The file is not YAML. The message is that of the YAML parser.",
        "look at the indentation and at brackets and quotes before the place shown.",
        """\
dialogues:
  greeting:
    - kitchen: 'hello
""",
    ),
    Code.UNQUOTED_TEXT: Explanation(
        "YAML takes a text for something else, because of how it begins or because it "
        "contains `: `.",
        "put the text in quotes, as the second line shows.",
        """\
dialogues:
  time:
    - kitchen: [what|which] time is it
""",
    ),
    Code.TAB_INDENT: Explanation(
        "A line is indented with a tab, which YAML does not allow.",
        "indent with spaces.",
        "dialogues:\n\tgreeting:\n",
    ),
    Code.FORBIDDEN_CHARACTER: Explanation(
        "The file contains a control character, which YAML does not allow.",
        "remove it, or write it as an escape in double quotes.",
        message="a.dialogue.yaml:3:21: not valid YAML: the character U+0007 is not "
        "allowed  [KIT124]\n  remove it, or write it as an escape in double quotes",
    ),
    Code.UNKNOWN_ALIAS: Explanation(
        "A text begins with `*`, which YAML takes for an alias of an anchor `&name`; "
        "there is no such anchor.",
        "put the text in quotes, or define the anchor before it.",
        """\
dialogues:
  greeting:
    - kitchen: *hello
""",
    ),
    Code.YAML_TAG: Explanation(
        "A text begins with `!`, which YAML takes for a tag.",
        "put the text in quotes.",
        """\
dialogues:
  greeting:
    - kitchen: !hello there
""",
    ),
    Code.SECOND_DOCUMENT: Explanation(
        "A line `---` begins a second YAML document in the file.",
        "put each script into a file of its own.",
        """\
dialogues:
  greeting:
    - kitchen: hello
---
dialogues:
  time:
    - kitchen: what time is it
""",
    ),
    Code.KEY_NOT_TEXT: Explanation(
        "A list or a mapping stands where a key is expected.",
        "write a text; put a key that begins with `[` or `{` in quotes.",
        """\
dialogues:
  [greeting]:
    - kitchen: hello
""",
    ),
    Code.INVALID_MERGE: Explanation(
        "The merge key `<<` has a value that cannot be merged.",
        "give it a mapping, usually an alias of one.",
        """\
<<: hello
dialogues:
  greeting:
    - kitchen: hello
""",
    ),
    Code.TOO_DEEP: Explanation(
        "Brackets, or aliases within aliases, are nested more than 64 levels deep; no "
        "script needs that.",
        "look for a text that begins with brackets, and put it in quotes.",
        f"dialogues: {'[' * 65}\n",
    ),
    Code.TOO_MANY_VALUES: Explanation(
        "The script has more than half a million values, because aliases repeat aliases.",
        "remove the aliases, or split the script.",
        """\
a: &a [x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d]
f: &f [*e, *e, *e, *e, *e, *e, *e, *e]
g: &g [*f, *f, *f, *f, *f, *f, *f, *f]
""",
    ),
    Code.MALFORMED_TEMPLATE: Explanation(
        "An utterance or a phrase is not a valid template: a bracket is unmatched, a "
        "group or the whole text can be empty, or a name is not made of lowercase "
        "letters, digits and `_`.",
        "correct the template; [the script reference](script.md) shows its grammar.",
        """\
dialogues:
  switch on:
    - kitchen: turn (on|off
""",
    ),
    Code.UNKNOWN_PHRASE: Explanation(
        "A text uses a `<phrase>` that the script does not define.",
        "correct its name, or define it under `phrases:`.",
        """\
phrases:
  ask: what did i just say
dialogues:
  greeting:
    - kitchen: <aks>
""",
    ),
    Code.RECURSIVE_PHRASE: Explanation(
        "A phrase uses itself, perhaps through other phrases; or phrases are nested more "
        "than 20 deep.",
        "break the chain that the message shows.",
        """\
phrases:
  ask: please <ask>
dialogues:
  greeting:
    - kitchen: hello
""",
    ),
    Code.TOO_MANY_SENTENCES: Explanation(
        "One template stands for more sentences than allowed: 100, or the value of "
        "`expand: {cap: …}`.",
        "split the template, choose a sample, or raise `cap`.",
        """\
expand: {cap: 10}
dialogues:
  switch:
    - kitchen: (a|b|c|d) (e|f|g|h)
""",
    ),
    Code.UNKNOWN_SESSION: Explanation(
        "A turn's speaker is not declared and looks like a misspelt one that is.",
        "correct the name; if a different speaker is meant, declare it, too.",
        """\
sessions:
  kitchen: {site_id: kitchen}
dialogues:
  greeting:
    - kichen: hello
""",
    ),
    Code.UNKNOWN_SLOT: Explanation(
        "A text uses a `{slot}` that has no values: neither from `with:` or `matrix:` "
        "nor, in an utterance, from a file `<slot>.entity` of the skill.",
        "correct its name, or give it values.",
        """\
dialogues:
  switch on:
    - kitchen: turn on the {thing}
""",
    ),
    Code.UNUSED_NAME: Explanation(
        "`with:` or `matrix:` gives values to a name that no text there uses. It is "
        "probably misspelt. This is reported only if nothing else is wrong.",
        "use the name, or remove it.",
        """\
with: {thing: lamp}
dialogues:
  switch on:
    - kitchen: turn on the lamp
""",
    ),
    Code.NAME_GIVEN_TWICE: Explanation(
        "A name has values in both `with:` and `matrix:` of the same script or dialogue, "
        "or `lang` or `engine` is set beside a `matrix:` that has it.",
        "remove it from one of them.",
        """\
with: {room: bath}
matrix: {room: [bath, attic]}
dialogues:
  rooms:
    - kitchen: i am in the {room}
""",
    ),
    Code.EMPTY_UTTERANCE: Explanation(
        "A value of a slot leaves an utterance empty.",
        "change the values or the utterance; for a turn in which nobody speaks, write "
        "`{silence: 2s}`.",
        message='a.dialogue.yaml:4:16: "{word}" can be an empty utterance  [KIT209]\n'
        '  for a turn in which nobody speaks, write "{silence: 2s}"',
    ),
    Code.TOO_MANY_VARIANTS: Explanation(
        "The templates, slots and axes of a dialogue have more combinations than allowed: "
        "100, or the value of `expand: {cap: …}`.",
        "choose a sample, or raise `cap`.",
        """\
expand: {cap: 10}
dialogues:
  switch:
    - kitchen: turn (on|off) the light
    - bedroom: turn (on|off) the (light|fan)
    - attic: turn (on|off) the light
""",
    ),
    Code.AMBIGUOUS_ENTITY: Explanation(
        "A `{slot}` has no values in the script, and two skills near it have a file "
        "`<slot>.entity`.",
        "give the slot its values with `with:`.",
        message='skills/a.dialogue.yaml:1:1: "{thing}" could take its values from '
        '"skills/one/locale/en-us/thing.entity" and '
        '"skills/two/locale/en-us/thing.entity"  [KIT211]\n'
        '  choose them with "with: {thing: […]}"',
    ),
    Code.SESSION_IN_EMIT: Explanation(
        "A turn sends a message whose context has a `session`. The kit adds the session "
        "of the speaker itself.",
        "remove it, and set up the session under `sessions:`.",
        """\
dialogues:
  stop:
    - kitchen: {emit: {type: mycroft.stop, context: {session: {}}}}
""",
    ),
    Code.SHARED_FIXTURE: Explanation(
        "The fixtures of two dialogues would be the same file: their names differ only "
        "in characters that a file name cannot have, or in case; or two scripts of the "
        "same name both have such a dialogue.",
        "rename one of the dialogues, or one of the scripts. In a repository of several "
        "skills, an empty section `[tool.pytest.ini_options]` in the `pyproject.toml` of "
        "each skill makes it a [project](cli.md) with fixtures of its own.",
        """\
dialogues:
  good morning:
    - kitchen: hello
  good_morning:
    - kitchen: good morning
""",
    ),
    Code.DAMAGED_FIXTURE: Explanation(
        "A committed fixture is not valid JSON.",
        "run `kit generate`.",
        message="fixtures/a/greeting.json:12:1: the file is cut off or damaged  "
        '[KIT301]\n  run "kit generate" to rewrite it',
    ),
    Code.EDITED_FIXTURE: Explanation(
        "A committed fixture is not, byte for byte, what the kit wrote.",
        "change the script, not the fixture, and run `kit generate`.",
        message="fixtures/a/greeting.json:7:1: the fixture was edited by hand  [KIT302]\n"
        '  change "test/a.dialogue.yaml" instead, then run "kit generate" to rewrite it',
    ),
    Code.STALE_FIXTURE: Explanation(
        "The script has changed since its fixture was written, or an `.entity` file of "
        "the skill that it uses.",
        "run `kit generate`, look at the difference, and commit it.",
        message='fixtures/a/greeting.json:1:1: the fixture of "greeting" is stale: its '
        "script, or an .entity file, has changed since  [KIT303]\n"
        '  run "kit generate test/a.dialogue.yaml" '
        "and commit what it writes",
    ),
    Code.MISSING_FIXTURE: Explanation(
        "There is no fixture at the path that was given.",
        "check the path, or run `kit generate`.",
        message="fixtures/a/greeting.json:1:1: there is no such fixture  [KIT304]\n"
        '  run "kit generate" to write it',
    ),
    Code.NEWER_FIXTURE: Explanation(
        "The fixture was written by a newer version of the kit.",
        "upgrade the kit.",
        message="fixtures/a/greeting.json:43:3: the fixture has format 2, this kit reads "
        'up to 1  [KIT305]\n  upgrade the kit: "pip install -U ovos-dialogue-kit"',
    ),
    Code.FOREIGN_FILE: Explanation(
        "A file in the folder of fixtures was not written by the kit, which never "
        "overwrites it.",
        "move the file to a different folder.",
        message="fixtures/a/notes.json:1:1: this is not a fixture written by the kit  "
        "[KIT306]\n  keep other files out of the folder of fixtures",
    ),
    Code.UNKNOWN_IN_FIXTURE: Explanation(
        "A fixture names an intent engine or a pipeline stage that this version of the "
        "kit does not know.",
        "upgrade the kit, or correct the script and run `kit generate`.",
        message='fixtures/a/greeting.json:20:5: unknown engine "padacoiso" (did you mean '
        '"padacioso"?)  [KIT307]\n  known: padacioso, padatious, adapt',
    ),
}
