"""What an update may not lower: protection, and how far back something can be got back. Pure.

Written after how the provider updates each type; a value that is not known yet counts as lowered.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dr.guard.plan import Change, Values

UNKNOWN = object()
"""Stands for a value that only an apply tells."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """One argument that the plan lowers."""

    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        after = "what is not known yet" if self.after is UNKNOWN else self.after
        return f"{self.path} goes from {self.before} to {after}"


PROTECTION: Mapping[str, tuple[str, ...]] = {
    "aws_backup_vault": ("!force_destroy",),
    "aws_cloudwatch_log_group": ("skip_destroy",),
    "aws_db_instance": ("deletion_protection", "!skip_final_snapshot", "!delete_automated_backups"),
    "aws_dynamodb_table": ("deletion_protection_enabled",),
    "aws_dynamodb_table_replica": ("deletion_protection_enabled",),
    "aws_rds_cluster": ("deletion_protection", "!skip_final_snapshot", "!delete_automated_backups"),
    "aws_rds_global_cluster": ("deletion_protection", "!force_destroy"),
    "aws_route53_zone": ("!force_destroy",),
    "aws_s3_bucket": ("!force_destroy",),
}
"""Flags that keep something from being removed; with `!` those that let it be."""
REACH: Mapping[str, tuple[str, ...]] = {
    "aws_backup_plan": (),
    "aws_cloudwatch_event_archive": ("retention_days",),
    "aws_cloudwatch_log_group": ("retention_in_days",),
    "aws_db_instance": ("backup_retention_period",),
    "aws_dynamodb_table": (
        "point_in_time_recovery.enabled",
        "point_in_time_recovery.recovery_period_in_days",
    ),
    "aws_dynamodb_table_replica": ("point_in_time_recovery",),
    "aws_kms_key": ("deletion_window_in_days",),
    "aws_kms_replica_key": ("deletion_window_in_days",),
    "aws_rds_cluster": ("backup_retention_period", "backtrack_window"),
    "aws_secretsmanager_secret": ("recovery_window_in_days",),
}
"""How long, or whether, something can be got back: numbers and flags, more is better."""
FOR_EVER = {"aws_cloudwatch_log_group": 0, "aws_cloudwatch_event_archive": 0}
"""The number that means without end."""


def unprotected(change: Change) -> Iterator[Lowered]:
    """Protections that an update takes away."""
    for flag in PROTECTION.get(change.type, ()):
        path = flag.lstrip("!")
        before, after = _both(change, path)
        lost = bool(before) and not after if path == flag else not before and bool(after)
        if (after is UNKNOWN and bool(before) is (path == flag)) or (after is not UNKNOWN and lost):
            yield Lowered(path, before or False, after or False)


def less_reach(change: Change) -> Iterator[Lowered]:
    """What could be got back less far after an update."""
    for path in REACH.get(change.type, ()):
        before, after = _both(change, path)
        if before is not None and before is not False and _lower(change.type, before, after):
            yield Lowered(path, before, after)
    if change.type == "aws_backup_plan":
        yield from _backups(change)
    if change.type == "aws_s3_bucket_versioning":
        before, after = _both(change, "versioning_configuration.status")
        if before == "Enabled" and after != "Enabled":
            yield Lowered("versioning_configuration.status", before, after)


def _lower(type_: str, before: Any, after: Any) -> bool:
    if after is UNKNOWN:
        return True
    if before == FOR_EVER.get(type_, -1):
        return bool(after != before)
    return bool((after or 0) < before) and after != FOR_EVER.get(type_, -1)


def _backups(change: Change) -> Iterator[Lowered]:
    """Rules by name: one that goes, that keeps for fewer days, or that copies to fewer places."""
    if change.unknown.get("rule") is True:
        yield Lowered("rule", "what it was", UNKNOWN)
        return
    after = {rule["rule_name"]: rule for rule in change.after.get("rule") or ()}
    for rule in change.before.get("rule") or ():
        name = rule["rule_name"]
        if (now := after.get(name)) is None:
            yield Lowered(f"rule {name}", "a backup", "none")
            continue
        for what, kept, left in (
            ("days", _days(rule), _days(now)),
            ("copies", len(rule.get("copy_action") or ()), len(now.get("copy_action") or ())),
        ):
            if left < kept:
                yield Lowered(f"rule {name}, {what}", kept, left)


def _days(rule: Values) -> float:
    """How long backups of a rule are kept; without a limit for ever."""
    lifecycle = _block(rule.get("lifecycle")) or {}
    return float(lifecycle.get("delete_after") or "inf")


def _both(change: Change, path: str) -> tuple[Any, Any]:
    before = _at(change.before, path)
    return before, UNKNOWN if _at(change.unknown, path) is True else _at(change.after, path)


def _at(values: Any, path: str) -> Any:
    """The value at a dotted path; blocks are lists of one. True on the way counts: all below is unknown."""
    for key in path.split("."):
        values = _block(values)
        if not isinstance(values, Mapping):
            return values
        values = values.get(key)
    return values


def _block(value: Any) -> Any:
    return (value[0] if value else None) if isinstance(value, list) else value
