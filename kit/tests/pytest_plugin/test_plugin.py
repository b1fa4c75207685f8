"""Tests of the pytest plugin as a user runs it, with actors as assistants."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence

import pytest
from support.actors import Actor
from support.places import TESTS
from support.stage import HELLO, WRONG, Stage, block

from ovos_dialogue_kit.assistant.device import LeftOut
from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.pytest_plugin import items as pytest_items
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.run.options import BUS_OPTION, SKILL_OPTION

# -- collection ------------------------------------------------------------------


def test_ids(stage: Stage) -> None:
    """Each variant with each engine is a test of its own, with a readable name."""
    script = """
skill: actor
engine: [padacioso, adapt+padacioso]
dialogues:
  we say hello:
    - kitchen: (hi|good day)
  bye:
    - kitchen: bye
"""
    assert stage.ids(script) == [
        "a.dialogue.yaml::we say hello[hi-padacioso]",
        "a.dialogue.yaml::we say hello[hi-adapt+padacioso]",
        "a.dialogue.yaml::we say hello[good day-padacioso]",
        "a.dialogue.yaml::we say hello[good day-adapt+padacioso]",
        "a.dialogue.yaml::bye[padacioso]",
        "a.dialogue.yaml::bye[adapt+padacioso]",
    ]


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("we_say_hello", 2),
        ("we_say_hello[good_day", 1),
        ("say and not good", 1),
        ("padacioso", 3),
        ("adapt", 0),
    ],
)
def test_selection_by_keyword(stage: Stage, expression: str, count: int) -> None:
    """``-k`` matches words of a name, or the whole name with ``_`` for spaces."""
    script = """
skill: actor
dialogues:
  we say hello:
    - kitchen: (hi|good day)
  bye:
    - kitchen: bye
"""
    assert len(stage.ids(script, "-k", expression)) == count


def test_selection_by_id(stage: Stage) -> None:
    """A test can be selected by its id, whatever its name contains."""
    script = HELLO.replace("hello", '"a::b\\e[0m"')
    (name,) = stage.ids(script)
    assert name == "a.dialogue.yaml::a:b\\x1b[0m[padacioso]"
    stage.run(script, name).assert_outcomes(passed=1)


def test_hidden_files(stage: Stage) -> None:
    """Hidden files of editors are not scripts."""
    stage.write("no yaml: [", ".#a")
    stage.run(HELLO).assert_outcomes(passed=1)


def test_tags_are_marks(stage: Stage) -> None:
    """``-m`` selects by the tags of dialogues and turns, strict markers or not."""
    script = """
skill: actor
dialogues:
  one:
    tags: [smoke]
    turns:
      - kitchen: hi
  two:
    - kitchen: hi
      tags: slow-one
  three:
    - kitchen: hi
