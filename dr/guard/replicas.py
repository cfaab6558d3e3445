"""What an update does to the replicas of a table or secret. Pure.

The provider deletes a replica of a table and creates it again, empty until it is copied, when its key, its
consistency or (under a customer key) its point-in-time recovery changes: all inside an "update".
https://github.com/hashicorp/terraform-provider-aws/pull/29102
"""

from collections.abc import Iterator
from typing import Any

from dr.guard.plan import Change, Values

REGION = {"aws_dynamodb_table": "region_name", "aws_secretsmanager_secret": "region"}
RECREATED_BY = ("kms_key_arn", "consistency_mode", "point_in_time_recovery")


def dropped(change: Change) -> bool:
    """Whether a region that has a replica has none afterwards, or nobody knows."""
    if (key := REGION.get(change.type)) is None:
        return False
    if change.unknown.get("replica") is True:
        return bool(change.before.get("replica"))
    return not _regions(change.before, key) <= _regions(change.after, key)


def witness_lost(change: Change) -> bool:
    """Whether the third vote of a strongly consistent table goes elsewhere, or away."""
    before = _witness(change.before)
    return change.type == "aws_dynamodb_table" and bool(before) and before != _witness(change.after)


def recreated(change: Change) -> bool:
    """Whether the provider would delete a replica that stays in the plan, and create it again."""
    return change.type == "aws_dynamodb_table" and any(_recreated(*pair) for pair in _pairs(change))


def unprotected(change: Change) -> bool:
    """Whether a replica that stays loses its own deletion protection."""
    return change.type == "aws_dynamodb_table" and any(
        before.get("deletion_protection_enabled") and not after.get("deletion_protection_enabled")
        for before, after, _ in _pairs(change)
    )


def _recreated(before: Values, after: Values, unknown: Values) -> bool:
    return any(
        _plain(before.get(key)) != _plain(after.get(key)) or bool(unknown.get(key)) for key in RECREATED_BY
    )


def _plain(value: Any) -> Any:
    """Nothing, false and empty are the same to the provider, and eventual is what a replica is by itself."""
    return None if value in (None, False, "", "EVENTUAL") else value


def _pairs(change: Change) -> Iterator[tuple[Values, Values, Values]]:
    """Each replica before and after, and what of it is not known yet."""
    unknown = change.unknown.get("replica")
    marks = unknown if isinstance(unknown, list) else []
    after = change.after.get("replica") or []
    for index, now in enumerate(after):
        mark = marks[index] if index < len(marks) and isinstance(marks[index], dict) else {}
        for was in change.before.get("replica") or ():
            if was.get("region_name") == now.get("region_name"):
                yield was, now, mark


def _regions(values: Values, key: str) -> set[str | None]:
    return {replica.get(key) for replica in values.get("replica") or ()}


def _witness(values: Values) -> set[str | None]:
    return {witness.get("region_name") for witness in values.get("global_table_witness") or ()}
