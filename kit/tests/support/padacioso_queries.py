"""Ask padacioso hundreds of things, as it is and in process, and count differences.

Run by ``test_engines`` in a process of its own; prints a JSON object.
"""

from __future__ import annotations

import json
import random
import sys
from typing import Any

import padacioso
from padacioso import IntentContainer

from ovos_dialogue_kit.assistant.core.engines import match_in_process

TEMPLATES = {
    "weather": ["what is the weather in {place}", "(weather|forecast) [for] {place}"],
    "timer": ["set a timer for {time}", "(start|set) [a] timer"],
    "repeat": ["repeat (what|the thing) i said", "what did i (just|) say"],
    "same": ["repeat what i said", "tell me again"],
    "twin": ["repeat what i said", "tell me [once] again"],
    "any": ["{anything} please", "say {anything}"],
    "other": ["say {words}", "{words} now"],
}
ENTITIES = {"place": ["lisbon", "new york"], "time": ["five minutes"]}
WORDS = sorted(
    {
        word.strip("()[]|{}")
        for lines in TEMPLATES.values()
        for line in lines
        for word in line.replace("|", " ").split()
    }
    | {"lisbon", "new", "york", "five", "minutes", "Please", "WHAT", "zebra", ""}
)


def queries(count: int) -> list[str]:
    """Return sentences near the templates, and far from them, always the same."""
    chance = random.Random(1)  # noqa: S311  # not secret
    fixed = ["repeat what i said", "tell me again", "say hello", "say hello now"]
    made = [
        " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, 6))).strip()
        for _ in range(count - len(fixed))
    ]
    return fixed + [text or "zebra" for text in made]


def container(*, fuzz: bool) -> IntentContainer:
    """Return padacioso with all intents and entities."""
    made = IntentContainer(fuzz=fuzz, n_workers=1)
    for name, lines in TEMPLATES.items():
        made.add_intent(name, lines)
    for name, lines in ENTITIES.items():
        made.add_entity(name, lines)
    return made


def answers(asked: list[str], *, fuzz: bool) -> list[list[dict[str, Any]]]:
    """Return what padacioso makes of each query: all intents that match."""
    engine = container(fuzz=fuzz)
    return [[found for found in engine.calc_intents(each) if found] for each in asked]


def canonical(found: list[dict[str, Any]]) -> list[str]:
    """Return results in an order of their own."""
    return sorted(json.dumps(each, sort_keys=True) for each in found)


def best(found: list[dict[str, Any]]) -> list[str]:
    """Return the names of the intents that share the highest confidence."""
    top = max((each["conf"] for each in found), default=None)
    return [each["name"] for each in found if each["conf"] == top]


def main() -> None:
    """Compare, and print the figures."""
    asked = queries(int(sys.argv[1]))
    untouched = [
        answers(asked[: len(asked) // 10], fuzz=True),
        answers(asked, fuzz=False),
    ]
    original = padacioso.concurrent
    match_in_process()
    assert padacioso.concurrent is not original
    ours = [answers(asked[: len(asked) // 10], fuzz=True), answers(asked, fuzz=False)]
    pairs = [pair for i in (0, 1) for pair in zip(untouched[i], ours[i], strict=True)]
    report = {
        "queries": len(pairs),
        "matched": sum(bool(found) for found, _ in pairs),
        "ties": sum(len(best(found)) > 1 for found, _ in pairs),
        "different": sum(canonical(a) != canonical(b) for a, b in pairs),
        "another winner": sum(bool(b) and best(b)[0] not in best(a) for a, b in pairs),
        "another order": sum(
            [each["name"] for each in b]
            != sorted((each["name"] for each in b), key=list(TEMPLATES).index)
            for _, b in pairs
        ),
    }
    print(json.dumps(report))  # noqa: T201  # what the test reads


if __name__ == "__main__":
    main()