"""
    ids = stage.ids(script, "--strict-markers", "-m", "smoke or slow-one")
    assert [name[17:20] for name in ids] == ["one", "two"]


@pytest.mark.parametrize(
    "tag",
    ["skip", "skipif", "xfail", "parametrize", "usefixtures", "filterwarnings"],
)
def test_tags_that_are_built_in_marks(stage: Stage, tag: str) -> None:
    """A tag with a meaning in pytest is refused."""
    result = stage.run(HELLO.replace("skill: actor", f"skill: actor\ntags: {tag}"))
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert block(result, "a.dialogue.yaml:", 2) == [
        f'a.dialogue.yaml:5:1: the tag "{tag}" is a built-in mark of pytest  [KIT114]',
        "  rename the tag",
    ]


def test_broken_script(stage: Stage) -> None:
    """A script with an error is a collection error with the message of ``kit``."""
    result = stage.run(HELLO.replace("dialogues", "dialogs"))
    assert result.ret == pytest.ExitCode.INTERRUPTED
    told = [line for line in result.outlines if line.startswith("a.dialogue.yaml:")]
    assert told == [
        (
            'a.dialogue.yaml:3:1: unknown key "dialogs" in a script '
            '(did you mean "dialogues"?)  [KIT101]'
        )
    ]


def test_no_skill(stage: Stage) -> None:
    """A script that names no skill is a collection error, too."""
    result = stage.run(HELLO.replace("skill: actor", ""))
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert block(result, "a.dialogue.yaml:4:1", 2) == [
        "a.dialogue.yaml:4:1: the script does not name a skill",
        (
            "  add `skill: <skill id>` to the script, or pass --skill (in pytest: "
            "--kit-skill)"
        ),
    ]


# -- results ---------------------------------------------------------------------


def test_green_run(stage: Stage) -> None:
    """A green run shows one line of the kit."""
    result = stage.run(HELLO)
    lines = block(result, "a.dialogue.yaml .", 5)
    assert lines[1:3] == ["", "1 dialogue replayed, 1 turn, with padacioso"]
    assert "1 passed" in lines[3]
    assert lines[4:] == []


def test_green_run_verbosely(stage: Stage) -> None:
    """With ``-v``, too, a green run shows only that line."""
    lines = stage.run(HELLO, "-v").outlines
    assert [line for line in lines if "replayed" in line or "kitchen" in line] == [
        "1 dialogue replayed, 1 turn, with padacioso"
    ]


def test_quiet_run(stage: Stage) -> None:
    """With ``-q`` that line is missing."""
    assert "replayed" not in stage.run(HELLO, "-q").stdout.str()


def test_run_without_scripts(stage: Stage) -> None:
    """Without scripts there is no such line, and no assistant is booted."""
    stage.pytester.makepyfile("def test_x(): pass")
    assert "replayed" not in stage.pytester.runpytest_inprocess().stdout.str()


def test_failure(stage: Stage) -> None:
    """A failure shows the kit's message, with its place in the script."""
    result = stage.run(WRONG)
    result.assert_outcomes(failed=1)
    assert block(result, "____", 7) == [
        (
            "_______________________________ hello[padacioso] "
            "_______________________________"
        ),
        'a.dialogue.yaml:6:7: turn 2, bedroom "good morning": heard a different reply',
        '  expected  "good night"',
        '  heard     "GOOD MORNING"',
        "",
        "a.dialogue.yaml:6: DialogueFailed",
        "1 dialogue replayed, 2 turns, with padacioso",
    ]


def test_failure_verbosely(stage: Stage) -> None:
    """With ``-v``, a failure shows all that is wrong in full, and the dialogue.

    The first mismatch is the one that is named in the summary.
    """
    result = stage.run(f"{WRONG}    - kitchen: bye\n      expect: see you\n", "-v")
    first = 'turn 2, bedroom "good morning": heard a different reply'
    assert block(result, "a.dialogue.yaml:6", 13) == [
        f"a.dialogue.yaml:6:7: {first}",
        '  expected  "good night"',
        '  heard     "GOOD MORNING"',
        'a.dialogue.yaml:8:7: turn 3, kitchen "bye": heard a different reply',
        '  expected  "see you"',
        '  heard     "BYE"',
        "",
        "a.dialogue.yaml:6: DialogueFailed",
        " Captured dialogue call ".center(80, "-"),
        "hello [padacioso]",
        '  kitchen  "hi"            -> "HI"',
        '  bedroom  "good morning"  -> "GOOD MORNING"',
        '  kitchen  "bye"           -> "BYE"',
    ]
    (line,) = block(result, "FAILED", 1)
    assert line.startswith(f"FAILED a.dialogue.yaml::hello[padacioso] - {first[:9]}")


MUTTERING = """
skill: actor
dialogues:
  hello:
    - kitchen: mutter
    - bedroom: mutter
      expect: good night
"""


def test_failure_of_a_skill_that_writes(stage: Stage) -> None:
    """What it wrote in the wrong turn is shown in the dialogue, with ``-v`` all."""
    said = ['  kitchen  "mutter"  -> "MUTTER"', '  bedroom  "mutter"  -> "MUTTER"']
    start, written = "hello [padacioso]", "    prints  hm"
    assert block(stage.run(MUTTERING), start, 4) == [start, *said, written]
    verbose = [start, said[0], written, said[1], written]
    assert block(stage.run(MUTTERING, "-v"), start, 5) == verbose


