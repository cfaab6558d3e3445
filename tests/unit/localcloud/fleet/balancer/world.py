"""Balancers, groups and targets that the tests of this folder begin with."""

from dataclasses import replace
from typing import Any

from localcloud.fleet.balancer.health import Target, TargetState
from localcloud.fleet.balancer.model import HealthCheck, Listener, LoadBalancer, TargetGroup, TargetId
from localcloud.fleet.balancer.request import Request
from localcloud.fleet.balancer.rules import Condition, Fixed, Forward, ListenerRule, Weighted

ELB = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
BALANCER_ARN = f"{ELB}:loadbalancer/app/web/0123456789abcdef"
LISTENER_ARN = f"{ELB}:listener/app/web/0123456789abcdef/aaaa"
GROUP_ARN = f"{ELB}:targetgroup/web/fedcba9876543210"
CHECK = HealthCheck(path="/health", interval_s=5, timeout_s=2, healthy_after=3, unhealthy_after=2)


def ids(count: int) -> tuple[TargetId, ...]:
    return tuple(TargetId(f"i-{number}", 8080) for number in range(count))


def group(count: int = 3, **changed: Any) -> TargetGroup:
    made = TargetGroup(arn=GROUP_ARN, name="web", region="us-east-1", check=CHECK, members=ids(count))
    return replace(made, **changed)


def targets(count: int = 3, state: TargetState = TargetState.HEALTHY) -> list[Target]:
    return [Target(id=id_, state=state, reason=None) for id_ in ids(count)]


def listener(*rules: ListenerRule, **changed: Any) -> Listener:
    default = ListenerRule(arn="default", action=Forward(groups=(Weighted(GROUP_ARN),)))
    made = Listener(arn=LISTENER_ARN, port=443, protocol="HTTPS", rules=(*rules, default))
    return replace(made, **changed)


def balancer(*listeners: Listener, **changed: Any) -> LoadBalancer:
    made = LoadBalancer(
        arn=BALANCER_ARN,
        name="web",
        dns_name="web-01234567.us-east-1.elb.amazonaws.com",
        region="us-east-1",
        listeners=listeners or (listener(),),
    )
    return replace(made, **changed)


def rule(priority: int, *conditions: Condition, body: str = "") -> ListenerRule:
    return ListenerRule(
        arn=f"rule-{priority}",
        action=Fixed(status=200, body=body),
        conditions=conditions,
        priority=priority,
    )


def request(target: str = "/", *headers: tuple[str, str], **changed: Any) -> Request:
    path, _, query = target.partition("?")
    made = Request(method="GET", path=path, query=query, headers=headers, client="203.0.113.7")
    return replace(made, **changed)
