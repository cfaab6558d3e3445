"""What AWS refuses of databases, tables and backups in prose only is found; what it takes is not."""

import pytest

from gates.requests.rules.data import RULES
from gates.requests.terraform import UNKNOWN

PLAN = {
    "RestoreTestingPlanName": "monthly_restore",
    "ScheduleExpression": "cron(0 5 ? * * *)",
    "RecoveryPointSelection": {},
}
SELECTION = {"RestoreTestingSelectionName": "ledger"}
KEPT = {"DeleteAfterDays": 35}
BACKUP = {
    "ScheduleExpression": "cron(0 5 ? * * *)",
    "StartWindowMinutes": 60,
    "CompletionWindowMinutes": 120,
    "Lifecycle": KEPT,
}
STRONG = {"MultiRegionConsistency": "STRONG", "ReplicaUpdates": [{}, {}]}
INSTANCE = {"Engine": "aurora-postgresql", "DBInstanceClass": "db.r5.large"}


def backup(**changes):
    return {"BackupPlan": {"Rules": [BACKUP | changes]}}


def restore(**changes):
    return {"RestoreTestingPlan": PLAN | changes}


def select(**changes):
    return {"RestoreTestingSelection": SELECTION | changes}


TAKEN = [
    ("backup:CreateBackupPlan", backup()),
    ("backup:CreateBackupPlan", backup(Lifecycle={"MoveToColdStorageAfterDays": 1, "DeleteAfterDays": 91})),
    ("backup:CreateRestoreTestingPlan", restore(StartWindowHours=168)),
    ("backup:CreateRestoreTestingPlan", restore(RecoveryPointSelection={"SelectionWindowDays": 365})),
    ("backup:CreateRestoreTestingSelection", select(ValidationWindowHours=1)),
    ("rds:CreateDBCluster", {"BackupRetentionPeriod": 35, "ManageMasterUserPassword": True}),
    ("rds:CreateDBInstance", INSTANCE),
    ("rds:CreateDBInstance", {"Engine": "postgres", "DBInstanceClass": UNKNOWN}),
    ("rds:DeleteDBCluster", {"SkipFinalSnapshot": True}),
    ("dynamodb:UpdateTable", {"MultiRegionConsistency": "EVENTUAL", "ReplicaUpdates": [{}]}),
    ("dynamodb:UpdateTable", STRONG),
    ("backup:CreateRestoreTestingPlan", restore(StartWindowHours=1, RestoreTestingPlanName=UNKNOWN)),
    ("backup:CreateRestoreTestingPlan", restore(RecoveryPointSelection={"SelectionWindowDays": 1})),
    ("backup:CreateRestoreTestingSelection", select(ValidationWindowHours=168)),
    ("dynamodb:UpdateTable", STRONG | {"ReplicaUpdates": [{}], "GlobalTableWitnessUpdates": [{}]}),
    ("rds:CreateDBCluster", {"GlobalClusterIdentifier": "g", "BackupRetentionPeriod": 1}),
    ("rds:CreateDBInstance", {"Engine": "aurora-postgresql", "DBInstanceClass": UNKNOWN}),
]
REFUSED = [
    ("backup:CreateBackupPlan", backup(ScheduleExpression="daily"), "Rules.ScheduleExpression = 'daily'"),
    ("backup:CreateBackupPlan", backup(CompletionWindowMinutes=119), "60 minutes to start and 119"),
    (
        "backup:CreateBackupPlan",
        backup(CopyActions=[{"Lifecycle": {"MoveToColdStorageAfterDays": 1, "DeleteAfterDays": 90}}]),
        "cold storage keeps for 90 days at least",
    ),
    ("backup:CreateRestoreTestingPlan", restore(StartWindowHours=169), "StartWindowHours = 169"),
    ("backup:CreateRestoreTestingPlan", restore(RestoreTestingPlanName="a-b"), "'a-b': AWS takes 1 to 50"),
    (
        "backup:CreateRestoreTestingPlan",
        restore(RecoveryPointSelection={"SelectionWindowDays": 366}),
        "SelectionWindowDays: AWS takes 1 to 365",
    ),
    ("backup:CreateRestoreTestingSelection", select(ValidationWindowHours=0), "AWS takes 1 to 168"),
    (
        "backup:CreateRestoreTestingSelection",
        select(RestoreTestingSelectionName="x" * 51),
        "AWS takes 1 to 50",
    ),
    (
        "rds:CreateDBCluster",
        {"GlobalClusterIdentifier": "g", "ManageMasterUserPassword": True},
        "is not possible in a global database",
    ),
    ("rds:CreateDBCluster", {"BackupRetentionPeriod": 36}, "BackupRetentionPeriod = 36"),
    (
        "rds:CreateDBInstance",
        INSTANCE | {"DBInstanceClass": "db.t3.micro"},
        "does not take it in both regions",
    ),
    ("backup:CreateBackupPlan", backup(StartWindowMinutes=59), "59 minutes to start"),
    ("backup:CreateRestoreTestingPlan", restore(ScheduleExpression="monthly"), "'monthly'"),
    ("backup:CreateRestoreTestingPlan", restore(StartWindowHours=0), "StartWindowHours = 0"),
    (
        "backup:CreateRestoreTestingPlan",
        restore(RecoveryPointSelection={"SelectionWindowDays": 0}),
        "1 to 365",
    ),
    (
        "backup:CreateRestoreTestingSelection",
        select(ValidationWindowHours=169),
        "ValidationWindowHours = 169",
    ),
    ("rds:CreateDBCluster", {"BackupRetentionPeriod": 0}, "BackupRetentionPeriod = 0"),
]


@pytest.mark.parametrize(("call", "sent"), TAKEN)
def test_what_aws_takes_of_databases_and_backups_is_not_complained_about(call, sent):
    assert list(RULES[call](sent)) == []


@pytest.mark.parametrize(("call", "sent", "said"), REFUSED)
def test_what_aws_refuses_of_databases_and_backups_is_found_and_told_once(call, sent, said):
    (found,) = RULES[call](sent)
    assert said in found