def test_place_of_a_failure(stage: Stage) -> None:
    """Other tools find a test at the line of its dialogue."""
    result = stage.run(WRONG, "--junitxml=x.xml", "-o", "junit_family=xunit1")
    result.assert_outcomes(failed=1)
    report = (stage.pytester.path / "x.xml").read_text()
    assert 'file="a.dialogue.yaml" line="3"' in report


def test_first_failure_ends(stage: Stage) -> None:
    """``-x`` stops after the first failure."""
    stage.write(HELLO, "b")
    stage.run(WRONG, "-x").assert_outcomes(failed=1)


@pytest.mark.long
def test_last_failed(stage: Stage) -> None:
    """``--lf`` reruns the failures."""
    stage.write(HELLO, "b")
    options = ("-o", "addopts=")
    stage.run(WRONG, *options).assert_outcomes(failed=1, passed=1)
    stage.run(WRONG, *options, "--lf").assert_outcomes(failed=1)


def test_assistant_that_does_not_start(stage: Stage) -> None:
    """An assistant that does not start is reported without a traceback."""
    result = stage.run(HELLO, "--kit-engine=adapt")
    result.assert_outcomes(failed=1)
    assert block(result, "a.dialogue.yaml:4", 2) == [
        'a.dialogue.yaml:4:1: "hello": it does not start',
        "  mend it",
    ]


def test_assistants_are_shared_and_ended(stage: Stage) -> None:
    """One assistant serves all dialogues of a setup, and is closed at the end."""
    stage.write(HELLO, "b")
    stage.run(HELLO).assert_outcomes(passed=2)
    (actor,) = stage.troupe.actors
    assert actor.played == ["hello", "hello"]
    assert actor.is_closed


def test_few_assistants_are_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """With many skills, only the assistants used last stay booted."""
    numbers = []

    def start(_: Actor) -> None:
        numbers.append(sum(not each.is_closed for each in stage.troupe.actors))

    monkeypatch.setattr(Actor, "start", start)
    for number in range(7):
        stage.write(HELLO.replace("actor", f"actor{number}"), f"b{number}")
    stage.run(HELLO).assert_outcomes(passed=8)
    assert numbers == [1, 2, 3, 4, 5, 5, 5, 5]


# -- marks -----------------------------------------------------------------------


def marked(marks: str, expected: str = "HI") -> str:
    return f"""
skill: actor
dialogues:
  hello:
    {marks}
    turns:
      - kitchen: hi
        expect: {expected}
"""


def marked_turn(marks: str, expected: str = "HI") -> str:
    return f"""
skill: actor
dialogues:
  hello:
    - kitchen: hi
      {marks}
      expect: {expected}
"""


XFAIL = "xfail: {reason: so it is}"
LENIENT = "xfail: {reason: so it is, strict: false}"


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (marked("skip: no time"), "skipped"),
        (marked('requires: {ovos-core: "<0"}'), "skipped"),
        (marked('requires: {pytest: ">1"}'), "passed"),
        (marked(XFAIL, "BYE"), "xfailed"),
        (marked(XFAIL), "failed"),
        (marked(LENIENT), "xpassed"),
        (marked('xfail: {reason: no, when: "pytest <1"}', "BYE"), "failed"),
        (marked_turn(XFAIL, "BYE"), "xfailed"),
        (marked_turn(XFAIL), "failed"),
        (marked_turn(LENIENT), "xpassed"),
        (marked_turn("skip: no time", "BYE"), "skipped"),
    ],
)
def test_marks(stage: Stage, script: str, outcome: str) -> None:
    """Marks of a dialogue and of a turn work like those of pytest."""
    stage.run(script).assert_outcomes(**{outcome: 1})


def test_reason_of_what_passes_although_marked(stage: Stage) -> None:
    """It is listed with the reason of the script."""
    lines = stage.run(marked(LENIENT), "-rX").outlines
    (line,) = (line for line in lines if line.startswith("XPASS "))
    assert line.split(maxsplit=2)[1] == "a.dialogue.yaml::hello[padacioso]"
    assert line.endswith(" so it is")


