"""Daily backups of all that keeps state, with copies in the other region."""

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.backup_plan import (
    BackupPlan,
    BackupPlanRule,
    BackupPlanRuleCopyAction,
    BackupPlanRuleCopyActionLifecycle,
    BackupPlanRuleLifecycle,
)
from cdktf_cdktf_provider_aws.backup_selection import BackupSelection, BackupSelectionSelectionTag
from cdktf_cdktf_provider_aws.backup_vault import BackupVault
from cdktf_cdktf_provider_aws.backup_vault_policy import BackupVaultPolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from lib.data.backup_alerts import BackupAlerts
from lib.data.restore_test import RestoreTest
from lib.iam import Allow, Deny, policy
from lib.network.vpc import Network
from lib.security.key import EncryptionKey
from lib.security.role import ServiceRole
from lib.settings.common import CommonSettings
from lib.settings.data import COMPLETE_WITHIN_MIN, START_WITHIN_MIN
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site

TAG = "BackupPlan"
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor"


def backed_up(settings: CommonSettings) -> dict[str, str]:
    """The tag of whatever keeps state. It names the environment: another's plan does not select it."""
    return {TAG: settings.name("backup")}


class RegionalBackup(Construct):
    """A vault, and a plan that fills it daily and copies each backup into the other region's vault.

    A copy is a snapshot: it restores a whole day, never a point in time (docs/backup.md).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site[TwoRegionSettings],
        key: EncryptionKey,
        network: Network,
        subnet_group: str,
        after: ITerraformDependable,
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
        self._guard(vault)
        role, rights = backup_role(self, site=site)
        self._plan(vault, role)
        RestoreTest(
            self,
            "restore-test",
            site=site,
            vault=vault,
            role_arn=role.arn,
            tag=TAG,
            network=network,
            subnet_group=subnet_group,
            after=[after, *rights],
        )
        self.alerts = BackupAlerts(self, "alerts", site=site, key=key, role_arn=role.arn)

    def _guard(self, vault: BackupVault) -> None:
        """This account may copy into the vault; nobody may shorten the life of what is in it."""
        account = {"AWS": f"arn:aws:iam::{self._site.account}:root"}
        points = ("*",)
        why = "in the policy of a vault, * is the vault and its recovery points"
        copy = Allow(("backup:CopyIntoBackupVault",), points, why_any=why, principal=account)
        keep = Deny(actions=("backup:UpdateRecoveryPointLifecycle",), resources=points, principal="*")
        BackupVaultPolicy(self, "guard", backup_vault_name=vault.name, policy=policy([copy, keep]))

    def _plan(self, vault: BackupVault, role: ServiceRole) -> None:
        site, settings = self._site, self._site.settings.backup
        days = settings.retention_days
        there = site.other.arn("backup", f"backup-vault:{site.name('backup')}")
        plan = BackupPlan(
            self,
            "plan",
            name=site.name("backup"),
            rule=[
                BackupPlanRule(
                    rule_name="daily",
                    target_vault_name=vault.name,
                    schedule=settings.schedule,
                    start_window=START_WITHIN_MIN,
                    completion_window=COMPLETE_WITHIN_MIN,
                    lifecycle=BackupPlanRuleLifecycle(delete_after=days),
                    copy_action=[
                        BackupPlanRuleCopyAction(
                            destination_vault_arn=there,
                            lifecycle=BackupPlanRuleCopyActionLifecycle(delete_after=days),
                        )
                    ],
                )
            ],
        )
        ((key, value),) = backed_up(site.settings).items()
        BackupSelection(
            self,
            "selection",
            name=site.name("stateful"),
            plan_id=plan.id,
            iam_role_arn=role.arn,
            selection_tag=[BackupSelectionSelectionTag(type="STRINGEQUALS", key=key, value=value)],
        )


def backup_role(scope: Construct, *, site: Site) -> tuple[ServiceRole, list[IamRolePolicyAttachment]]:
    """What AWS keeps up to date for backup and restore, and the removal of expired snapshots.

    Without that, expired recovery points of databases would stay for ever.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
    """
    snapshots = tuple(site.arn("rds", f"{kind}:awsbackup:*") for kind in ("cluster-snapshot", "snapshot"))
    expire = Allow(("rds:DeleteDBClusterSnapshot", "rds:DeleteDBSnapshot"), snapshots)
    role = ServiceRole(scope, "role", site=site, what="backup", service="backup", allow=[expire])
    rights = [
        IamRolePolicyAttachment(scope, f"may-{what.lower()}", role=role.name, policy_arn=f"{MANAGED}{what}")
        for what in ("Backup", "Restores")
    ]
    return role, rights
