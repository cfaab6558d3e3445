"""Backups that are restored every week, because one that never was is a hope."""

from cdktf_cdktf_provider_aws.backup_restore_testing_plan import (
    BackupRestoreTestingPlan,
    BackupRestoreTestingPlanRecoveryPointSelection,
)
from cdktf_cdktf_provider_aws.backup_restore_testing_selection import (
    BackupRestoreTestingSelection,
    BackupRestoreTestingSelectionProtectedResourceConditions,
    BackupRestoreTestingSelectionProtectedResourceConditionsStringEquals,
)
from cdktf_cdktf_provider_aws.backup_vault import BackupVault
from constructs import Construct

from lib.site import Site

WINDOW_HOURS = 8
KEEP_HOURS = 1
"""How long a restored resource is kept and paid for, so that somebody or something can look at it."""


class RestoreTest(Construct):
    """Restores the latest backup of each kind from the region's vault once a week, and removes it again."""

    def __init__(
        self, scope: Construct, id_: str, *, site: Site, vault: BackupVault, role_arn: str, tag: str
    ) -> None:
        super().__init__(scope, id_)
        name = site.name("restore").replace("-", "_")  # the one service that takes no hyphen
        days = site.settings.backup.retention_days
        plan = BackupRestoreTestingPlan(
            self,
            "plan",
            name=name,
            schedule_expression=f"cron(0 {site.settings.backup.hour_utc} ? * SUN *)",
            start_window_hours=WINDOW_HOURS,
            recovery_point_selection=[
                BackupRestoreTestingPlanRecoveryPointSelection(
                    algorithm="LATEST_WITHIN_WINDOW",
                    include_vaults=[vault.arn],
                    recovery_point_types=["SNAPSHOT"],
                    selection_window_days=days,
                )
            ],
        )
        ours = BackupRestoreTestingSelectionProtectedResourceConditionsStringEquals(
            key=f"aws:ResourceTag/{tag}", value=site.name("backup")
        )
        for kind in ("Aurora", "DynamoDB"):
            BackupRestoreTestingSelection(
                self,
                kind.lower(),
                name=f"{name}_{kind.lower()}",
                restore_testing_plan_name=plan.name,
                protected_resource_type=kind,
                protected_resource_conditions=[
                    BackupRestoreTestingSelectionProtectedResourceConditions(string_equals=[ours])
                ],
                iam_role_arn=role_arn,
                validation_window_hours=KEEP_HOURS,
            )