def test_nothing_is_set_up_for_a_skip(stage: Stage) -> None:
    """A dialogue that is skipped as a whole is skipped before its fixtures."""
    stage.pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(autouse=True)
        def light():
            raise ValueError("it is dark")
        """
    )
    stage.run(marked("skip: no time")).assert_outcomes(skipped=1)


@pytest.mark.parametrize("script", [marked(XFAIL, "BYE"), marked_turn(XFAIL, "BYE")])
def test_runxfail(stage: Stage, script: str) -> None:
    """``--runxfail`` ignores xfail marks."""
    result = stage.run(script, "--runxfail")
    result.assert_outcomes(failed=1)
    (line,) = block(result, "a.dialogue.yaml:", 1)
    assert line.endswith('turn 1, kitchen "hi": heard a different reply')


def test_xfail_is_about_the_skill(stage: Stage) -> None:
    """An assistant that does not start is not an expected failure."""
    result = stage.run(marked(XFAIL), "--kit-engine=adapt")
    result.assert_outcomes(failed=1)


def test_strict_xfail_of_a_turn(stage: Stage) -> None:
    """A turn that passes although it is a strict xfail names the place to edit."""
    result = stage.run(marked_turn(XFAIL))
    assert block(result, "a.dialogue.yaml:", 2) == [
        (
            'a.dialogue.yaml:6:14: turn 1, kitchen "hi": passes although it is '
            'marked xfail: "so it is"'
        ),
        '  edit      remove the xfail, or limit it to some versions ("when:")',
    ]


# -- engines ---------------------------------------------------------------------


def test_missing_engine(stage: Stage) -> None:
    """A dialogue whose engine is missing is skipped, with the reason and its place."""
    result = stage.run(HELLO, "--kit-engine=padatious", "-rs")
    result.assert_outcomes(skipped=1)
    assert block(result, "SKIPPED", 1) == [
        "SKIPPED [1] a.dialogue.yaml:4: no padatious here (pip install it)"
    ]
    short = "{skill: actor, dialogues: {hello: [kitchen: hi]}}"
    result = stage.run(short, "--kit-engine=padatious", "-rs")
    assert block(result, "SKIPPED", 1) == [
        "SKIPPED [1] a.dialogue.yaml:1: no padatious here (pip install it)"
    ]


def test_a_teardown_that_fails_after_a_skip(stage: Stage) -> None:
    """It keeps its own words."""
    stage.pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(autouse=True)
        def broken():
            yield
            raise ValueError("mine")
        """
    )
    result = stage.run(HELLO, "--kit-engine=padatious")
    result.assert_outcomes(skipped=1, errors=1)
    result.stdout.fnmatch_lines(["E *ValueError: mine"])


def test_missing_engines_are_counted(stage: Stage) -> None:
    """The summary says how many dialogues were skipped for it, and what helps."""
    lines = stage.run(HELLO, "--kit-engine=padatious").outlines
    told = [line for line in lines if "no padatious" in line]
    assert told == [
        (
            "1 skipped: no padatious here (pip install it); --kit-strict-engines makes "
            "that an error"
        )
    ]


