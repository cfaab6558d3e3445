"""Services that act with roles: those that ours are passed to, and those that have roles of their own."""

from collections.abc import Mapping

from lib.settings.common import CommonSettings
from lib.systems.payments.settings import PaymentsSettings
from lib.systems.single_region.settings import SingleRegionSettings
from lib.systems.trading.settings import TradingSettings
from lib.systems.webapp.settings import WebappSettings

OWN_ROLES: Mapping[str, str] = {
    "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    "backup.amazonaws.com": "AWSServiceRoleForBackup",
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "ops.apigateway.amazonaws.com": "AWSServiceRoleForAPIGateway",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
    "replication.dynamodb.amazonaws.com": "AWSServiceRoleForDynamoDBReplication",
    "restore-testing.backup.amazonaws.com": "AWSServiceRoleForBackupRestoreTesting",
}
"""Service-linked roles: each service makes its own at its first use, with the right of whoever uses it."""
_TWO_REGIONS = ("backup", "rds", "replication.dynamodb", "restore-testing.backup")
_LINKED: Mapping[type[CommonSettings], tuple[str, ...]] = {
    PaymentsSettings: _TWO_REGIONS,
    SingleRegionSettings: (
        "backup",
        "ecs",
        "ecs.application-autoscaling",
        "elasticloadbalancing",
        "rds",
    ),
    TradingSettings: (*_TWO_REGIONS, "autoscaling", "elasticloadbalancing"),
    WebappSettings: ("autoscaling", "elasticloadbalancing", "rds"),
}
_RECOVERY = ("backup", "config", "events", "fis", "lambda", "ssm", "states", "vpc-flow-logs")
_PASSED: Mapping[type[CommonSettings], tuple[str, ...]] = {
    PaymentsSettings: _RECOVERY,
    SingleRegionSettings: (
        "backup",
        "ecs-tasks",
        "events",
        "lambda",
        "monitoring.rds",
        "states",
        "vpc-flow-logs",
    ),
    TradingSettings: ("ec2", "s3", *_RECOVERY),
    WebappSettings: ("ec2", "lambda", "s3", "vpc-flow-logs"),
}


def linked(settings: CommonSettings) -> Mapping[str, str]:
    """The service-linked roles that the system of *settings* needs, by service.

    API Gateway needs one only where it has a name of its own.
    """
    names = [*_LINKED[type(settings)]]
    if settings.api and settings.dns.delegated:
        names.append("ops.apigateway")
    return {f"{name}.amazonaws.com": OWN_ROLES[f"{name}.amazonaws.com"] for name in names}


def passed_to(settings: CommonSettings) -> tuple[str, ...]:
    """Services that roles of the system are for."""
    return tuple(f"{name}.amazonaws.com" for name in sorted(_PASSED[type(settings)]))
