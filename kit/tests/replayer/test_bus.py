"""Tests of what is received from a bus."""

from __future__ import annotations

import pytest

from ovos_dialogue_kit.replayer.bus import Echoes, Heard, moment


@pytest.mark.parametrize(
    ("payload", "topic", "sessions"),
    [
        ('{"type": "a.b", "data": {"type": "c"}}', "a.b", []),
        ('{"type":"a.b","context":{"session":{"session_id":"x"}}}', "a.b", ["x"]),
        ('{"data": {"type": "c"}, "type": "a.b"}', "a.b", []),
        ('{"type": "\\u0061.b", "context": {"session_id": "y"}}', "a.b", ["y"]),
        (
            '{"type": "a", "data": {"session_id": "x"}, "more": {"session_id": "y"}}',
            "a",
            ["x", "y"],
        ),
        ('["type", "a.b"]', "None", []),
        ("no JSON", "None", []),
        ('{"type": "a.b", "data": {"session_id": "x", ', "a.b", ["x"]),
    ],
)
def test_what_is_read_without_parsing(
    payload: str, topic: str, sessions: list[str]
) -> None:
    """The type and all session ids, as parsing finds them, whatever the spelling."""
    item = Heard(0.0, payload)
    assert (item.topic, item.session_ids) == (topic, sessions)


def test_what_is_no_message_is_empty() -> None:
    """Anybody may send anything over a real bus."""
    payloads = ["no JSON", "[]", "1", '{"type": "a", "data": {"n": 1}}']
    parsed = [Heard(0.0, payload).message for payload in payloads]
    assert parsed == [{}, {}, {}, {"type": "a", "data": {"n": 1}}]


def test_a_message_is_given_to_a_client_or_to_all() -> None:
    """Only a hub gives a message to nobody, and only it knows who has missed one."""
    items = [Heard(0.0, "{}", given_to=given_to) for given_to in (None, "x", "")]
    assert [item.is_given for item in items] == [True, True, False]
    assert not any(item.is_missed for item in items)


def test_an_echo_is_each_message_once_in_the_order_of_sending() -> None:
    """The same message from somebody else, before or after it, is not its own."""
    echoes = Echoes()
    assert not echoes.is_own("a")
    for payload in ("a", "b", "a"):
        echoes.expect(payload)
    seen = [(each, echoes.is_own(each)) for each in "babbaab"]
    assert seen == [
        ("b", False),
        ("a", True),
        ("b", True),
        ("b", False),
        ("a", True),
        ("a", False),
        ("b", False),
    ]


def test_moments_are_whole_nanoseconds() -> None:
    """Times that add up to the same value are equal; two nanoseconds are not."""
    assert 0.55 + 0.05 != 0.6
    assert moment(0.55 + 0.05) == 0.6
    assert moment(1.0000000014) == 1.000000001