def test_what_is_left_out_is_noted_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many scripts have the skill."""
    note = "requests for media do not reach actor: pip install it"
    found = [LeftOut("media", "it", "actor")]
    monkeypatch.setattr(pytest_items, "notes_on", lambda *_: found)
    stage.write(HELLO, "b")
    lines = stage.run(HELLO).outlines
    assert [line for line in lines if note in line] == [f"note: {note}"]


@pytest.mark.parametrize(
    "strict", [("--kit-strict-engines",), ("-o", "kit_strict_engines=true")]
)
def test_missing_engine_strictly(stage: Stage, strict: Sequence[str]) -> None:
    """With ``--kit-strict-engines`` a missing engine is an error."""
    result = stage.run(HELLO, "--kit-engine=padatious", *strict)
    result.assert_outcomes(failed=1)
    assert block(result, "a.dialogue.yaml:4", 2) == [
        'a.dialogue.yaml:4:1: "hello": no padatious here',
        "  pip install it",
    ]


# -- committed fixtures ----------------------------------------------------------


def generate(stage: Stage) -> None:
    source = "from ovos_dialogue_kit.cli import main; main(['generate'])"
    subprocess.run([sys.executable, "-c", source], cwd=stage.pytester.path, check=True)


def test_stale_fixture(stage: Stage) -> None:
    """A dialogue whose committed fixture is stale fails, and names the command."""
    stage.write(HELLO)
    generate(stage)
    result = stage.run(HELLO.replace("hi", "hey"))
    result.assert_outcomes(failed=1)
    assert block(result, "fixtures/", 2) == [
        (
            'fixtures/a/hello.json:1:1: the fixture of "hello" is stale: its '
            "script, or an .entity file, has changed since  [KIT303]"
        ),
        '  run "kit generate a.dialogue.yaml" and commit what it writes',
    ]


@pytest.mark.parametrize("marks", ["skip: later", XFAIL])
def test_stale_fixture_of_a_marked_dialogue(stage: Stage, marks: str) -> None:
    """A stale fixture fails whatever its dialogue is marked with."""
    stage.write(marked("tags: old"))
    generate(stage)
    stage.run(marked(marks)).assert_outcomes(failed=1)


def test_fresh_fixture(stage: Stage) -> None:
    """A failure names the committed fixture."""
    stage.write(WRONG)
    generate(stage)
    assert block(stage.run(WRONG), "  fixture", 1) == [
        "  fixture   fixtures/a/hello.json"
    ]


def test_nothing_is_written(stage: Stage) -> None:
    """A run changes no file of the project."""
    stage.write(HELLO)
    before = sorted(stage.pytester.path.rglob("*"))
    stage.run(HELLO).assert_outcomes(passed=1)
    assert sorted(stage.pytester.path.rglob("*")) == before


# -- options ---------------------------------------------------------------------

CHOICES = {
    "kit_engine": ("adapt+padacioso", "engine", "adapt+padacioso"),
    "kit_skill": ("other.skill", "skills", ("other.skill",)),
    "kit_transformer": ("x-plugin", "transformers", ("x-plugin",)),
    "kit_bus": ("real", "bus", "real"),
    "kit_boot_timeout": ("1.5", "limits", Limits(boot=1.5)),
    "kit_training_timeout": ("1.5", "limits", Limits(training=1.5)),
    "kit_dialogue_timeout": ("1.5", "limits", Limits(dialogue=1.5)),
}


@pytest.mark.parametrize("name", CHOICES)
def test_options(stage: Stage, name: str) -> None:
    """An option overrides the script."""
    value, field, expected = CHOICES[name]
    stage.run(HELLO, f"--{name.replace('_', '-')}", value)
    assert getattr(stage.troupe.actors[0].setup, field) == expected


@pytest.mark.parametrize("name", CHOICES)
def test_ini_values(stage: Stage, name: str) -> None:
    """Each option has an ini value of the same name."""
    value, field, expected = CHOICES[name]
    stage.run(HELLO, "-o", f"{name}={value}")
    assert getattr(stage.troupe.actors[0].setup, field) == expected


def test_option_before_ini_value(stage: Stage) -> None:
    """An option overrides the ini value of its name."""
    stage.run(HELLO, "-o", "kit_skill=one.x", "--kit-skill=two.x", "--kit-skill=two.x")
    assert stage.troupe.actors[0].setup.skills == ("two.x",)


def test_order_seed(stage: Stage) -> None:
    """``--kit-order-seed`` is passed on to the assistant."""
    stage.run(HELLO, "--kit-order-seed=7")
    options = stage.troupe.actors[0].options
    assert options
    assert options.order_seed == 7


def test_deadline(stage: Stage) -> None:
    """``--kit-deadline`` is passed on to the assistant."""
    stage.run(HELLO, "--kit-deadline=2.5")
    options = stage.troupe.actors[0].options
    assert options
    assert options.deadline == 2.5


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        (
            "--kit-engine=padacioos",
            (
                'unknown engine "padacioos" (did you mean "padacioso"?); known: '
                "padacioso, padatious, adapt, auto"
            ),
        ),
        (
            "--kit-bus=http://x",
            (
                'unknown bus "http://x"; use memory, real, hivemind-memory, '
                "hivemind or an address such as ws://127.0.0.1:8181/core or "
                "hivemind://127.0.0.1:5678"
            ),
        ),
        ("--kit-deadline=soon", 'must be a number of seconds above 0, not "soon"'),
        ("--kit-deadline=0", 'must be a number of seconds above 0, not "0"'),
        ("--kit-deadline=inf", 'must be a number of seconds above 0, not "inf"'),
        ("--kit-order-seed=-1", 'must be a whole number, 0 or above, not "-1"'),
    ],
)
def test_wrong_values(stage: Stage, option: str, problem: str) -> None:
    """A wrong value is a usage error that says which values are right."""
    result = stage.run(HELLO, option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    flag = option.partition("=")[0]
    name = flag[2:].replace("-", "_")
    assert result.errlines[0] == f"ERROR: {flag} (or {name} in the ini file): {problem}"


def test_a_wrong_ini_value(stage: Stage) -> None:
    """It is refused as well, also where there is no script."""
    stage.pytester.makepyfile("def test_x(): pass")
    result = stage.pytester.runpytest_inprocess("-o", "kit_deadline=soon")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.errlines[0] == (
        "ERROR: --kit-deadline (or kit_deadline in the ini file): must be a number of "
        'seconds above 0, not "soon"'
    )


def test_order_seed_on_another_bus(stage: Stage) -> None:
    """The order of listeners can only be shuffled on a bus that the kit controls."""
    result = stage.run(HELLO, "--kit-order-seed=7", "--kit-bus=real")
    assert result.errlines[0] == (
        "ERROR: --kit-order-seed (or kit_order_seed in the ini file): works only with "
        'the bus "memory" or "hivemind-memory", not with "real"'
    )


def test_shared_on_another_bus(stage: Stage) -> None:
    """``--kit-shared`` needs a bus that fits into the test process."""
    result = stage.run(HELLO, "--kit-shared", "--kit-bus=real")
    assert result.errlines[0] == (
        "ERROR: --kit-shared (or kit_shared in the ini file): works only with the bus "
        '"memory", not with "real"'
    )


def test_options_are_listed(stage: Stage) -> None:
    """``pytest --help`` lists the options and their ini values."""
    lines = stage.run(HELLO, "--help").outlines
    assert "ovos-dialogue-kit:" in lines
    assert any("kit_strict_engines (bool):" in line for line in lines)
    words = "".join("".join(lines).split())
    for default, option in (("", SKILL_OPTION), ("Default:memory.", BUS_OPTION)):
        text = "".join(f"{option.metavar} {option.help}".split())
        assert f"--kit-{option.name}={text}{default}--kit-" in words


# -- in company ------------------------------------------------------------------


def test_fixtures_of_a_conftest(stage: Stage) -> None:
    """Fixtures that a conftest applies to all tests apply to dialogues, too."""
    stage.pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(autouse=True, scope="module")
        def per_module(request):
            print("module", request.module.__name__, request.node.name)

        @pytest.fixture(autouse=True)
        def per_test(request, tmp_path):
            print("test", request.node.name)
            yield
            print("done", request.node.name)
        """
    )
    result = stage.run(HELLO, "-s", "--strict-markers", "-W", "error")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["*module a_dialogue a.dialogue.yaml", "test hello*", "*done hello*"]
    )


