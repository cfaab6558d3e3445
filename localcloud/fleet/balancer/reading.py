"""From what the control plane holds to values; what is not understood is said by name, and answers 500."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from typing import Any

from localcloud.fleet.balancer.matching import KNOWN_FIELDS
from localcloud.fleet.balancer.model import (
    BalancerConfiguration,
    Certificate,
    Listener,
    LoadBalancer,
    LogPlace,
)
from localcloud.fleet.balancer.reading_groups import attribute, region_of, switched_on, target_group
from localcloud.fleet.balancer.rules import (
    Action,
    Condition,
    Fixed,
    Forward,
    ListenerRule,
    Redirect,
    UnsupportedRuleError,
    Weighted,
)

Shape = Mapping[str, Any]
_ANSWERS = {
    "access_control_allow_origin": "Access-Control-Allow-Origin",
    "access_control_allow_methods": "Access-Control-Allow-Methods",
    "access_control_allow_headers": "Access-Control-Allow-Headers",
    "access_control_allow_credentials": "Access-Control-Allow-Credentials",
    "access_control_expose_headers": "Access-Control-Expose-Headers",
    "access_control_max_age": "Access-Control-Max-Age",
    "strict_transport_security": "Strict-Transport-Security",
    "content_security_policy": "Content-Security-Policy",
    "x_content_type_options": "X-Content-Type-Options",
    "x_frame_options": "X-Frame-Options",
}

_TYPES = ("instance", "ip")


def configuration(snapshot: Shape) -> BalancerConfiguration:
    """The configuration from a snapshot of the emulator (localcloud/emulator/patches/load_balancers.py).

    Only application load balancers are served.
    """
    reader = _Reader(snapshot)
    balancers = tuple(reader.balancer(one) for one in snapshot["balancers"] if one["Type"] == "application")
    groups = {one["TargetGroupArn"]: target_group(one) for one in snapshot["groups"]}
    certificates = {
        arn: Certificate(names=tuple(one["names"]), chain=one["chain"], key=one["key"])
        for arn, one in snapshot["certificates"].items()
    }
    return BalancerConfiguration(
        balancers=balancers,
        groups=groups,
        certificates=certificates,
        unsupported=(
            *reader.unsupported,
            *(f"{one.arn}: targets of type {one.type}" for one in groups.values() if one.type not in _TYPES),
        ),
    )


class _Reader:
    def __init__(self, snapshot: Shape) -> None:
        self.unsupported: list[str] = []
        self._listeners: defaultdict[str, list[Shape]] = defaultdict(list)
        self._rules: defaultdict[str, list[Shape]] = defaultdict(list)
        for listener in snapshot["listeners"]:
            self._listeners[listener["LoadBalancerArn"]].append(listener)
        for one in snapshot["rules"]:
            self._rules[one["ListenerArn"]].append(one)

    def balancer(self, shape: Shape) -> LoadBalancer:
        given = shape["Attributes"]
        logged = switched_on(given, "access_logs.s3.enabled")
        place = LogPlace(attribute(given, "access_logs.s3.bucket"), attribute(given, "access_logs.s3.prefix"))
        return LoadBalancer(
            arn=shape["LoadBalancerArn"],
            name=shape["LoadBalancerName"],
            dns_name=shape["DNSName"].lower(),
            region=region_of(shape["LoadBalancerArn"]),
            listeners=tuple(map(self.listener, self._listeners[shape["LoadBalancerArn"]])),
            idle_s=float(attribute(given, "idle_timeout.timeout_seconds", "60")),
            client_keep_alive_s=float(attribute(given, "client_keep_alive.seconds", "3600")),
            drop_invalid_headers=switched_on(given, "routing.http.drop_invalid_header_fields.enabled"),
            forwarded_for=attribute(given, "routing.http.xff_header_processing.mode", "append"),
            preserve_host=switched_on(given, "routing.http.preserve_host_header.enabled"),
            logs=place if logged else LogPlace(),
        )

    def listener(self, shape: Shape) -> Listener:
        rules = sorted(map(self.rule, self._rules[shape["ListenerArn"]]), key=_order)
        given = shape["Attributes"]
        answers = (
            (header, attribute(given, f"routing.http.response.{name}.header_value"))
            for name, header in _ANSWERS.items()
        )
        return Listener(
            arn=shape["ListenerArn"],
            port=int(shape["Port"]),
            protocol=shape["Protocol"],
            rules=tuple(rules),
            certificates=tuple(shape.get("Certificates", ())),
            policy=shape.get("SslPolicy", ""),
            answers=tuple((header, value) for header, value in answers if value),
            server_header=attribute(given, "routing.http.response.server.enabled", "true") != "false",
        )

    def rule(self, shape: Shape) -> ListenerRule:
        arn, priority = shape["RuleArn"], shape["Priority"]
        try:
            conditions, served = _understood(shape)
        except UnsupportedRuleError as error:
            said = f"not served by the local balancer: {error}"
            self.unsupported.append(f"{arn}: {error}")
            conditions, served = (), Fixed(status=500, content_type="text/plain", body=said)
        return ListenerRule(
            arn=arn,
            action=served,
            conditions=conditions,
            priority=None if priority == "default" else int(priority),
        )


def _understood(shape: Shape) -> tuple[tuple[Condition, ...], Action]:
    if shape.get("Transforms"):
        raise UnsupportedRuleError("transforms")
    return tuple(map(condition, shape["Conditions"])), action(shape["Actions"])


def _order(rule: ListenerRule) -> tuple[bool, int]:
    return rule.priority is None, rule.priority or 0


def condition(shape: Shape) -> Condition:
    """A `RuleCondition`. Raises UnsupportedRuleError for an unknown field, and for regular expressions."""
    field = shape["Field"]
    if field not in KNOWN_FIELDS:
        raise UnsupportedRuleError(f"a condition on {field}")
    typed = _typed(shape, field)
    if typed.get("RegexValues") or shape.get("RegexValues"):
        raise UnsupportedRuleError(f"regular expressions on {field}")
    values = typed.get("Values") or shape.get("Values") or ()
    if field == "query-string":
        pairs = tuple((one.get("Key") or "", one["Value"]) for one in values)
        return Condition(field=field, pairs=pairs)
    if field == "source-ip":
        return Condition(field=field, networks=tuple(ip_network(one) for one in values))
    return Condition(field=field, values=tuple(values), header=typed.get("HttpHeaderName", ""))


def _typed(shape: Shape, field: str) -> Shape:
    """The part of a condition that is named after its field: `PathPatternConfig` of path-pattern."""
    name = "".join(word.capitalize() for word in field.split("-")) + "Config"
    found: Shape = shape.get(name) or {}
    return found


def action(shapes: Iterable[Shape]) -> Action:
    """The routing action of a rule. Raises UnsupportedRuleError for authentication and functions."""
    *before, last = sorted(shapes, key=lambda one: int(one.get("Order") or 1))
    if before:
        raise UnsupportedRuleError(f"action {before[0]['Type']}")
    match last["Type"]:
        case "forward":
            return _forward(last)
        case "redirect":
            return _redirect(last["RedirectConfig"])
        case "fixed-response":
            config = last["FixedResponseConfig"]
            return Fixed(
                status=int(config["StatusCode"]),
                content_type=config.get("ContentType") or "",
                body=config.get("MessageBody") or "",
            )
        case other:
            raise UnsupportedRuleError(f"action {other}")


def _forward(shape: Shape) -> Forward:
    config = shape.get("ForwardConfig") or {}
    groups = config.get("TargetGroups") or [{"TargetGroupArn": shape["TargetGroupArn"]}]
    sticky = config.get("TargetGroupStickinessConfig") or {}
    return Forward(
        groups=tuple(Weighted(one["TargetGroupArn"], int(one.get("Weight", 1))) for one in groups),
        sticky_s=float(sticky["DurationSeconds"]) if sticky.get("Enabled") else None,
    )


def _redirect(config: Shape) -> Redirect:
    parts = {key.lower(): config[key] for key in ("Protocol", "Host", "Port", "Path") if config.get(key)}
    query = config.get("Query", "#{query}")
    return Redirect(status=int(config["StatusCode"].removeprefix("HTTP_")), query=query, **parts)
