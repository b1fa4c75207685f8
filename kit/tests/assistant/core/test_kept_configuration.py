"""Tests that the kept configuration is always the one that OVOS would merge."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ovos_dialogue_kit.assistant.core.generations.companions import (
    installed_version,
    needed,
)
from ovos_dialogue_kit.assistant.core.kept_configuration import (
    _Merger,
    _Reader,
    keep_configuration,
    read_configuration_fast,
)
from ovos_dialogue_kit.assistant.core.shortcuts import LEVELS
from ovos_dialogue_kit.assistant.system.borrowed import borrowed
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox

pytestmark = [
    pytest.mark.ovos,
    pytest.mark.skipif(
        keep_configuration not in set(needed(installed_version)),
        reason="the installed ovos-config keeps it itself",
    ),
]

SETTINGS = {
    "lang": "en-US",
    "intents": {"pipeline": ["padacioso_high"], "own": {"deep": {"a": 1}}},
    "only here": {"part": {"b": [1]}},
}


class Counting:
    """A ``Configuration`` of ovos-config, and how often it was merged."""

    def __init__(self, configuration: Any) -> None:
        self.configuration = configuration
        self.stock = configuration.load_all_configs
        self.merges = 0
        configuration.load_all_configs = staticmethod(self._count)
        self.load = _Merger(configuration).load
        configuration.load_all_configs = staticmethod(self.load)

    def _count(self, *constraints: object) -> Any:
        self.merges += 1
        return self.stock(*constraints)

    def merges_of(self, action: Callable[[], object]) -> int:
        before = self.merges
        action()
        return self.merges - before


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A private home in which OVOS is imported anew, and logs no more than usual."""
    sandbox = Sandbox(OwnFolder(tmp_path_factory.mktemp("home")))
    with (
        borrowed(sandbox.environment(os.environ), ()),
        pytest.MonkeyPatch.context() as patch,
    ):
        log = import_module("ovos_utils.log")
        for name in LEVELS:
            patch.setattr(log.LOG, name, lambda *_, **__: None)
        yield sandbox


@pytest.fixture
def configuration(home: Sandbox) -> Any:
    """The class ``Configuration``, as after the start of a process."""
    home.configure(SETTINGS)
    sys.modules.pop("ovos_config.config", None)
    return import_module("ovos_config.config").Configuration


@pytest.fixture
def kept(configuration: Any) -> Counting:
    return Counting(configuration)


def message(**config: object) -> SimpleNamespace:
    return SimpleNamespace(data={"config": config})


def user(configuration: Any) -> Any:
    """Return the layer of the user's own file."""
    return configuration.xdg_configs[0]


def another(configuration: Any) -> Any:
    """Return a layer without a file."""
    layer = type(user(configuration))(None)
    layer["lang"] = "de-DE"
    return layer


def rewrite(configuration: Any, how: str) -> None:
    """Change the user's file, and let OVOS notice it in one of its ways."""
    layer = user(configuration)
    text = json.dumps({**SETTINGS, "lang": "pt-PT", "intents": {"own": {"c": 3}}})
    Path(layer.path).write_text(text, encoding="utf-8")
    os.utime(layer.path, (0, 0))
    if how == "watcher":
        configuration._on_file_change(layer.path)
    else:
        configuration.updated(None)


def store(configuration: Any) -> None:
    """Store a change as ``update_mycroft_config`` does."""
    module = import_module("ovos_config.config")
    module.update_mycroft_config({"lang": "pt-PT"}, user(configuration).path)
    configuration.reload()


def clear(configuration: Any) -> None:
    configuration.patch(message(lang="de-DE", intents={"x": 1}))
    configuration.load_all_configs()
    configuration.patch_clear(None)


def patch_after_clear(configuration: Any) -> None:
    """Patch what is no layer but a plain ``dict`` after it was cleared."""
    clear(configuration)
    configuration.load_all_configs()
    configuration.patch(message(lang="de-DE"))


def constrain(configuration: Any) -> None:
    """Ignore the user's layers."""
    configuration.system.allow_overwrite = True
    configuration.system["system"] = {"disable_user_config": True}


def protect(configuration: Any) -> None:
    """Protect a key of the user's layers in place."""
    constraints = configuration.get_system_constraints()
    constraints.setdefault("protected_keys", {}).setdefault("user", []).append("lang")


def fetch(configuration: Any) -> None:
    """Let another service change the remote layer's file, and tell so."""
    path = Path(configuration.remote.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"lang": "fr-FR", "session": {"ttl": 7}}', encoding="utf-8")
    configuration.handle_remote_update(None)
    path.unlink()


