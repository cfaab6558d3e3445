import copy
import json
from typing import Any

import pytest

from localcloud.emulator import environment
from localcloud.emulator.config import ConfigError, Door, load, parse
from tests.unit.localcloud.emulator.emulator_world import AWAY, HOME, RAW


def changed(path: str, value: object) -> dict[str, Any]:
    raw = copy.deepcopy(RAW)
    *folders, last = path.split(".")
    inner = raw
    for folder in folders:
        inner = inner[folder]
    inner[last] = value
    return raw


def test_every_port_stands_for_a_place():
    assert parse(RAW).doors == {
        4000: Door("operator"),
        4001: Door(HOME),
        4002: Door(AWAY),
        5001: Door("clients", HOME),
        5002: Door("clients", AWAY),
        5011: Door(HOME, AWAY),
        5012: Door(AWAY, HOME),
    }


def test_a_file_is_read(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(RAW))
    assert load(path) == parse(RAW)


@pytest.mark.parametrize("content", [None, "{"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "config.json"
    if content:
        path.write_text(content)
    with pytest.raises(ConfigError, match=r"config\.json"):
        load(path)


@pytest.mark.parametrize("key", RAW)
def test_a_missing_key_is_named(key):
    with pytest.raises(ConfigError, match=f"{key} is missing"):
        parse({name: value for name, value in RAW.items() if name != key})


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("operator_port", "4000", "operator_port must be a port number, got '4000'"),
        ("region_ports", [], "region_ports must be an object"),
        ("front_doors.us-east-1", 70000, r"front_doors\.us-east-1 must be a port number, got 70000"),
        ("databases.us-east-1", 6001, r"databases\.us-east-1 must be an object, got 6001"),
        ("databases.us-east-1.port", None, r"databases\.us-east-1\.port must be a port number, got None"),
        ("token", "", "token must be a text, got ''"),
        ("strong_tables", "lease", "strong_tables must be a list of names, got 'lease'"),
        ("front_doors.eu-west-1", 5003, "front_doors names .*eu-west-1"),
        ("front_doors.us-east-1", 4000, "share a port"),
        ("region_ports", {HOME: 4001}, "peer_doors names|front_doors names"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(path, value, message):
    with pytest.raises(ConfigError, match=message):
        parse(changed(path, value))


def test_functions_of_a_region_are_led_to_the_other_one_by_their_own_way():
    assert parse(RAW).redirections == {HOME: '{"5002": 5011}', AWAY: '{"5001": 5012}'}


def test_one_region_has_no_peer():
    one = {key: {HOME: RAW[key][HOME]} for key in ("region_ports", "front_doors", "databases")}
    alone = parse({**RAW, **one, "peer_doors": {}})
    assert (alone.regions, alone.redirections) == ((HOME,), {HOME: "{}"})
    assert len(alone.doors) == 3
    with pytest.raises(ConfigError, match=r"peer_doors: there is no peer of us-east-1"):
        parse({**RAW, **one, "peer_doors": {HOME: RAW["peer_doors"][HOME]}})


@pytest.mark.parametrize("names", [(), ("one", "two", "three")])
def test_other_than_one_or_two_regions_are_refused(names):
    many = {
        key: {name: 7000 + 10 * n + m for n, name in enumerate(names)}
        for m, key in enumerate(("region_ports", "front_doors", "peer_doors"))
    }
    with pytest.raises(ConfigError, match="region_ports must name one or two regions"):
        parse({**RAW, **many, "databases": {}})


def test_only_an_object_is_a_configuration():
    with pytest.raises(ConfigError, match="the file must be an object"):
        parse([])


def test_the_process_keeps_nothing_of_the_users_environment_but_the_harmless(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setattr(environment.resource, "setrlimit", lambda *_: None)
    kept = dict(environment.os.environ)
    try:
        environment.prepare(parse(RAW))
        prepared = dict(environment.os.environ)
    finally:
        environment.os.environ.clear()
        environment.os.environ.update(kept)
    assert "AWS_PROFILE" not in prepared
    assert prepared["LANG"] == "C.UTF-8"
    assert prepared["BIND_HOST"] == prepared["MINISTACK_HOST"] == "127.0.0.1"
    assert (prepared["AUTH"], prepared["AWS_ACCESS_KEY_ID"]) == ("true", "AKIAOPERATOR")
