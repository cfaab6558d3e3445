"""What AWS does not sell, or not any more, validates and plans well. Facts: config/facts/aws.toml."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from lib.facts import CONFIG
from tests.unit.injected import Stacks, broken
from tests.unit.synthesized import Synthesized

FACTS = tomllib.loads((CONFIG / "facts" / "aws.toml").read_text())
LEAST_COLD_DAYS = 90
"""AWS Backup keeps what it moved to cold storage at least so long, and refuses a plan that says less."""


def of_functions(stack: Synthesized, today: date) -> Iterator[str]:
    for function in stack.all("aws_lambda_function"):
        if FACTS["lambda"]["runtimes"].get(function["runtime"], today) <= today:
            yield f"{function['runtime']} is not maintained any more, or unknown"


def of_databases(stack: Synthesized) -> Iterator[str]:
    for cluster in [*stack.all("aws_rds_cluster"), *stack.all("aws_rds_global_cluster")]:
        engine = cluster["engine"].replace("-", "_")
        if cluster["engine_version"] not in FACTS[engine]["creatable"]:
            yield f"{cluster['engine_version']} cannot be created"
    for instance in stack.all("aws_rds_cluster_instance"):
        if instance["instance_class"] not in FACTS["global_database"]["instance_classes"]:
            yield f"{instance['instance_class']} is not known to be offered in both regions"


def of_backups(stack: Synthesized) -> Iterator[str]:
    rules = [rule for plan in stack.all("aws_backup_plan") for rule in plan["rule"]]
    for kept in [each["lifecycle"] for rule in rules for each in (rule, *rule["copy_action"])]:
        if kept.get("cold_storage_after", -LEAST_COLD_DAYS) + LEAST_COLD_DAYS > kept["delete_after"]:
            yield f"a backup goes to cold storage for less than {LEAST_COLD_DAYS} days"


def complaints(stacks: Stacks, today: date) -> list[str]:
    return [
        found
        for stack in stacks.values()
        for found in (*of_functions(stack, today), *of_databases(stack), *of_backups(stack))
    ]


def test_whatever_is_ordered_can_be_had(stacks):
    assert complaints(stacks, datetime.now(UTC).date()) == []


def plan_rule(**lifecycle: int) -> list[dict[str, object]]:
    return [{"lifecycle": {"delete_after": 7}, "copy_action": [{"lifecycle": lifecycle}]}]


@pytest.mark.parametrize(
    ("type_", "changed"),
    [
        ("aws_lambda_function", {"runtime": "python3.9"}),
        ("aws_rds_cluster", {"engine_version": "16.6"}),
        ("aws_rds_cluster_instance", {"instance_class": "db.r3.large"}),
        ("aws_backup_plan", {"rule": plan_rule(delete_after=7, cold_storage_after=1)}),
    ],
)
def test_what_cannot_be_had_is_found(stacks, type_, changed):
    assert complaints(broken(stacks, "usw2", type_, **changed), date(2026, 11, 21))


def test_a_runtime_is_found_on_the_day_it_ends(stacks):
    assert complaints(stacks, FACTS["lambda"]["runtimes"]["python3.13"])
