"""AWS Config: what must stay true for a recovery to be possible, watched all the time.

GuardDuty should be enabled manually at account level: an account has one detector a region, so none is
created here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from cdktf_cdktf_provider_aws.config_config_rule import ConfigConfigRule, ConfigConfigRuleSource
from constructs import Construct

from lib.security.recorder import ConfigRecorder
from lib.settings.data import COMPLETE_WITHIN_MIN, START_WITHIN_MIN
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site


@dataclass(frozen=True, slots=True)
class ManagedRule:
    """A rule that AWS wrote. Where AWS has a default, ours says its own value."""

    identifier: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """``DYNAMODB_PITR_ENABLED`` -> ``dynamodb-pitr-enabled``, as AWS names it in its documentation."""
        return self.identifier.lower().replace("_", "-")


class Compliance(Construct):
    """The rules, unless the settings switch them off.

    They need a recorder in the account and region, made here or by whoever runs the account.
    """

    def __init__(self, scope: Construct, id_: str, *, site: Site[TwoRegionSettings]) -> None:
        super().__init__(scope, id_)
        if not site.settings.compliance.rules:
            return
        own = site.settings.compliance.recorder
        recorder = [ConfigRecorder(self, "recorder", site=site).running] if own else []
        for rule in rules(site):
            ConfigConfigRule(
                self,
                rule.id,
                name=site.name(rule.id),
                source=ConfigConfigRuleSource(owner="AWS", source_identifier=rule.identifier),
                input_parameters=json.dumps(dict(rule.parameters)) if rule.parameters else None,
                depends_on=recorder,
            )


def rules(site: Site[TwoRegionSettings]) -> list[ManagedRule]:
    """What is watched. Parameters of AWS Config are texts, whatever they mean.

    https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
    """
    settings = site.settings
    ours = {"resourceTags": json.dumps({"EnvironmentSuffix": settings.environment_suffix})}
    copied = {**ours, "crossRegionList": site.other.region.name}
    fresh = {**ours, "recoveryPointAgeValue": str(_oldest_h()), "recoveryPointAgeUnit": "hours"}
    kept = {"requiredRetentionDays": str(settings.backup.retention_days)}
    rewind = {"minimumBackupRetentionPeriod": str(settings.database.backup_retention_days)}
    return [
        ManagedRule("AURORA_RESOURCES_PROTECTED_BY_BACKUP_PLAN", copied),
        ManagedRule("AURORA_LAST_BACKUP_RECOVERY_POINT_CREATED", fresh),
        ManagedRule("DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN", copied),
        ManagedRule("DYNAMODB_LAST_BACKUP_RECOVERY_POINT_CREATED", fresh),
        ManagedRule("DYNAMODB_PITR_ENABLED"),
        ManagedRule("BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK", kept),
        ManagedRule("RDS_CLUSTER_BACKUP_RETENTION_CHECK", rewind),
        ManagedRule("GLOBAL_ENDPOINT_EVENT_REPLICATION_ENABLED"),
    ]


def _oldest_h() -> int:
    """How old the latest backup may be, in hours: a day, and as long as a backup may take."""
    return 24 + (START_WITHIN_MIN + COMPLETE_WITHIN_MIN) // 60
