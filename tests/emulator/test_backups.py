import json

import pytest

from tests.emulator.emulator_process import ACCOUNT, AWAY, HOME

POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
PLAN = {
    "RestoreTestingPlanName": "weekly",
    "ScheduleExpression": "cron(0 5 ? * SUN *)",
    "RecoveryPointSelection": {
        "Algorithm": "LATEST_WITHIN_WINDOW",
        "IncludeVaults": ["*"],
        "RecoveryPointTypes": ["SNAPSHOT"],
    },
}
SELECTION = {
    "RestoreTestingSelectionName": "tables",
    "ProtectedResourceType": "DynamoDB",
    "ProtectedResourceArns": ["*"],
    "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/backup",
}


@pytest.fixture
def backup(emulator):
    return emulator.client("backup")


def test_a_vault_keeps_its_policy_until_it_is_removed(emulator, backup):
    missing = backup.exceptions.ResourceNotFoundException
    with pytest.raises(missing):
        backup.put_backup_vault_access_policy(BackupVaultName="vault", Policy=POLICY)
    for region in (HOME, AWAY):
        emulator.client("backup", region).create_backup_vault(BackupVaultName="vault")
    backup.put_backup_vault_access_policy(BackupVaultName="vault", Policy=POLICY)
    told = backup.get_backup_vault_access_policy(BackupVaultName="vault")
    assert (told["Policy"], told["BackupVaultArn"].split(":")[3]) == (POLICY, HOME)
    with pytest.raises(missing):
        emulator.client("backup", AWAY).get_backup_vault_access_policy(BackupVaultName="vault")
    backup.delete_backup_vault_access_policy(BackupVaultName="vault")
    with pytest.raises(missing):
        backup.get_backup_vault_access_policy(BackupVaultName="vault")


def test_a_restore_testing_plan_lives_with_its_selections_and_tags(backup):
    missing = backup.exceptions.ResourceNotFoundException
    named = {"RestoreTestingPlanName": "weekly"}
    with pytest.raises(missing):
        backup.create_restore_testing_selection(**named, RestoreTestingSelection=SELECTION)
    made = backup.create_restore_testing_plan(RestoreTestingPlan=PLAN, Tags={"System": "payments"})
    arn = made["RestoreTestingPlanArn"]
    assert backup.list_tags(ResourceArn=arn)["Tags"] == {"System": "payments"}
    plan = backup.get_restore_testing_plan(**named)["RestoreTestingPlan"]
    assert (plan["RestoreTestingPlanArn"], plan["StartWindowHours"]) == (arn, 24)
    assert plan["RecoveryPointSelection"]["SelectionWindowDays"] == 30
    changed = {key: PLAN[key] for key in ("RecoveryPointSelection", "ScheduleExpression")}
    backup.update_restore_testing_plan(**named, RestoreTestingPlan={**changed, "StartWindowHours": 8})
    assert backup.get_restore_testing_plan(**named)["RestoreTestingPlan"]["StartWindowHours"] == 8

    chosen = {**named, "RestoreTestingSelectionName": "tables"}
    backup.create_restore_testing_selection(**named, RestoreTestingSelection=SELECTION)
    backup.update_restore_testing_selection(**chosen, RestoreTestingSelection={"ValidationWindowHours": 2})
    told = backup.get_restore_testing_selection(**chosen)["RestoreTestingSelection"]
    assert (told["ProtectedResourceType"], told["ValidationWindowHours"]) == ("DynamoDB", 2)
    listed = backup.list_restore_testing_selections(**named)["RestoreTestingSelections"]
    assert [one["RestoreTestingSelectionName"] for one in listed] == ["tables"]
    backup.delete_restore_testing_selection(**chosen)
    backup.delete_restore_testing_plan(**named)
    for ask in (backup.get_restore_testing_plan, backup.list_restore_testing_selections):
        with pytest.raises(missing):
            ask(**named)
    with pytest.raises(missing):
        backup.get_restore_testing_selection(**chosen)


def test_what_upstream_knows_of_backups_still_works(backup):
    plan = {"BackupPlanName": "daily", "Rules": [{"RuleName": "daily", "TargetBackupVaultName": "vault"}]}
    made = backup.create_backup_plan(BackupPlan=plan, BackupPlanTags={"System": "payments"})
    assert backup.list_tags(ResourceArn=made["BackupPlanArn"])["Tags"] == {"System": "payments"}
    assert backup.list_restore_testing_plans()["RestoreTestingPlans"] == []
