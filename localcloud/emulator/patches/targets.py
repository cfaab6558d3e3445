"""Registrations of target groups, and the health that the local balancer found."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import alb

from localcloud.emulator.patches.load_balancers import users

Parameters = dict[str, Any]
Shape = dict[str, Any]
_health: dict[str, list[Shape]] = {}
"""What the balancer said last, by ARN of the group; draining targets are among them."""
_UNSEEN = {
    "State": "initial",
    "Reason": "Elb.RegistrationInProgress",
    "Description": "Target registration is in progress",
}
_GONE = {
    "State": "unused",
    "Reason": "Target.NotRegistered",
    "Description": "Target is not registered to the target group",
}
_UNUSED = {
    "State": "unused",
    "Reason": "Target.NotInUse",
    "Description": "Target group is not configured to receive traffic from the load balancer",
}


def register_by_port() -> None:
    """A target is an id and a port: one instance may be registered with several, and leave with one of them.

    Without a port in the request it is the group's, and to leave without a port is to leave altogether.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html
    """

    def register(params: Parameters) -> Any:
        group = alb._tgs.get(alb._p(params, "TargetGroupArn"))
        if group is None:
            return _missing(params)
        kept = alb._targets.setdefault(group["TargetGroupArn"], [])
        for target in alb._parse_targets_param(params):
            whole = {"Id": target["Id"], "Port": target.get("Port", group["Port"])}
            if whole not in kept:
                kept.append(whole)
        return alb._empty("RegisterTargets")

    def deregister(params: Parameters) -> Any:
        arn = alb._p(params, "TargetGroupArn")
        if arn not in alb._tgs:
            return _missing(params)
        leaving = alb._parse_targets_param(params)
        alb._targets[arn] = [
            kept
            for kept in alb._targets.get(arn, [])
            if not any(_same(one, kept, of_any_port=True) for one in leaving)
        ]
        return alb._empty("DeregisterTargets")

    alb._ACTION_MAP["RegisterTargets"] = register
    alb._ACTION_MAP["DeregisterTargets"] = deregister


def tell_the_health_that_was_found() -> None:
    """Describe targets as the balancer's checks found them, also while they drain.

    Upstream calls every target healthy. One that no check was told of yet is initial, or unused where no
    balancer forwards to its group.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html
    """

    def describe(params: Parameters) -> Any:
        arn = alb._p(params, "TargetGroupArn")
        if arn not in alb._tgs:
            return _missing(params)
        asked = alb._parse_targets_param(params)
        listed = _described(arn)
        if asked:
            found = [one for one in listed if any(_same(a, one, of_any_port=True) for a in asked)]
            missing = [a for a in asked if not any(_same(a, one, of_any_port=True) for one in listed)]
            port = alb._tgs[arn]["Port"]
            listed = found + [{"Port": port, **a, "Health": _GONE} for a in missing]
        members = "".join(_xml(arn, one) for one in listed)
        inner = f"<TargetHealthDescriptions>{members}</TargetHealthDescriptions>"
        return alb._xml(200, "DescribeTargetHealth", inner)

    alb._ACTION_MAP["DescribeTargetHealth"] = describe


def found(order: Mapping[str, Any]) -> Shape:
    """Keep what the balancer found: {"groups": {arn: [{"Id", "Port", "Health": TargetHealth}]}}."""
    _health.clear()
    _health.update(order["groups"])
    return {"groups": len(_health)}


def health_of(arn: str, target: str) -> list[Shape]:
    """What is said of every registration of *target* in the group *arn*."""
    return [one for one in _described(arn) if one["Id"] == target]


def _described(arn: str) -> list[Shape]:
    known = _health.get(arn, [])
    registered = alb._targets.get(arn, [])
    draining = [one for one in known if one["Health"]["State"] == "draining"]
    leaving = [one for one in draining if not any(_same(one, kept) for kept in registered)]
    unseen = _UNSEEN if users(arn) else _UNUSED
    return [{**one, "Health": _health_of(one, known) or unseen} for one in registered] + leaving


def _health_of(target: Shape, known: list[Shape]) -> Shape | None:
    said = (one["Health"] for one in known if _same(one, target))
    health: Shape | None = next(said, None)
    return None if health is None or health["State"] == "draining" else health


def _same(one: Shape, other: Shape, *, of_any_port: bool = False) -> bool:
    anywhere = of_any_port and "Port" not in one
    return bool(one["Id"] == other["Id"] and (anywhere or one["Port"] == other["Port"]))


def _xml(arn: str, one: Shape) -> str:
    health = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in one["Health"].items() if value)
    target = f"<Id>{escape(one['Id'])}</Id><Port>{one['Port']}</Port>"
    port = alb._tgs[arn]["HealthCheckPort"]
    checked = one["Port"] if port == "traffic-port" else port
    return (
        f"<member><Target>{target}</Target><HealthCheckPort>{checked}</HealthCheckPort>"
        f"<TargetHealth>{health}</TargetHealth></member>"
    )


def _missing(params: Parameters) -> Any:
    arn = alb._p(params, "TargetGroupArn")
    return alb._error("TargetGroupNotFound", f"Target group '{arn}' not found.")