def test_fixture_that_fails(stage: Stage) -> None:
    """An error in a user's own fixture keeps its traceback."""
    stage.pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(autouse=True)
        def broken():
            raise ValueError("mine")
        """
    )
    result = stage.run(HELLO)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*def broken():", "E *ValueError: mine"])


@pytest.mark.parametrize(
    ("conftest", "arguments"),
    [
        ("pytest_plugins = ['ovos_dialogue_kit.pytest_plugin.hooks']", ()),
        ("", ("-p", "ovos_dialogue_kit.pytest_plugin.hooks")),
        ("", ("-p", "ovos-dialogue-kit")),
    ],
)
def test_registered_twice(
    stage: Stage, conftest: str, arguments: tuple[str, ...]
) -> None:
    """Registering the plugin a second time does no harm."""
    stage.pytester.makeconftest(conftest)
    stage.run(HELLO, *arguments).assert_outcomes(passed=1)


def test_switched_off(stage: Stage) -> None:
    """The plugin can be switched off by its name."""
    stage.write(HELLO)
    result = stage.pytester.runpytest_subprocess("-p", "no:ovos-dialogue-kit")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.long
def test_workers_of_xdist(stage: Stage) -> None:
    """With several xdist workers, one line counts all their replays."""
    folder = str(TESTS)
    stage.pytester.makeconftest(
        f"""
        import sys
        sys.path.append({folder!r})
        from support.actors import Troupe
        from ovos_dialogue_kit.pytest_plugin import run_state as pytest_run
        from ovos_dialogue_kit.run.run_job import Assistants
        from ovos_dialogue_kit.errors import EngineMissingError
        missing = EngineMissingError("no padatious", hint="get it")
        pytest_run.Assistants = lambda: Assistants(Troupe({{"padatious": missing}}))
        """
    )
    for name in "bcd":
        stage.write(HELLO, name)
    stage.write(HELLO.replace("dialogues:", "engine: padatious\ndialogues:"), "e")
    stage.write(WRONG)
    result = stage.pytester.runpytest_subprocess("-n", "2", "-W", "error")
    result.assert_outcomes(passed=3, failed=1, skipped=1)
    words = ("replayed", "no padatious")
    assert [line for line in result.outlines if any(w in line for w in words)] == [
        "1 skipped: no padatious (get it); --kit-strict-engines makes that an error",
        "4 dialogues replayed, 5 turns, with padacioso",
    ]


def test_a_run_without_scripts_imports_nothing(pytester: pytest.Pytester) -> None:
    """Without a script, pytest imports the plugin and its options, no more."""
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            kit = {name for name in sys.modules if name.startswith("ovos_dialogue_kit")}
            assert kit == {
                "ovos_dialogue_kit",
                "ovos_dialogue_kit._version",
                "ovos_dialogue_kit.pytest_plugin",
                "ovos_dialogue_kit.pytest_plugin.hooks",
                "ovos_dialogue_kit.run",
                "ovos_dialogue_kit.run.options",
            }
            others = {"yaml", "packaging.requirements", "ovos_utils"}
            assert not others & set(sys.modules)
        """
    )
    pytester.runpytest_subprocess("-p", "no:hypothesispytest").assert_outcomes(passed=1)


