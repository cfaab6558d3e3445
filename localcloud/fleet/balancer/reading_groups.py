"""Target groups from the shapes of the API, with its documented defaults."""

from collections.abc import Mapping
from typing import Any

from localcloud.fleet.balancer.model import HealthCheck, Minimum, TargetGroup, TargetId

Shape = Mapping[str, Any]


def region_of(arn: str) -> str:
    """The region in an ARN."""
    return arn.split(":")[3]


def attribute(given: Mapping[str, str], key: str, default: str = "") -> str:
    """An attribute's value; the default when it is missing or empty."""
    return given.get(key) or default


def switched_on(given: Mapping[str, str], key: str) -> bool:
    """Whether an attribute is "true"."""
    return given.get(key) == "true"


def target_group(shape: Shape) -> TargetGroup:
    """A `TargetGroup` with its attributes and registered targets."""
    given = shape["Attributes"]
    sticky = switched_on(given, "stickiness.enabled") and attribute(given, "stickiness.type") == "lb_cookie"
    return TargetGroup(
        arn=shape["TargetGroupArn"],
        name=shape["TargetGroupName"],
        region=region_of(shape["TargetGroupArn"]),
        protocol=shape.get("Protocol") or "HTTP",
        type=shape.get("TargetType") or "instance",
        check=_check(shape),
        algorithm=attribute(given, "load_balancing.algorithm.type", "round_robin"),
        deregistration_s=float(attribute(given, "deregistration_delay.timeout_seconds", "300")),
        slow_start_s=float(attribute(given, "slow_start.duration_seconds", "0")),
        sticky_s=float(attribute(given, "stickiness.lb_cookie.duration_seconds", "86400"))
        if sticky
        else None,
        routing=_minimum(given, "unhealthy_state_routing"),
        dns=_minimum(given, "dns_failover"),
        members=tuple(TargetId(one["Id"], int(one.get("Port") or shape["Port"])) for one in shape["Targets"]),
    )


def _minimum(given: Mapping[str, str], of: str) -> Minimum:
    def number(kind: str, default: str) -> int:
        value = attribute(given, f"target_group_health.{of}.minimum_healthy_targets.{kind}", default)
        return 0 if value == "off" else int(value)

    return Minimum(count=number("count", "1"), percentage=number("percentage", "off"))


def _check(shape: Shape) -> HealthCheck:
    port = shape.get("HealthCheckPort") or "traffic-port"
    return HealthCheck(
        enabled=bool(shape.get("HealthCheckEnabled", True)),
        protocol=shape.get("HealthCheckProtocol") or "HTTP",
        path=shape.get("HealthCheckPath") or "/",
        port=None if port == "traffic-port" else int(port),
        interval_s=float(shape.get("HealthCheckIntervalSeconds") or 30),
        timeout_s=float(shape.get("HealthCheckTimeoutSeconds") or 5),
        healthy_after=int(shape.get("HealthyThresholdCount") or 5),
        unhealthy_after=int(shape.get("UnhealthyThresholdCount") or 2),
        matcher=_matcher((shape.get("Matcher") or {}).get("HttpCode") or "200"),
    )


def _matcher(text: str) -> tuple[tuple[int, int], ...]:
    ranges = (one.strip().partition("-") for one in text.split(","))
    return tuple((int(low), int(high or low)) for low, _, high in ranges)
