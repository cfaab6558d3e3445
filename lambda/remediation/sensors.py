"""Everything that a decision may rest on, read anew. What cannot be read is None, and never a guess."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from remediation.database_sensors import DatabaseSensors
from remediation.fleet_sensors import FleetSensors
from remediation.observation import Mode, Observation, Symptom
from runtime.logs import logger
from runtime.parameters import Parameters, ParameterUnavailable

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

T = TypeVar("T")
_ABOUT_FLEET = frozenset({Symptom.UNHEALTHY_TARGETS, Symptom.SATURATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the system's parts are called."""

    alarm_prefix: str
    """The name of an alarm is this, a symptom, and the suffix."""
    alarm_suffix: str
    primary: str
    replica: str
    writer_name: str

    def symptom(self, alarm: str) -> Symptom | None:
        """What an alarm says; None for one of another name."""
        if not (alarm.startswith(self.alarm_prefix) and alarm.endswith(self.alarm_suffix)):
            return None
        middle = alarm[len(self.alarm_prefix) : len(alarm) - len(self.alarm_suffix)]
        return next((one for one in Symptom if one == middle), None)


class Sensors:
    """Reads the system."""

    def __init__(
        self,
        names: Names,
        *,
        cloudwatch: "CloudWatchClient",
        parameters: Parameters,
        fleet: FleetSensors,
        databases: DatabaseSensors,
    ) -> None:
        self._names = names
        self._cloudwatch = cloudwatch
        self._parameters = parameters
        self._fleet = fleet
        self._databases = databases

    def ringing(self) -> tuple[str, ...] | None:
        """The alarms of this system that ring; None when CloudWatch does not say."""
        return _seen("the alarms", self._ringing)

    def observe(self, alarm: str, *, at_ms: int) -> Observation:
        """What is so now, as far as this alarm is concerned."""
        symptom = self._names.symptom(alarm)
        ringing, since_ms = _seen("the alarm", lambda: self._alarm(alarm)) or (None, None)
        fleet = symptom in _ABOUT_FLEET
        data = symptom is not None and not fleet
        names, databases = self._names, self._databases
        return Observation(
            at_ms=at_ms,
            symptom=symptom,
            alarm=alarm,
            ringing=ringing,
            rings_since_ms=since_ms,
            mode=_seen("the mode", lambda: Mode(self._parameters.get("remediation/mode"))),
            group=_seen("the group", self._fleet.group) if fleet else None,
            primary=_seen("the primary", lambda: databases.database(names.primary)) if data else None,
            replica=_seen("the replica", lambda: databases.database(names.replica)) if data else None,
            lag_s=_seen("the lag", lambda: databases.lag_s(names.replica, at_ms=at_ms)) if data else None,
            writer_name=names.writer_name,
            points_at=_seen("the name", lambda: databases.points_at(names.writer_name)) if data else None,
        )

    def _ringing(self) -> tuple[str, ...]:
        pages = self._cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmNamePrefix=self._names.alarm_prefix, StateValue="ALARM"
        )
        found = [alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]]
        return tuple(name for name in found if self._names.symptom(name) is not None)

    def _alarm(self, name: str) -> tuple[bool, int] | None:
        found = self._cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        if not found:
            return None
        since = found[0].get("StateTransitionedTimestamp", found[0]["StateUpdatedTimestamp"])
        return found[0]["StateValue"] == "ALARM", int(since.timestamp() * 1000)


def _seen(what: str, read: Callable[[], T]) -> T | None:
    try:
        return read()
    except (BotoCoreError, ClientError, ParameterUnavailable, LookupError, ValueError) as error:
        logger.warning("cannot be seen", extra={"what": what, "reason": str(error)})
        return None
