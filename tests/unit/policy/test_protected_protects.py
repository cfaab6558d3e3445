"""A protected environment keeps what somebody would miss, replicas too, in every option."""

from collections.abc import Iterator
from typing import Any

import pytest

from dr.guard.facts import holds_state, kinds, stateless
from gates.requests.variants import OPTIONS, PROTECTED, settings_of, systems
from lib.settings.observability import AUDIT_DAYS
from tests.unit.injected import Stacks, broken
from tests.unit.synthesized import Body, synthesize

KEPT_BY: dict[str, dict[str, Any]] = {
    "aws_backup_vault": {"force_destroy": False},
    "aws_db_instance": {
        "deletion_protection": True,
        "skip_final_snapshot": False,
        "delete_automated_backups": False,
    },
    "aws_dynamodb_table": {"deletion_protection_enabled": True},
    "aws_kms_key": {"deletion_window_in_days": 30},
    "aws_lb": {"enable_deletion_protection": True},
    "aws_rds_cluster": {
        "deletion_protection": True,
        "skip_final_snapshot": False,
        "delete_automated_backups": False,
    },
    "aws_rds_global_cluster": {"deletion_protection": True, "force_destroy": False},
    "aws_route53_zone": {"force_destroy": False},
    "aws_s3_bucket": {"force_destroy": False},
}
NOTHING_TO_KEEP = {
    "aws_cloudtrail": "has none to set; what it wrote lies in its bucket, and `dr guard` refuses its loss",
    "aws_cloudwatch_event_archive": "has none to set; `dr guard` refuses its loss",
    "aws_cloudwatch_event_bus": "has none to set; `dr guard` refuses its loss",
    "aws_route53_record": "has none to set; `dr guard` refuses its loss",
    "aws_sqs_queue": "has none to set; `dr guard` refuses its loss",
    "aws_backup_plan": "says what is backed up; what was lies in the vault",
    "aws_backup_selection": "says what is backed up; what was lies in the vault",
    "aws_s3_bucket_object_lock_configuration": "goes with its bucket; S3 takes no lock back",
    "aws_s3_bucket_replication_configuration": "says what is copied; copies lie in the other bucket",
    "aws_s3_bucket_versioning": "goes with its bucket",
    "aws_rds_cluster_instance": "the storage is its cluster's",
}
"""Stateful types without a protection of their own, each with the reason."""


@pytest.fixture(scope="module")
def everything(functions, tmp_path_factory) -> dict[str, Stacks]:
    """Every system with all options, by its name."""
    return {
        system: synthesize(
            settings_of(system, (OPTIONS[system], PROTECTED)), functions, tmp_path_factory.mktemp(system)
        )
        for system in systems()
    }


@pytest.fixture(scope="module")
def protected(everything) -> Stacks:
    return everything["payments"]


def lost(stacks: Stacks) -> Iterator[str]:
    for stack in stacks.values():
        for resource in stack.resources():
            yield from (f"{resource}: {said}" for said in _missing(resource.type, resource.body))


def _missing(type_: str, body: Body) -> Iterator[str]:
    for key, wanted in KEPT_BY.get(type_, {}).items():
        if body.get(key) != wanted:
            yield f"{key} is {body.get(key)}"
    for replica in body.get("replica", ()) if type_ == "aws_dynamodb_table" else ():
        if not (replica.get("deletion_protection_enabled") and replica.get("point_in_time_recovery")):
            yield f"replica in {replica['region_name']}"
    audit = type_ == "aws_cloudwatch_log_group" and body["retention_in_days"] >= AUDIT_DAYS
    if audit and not body.get("skip_destroy"):
        yield "an audit log"


@pytest.mark.parametrize("system", systems())
def test_P20_nothing_that_is_protected_can_be_removed_with_what_is_in_it(everything, system):
    assert list(lost(everything[system])) == []


def test_P20_every_stateful_type_has_a_protection_or_a_reason(everything):
    deployed = {
        resource.type
        for stacks in everything.values()
        for stack in stacks.values()
        for resource in stack.resources()
    }
    assert set(filter(holds_state, deployed)) <= KEPT_BY.keys() | NOTHING_TO_KEEP.keys()
    assert KEPT_BY.keys() <= deployed


def test_B05_the_guard_knows_every_type_or_says_why_nothing_is_lost_with_it(protected, any_stacks):
    stacks = [*protected.values(), *any_stacks.values()]
    deployed = {resource.type for stack in stacks for resource in stack.resources()}
    assert deployed - kinds().keys() - stateless().keys() == set()
    assert kinds().keys() & stateless().keys() == set()


@pytest.mark.parametrize(
    ("stack", "type_", "changed"),
    [
        ("use1", "aws_backup_vault", {"force_destroy": True}),
        ("usw2", "aws_s3_bucket", {"force_destroy": True}),
        ("foundation", "aws_dynamodb_table", {"replica": [{"region_name": "us-west-2"}]}),
        ("use1", "aws_cloudwatch_log_group", {"retention_in_days": 400, "skip_destroy": False}),
    ],
)
def test_what_could_be_removed_is_found(protected, stack, type_, changed):
    assert list(lost(broken(protected, stack, type_, **changed)))
