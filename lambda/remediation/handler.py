"""The function that alarms and a schedule call."""

from functools import cache
from typing import Any

from remediation.database_sensors import DatabaseSensors
from remediation.effectors import Effectors, Pager
from remediation.fleet_sensors import FleetSensors
from remediation.record import Record
from remediation.sensors import Sensors
from remediation.settings import Settings
from remediation.turn import Turn
from runtime.clients import client
from runtime.clock import now_ms
from runtime.parameters import Parameters

CHANGE_TIMEOUT_S = 10.0
"""For calls that change something: RDS takes seconds to say that it began."""


def handler(event: dict[str, Any], _context: object) -> list[dict[str, str]]:
    """What was decided about each alarm, and became of it."""
    return _turn().run(event)


@cache
def _turn() -> Turn:
    return compose(Settings.from_env())


def compose(settings: Settings) -> Turn:
    """A turn over AWS."""
    autoscaling, ec2 = client("autoscaling"), client("ec2")
    # One attempt: the table has claimed it, and a call whose answer was lost is not made again.
    rds = client("rds", read_timeout=CHANGE_TIMEOUT_S, attempts=1)
    route53, cloudwatch = client("route53"), client("cloudwatch")
    return Turn(
        sensors=Sensors(
            settings.names,
            cloudwatch=cloudwatch,
            parameters=Parameters(client("ssm"), settings.parameter_prefix),
            fleet=FleetSensors(
                autoscaling, client("elbv2"), ec2, group=settings.group, target_group=settings.target_group
            ),
            databases=DatabaseSensors(client("rds"), cloudwatch, route53, zone=settings.zone),
        ),
        effectors=Effectors(
            autoscaling=autoscaling,
            ec2=ec2,
            rds=rds,
            route53=route53,
            zone=settings.zone,
            backup_days=settings.backup_days,
        ),
        pager=Pager(client("sns"), settings.topic),
        record=Record(client("dynamodb"), settings.table),
        policy=settings.policy,
        clock=now_ms,
    )
