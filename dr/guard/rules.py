"""What a plan must not do to state. Pure: changes in, refusals out, each with the code of its rule.

After a failover a plan that was written for the old roles wants to detach, recreate or promote clusters.
Nothing here asks whether that was meant: who wants it runs Terraform by hand, after a backup.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from dr.guard.plan import Change

STATEFUL = frozenset(
    {
        "aws_backup_vault",
        "aws_db_instance",
        "aws_dynamodb_table",
        "aws_dynamodb_table_replica",
        "aws_kms_key",
        "aws_kms_replica_key",
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
        "aws_rds_global_cluster",
        "aws_route53_zone",
        "aws_s3_bucket",
        "aws_secretsmanager_secret",
    }
)
"""Types whose loss loses data, the way to it, or the ability to be promoted."""


class Rule(StrEnum):
    """Why. The codes are a contract with logs and runbooks."""

    DESTROY = "G10_destroy"
    REPLACE = "G20_replace"
    FORGET = "G30_forget"
    LEAVE_GLOBAL = "G40_leave_global_cluster"
    PROMOTE = "G50_promote"
    DROP_REPLICA = "G60_drop_replica"
    DISABLE_KEY = "G70_disable_key"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing the plan would do and must not."""

    rule: Rule
    address: str
    text: str


def refusals(changes: Iterable[Change]) -> list[Refusal]:
    """Everything in *changes* that must not happen, in their order."""
    return [found for change in changes if change.type in STATEFUL for found in _judge(change)]


def _judge(change: Change) -> Iterable[Refusal]:
    for rule, applies, text in RULES:
        if applies(change):
            yield Refusal(rule, change.address, text)


def _destroys(change: Change) -> bool:
    return change.actions == {"delete"}


def _replaces(change: Change) -> bool:
    return {"create", "delete"} <= change.actions


def _forgets(change: Change) -> bool:
    return "forget" in change.actions


def _loses(change: Change, attribute: str) -> bool:
    """An update takes the value away or changes it. What is not known yet counts as changed."""
    if "update" not in change.actions or not (old := change.before.get(attribute)):
        return False
    return bool(change.unknown.get(attribute)) or change.after.get(attribute) != old


def _leaves_global(change: Change) -> bool:
    return change.type == "aws_rds_cluster" and _loses(change, "global_cluster_identifier")


def _promotes(change: Change) -> bool:
    return change.type == "aws_rds_cluster" and _loses(change, "replication_source_identifier")


def _drops_replica(change: Change) -> bool:
    if "update" not in change.actions or change.type != "aws_dynamodb_table":
        return False
    return not _regions(change.before.get("replica")) <= _regions(change.after.get("replica"))


def _regions(replicas: Iterable[dict[str, str]] | None) -> set[str | None]:
    return {replica.get("region_name") for replica in replicas or ()}


def _disables_key(change: Change) -> bool:
    return change.type.startswith("aws_kms_") and _loses(change, "is_enabled")


RULES: tuple[tuple[Rule, Callable[[Change], bool], str], ...] = (
    (Rule.DESTROY, _destroys, "would be destroyed"),
    (Rule.REPLACE, _replaces, "would be destroyed and created again, empty"),
    (Rule.FORGET, _forgets, "would be forgotten: nothing would manage it any more"),
    (Rule.LEAVE_GLOBAL, _leaves_global, "would leave its global database and stop replicating"),
    (Rule.PROMOTE, _promotes, "would be cut from its replication source, which promotes it"),
    (Rule.DROP_REPLICA, _drops_replica, "would lose a replica with all its items"),
    (Rule.DISABLE_KEY, _disables_key, "would be disabled: what it encrypts could not be read"),
)
"""Every rule is tried; a plan that breaks several is told so."""
