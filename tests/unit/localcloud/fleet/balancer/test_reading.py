import pytest

from localcloud.fleet.balancer.model import LogPlace, Minimum, TargetId
from localcloud.fleet.balancer.reading import configuration
from localcloud.fleet.balancer.rules import Fixed, Forward, Redirect, Weighted
from tests.unit.localcloud.fleet.balancer.world import BALANCER_ARN, ELB, GROUP_ARN, LISTENER_ARN

FORWARD = {"Type": "forward", "Order": 1, "TargetGroupArn": GROUP_ARN}


def snapshot(*rules, balancer=None, group=None, listener=None, attributes=None):
    default = {"RuleArn": "default", "Priority": "default", "Conditions": [], "Actions": [FORWARD]}
    return {
        "balancers": [
            {
                "LoadBalancerArn": BALANCER_ARN,
                "LoadBalancerName": "web",
                "DNSName": "Web-0123.us-east-1.elb.amazonaws.com",
                "Type": "application",
                "Attributes": attributes or {},
                **(balancer or {}),
            }
        ],
        "listeners": [
            {
                "ListenerArn": LISTENER_ARN,
                "LoadBalancerArn": BALANCER_ARN,
                "Port": 443,
                "Protocol": "HTTPS",
                "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
                "Certificates": ["first", "second"],
                "Attributes": {"routing.http.response.x_frame_options.header_value": "DENY"},
                **(listener or {}),
            }
        ],
        "rules": [{"ListenerArn": LISTENER_ARN, **rule} for rule in (default, *rules)],
        "groups": [
            {
                "TargetGroupArn": GROUP_ARN,
                "TargetGroupName": "web",
                "Port": 8080,
                "Attributes": {},
                "Targets": [{"Id": "i-1"}, {"Id": "i-2", "Port": 81}],
                **(group or {}),
            }
        ],
        "certificates": {"first": {"names": ["www.example.test"], "chain": "c", "key": "k"}},
    }


def rule(priority, *actions, conditions=(), **more):
    return {
        "RuleArn": f"rule-{priority}",
        "Priority": str(priority),
        "Conditions": list(conditions),
        "Actions": list(actions) or [FORWARD],
        **more,
    }


def read(*rules, **more):
    found = configuration(snapshot(*rules, **more))
    return found, found.balancers[0], found.balancers[0].listeners[0], found.groups[GROUP_ARN]


def test_what_is_not_said_is_as_aws_has_it():
    found, balancer, listener, group = read()
    assert (balancer.idle_s, balancer.client_keep_alive_s, balancer.forwarded_for) == (60, 3600, "append")
    assert not balancer.drop_invalid_headers
    assert balancer.logs == LogPlace()
    assert balancer.dns_name == "web-0123.us-east-1.elb.amazonaws.com"
    assert balancer.dimension == "app/web/0123456789abcdef"
    assert (group.algorithm, group.deregistration_s, group.sticky_s) == ("round_robin", 300, None)
    check = group.check
    assert (check.interval_s, check.timeout_s, check.healthy_after, check.unhealthy_after) == (30, 5, 5, 2)
    assert (check.path, check.port, check.matcher) == ("/", None, ((200, 200),))
    assert group.members == (TargetId("i-1", 8080), TargetId("i-2", 81))
    assert group.dimension == "targetgroup/web/fedcba9876543210"
    assert (group.region, balancer.region) == ("us-east-1", "us-east-1")
    assert listener.answers == (("X-Frame-Options", "DENY"),)
    assert found.used == {GROUP_ARN}
    assert "k" not in repr(found.certificates["first"]).replace("key", ""), "keys are in no log"


