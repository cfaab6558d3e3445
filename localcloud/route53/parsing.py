"""From the shapes boto3 returns to values; what is not understood is refused by name."""

from collections import Counter
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from localcloud.route53.records import (
    AlarmCheck,
    AlarmId,
    Alias,
    CalculatedCheck,
    Configuration,
    EndpointCheck,
    HealthCheck,
    Record,
    Role,
    UnsupportedError,
    WithoutData,
    Zone,
    dns_name,
)
from localcloud.route53.shapes import AliasShape, CheckShape, RecordShape

OTHER_POLICIES = (
    "Weight",
    "Region",
    "GeoLocation",
    "GeoProximityLocation",
    "MultiValueAnswer",
    "CidrRoutingConfig",
    "TrafficPolicyInstanceId",
)
"""Keys of a record set that mean a routing policy other than simple or failover."""

CHECKER_LOCATIONS = (
    "us-east-1",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "sa-east-1",
)
"""Regions Route 53 checks from when a check names none.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
"""


def configuration(zones: Iterable[Zone], checks: Iterable[CheckShape]) -> Configuration:
    """One configuration from parsed zones and listed health checks.

    Raises:
        UnsupportedError: Two public zones share a name, a check's type is not modelled here, or
            calculated checks refer to each other in a circle.
    """
    zones = tuple(zones)
    if twice := [n for n, count in Counter(z.name for z in zones if not z.private).items() if count > 1]:
        raise UnsupportedError(f"two public hosted zones are named {twice[0]}")
    return Configuration(zones=zones, checks=_children_first(map(health_check, checks)))


def zone(name: str, record_sets: Iterable[RecordShape], *, private: bool = False) -> Zone:
    """A zone from its listed record sets.

    Raises:
        UnsupportedError: A record has a routing policy other than simple or failover, is a
            wildcard, or is an alias of an alias.
    """
    parsed = Zone(name=dns_name(name), records=tuple(map(record, record_sets)), private=private)
    for one in parsed.records:
        _refuse_alias_of_alias(one, parsed)
    return parsed


def record(shape: RecordShape) -> Record:
    """A record from a `ResourceRecordSet`.

    Raises:
        UnsupportedError: See `zone`.
    """
    name, alias, failover = shape["Name"], shape.get("AliasTarget"), shape.get("Failover")
    if policy := next((key for key in OTHER_POLICIES if key in shape), None):
        raise UnsupportedError(f"record {name} {shape['Type']} has routing policy {policy}")
    if name.startswith(("*", "\\052")):
        raise UnsupportedError(f"record {name} {shape['Type']} is a wildcard")
    return Record(
        name=dns_name(name),
        type=shape["Type"],
        ttl=shape.get("TTL", 0),
        values=tuple(value["Value"] for value in shape.get("ResourceRecords", ())),
        alias=_alias(alias) if alias else None,
        role=Role(failover) if failover else None,
        health_check=shape.get("HealthCheckId"),
    )


def health_check(shape: CheckShape) -> HealthCheck:
    """A check from a `HealthCheck`, with the API's documented defaults.

    Raises:
        UnsupportedError: The type is none of HTTP, HTTPS, CALCULATED and CLOUDWATCH_METRIC.
    """
    id_, config = shape["Id"], shape["HealthCheckConfig"]
    inverted, disabled = config.get("Inverted", False), config.get("Disabled", False)
    match config["Type"]:
        case "HTTP" | "HTTPS" as type_:
            return EndpointCheck(
                id=id_,
                type=type_,
                fqdn=config.get("FullyQualifiedDomainName") or config["IPAddress"],
                port=config.get("Port", 443 if type_ == "HTTPS" else 80),
                path=config.get("ResourcePath") or "/",
                interval_s=config.get("RequestInterval", 30),
                failure_threshold=config.get("FailureThreshold", 3),
                locations=tuple(config.get("Regions") or CHECKER_LOCATIONS),
                inverted=inverted,
                disabled=disabled,
            )
        case "CALCULATED":
            return CalculatedCheck(
                id=id_,
                children=tuple(config.get("ChildHealthChecks", ())),
                threshold=config.get("HealthThreshold", 0),
                inverted=inverted,
                disabled=disabled,
            )
        case "CLOUDWATCH_METRIC":
            alarm = config["AlarmIdentifier"]
            return AlarmCheck(
                id=id_,
                alarm=AlarmId(region=alarm["Region"], name=alarm["Name"]),
                without_data=WithoutData(config.get("InsufficientDataHealthStatus", WithoutData.LAST_KNOWN)),
                inverted=inverted,
                disabled=disabled,
            )
        case other:
            raise UnsupportedError(f"health check {id_} has type {other}")


def _alias(shape: AliasShape) -> Alias:
    target = dns_name(shape["DNSName"]).removeprefix(
        "dualstack."
    )  # of load balancers, as the console writes it
    return Alias(target=target, evaluate_target_health=shape["EvaluateTargetHealth"])


def _refuse_alias_of_alias(one: Record, zone_: Zone) -> None:
    target = one.alias.target if one.alias else ""
    if any(record.alias for record in zone_.group(target, one.type)):
        raise UnsupportedError(f"record {one.name} {one.type} is an alias of the alias {target}")


def _children_first(checks: Iterable[HealthCheck]) -> dict[str, HealthCheck]:
    by_id = {check.id: check for check in checks}
    children = {c.id: c.children if isinstance(c, CalculatedCheck) else () for c in by_id.values()}
    try:
        order = tuple(TopologicalSorter(children).static_order())
    except CycleError as circle:
        raise UnsupportedError(f"health checks refer to each other: {circle.args[1]}") from circle
    return {id_: by_id[id_] for id_ in order if id_ in by_id}