# -- tests in Python -------------------------------------------------------------

TALK = """
def test_talk(assistant):
    conversation = assistant("actor", lang="de-DE")
    conversation.session("kitchen", site_id="here")
    assert conversation.say("kitchen", "hi").replies[0].text == "HI"
    assert conversation.say("bedroom", "ho").replies[0].text == "HO"
    assert [turn.said for turn in conversation.transcript.turns] == ["hi", "ho"]
"""


@pytest.fixture
def talk(stage: Stage) -> Callable[..., pytest.RunResult]:
    stage.pytester.makepyfile(TALK)
    return stage.pytester.runpytest_inprocess


def test_talking(stage: Stage, talk: Callable[..., pytest.RunResult]) -> None:
    """The fixture ``assistant`` starts conversations."""
    talk().assert_outcomes(passed=1)
    assert stage.troupe.actors[0].setup.langs == ("de-DE",)
    assert all(actor.is_closed for actor in stage.troupe.actors)


def test_talking_with_options(
    stage: Stage, talk: Callable[..., pytest.RunResult]
) -> None:
    """Options apply to conversations, too."""
    options = ("--kit-engine=adapt+padacioso", "--kit-transformer=x", "--kit-bus=real")
    talk(*options).assert_outcomes(passed=1)
    assert stage.troupe.actors[0].setup.bus == "real"
    assert stage.troupe.actors[0].setup.engine == "adapt+padacioso"
    assert stage.troupe.actors[0].setup.transformers == ("x",)