def test_what_is_said():
    attributes = {
        "idle_timeout.timeout_seconds": "30",
        "client_keep_alive.seconds": "60",
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "routing.http.preserve_host_header.enabled": "true",
        "routing.http.xff_header_processing.mode": "remove",
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": "logs",
        "access_logs.s3.prefix": "web",
    }
    _, balancer, _, group = read(
        attributes=attributes,
        group={
            "HealthCheckPath": "/health",
            "HealthCheckPort": "9000",
            "HealthCheckEnabled": False,
            "Matcher": {"HttpCode": "200-299,301"},
            "Attributes": {
                "stickiness.enabled": "true",
                "stickiness.type": "lb_cookie",
                "stickiness.lb_cookie.duration_seconds": "60",
                "slow_start.duration_seconds": "30",
                "target_group_health.dns_failover.minimum_healthy_targets.count": "off",
                "target_group_health.dns_failover.minimum_healthy_targets.percentage": "50",
            },
        },
    )
    assert (balancer.idle_s, balancer.client_keep_alive_s, balancer.forwarded_for) == (30, 60, "remove")
    assert balancer.drop_invalid_headers
    assert balancer.preserve_host
    assert balancer.logs == LogPlace("logs", "web")
    assert (group.sticky_s, group.slow_start_s) == (60, 30)
    assert group.dns == Minimum(count=0, percentage=50)
    assert (group.check.port, group.check.enabled) == (9000, False)
    assert [group.check.passes(status) for status in (200, 250, 300, 301)] == [True, True, False, True]


def test_rules_come_by_priority_and_the_default_last():
    _, _, listener, _ = read(rule(20), rule(3), rule(100))
    assert [one.priority for one in listener.rules] == [3, 20, 100, None]


def test_actions():
    weighted = {
        "Type": "forward",
        "ForwardConfig": {
            "TargetGroups": [{"TargetGroupArn": "a", "Weight": 9}, {"TargetGroupArn": "b", "Weight": 0}],
            "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 60},
        },
    }
    moved = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302", "Port": "443", "Query": ""}}
    fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "418", "MessageBody": "tea"}}
    _, _, listener, _ = read(rule(1, weighted), rule(2, moved), rule(3, fixed))
    assert [one.action for one in listener.rules] == [
        Forward(groups=(Weighted("a", 9), Weighted("b", 0)), sticky_s=60),
        Redirect(status=302, port="443", query=""),
        Fixed(status=418, body="tea"),
        Forward(groups=(Weighted(GROUP_ARN),)),
    ]


def test_conditions_in_either_form():
    typed = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a"]}}
    flat = {"Field": "host-header", "Values": ["b"]}
    header = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X", "Values": ["c"]}}
    query = {
        "Field": "query-string",
        "QueryStringConfig": {"Values": [{"Key": "k", "Value": "v"}, {"Value": "w"}]},
    }
    source = {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}}
    _, _, listener, _ = read(rule(1, conditions=(typed, flat, header, query, source)))
    path, host, named, pairs, network = listener.rules[0].conditions
    assert (path.values, host.values, named.header, named.values) == (("/a",), ("b",), "X", ("c",))
    assert pairs.pairs == (("k", "v"), ("", "w"))
    assert str(network.networks[0]) == "10.0.0.0/8"


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (rule(1, {"Type": "authenticate-oidc", "Order": 1}, FORWARD | {"Order": 2}), "authenticate-oidc"),
        (rule(1, {"Type": "jwt-validation"}), "jwt-validation"),
        (rule(1, conditions=[{"Field": "moon-phase"}]), "moon-phase"),
        (
            rule(1, conditions=[{"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["a"]}}]),
            "regular",
        ),
        (rule(1, Transforms=[{"Type": "url-rewrite"}]), "transforms"),
    ],
)
def test_what_is_not_served_says_so_and_lets_nothing_through(odd, said):
    found, _, listener, _ = read(odd)
    assert said in found.unsupported[0]
    refused = listener.rules[0]
    assert (refused.action.status, refused.conditions) == (500, ())


def test_other_kinds_of_balancers_are_left_alone():
    found = configuration(
        snapshot(balancer={"Type": "network", "LoadBalancerArn": f"{ELB}:loadbalancer/net/x/1"})
    )
    assert found.balancers == ()
    assert found.used == frozenset()


def test_a_group_of_functions_is_said_not_to_be_served():
    found, _, _, _ = read(group={"TargetType": "lambda"})
    assert found.unsupported == (f"{GROUP_ARN}: targets of type lambda",)