def move(configuration: Any) -> None:
    """Change a layer's path, by which OVOS knows whether it is the remote one."""
    configuration.system.allow_overwrite = True
    configuration.system["system"] = {"disable_remote_config": True}
    configuration.load_all_configs()
    configuration.load()
    configuration.remote.path = user(configuration).path


def change_environment(configuration: Any) -> None:
    """Make the variables lead to another file; OVOS reads them at its start."""
    with pytest.MonkeyPatch.context() as patch:
        folder = Path(user(configuration).path).parents[1] / "elsewhere"
        (folder / "mycroft").mkdir(parents=True, exist_ok=True)
        (folder / "mycroft" / "mycroft.conf").write_text('{"lang": "it-IT"}', "utf-8")
        patch.setenv("XDG_CONFIG_HOME", str(folder))
        patch.setenv("MYCROFT_SYSTEM_CONFIG", str(folder / "mycroft" / "mycroft.conf"))
        configuration.reload()


WAYS: dict[str, Callable[[Any], object]] = {
    "a value": lambda c: c().__setitem__("lang", "pt-PT"),
    "a new key": lambda c: c().__setitem__("new", {"deep": 1}),
    "several values": lambda c: c().update({"lang": "pt-PT", "intents": {"x": 1}}),
    "a value taken away": lambda c: c().pop("lang"),
    "a patch": lambda c: c.patch(message(lang="pt-PT", intents={"pipeline": []})),
    "a patch taken back": clear,
    "a patch after that": patch_after_clear,
    "a reset": lambda c: (c.patch(message(lang="pt-PT")), c.load(), c.reset()),
    "a layer's value": lambda c: user(c).__setitem__("lang", "pt-PT"),
    "a layer's update": lambda c: user(c).update(lang="pt-PT"),
    "a layer's merge": lambda c: user(c).merge({"intents": {"own": {"c": 3}}}),
    "a layer's loss": lambda c: user(c).pop("intents"),
    "a layer's part": lambda c: user(c)["intents"].__setitem__("pipeline", []),
    "a layer's deep part": lambda c: user(c)["intents"]["own"].clear(),
    "a layer's own part": lambda c: user(c)["only here"].__setitem__("part", 2),
    "a part of the result": lambda c: c()["intents"].__setitem__("pipeline", []),
    "a deep part of the result": lambda c: c()["intents"]["own"].pop("deep"),
    "a list in the result": lambda c: c()["intents"]["pipeline"].append("x"),
    "a part of the defaults": lambda c: c()["listener"].__setitem__("x", 1),
    "the defaults": lambda c: dict.__setitem__(c.default, "date_format", "x"),
    "another layer": lambda c: setattr(c, "xdg_configs", [another(c)]),
    "one layer more": lambda c: c.xdg_configs.append(another(c)),
    "one layer fewer": lambda c: c.xdg_configs.clear(),
    "constraints": constrain,
    "protection": protect,
    "the file, watched": lambda c: rewrite(c, "watcher"),
    "the file, and a message": lambda c: rewrite(c, "message"),
    "a stored change": store,
    "the remote file": fetch,
    "a layer's path": move,
    "the environment": change_environment,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_change_is_seen(kept: Counting, way: str) -> None:
    """However a layer changes, the result is that of OVOS; also the time after."""
    configuration = kept.configuration
    configuration.load = kept.load
    assert kept.load() == kept.stock()
    WAYS[way](configuration)
    for _ in range(2):
        found = deepcopy(kept.load())  # of parts that OVOS changes when it merges
        assert found == kept.stock()
        assert list(found) == list(kept.stock())


def test_an_unchanged_configuration_is_not_merged_again(kept: Counting) -> None:
    """Any way of reading it is cheap, from the second time on."""
    configuration = kept.configuration
    configuration()

    def read() -> None:
        found = configuration()
        assert found["lang"] == "en-US"
        assert found["intents"]["own"] == {"deep": {"a": 1}}
        assert "only here" in list(found)

    assert kept.merges_of(read) == 0
    assert kept.merges_of(lambda: configuration().__setitem__("lang", "x")) == 0
    assert kept.merges_of(configuration) == 2
    assert kept.merges_of(configuration) == 0


def test_the_result_may_be_changed(kept: Counting) -> None:
    """It is a new dictionary each time, of parts that stay the same, as with OVOS."""
    first = kept.load()
    first["lang"] = "xx"
    del first["intents"]
    second = kept.load()
    assert second == kept.stock()
    assert second["intents"] is kept.stock()["intents"]


def test_other_constraints_are_left_to_ovos(kept: Counting) -> None:
    """What is kept was merged with the usual ones."""
    kept.load()
    constraints = {"disable_user_config": True}
    assert kept.merges_of(lambda: kept.load(constraints)) == 1
    assert kept.load(constraints) == kept.stock(constraints) != kept.load()


def test_a_change_while_it_is_merged_is_not_missed(kept: Counting) -> None:
    """What another thread changes meanwhile is seen at the next time."""
    configuration, count = kept.configuration, kept._count
    merger = _Merger(configuration)

    def merge() -> Any:
        found = count()
        user(configuration)["lang"] = f"x-{kept.merges}"
        return found

    merger._merge = merge
    merger.load()
    merger._merge = count
    assert merger.load() == kept.stock()


def test_a_layer_that_counts_while_its_file_exists(kept: Counting) -> None:
    """OVOS looks for that file each time, so nothing is kept."""
    configuration = kept.configuration
    configuration._old_user["lang"] = "old"
    assert [2, 2] == [kept.merges_of(configuration), kept.merges_of(configuration)]


@pytest.fixture
def session(configuration: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of ovos-bus-client that makes sessions, as the kit changes it."""
    module = import_module("ovos_bus_client.session")
    monkeypatch.setattr(module, "Configuration", configuration)
    monkeypatch.setattr(module.Session, "deserialize", module.Session.deserialize)
    return module


def test_it_takes_the_place_of_ovos_own(configuration: Any, session: Any) -> None:
    """After that, each ``Configuration`` is made of what is kept."""
    before = configuration.load_all_configs
    keep_configuration()
    assert configuration.load_all_configs is not before
    assert configuration() == before()
    assert session.Configuration() == before()
    session.Session.deserialize({"session_id": "a"})
    configuration()["intents"] = {"pipeline": ["own_high"]}
    assert session.Session.deserialize({"session_id": "a"}).pipeline == ["own_high"]


def test_a_session_looks_for_changes_once() -> None:
    """Whatever it reads; another thread, or another session, looks for itself."""
    looks: list[Mapping[str, Any]] = []
    reader = _Reader(lambda: looks.append({}) or looks[-1])

    def make(data: object) -> list[object]:
        with ThreadPoolExecutor() as other:
            return [data, reader.read(), reader.read(), other.submit(reader.read)]

    data, first, second, elsewhere = reader.reading_once(make)("data")
    assert data == "data"
    assert first is second is looks[0]
    assert elsewhere.result() is looks[1]
    assert reader.read() is looks[2]
    with pytest.raises(ZeroDivisionError):
        reader.reading_once(lambda _: 1 / 0)("data")
    assert reader.read() is looks[4]


def test_keys_are_text(configuration: Any, session: Any) -> None:  # noqa: ARG001  # put back
    """OVOS takes no others, and says so in the same words."""
    configuration()[1] = "one"
    with pytest.raises(TypeError) as theirs:
        configuration()
    keep_configuration()
    with pytest.raises(TypeError) as ours:
        configuration()
    assert str(ours.value) == str(theirs.value) == "keywords must be strings"


def test_what_newer_versions_keep(
    configuration: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read as it is; if they keep nothing, as they merge it."""
    usual = configuration()
    kept = [{"a": 1}, None]
    merged = staticmethod(lambda: kept.pop(0))
    monkeypatch.setattr(configuration, "_merged", merged, raising=False)
    monkeypatch.setattr(configuration, "__init__", configuration.__init__)  # put back
    for owner, name in (
        ("session", "Configuration"),
        ("client.client", "_encryption_keys"),
    ):
        module = import_module(f"ovos_bus_client.{owner}")
        monkeypatch.setattr(module, name, getattr(module, name, None), raising=False)
    read_configuration_fast()
    assert configuration() == {"a": 1}
    assert configuration() == usual


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        ({}, (None, True)),
        ({"websocket": {}}, (None, True)),
        ({"websocket": {"secret_key": "a"}}, ("a", False)),
        (
            {"websocket": {"secret_key": "a", "allow_unencrypted": True}},
            ("a", True),
        ),
    ],
)
def test_messages_and_sessions_read_what_is_kept(
    configuration: Any,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, Any],
    keys: tuple[Any, bool],
) -> None:
    """So messages are encrypted as newer versions of ovos-bus-client decide it."""
    client = import_module("ovos_bus_client.client.client")
    session = import_module("ovos_bus_client.session")
    stock = getattr(client, "_encryption_keys", lambda: keys)
    monkeypatch.setattr(client, "_encryption_keys", stock, raising=False)  # put back
    monkeypatch.setattr(session, "Configuration", session.Configuration)
    monkeypatch.setattr(configuration, "__init__", configuration.__init__)
    merged = staticmethod(lambda: {**settings, "kept": True})
    monkeypatch.setattr(configuration, "_merged", merged, raising=False)
    read_configuration_fast()
    assert client._encryption_keys() == stock() == keys
    assert session.Configuration() == {**settings, "kept": True}
