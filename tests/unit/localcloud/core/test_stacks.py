import time
from pathlib import Path

import pytest

from localcloud.core.errors import LocalCloudError
from localcloud.core.stacks import Stack, in_order, synthesize


def stack(name, *needs):
    return Stack(name, Path(name), frozenset(needs))


STACKS = [
    stack("world", "east", "west"),
    stack("east", "foundation"),
    stack("west", "foundation"),
    stack("foundation"),
]


def order_of(stacks):
    done = []

    def act(one):
        time.sleep(0.01)
        done.append(one.name)

    in_order(stacks, act)
    return done


def test_a_stack_is_acted_on_after_all_that_it_needs():
    done = order_of(STACKS)
    assert done[0] == "foundation"
    assert done[-1] == "world"


def test_independent_stacks_run_at_the_same_time():
    began = {}

    def act(one):
        began[one.name] = time.monotonic()
        time.sleep(0.2)

    in_order(STACKS, act)
    assert abs(began["east"] - began["west"]) < 0.15


def test_the_first_failure_is_raised_and_dependants_are_not_touched():
    done = []

    def act(one):
        done.append(one.name)
        if one.name == "east":
            raise LocalCloudError("no", "mend")

    with pytest.raises(LocalCloudError, match="no"):
        in_order(STACKS, act)
    assert "world" not in done


def test_the_primary_of_the_settings_gives_way_to_the_one_that_is_named(tmp_path):
    with pytest.raises(LocalCloudError, match="PRIMARY_REGION = eu-west-1: is neither"):
        synthesize(tmp_path, primary="eu-west-1")


def test_a_primary_that_the_environment_names_is_not_passed_over(tmp_path, monkeypatch):
    monkeypatch.setenv("PRIMARY_REGION", "eu-west-1")
    with pytest.raises(LocalCloudError, match="PRIMARY_REGION = eu-west-1: is neither"):
        synthesize(tmp_path)


def test_settings_errors_reach_the_operator_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "NOT OK")
    with pytest.raises(LocalCloudError, match="ENVIRONMENT_SUFFIX"):
        synthesize(tmp_path)
