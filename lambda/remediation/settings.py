"""The environment of the remediation function. Nothing else in this package reads os.environ."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from remediation.decision import Policy
from remediation.sensors import Names
from runtime.environment import BadEnvironment, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the function works on, see docs/webapp.md."""

    parameter_prefix: str
    names: Names
    policy: Policy
    group: str
    target_group: str
    zone: str
    table: str
    topic: str
    backup_days: int

    @classmethod
    def from_env(cls, source: Mapping[str, str] = os.environ) -> Self:
        """Read every key.

        Raises:
            BadEnvironment: a key is missing, empty or no such value.
        """
        return cls(
            parameter_prefix=text(source, "PARAMETER_PREFIX"),
            names=Names(
                alarm_prefix=text(source, "ALARM_PREFIX"),
                alarm_suffix=text(source, "ALARM_SUFFIX"),
                primary=text(source, "PRIMARY_DATABASE"),
                replica=text(source, "REPLICA_DATABASE"),
                writer_name=text(source, "WRITER_NAME"),
            ),
            policy=Policy(
                may_promote=_yes(source, "MAY_PROMOTE"), most_lag_s=float(_number(source, "MOST_LAG_SECONDS"))
            ),
            group=text(source, "GROUP"),
            target_group=text(source, "TARGET_GROUP"),
            zone=text(source, "ZONE_ID"),
            table=text(source, "ACTIONS_TABLE"),
            topic=text(source, "TOPIC"),
            backup_days=_number(source, "BACKUP_RETENTION_DAYS"),
        )


def _yes(source: Mapping[str, str], key: str) -> bool:
    value = text(source, key)
    if value not in {"yes", "no"}:
        raise BadEnvironment(f"environment variable {key} must be yes or no, got {value!r}")
    return value == "yes"


def _number(source: Mapping[str, str], key: str) -> int:
    value = text(source, key)
    if not (value.isascii() and value.isdecimal()):
        raise BadEnvironment(f"environment variable {key} must be a whole number, got {value!r}")
    return int(value)
