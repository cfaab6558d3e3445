"""The databases of a deployed system with one region, read and changed through AWS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from dr.calls import PATIENT, PATIENT_S, ask, client
from dr.outputs import OutputsError
from dr.promotion.plan import Standing
from remediation.database_sensors import DatabaseSensors
from remediation.effectors import Effectors
from remediation.rules import Action, Decision, Rule

WINDOW = timedelta(minutes=10)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Names of one deployed system, from its outputs."""

    region: str
    writer: str
    replica: str
    writer_name: str
    zone: str
    target_group: str
    """An ARN."""
    backup_days: int

    @classmethod
    def of(cls, outputs: Mapping[str, Any]) -> Self:
        """Raises OutputsError when no such system is deployed."""
        try:
            return cls(
                region=str(outputs["target_group"]).split(":")[3],
                writer=str(outputs["writer_database"]),
                replica=str(outputs["replica_database"]),
                writer_name=str(outputs["writer_name"]),
                zone=str(outputs["internal_zone_id"]),
                target_group=str(outputs["target_group"]),
                backup_days=int(outputs["backup_retention_days"]),
            )
        except KeyError as error:
            raise OutputsError(
                f"output {error} is missing: only a system with a read replica has one to promote"
            ) from error
        except (IndexError, ValueError) as error:
            raise OutputsError(f"an output is not what a deploy writes ({error}): deploy again") from error


class Databases:
    """Both databases, and the writer's name. Every method raises AwsUnavailable, NoAccess."""

    def __init__(self, named: Named) -> None:
        self._named = named
        self._cloudwatch = client("cloudwatch", named.region)
        self._elb = client("elbv2", named.region)
        rds, route53 = client("rds", named.region, PATIENT), client("route53", named.region)
        self._sensors = DatabaseSensors(rds, self._cloudwatch, route53, zone=named.zone)
        self._effectors = Effectors(
            autoscaling=client("autoscaling", named.region),
            ec2=client("ec2", named.region),
            rds=rds,
            route53=route53,
            zone=named.zone,
            backup_days=named.backup_days,
        )

    def look(self) -> Standing:
        """How they are. What only tells the loss is unknown where CloudWatch or the balancer is away."""
        return ask(self._named.region, self._look, within_s=PATIENT_S)

    def _look(self) -> Standing:
        named, now = self._named, datetime.now(UTC)
        return Standing(
            primary=self._sensors.database(named.writer),
            replica=self._sensors.database(named.replica),
            lag_s=_told(lambda: self._sensors.lag_s(named.replica, at_ms=int(now.timestamp() * 1000))),
            writes_a_second=_told(lambda: self._writes(now) / WINDOW.total_seconds()),
            writer_name=named.writer_name,
            points_at=self._sensors.points_at(named.writer_name),
        )

    def _writes(self, now: datetime) -> float:
        """Answers of the last minutes that sent somebody on, as each one to a written entry does."""
        group = self._named.target_group
        (found,) = self._elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
        points = self._cloudwatch.get_metric_statistics(
            Namespace="AWS/ApplicationELB",
            MetricName="HTTPCode_Target_3XX_Count",
            Dimensions=[
                {"Name": "LoadBalancer", "Value": found["LoadBalancerArns"][0].partition("loadbalancer/")[2]},
                {"Name": "TargetGroup", "Value": group.rpartition(":")[2]},
            ],
            StartTime=now - WINDOW,
            EndTime=now,
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        return float(sum(point["Sum"] for point in points))

    def promote(self) -> None:
        """Begin it: RDS restarts the replica as a database of its own."""
        self._apply(Action.PROMOTE_REPLICA, Rule.PROMOTE, self._named.replica)

    def point_name(self, host: str) -> None:
        """Let the writer's name lead to *host*."""
        self._apply(Action.POINT_NAME, Rule.POINT_NAME, self._named.writer_name, host)

    def _apply(self, action: Action, rule: Rule, resource: str, value: str = "") -> None:
        decision = Decision(action=action, rule=rule, resource=resource, value=value, reason="an operator")
        ask(self._named.region, lambda: self._effectors.apply(decision), within_s=PATIENT_S)


def _told(read: Callable[[], T]) -> T | None:
    """What is read; None where AWS does not say, or says something else."""
    try:
        return read()
    except (BotoCoreError, ClientError, LookupError, ValueError):
        return None
