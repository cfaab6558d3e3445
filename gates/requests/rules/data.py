"""Databases, tables and backups."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gates.requests.rules.names import schedule
from lib.facts import aws_facts

Sent = Mapping[str, Any]
LEAST_WINDOW_MIN = 60
"""AWS Backup: a job may start for an hour at least, and has an hour more to complete."""
LEAST_COLD_DAYS = 90


def _table(sent: Sent) -> Iterator[str]:
    """DynamoDB refuses attributes that no key and no index has."""
    defined = {one["AttributeName"] for one in sent["AttributeDefinitions"]}
    keys = {one["AttributeName"] for one in sent["KeySchema"]}
    if defined != keys:
        yield f"AttributeDefinitions: {sorted(defined)} are not the keys {sorted(keys)}"


def _replicas(sent: Sent) -> Iterator[str]:
    """A strongly consistent table has three regions: replicas, or one of them a witness.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/multi-region-strong-consistency-gt.html
    """
    if sent.get("MultiRegionConsistency") != "STRONG":
        return
    others = len(sent["ReplicaUpdates"]) + len(sent.get("GlobalTableWitnessUpdates") or ())
    if others != 2:  # noqa: PLR2004 - with the table's own region three
        yield f"MultiRegionConsistency = STRONG: {others + 1} regions, DynamoDB takes three"


def _cluster(sent: Sent) -> Iterator[str]:
    version, facts = sent.get("EngineVersion"), aws_facts()
    older = () if sent.get("GlobalClusterIdentifier") else facts.older_engine_versions
    known = facts.engine_versions.get(sent.get("Engine", ""), ())
    if isinstance(version, str) and version not in (*known, *older):
        yield f"EngineVersion = {version}: cannot be created"
    if not 1 <= sent.get("BackupRetentionPeriod", 1) <= 35:  # noqa: PLR2004 - days, by CreateDBCluster
        yield f"BackupRetentionPeriod = {sent['BackupRetentionPeriod']}: AWS takes 1 to 35 days"
    if sent.get("GlobalClusterIdentifier") and sent.get("ManageMasterUserPassword"):
        yield "ManageMasterUserPassword: is not possible in a global database"


def _instance(sent: Sent) -> Iterator[str]:
    chosen, version = sent.get("DBInstanceClass"), sent.get("EngineVersion")
    if sent.get("Engine") == "postgres":
        if isinstance(chosen, str) and chosen not in aws_facts().postgres_classes:
            yield f"DBInstanceClass = {chosen}: is not known to be offered"
        if isinstance(version, str) and version not in aws_facts().postgres_versions:
            yield f"EngineVersion = {version}: cannot be created"
    elif isinstance(chosen, str) and chosen not in aws_facts().instance_classes:
        yield f"DBInstanceClass = {chosen}: a global database does not take it in both regions"


def _deletion(sent: Sent) -> Iterator[str]:
    if bool(sent.get("SkipFinalSnapshot")) == bool(sent.get("FinalDBSnapshotIdentifier")):
        yield "SkipFinalSnapshot: either it, or the name of the last snapshot"


def _plan(sent: Sent) -> Iterator[str]:
    for rule in sent["BackupPlan"]["Rules"]:
        yield from schedule(rule["ScheduleExpression"], "Rules.ScheduleExpression")
        start, complete = rule["StartWindowMinutes"], rule["CompletionWindowMinutes"]
        if start < LEAST_WINDOW_MIN or complete < start + LEAST_WINDOW_MIN:
            yield f"Rules: {start} minutes to start and {complete} to complete; each takes an hour at least"
        for kept in [rule["Lifecycle"], *(copy["Lifecycle"] for copy in rule.get("CopyActions", ()))]:
            if (
                kept["DeleteAfterDays"]
                < kept.get("MoveToColdStorageAfterDays", -LEAST_COLD_DAYS) + LEAST_COLD_DAYS
            ):
                yield f"Rules.Lifecycle: {kept}: cold storage keeps for {LEAST_COLD_DAYS} days at least"


def _restore_test(sent: Sent) -> Iterator[str]:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html."""
    plan = sent["RestoreTestingPlan"]
    yield from schedule(plan["ScheduleExpression"], "ScheduleExpression")
    yield from _name(plan["RestoreTestingPlanName"], "RestoreTestingPlanName")
    if not 1 <= plan.get("StartWindowHours", 24) <= 168:  # noqa: PLR2004 - a week
        yield f"StartWindowHours = {plan['StartWindowHours']}: AWS takes 1 to 168"
    if not 1 <= plan["RecoveryPointSelection"].get("SelectionWindowDays", 30) <= 365:  # noqa: PLR2004 - a year
        yield "RecoveryPointSelection.SelectionWindowDays: AWS takes 1 to 365"


def _selection(sent: Sent) -> Iterator[str]:
    selection = sent["RestoreTestingSelection"]
    yield from _name(selection["RestoreTestingSelectionName"], "RestoreTestingSelectionName")
    if not 1 <= selection.get("ValidationWindowHours", 1) <= 168:  # noqa: PLR2004 - a week
        yield f"ValidationWindowHours = {selection['ValidationWindowHours']}: AWS takes 1 to 168"


def _name(text: Any, member: str) -> Iterator[str]:
    if isinstance(text, str) and not (len(text) <= 50 and text.replace("_", "").isalnum()):  # noqa: PLR2004
        yield f"{member} = {text!r}: AWS takes 1 to 50 letters, digits and underscores"


RULES: Mapping[str, Callable[[Sent], Iterator[str]]] = {
    "dynamodb:CreateTable": _table,
    "dynamodb:UpdateTable": _replicas,
    "rds:CreateDBCluster": _cluster,
    "rds:CreateDBInstance": _instance,
    "rds:DeleteDBCluster": _deletion,
    "rds:DeleteDBInstance": _deletion,
    "backup:CreateBackupPlan": _plan,
    "backup:CreateRestoreTestingPlan": _restore_test,
    "backup:CreateRestoreTestingSelection": _selection,
}
