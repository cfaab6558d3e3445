"""The function that mends what alarms tell of, and all that it may do."""

from collections.abc import Iterable

from constructs import Construct

from lib.compute.function import Function, FunctionPlatform
from lib.compute.group import ScaledGroup
from lib.compute.on_alarm import OnAlarm
from lib.compute.schedule import EveryMinute
from lib.data.postgres import PostgresPair
from lib.data.table import RegionalTable, TableAccess
from lib.iam import Allow
from lib.network.private_name import PrivateName
from lib.security.key import EncryptionKey
from lib.settings.web import ACTIONS
from lib.site import Site
from lib.systems.webapp.settings import WebappSettings

WHAT = "remediation"
TIMEOUT_S = 60
MENDED = ("unhealthy-targets", "saturated", "writer-unreachable", "replica-unreachable")
"""The alarms that it is called for (docs/webapp.md)."""
SEE = Allow(
    (
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeScalingActivities",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricStatistics",
        "ec2:DescribeInstanceStatus",
        "elasticloadbalancing:DescribeTargetHealth",
    ),
    ("*",),
    why_any="none of these calls can be narrowed to a resource",
)


def environment(
    site: Site[WebappSettings], *, databases: PostgresPair, target_group: str, zone_id: str, topic: str
) -> dict[str, str]:
    """What the function is told (lambda/remediation/settings.py)."""
    settings = site.settings
    return {
        "POWERTOOLS_SERVICE_NAME": WHAT,
        "LOG_LEVEL": settings.functions.log_level,
        "PARAMETER_PREFIX": settings.parameter_prefix,
        "ALARM_PREFIX": f"{settings.system}-",
        "ALARM_SUFFIX": f"-{settings.environment_suffix}",
        "GROUP": site.name("web"),
        "TARGET_GROUP": target_group,
        "PRIMARY_DATABASE": databases.writer.identifier,
        "REPLICA_DATABASE": databases.replica.identifier,
        "WRITER_NAME": settings.writer_name,
        "ZONE_ID": zone_id,
        "ACTIONS_TABLE": site.name(ACTIONS),
        "TOPIC": topic,
        "MAY_PROMOTE": "yes" if settings.remediation.may_promote else "no",
        "MOST_LAG_SECONDS": str(settings.remediation.most_lag_s),
        "BACKUP_RETENTION_DAYS": str(settings.database.backup_retention_days),
    }


class Remediation(Construct):
    """Called by alarms, and every minute for those that still ring.

    It is in no VPC: it must work while a network does not.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        platform: FunctionPlatform,
        settings: WebappSettings,
        group: ScaledGroup,
        databases: PostgresPair,
        name: PrivateName,
        topic: str,
    ) -> None:
        super().__init__(scope, id_)
        site = platform.site
        RegionalTable(self, ACTIONS, site=site, key=platform.key, hash_key="resource", ttl="expires_at")
        self.function = Function(
            self,
            WHAT,
            platform=platform,
            handler="remediation.handler.handler",
            memory_mb=512,
            timeout_s=TIMEOUT_S,
            allow=[
                SEE,
                read_mode(site),
                TableAccess.to(site, ACTIONS).write(),
                *tell(topic, platform.key),
                *mend_instances(site, group),
                *mend_databases(settings, databases, name),
            ],
        )
        alarms = [site.name(one) for one in MENDED]
        OnAlarm(self, "on-alarm", site=site, what="alarms", alarms=alarms, function=self.function)
        EveryMinute(self, "schedule", site=site, what=WHAT, function=self.function)


def read_mode(site: Site) -> Allow:
    """Read whether it may act."""
    mode = f"parameter{site.settings.parameter_prefix}/remediation/mode"
    return Allow(("ssm:GetParameter",), (site.arn("ssm", mode),))


def tell(topic: str, key: EncryptionKey) -> list[Allow]:
    """Call people through the topic, whose messages lie under *key*."""
    return [Allow(("sns:Publish",), (topic,)), Allow(("kms:Decrypt", "kms:GenerateDataKey"), (key.arn,))]


def mend_instances(site: Site, group: ScaledGroup) -> list[Allow]:
    """Reboot or replace instances of the group, and make it larger."""
    ours = {"StringEquals": {"aws:ResourceTag/aws:autoscaling:groupName": group.name}}
    return [
        Allow(("ec2:RebootInstances",), (site.arn("ec2", "instance/*"),), when=ours),
        Allow(("autoscaling:SetDesiredCapacity", "autoscaling:SetInstanceHealth"), (group.arn_pattern,)),
    ]


def mend_databases(settings: WebappSettings, databases: PostgresPair, name: PrivateName) -> Iterable[Allow]:
    """See and reboot both databases and move the writer's name; promote only where the settings allow it."""
    both = (databases.writer.arn, databases.replica.arn)
    yield Allow(("rds:DescribeDBInstances", "rds:RebootDBInstance"), both)
    if settings.remediation.may_promote:
        yield Allow(("rds:PromoteReadReplica",), (databases.replica.arn,))
    zone = f"arn:aws:route53:::hostedzone/{name.zone_id}"
    record = {
        "ForAllValues:StringEquals": {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": [settings.writer_name],
            "route53:ChangeResourceRecordSetsRecordTypes": ["CNAME"],
        }
    }
    yield Allow(("route53:ListResourceRecordSets",), (zone,))
    yield Allow(("route53:ChangeResourceRecordSets",), (zone,), when=record)
