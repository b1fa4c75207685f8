"""Tests of the generations of ovos-core that need no other version installed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ovos_dialogue_kit.assistant.core.engines import match_in_process, train_repeatably
from ovos_dialogue_kit.assistant.core.generations import generation_of
from ovos_dialogue_kit.assistant.core.generations.companions import (
    installed_version,
    needed,
)
from ovos_dialogue_kit.assistant.core.kept_configuration import (
    keep_configuration,
    read_configuration_fast,
)
from ovos_dialogue_kit.assistant.core.known_results import (
    carry_fields_fast,
    normalize_once,
    standardize_once,
)
from ovos_dialogue_kit.assistant.core.plain_data import (
    handle_envelopes_fast,
    handle_messages_fast,
)
from ovos_dialogue_kit.assistant.core.shortcuts import (
    count_parameters_fast,
    find_messages_fast,
    log_errors_fast,
    log_errors_only,
)
from ovos_dialogue_kit.assistant.core.twins import find_twins_fast
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.replayer.dialect import Dialect, Match
from ovos_dialogue_kit.script.format.scalars import ENGINES

SKILL = "a.skill"
HEARD = {"utterance": "hello"}


@pytest.mark.parametrize(
    ("version", "module"),
    [
        ("0.0.8", "core_0_0"),
        ("0.1.3", "core_0_0"),
        ("0.2.18", "core_0_2"),
        ("1.3.1", "core_0_2"),
        ("2.0.0a1", "core_2_0"),
        ("2.0.4", "core_2_0"),
        ("2.1.1", "core_2_0"),
        ("2.2.4a1", "core_2_2"),
        ("3.7.5a1", "core_2_2"),
        ("4.0.0", "core_2_2"),
    ],
)
def test_the_version_chooses_the_generation(version: str, module: str) -> None:
    """The newest generation is for what is newer, until somebody adds another."""
    found = generation_of(version)
    assert found.start.__module__.rpartition(".")[2] in {module, *_starts(module)}
    assert found is generation_of(version)


def _starts(module: str) -> set[str]:
    """Return the module that a generation has its ``start`` from."""
    return {"core_0_0": {"core_0_2"}, "core_2_2": {"core_2_0"}}.get(module, set())


def test_versions_without_sessions_are_refused() -> None:
    """0.0.8 is the first that knows sessions."""
    with pytest.raises(AssistantError) as raised:
        generation_of("0.0.7")
    assert (
        "ovos-core 0.0.7 has no sessions\n"
        '  install a newer one: pip install "ovos-core>=0.0.8"'
    ) == str(raised.value)


@pytest.mark.parametrize(
    ("version", "padatious", "adapt"),
    [
        ("0.1.3", "padatious", "adapt-parser"),
        ("0.2.18", "ovos-padatious", "ovos-adapt-parser"),
        ("3.7.5a1", "ovos-padatious", "ovos-adapt-parser"),
    ],
)
def test_engines_are_brought_by_what_the_version_takes(
    version: str, padatious: str, adapt: str
) -> None:
    """The first generation takes Mycroft's own distributions."""
    distributions = generation_of(version).distributions
    assert set(ENGINES) == set(distributions)
    assert {"padacioso": "padacioso", "padatious": padatious, "adapt": adapt} == (
        distributions
    )


@pytest.mark.parametrize(
    ("installed", "adapters"),
    [
        (
            {"ovos-utils": "0.1.0", "ovos-bus-client": "0.1.1", "padacioso": "0.2.0"},
            {
                *(log_errors_only, find_messages_fast, handle_messages_fast),
                *(log_errors_fast, count_parameters_fast, standardize_once),
            },
        ),
        (
            {"ovos-bus-client": "2.11.25a1", "padacioso": "1.0.0", "fann2": "1.0.7"},
            {find_messages_fast, match_in_process, train_repeatably},
        ),
        ({"ovos-config": "2.1.1"}, {keep_configuration}),
        (
            {"ovos-utils": "0.15.5a1"},
            {log_errors_only, count_parameters_fast, standardize_once},
        ),
        (
            {"ovos-bus-client": "2.11.29a1"},
            {
                *(handle_envelopes_fast, find_twins_fast),
                *(normalize_once, carry_fields_fast),
            },
        ),
        (
            {
                "ovos-bus-client": "2.11.26a1",
                "ovos-config": "2.3.9a2",
                "padacioso": "1.0.2a1",
            },
            {read_configuration_fast},
        ),
    ],
)
def test_companions_differ_by_their_own_versions(
    installed: dict[str, str], adapters: set[object]
) -> None:
    """Not by that of ovos-core, with which many of them can be installed."""
    assert adapters == set(needed(installed.get))


def test_without_what_makes_ovos_faster() -> None:
    """What remains is what replaying needs."""
    installed = {"ovos-utils": "0.8.5", "ovos-config": "1.2.2", "padacioso": "1.0.0"}
    assert [match_in_process] == list(needed(installed.get, is_stock=True))


def test_a_companion_may_be_missing() -> None:
    """Then nothing is done for it."""
    assert installed_version("no-such-distribution") is None
    assert installed_version("padacioso")
    assert set() == set(needed(lambda _: None))


@pytest.mark.parametrize(
    ("version", "topic", "match"),
    [
        ("1.3.1", "a.skill.stop", Match("stop", SKILL)),
        ("2.1.1", "a.skill:stop", Match("intent", SKILL, "stop")),
        ("3.7.5a1", "a.skill:stop", Match("stop", SKILL)),
        ("3.7.5a1", "a.skill:fallback", Match("fallback", SKILL)),
        ("3.7.5a1", "a.skill:hello", Match("intent", SKILL, "hello")),
        ("1.3.1", "a.skill:hello.intent", Match("intent", SKILL, "hello")),
        ("1.3.1", "b.skill.stop", None),
        ("2.1.1", "ocp:play", Match("ocp", "ovos.common_play")),
        ("3.7.5a1", "ocp:play", Match("ocp", "ovos.common_play")),
    ],
)
def test_routes(version: str, topic: str, match: Match | None) -> None:
    """3.x keeps some names of intents for itself; a targeted stop is one of them."""
    dialect = replace(generation_of(version).dialect, skills=(SKILL,))
    assert match == dialect.match(topic, HEARD)


@pytest.mark.parametrize(
    ("version", "lang"), [("0.0.8", "pt-pt"), ("0.2.18", "pt-PT"), ("3.7.5a1", "pt-PT")]
)
def test_languages(version: str, lang: str) -> None:
    """Before 0.2 a language is looked up by its letters, which are small ones."""
    dialect = generation_of(version).dialect
    assert {"lang": lang, "site_id": "x"} == dialect.in_lang(
        {"lang": "pt-PT", "site_id": "x"}
    )


def test_no_language_stays_none() -> None:
    """Wire data without a language gets none."""
    assert {"a": 1} == Dialect(lang=str.lower).in_lang({"a": 1})