def test_talking_as_a_script_would(stage: Stage) -> None:
    """What a script says at its top is an argument; the rest is left to the options."""
    stage.pytester.makepyfile(
        """
        def test_talk(assistant):
            conversation = assistant(
                engine="padacioso",
                transformers=["y"],
                clock="real",
                config={"a": {"b": "c"}},
                hosts=["*"],
            )
            conversation.say("kitchen", "hi")
        """
    )
    options = (
        *("--kit-skill=actor", "--kit-engine=adapt", "--kit-transformer=x"),
        "--kit-deadline=2.5",
    )
    stage.pytester.runpytest_inprocess(*options).assert_outcomes(passed=1)
    (actor,) = stage.troupe.actors
    assert actor.options == Options(deadline=2.5)
    assert actor.setup == Setup(
        ("actor",),
        engine="padacioso",
        transformers=("y",),
        clock="real",
        config='{"a": {"b": "c"}}',
        hosts=("*",),
        is_online=True,
    )


@pytest.mark.usefixtures("stage")
def test_talking_without_engine(talk: Callable[..., pytest.RunResult]) -> None:
    """A test that needs a missing engine is skipped."""
    result = talk("--kit-engine=padatious", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*: no padatious here (pip install it)"])


@pytest.mark.usefixtures("stage")
def test_talking_without_strict_engine(talk: Callable[..., pytest.RunResult]) -> None:
    """With ``--kit-strict-engines`` a test that needs a missing engine fails."""
    result = talk("--kit-engine=padatious", "--kit-strict-engines")
    result.assert_outcomes(failed=1)


def test_replaying_in_a_test(stage: Stage) -> None:
    """The fixture ``assistant`` replays loaded fixtures on shared assistants."""
    stage.pytester.makepyfile(
        """
        from ovos_dialogue_kit import compare, load

        def test_replay(assistant, pytestconfig):
            for fixture in load(pytestconfig.rootpath / "a.dialogue.yaml"):
                (case,) = fixture.cases
                assert compare(fixture, case, assistant.replay(fixture)) == ()
        """
    )
    stage.run(HELLO).assert_outcomes(passed=2)
    assert len(stage.troupe.actors) == 1


@pytest.mark.parametrize(
    ("marks", "expected", "outcome"),
    [
        ("skip: later", "BYE", "passed"),
        (XFAIL, "BYE", "xfailed"),
        (XFAIL, "HI", "failed"),
        ("tags: x", "BYE", "failed"),
    ],
)
def test_replaying_with_marks_and_options(
    stage: Stage, marks: str, expected: str, outcome: str
) -> None:
    """A test in Python comes to the verdict of its dialogue, with the same options."""
    stage.pytester.makepyfile(
        f"""
        from ovos_dialogue_kit import judge, load

        def test_replay(assistant, pytestconfig):
            for fixture in load(pytestconfig.rootpath / "a.dialogue.yaml"):
                (case,) = fixture.cases
                transcript = assistant.replay(fixture)
                assert judge(fixture, case, transcript).outcome == "{outcome}"
        """
    )
    script = marked_turn(marks, expected).replace("skill: actor", "") + (
        "    - bedroom: ho\n      expect: HO\n"
    )
    options = ("--kit-skill=actor", "--kit-engine=padacioso+adapt")
    stage.run(
        script, *options, "--kit-transformer=y", "-k", "test_replay"
    ).assert_outcomes(passed=1, deselected=1)
    (actor,) = stage.troupe.actors
    setup = actor.setup
    assert (setup.skills, setup.transformers) == (("actor",), ("y",))
    assert setup.engine == "padacioso+adapt"


def test_own_fixture_of_that_name(stage: Stage) -> None:
    """A user's own fixture ``assistant`` overrides the kit's."""
    stage.pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def assistant():
            return "mine"

        def test_x(assistant):
            assert assistant == "mine"
        """
    )
    stage.pytester.runpytest_inprocess().assert_outcomes(passed=1)
