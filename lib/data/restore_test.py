"""Backups that are restored every week, because one that never was is a hope."""

import json

from cdktf import ITerraformDependable
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
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from constructs import Construct

from lib.network.vpc import Network
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site

WINDOW_HOURS = 8
KEEP_HOURS = 1
"""How long a restored resource is kept, and billed, so that somebody or something can look at it."""


class RestoreTest(Construct):
    """Restores the latest backup of each kind from the region's vault once a week, and removes it again.

    It is made *after* what takes minutes: AWS Backup refuses a role that is seconds old, and the provider
    does not ask again.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site[TwoRegionSettings],
        vault: BackupVault,
        role_arn: str,
        tag: str,
        network: Network,
        subnet_group: str,
        after: list[ITerraformDependable],
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
        places = {"Aurora": self._place(site, network, subnet_group), "DynamoDB": None}
        for kind, place in places.items():
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
                restore_metadata_overrides=place,
                validation_window_hours=KEEP_HOURS,
                depends_on=after,
            )

    def _place(self, site: Site, network: Network, subnet_group: str) -> dict[str, str]:
        """Where a cluster is restored: AWS Backup takes the default VPC, which not every account has.

        https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
        """
        group = SecurityGroup(
            self,
            "group",
            name=site.name("restored"),
            description="Restored backups: nobody in, nobody out",
            vpc_id=network.vpc_id,
            tags={"Name": site.name("restored")},
        )
        return {
            "dbSubnetGroupName": subnet_group,
            "vpcSecurityGroupIds": json.dumps([group.id]),
        }
