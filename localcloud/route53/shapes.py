"""The parts of boto3's Route 53 answers that are read, as types."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict


class AliasShape(TypedDict):
    """`AliasTarget` of a record set."""

    DNSName: str
    EvaluateTargetHealth: bool


class RecordShape(TypedDict):
    """The part of a `ResourceRecordSet` that is read."""

    Name: str
    Type: str
    TTL: NotRequired[int]
    ResourceRecords: NotRequired[Sequence[Mapping[str, str]]]
    AliasTarget: NotRequired[AliasShape]
    Failover: NotRequired[str]
    HealthCheckId: NotRequired[str]


class CheckConfigShape(TypedDict):
    """The part of a `HealthCheckConfig` that is read."""

    Type: str
    FullyQualifiedDomainName: NotRequired[str]
    IPAddress: NotRequired[str]
    Port: NotRequired[int]
    ResourcePath: NotRequired[str]
    RequestInterval: NotRequired[int]
    FailureThreshold: NotRequired[int]
    Regions: NotRequired[Sequence[str]]
    Inverted: NotRequired[bool]
    Disabled: NotRequired[bool]
    ChildHealthChecks: NotRequired[Sequence[str]]
    HealthThreshold: NotRequired[int]
    AlarmIdentifier: NotRequired[Mapping[str, str]]
    InsufficientDataHealthStatus: NotRequired[str]


class CheckShape(TypedDict):
    """The part of a `HealthCheck` that is read."""

    Id: str
    HealthCheckConfig: CheckConfigShape
