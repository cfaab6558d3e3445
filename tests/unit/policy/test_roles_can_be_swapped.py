"""B05: roles are swapped in the settings, and nothing is replaced, moved or promoted by it."""

from collections.abc import Iterator
from typing import Any

import pytest

from lib.data.database import SWAPPED_WITH_ROLES
from lib.systems.load import load_settings
from tests.unit.injected import Stacks
from tests.unit.synthesized import synthesize

FIRST_WRITER = {"database_name", "master_password_wo", "master_password_wo_version", "master_username"}
"""Of the cluster that was created first; a plan ignores them, but for the password, which no state holds."""


@pytest.fixture(scope="module")
def swapped(settings, functions, tmp_path_factory) -> Stacks:
    environment = {
        "ENVIRONMENT_SUFFIX": settings.environment_suffix,
        "PRIMARY_REGION": settings.standby.name,
    }
    return synthesize(load_settings(environment), functions, tmp_path_factory.mktemp("swapped"))


def flat(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key in value.keys() - {"//"}:
            yield from flat((*path, key), value[key])
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from flat((*path, str(number)), one)
    else:
        yield path, value


def changes(before: Stacks, after: Stacks) -> set[tuple[str, ...]]:
    """Where the stacks differ, as paths."""
    old, new = (
        {place for name, stack in stacks.items() for place in flat((name,), stack.document)}
        for stacks in (before, after)
    )
    return {path for path, _ in old ^ new}


def test_B05_a_swap_of_roles_in_the_settings_changes_tags_and_says_where_home_is(stacks, swapped):
    found = changes(stacks, swapped)
    tags = {path for path in found if path[-1] == "RegionRole"}
    password = {path for path in found if path[1] == "ephemeral"}
    first_writer = {path for path in found if path[2] == "aws_rds_cluster" and path[-1] in FIRST_WRITER}
    assert {path[0] for path in tags} == {"foundation", "use1", "usw2", "world"}
    assert {path[2] for path in password} == {"aws_secretsmanager_secret_version"}
    assert found - tags - password - first_writer == {("foundation", "output", "home_region", "value")}
    assert {path[-1] for path in first_writer} == FIRST_WRITER


def test_B05_a_plan_ignores_what_only_the_first_writer_was_created_with():
    assert FIRST_WRITER - set(SWAPPED_WITH_ROLES) == {"master_password_wo"}


def test_B05_no_resource_comes_or_goes_with_a_role(stacks, swapped):
    assert {name: stack.shape for name, stack in stacks.items()} == {
        name: stack.shape for name, stack in swapped.items()
    }
