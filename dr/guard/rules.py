"""What a plan must not do to state. Pure: changes in, refusals out, each with the code of its rule.

After a failover a plan that was written for the old roles wants to detach, recreate or promote clusters.
An "update" can lose data as well: the provider recreates replicas inside one, and what could be got back
yesterday may be gone tomorrow. Nothing here asks whether that was meant: who wants it runs Terraform by hand,
after a backup.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from dr.guard import keeping, replicas
from dr.guard.plan import Change, Values

STATEFUL = frozenset(
    {
        "aws_backup_plan",
        "aws_backup_selection",
        "aws_backup_vault",
        "aws_backup_vault_lock_configuration",
        "aws_cloudwatch_event_archive",
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
        "aws_s3_bucket_object_lock_configuration",
        "aws_s3_bucket_replication_configuration",
        "aws_s3_bucket_versioning",
        "aws_secretsmanager_secret",
    }
)
"""Types whose loss loses data, the way to it or back to it, or the ability to be promoted."""
WATCHED = STATEFUL | {"aws_cloudwatch_log_group"}
"""Types whose updates are judged. A log group may go with what wrote it, but not forget earlier."""


class Rule(StrEnum):
    """Why. The codes are a contract with logs and runbooks."""

    DESTROY = "G10_destroy"
    REPLACE = "G20_replace"
    FORGET = "G30_forget"
    LEAVE_GLOBAL = "G40_leave_global_cluster"
    PROMOTE = "G50_promote"
    DROP_REPLICA = "G60_drop_replica"
    RECREATE_REPLICA = "G62_recreate_replica"
    DROP_WITNESS = "G64_drop_witness"
    DISABLE_KEY = "G70_disable_key"
    UNPROTECT = "G75_unprotect"
    LESS_REACH = "G80_less_reach"
    EXPIRE = "G85_expire"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing the plan would do and must not."""

    rule: Rule
    address: str
    text: str


def refusals(changes: Iterable[Change]) -> list[Refusal]:
    """Everything in *changes* that must not happen, in their order."""
    return [found for change in changes if change.type in WATCHED for found in _judge(change)]


def _judge(change: Change) -> Iterable[Refusal]:
    for rule, applies, text in RULES:
        if applies(change):
            yield Refusal(rule, change.address, text)
    if "update" in change.actions:
        for one in keeping.unprotected(change):
            yield Refusal(Rule.UNPROTECT, change.address, f"would lose its protection: {one}")
        for one in keeping.less_reach(change):
            yield Refusal(Rule.LESS_REACH, change.address, f"could be got back less far: {one}")


def _destroys(change: Change) -> bool:
    return change.type in STATEFUL and change.actions == {"delete"}


def _replaces(change: Change) -> bool:
    return change.type in STATEFUL and {"create", "delete"} <= change.actions


def _forgets(change: Change) -> bool:
    return change.type in STATEFUL and "forget" in change.actions


def _loses(change: Change, attribute: str) -> bool:
    """An update takes the value away or changes it. What is not known yet counts as changed."""
    if "update" not in change.actions or not (old := change.before.get(attribute)):
        return False
    return bool(change.unknown.get(attribute)) or change.after.get(attribute) != old


def _leaves_global(change: Change) -> bool:
    return change.type == "aws_rds_cluster" and _loses(change, "global_cluster_identifier")


def _promotes(change: Change) -> bool:
    source = {"aws_rds_cluster": "replication_source_identifier", "aws_db_instance": "replicate_source_db"}
    return change.type in source and _loses(change, source[change.type])


def _disables_key(change: Change) -> bool:
    flag = {"aws_kms_key": "is_enabled", "aws_kms_replica_key": "enabled"}
    return change.type in flag and _loses(change, flag[change.type])


def _expires(change: Change) -> bool:
    """Items whose attribute lies in the past are deleted as soon as a table expires by it."""
    return change.type == "aws_dynamodb_table" and _expiry(change.before) != _expiry(change.after) != ""


def _expiry(values: Values) -> str:
    """The attribute by which a table expires its items; empty when it does not."""
    return next((ttl["attribute_name"] for ttl in values.get("ttl") or () if ttl.get("enabled")), "")


def _update(judged: Callable[[Change], bool]) -> Callable[[Change], bool]:
    return lambda change: "update" in change.actions and judged(change)


RULES: tuple[tuple[Rule, Callable[[Change], bool], str], ...] = (
    (Rule.DESTROY, _destroys, "would be destroyed"),
    (Rule.REPLACE, _replaces, "would be destroyed and created again, empty"),
    (Rule.FORGET, _forgets, "would be forgotten: nothing would manage it any more"),
    (Rule.LEAVE_GLOBAL, _leaves_global, "would leave its global database and stop replicating"),
    (Rule.PROMOTE, _promotes, "would be cut from its replication source, which promotes it"),
    (Rule.DROP_REPLICA, _update(replicas.dropped), "would lose a replica with all its items"),
    (
        Rule.RECREATE_REPLICA,
        _update(replicas.recreated),
        "would have a replica deleted and created again inside the update: until then there is one copy",
    ),
    (
        Rule.DROP_WITNESS,
        _update(replicas.witness_lost),
        "would lose its witness: no region may fail any more",
    ),
    (Rule.DISABLE_KEY, _disables_key, "would be disabled: what it encrypts could not be read"),
    (Rule.UNPROTECT, _update(replicas.unprotected), "would have a replica that can be deleted"),
    (Rule.EXPIRE, _update(_expires), "would begin to expire items by another attribute, and delete old ones"),
)
"""Every rule is tried; a plan that breaks several is told so."""
