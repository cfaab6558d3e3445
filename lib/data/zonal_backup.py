"""Backups of all that keeps state, in one region: daily for a week, weekly for a month."""

from cdktf_cdktf_provider_aws.backup_plan import (
    BackupPlan,
    BackupPlanRule,
    BackupPlanRuleLifecycle,
)
from cdktf_cdktf_provider_aws.backup_selection import (
    BackupSelection,
    BackupSelectionCondition,
    BackupSelectionConditionStringEquals,
)
from cdktf_cdktf_provider_aws.backup_vault import BackupVault
from constructs import Construct

from lib.data.backup import backed_up, backup_role
from lib.data.backup_alerts import COMPLETED, FAILURES, BackupAlerts
from lib.security.key import EncryptionKey
from lib.settings.data import COMPLETE_WITHIN_MIN, START_WITHIN_MIN, ZonalBackups
from lib.site import Site

KINDS = ("rds", "cluster:*"), ("dynamodb", "table/*"), ("ec2", "volume/*")
"""Clusters of Aurora, tables and volumes of EBS, by service and resource. A selection that names its kinds
does not hang on which services the region has opted into.
https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html"""


class ZonalBackup(Construct):
    """An encrypted vault, and a plan that fills it with whatever carries the tag of this environment."""

    def __init__(
        self, scope: Construct, id_: str, *, site: Site, settings: ZonalBackups, key: EncryptionKey
    ) -> None:
        super().__init__(scope, id_)
        self._site = site
        vault = BackupVault(
            self,
            "vault",
            name=site.name("backup"),
            kms_key_arn=key.arn,
            force_destroy=site.settings.lifecycle.force_destroy,
        )
        role, _ = backup_role(self, site=site)
        self._select(self._plan(vault, settings), role.arn)
        self.notices = BackupAlerts(
            self,
            "notices",
            site=site,
            key=key,
            role_arn=role.arn,
            what="backup-notices",
            states=(*FAILURES, COMPLETED),
        )
        """Hears how every backup and restore ended, well or not."""

    def _plan(self, vault: BackupVault, settings: ZonalBackups) -> BackupPlan:
        kept = (
            ("daily", settings.daily, settings.short_days),
            ("weekly", settings.weekly, settings.long_days),
        )
        return BackupPlan(
            self,
            "plan",
            name=self._site.name("backup"),
            rule=[
                BackupPlanRule(
                    rule_name=name,
                    target_vault_name=vault.name,
                    schedule=schedule,
                    start_window=START_WITHIN_MIN,
                    completion_window=COMPLETE_WITHIN_MIN,
                    lifecycle=BackupPlanRuleLifecycle(delete_after=days),
                )
                for name, schedule, days in kept
            ],
        )

    def _select(self, plan: BackupPlan, role_arn: str) -> None:
        ((key, value),) = backed_up(self._site.settings).items()
        tagged = BackupSelectionConditionStringEquals(key=f"aws:ResourceTag/{key}", value=value)
        BackupSelection(
            self,
            "selection",
            name=self._site.name("stateful"),
            plan_id=plan.id,
            iam_role_arn=role_arn,
            resources=[self._site.arn(service, resource) for service, resource in KINDS],
            condition=[BackupSelectionCondition(string_equals=[tagged])],
        )
