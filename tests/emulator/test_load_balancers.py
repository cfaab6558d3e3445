"""Load balancers are told as ELBv2 tells them, and the local balancer reads them whole."""

import pytest
from botocore.exceptions import ClientError

from tests.emulator.emulator_process import AWAY, HOME


@pytest.fixture(scope="module")
def elb(emulator):
    return emulator.client("elbv2")


@pytest.fixture(scope="module")
def subnets(emulator):
    ec2 = emulator.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    made = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"{HOME}{zone}")
        for number, zone in enumerate("bc")
    ]
    return [one["Subnet"]["SubnetId"] for one in made]


@pytest.fixture
def balancer(elb, subnets, groups):
    made = elb.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]
    yield made
    elb.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])


@pytest.fixture
def groups(elb):
    made = [
        elb.create_target_group(Name=name, Protocol="HTTP", Port=8080, VpcId="vpc-1")["TargetGroups"][0]
        for name in ("blue", "green")
    ]
    yield [one["TargetGroupArn"] for one in made]
    for one in made:
        elb.delete_target_group(TargetGroupArn=one["TargetGroupArn"])


def listener(elb, balancer, action, **more):
    return elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[action],
        **more,
    )["Listeners"][0]


FIXED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "MessageBody": "<no> & no"}}


def forward(groups, weights, *, sticky_s=None):
    config = {
        "TargetGroups": [
            {"TargetGroupArn": arn, "Weight": weight} for arn, weight in zip(groups, weights, strict=True)
        ]
    }
    if sticky_s:
        config["TargetGroupStickinessConfig"] = {"Enabled": True, "DurationSeconds": sticky_s}
    return {"Type": "forward", "ForwardConfig": config}


def health(elb, arn, *targets):
    told = elb.describe_target_health(TargetGroupArn=arn, Targets=list(targets))["TargetHealthDescriptions"]
    return {
        (one["Target"]["Id"], one["Target"]["Port"]): (
            one["TargetHealth"]["State"],
            one["TargetHealth"].get("Reason"),
        )
        for one in told
    }


def snapshot(emulator):
    return emulator.gate("balancers/snapshot", {})


def test_a_balancer_stands_in_the_zones_of_its_subnets(balancer, subnets):
    zones = {one["SubnetId"]: one["ZoneName"] for one in balancer["AvailabilityZones"]}
    assert zones == dict(zip(subnets, (f"{HOME}b", f"{HOME}c"), strict=True))


def test_every_attribute_has_its_default(elb, balancer, groups):
    arn = balancer["LoadBalancerArn"]
    told = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    values = {one["Key"]: one.get("Value", "") for one in told}
    assert values["routing.http.drop_invalid_header_fields.enabled"] == "false"
    assert values["client_keep_alive.seconds"] == "3600"
    told = elb.describe_target_group_attributes(TargetGroupArn=groups[0])["Attributes"]
    values = {one["Key"]: one.get("Value", "") for one in told}
    assert values["load_balancing.algorithm.type"] == "round_robin"
    assert values["target_group_health.dns_failover.minimum_healthy_targets.count"] == "1"


def test_a_listener_forwards_to_several_groups_by_weight(elb, balancer, groups):
    made = listener(elb, balancer, forward(groups, (90, 10), sticky_s=60))
    (action,) = made["DefaultActions"]
    assert [one["Weight"] for one in action["ForwardConfig"]["TargetGroups"]] == [90, 10]
    assert action["ForwardConfig"]["TargetGroupStickinessConfig"] == {"Enabled": True, "DurationSeconds": 60}
    assert "TargetGroupArn" not in action
    for arn in groups:
        (group,) = elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
        assert group["LoadBalancerArns"] == [balancer["LoadBalancerArn"]]
        with pytest.raises(ClientError, match="ResourceInUse"):
            elb.delete_target_group(TargetGroupArn=arn)
    elb.modify_listener(ListenerArn=made["ListenerArn"], DefaultActions=[forward(groups[:1], (1,))])
    (group,) = elb.describe_target_groups(TargetGroupArns=groups[1:])["TargetGroups"]
    assert group["LoadBalancerArns"] == []


def test_an_action_to_one_group_tells_it_in_both_forms(elb, balancer, groups):
    made = listener(elb, balancer, {"Type": "forward", "TargetGroupArn": groups[0]})
    (action,) = made["DefaultActions"]
    assert action["TargetGroupArn"] == groups[0]
    assert action["ForwardConfig"]["TargetGroups"] == [{"TargetGroupArn": groups[0], "Weight": 1}]


def test_every_condition_of_a_rule_is_kept(elb, balancer):
    made = listener(elb, balancer, FIXED)
    conditions = [
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a&b/*"]}},
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.test"]}},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Kind", "Values": ["<x>"]}},
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}},
        {
            "Field": "query-string",
            "QueryStringConfig": {"Values": [{"Key": "v", "Value": "1"}, {"Value": "x"}]},
        },
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}},
    ]
    elb.create_rule(ListenerArn=made["ListenerArn"], Priority=5, Conditions=conditions, Actions=[FIXED])
    rules = elb.describe_rules(ListenerArn=made["ListenerArn"])["Rules"]
    (rule,) = [one for one in rules if one["Priority"] == "5"]
    assert [one | {"Values": []} for one in rule["Conditions"]] == [
        one | {"Values": []} for one in conditions
    ]
    assert rule["Actions"][0]["FixedResponseConfig"]["MessageBody"] == "<no> & no"


def test_a_listener_has_more_certificates(emulator, elb, balancer):
    acm = emulator.client("acm")
    first, second = (
        acm.request_certificate(DomainName=f"{name}.example.test")["CertificateArn"]
        for name in ("www", "api")
    )
    made = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": first}],
        DefaultActions=[FIXED],
    )["Listeners"][0]["ListenerArn"]
    elb.add_listener_certificates(ListenerArn=made, Certificates=[{"CertificateArn": second}])
    told = elb.describe_listener_certificates(ListenerArn=made)["Certificates"]
    assert {one["CertificateArn"]: one["IsDefault"] for one in told} == {first: True, second: False}
    read = snapshot(emulator)
    assert read["listeners"][0]["Certificates"] == [first, second]
    assert "api.example.test" in read["certificates"][second]["names"]
    elb.remove_listener_certificates(ListenerArn=made, Certificates=[{"CertificateArn": second}])
    told = elb.describe_listener_certificates(ListenerArn=made)["Certificates"]
    assert [one["CertificateArn"] for one in told] == [first]
    with pytest.raises(ClientError, match="ListenerNotFound"):
        elb.describe_listener_certificates(ListenerArn=made + "0")


def test_a_protected_balancer_stays_and_listeners_go_with_theirs(elb, subnets):
    made = elb.create_load_balancer(Name="kept", Subnets=subnets)["LoadBalancers"][0]
    arn = made["LoadBalancerArn"]

    def protect(value):
        attributes = [{"Key": "deletion_protection.enabled", "Value": value}]
        elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)

    listens = listener(elb, made, FIXED)["ListenerArn"]
    protect("true")
    with pytest.raises(ClientError, match="OperationNotPermitted"):
        elb.delete_load_balancer(LoadBalancerArn=arn)
    protect("false")
    elb.delete_load_balancer(LoadBalancerArn=arn)
    assert elb.describe_listeners(ListenerArns=[listens])["Listeners"] == []


def test_targets_are_registered_by_id_and_port(elb, groups):
    arn = groups[0]
    elb.register_targets(
        TargetGroupArn=arn, Targets=[{"Id": "i-1"}, {"Id": "i-1", "Port": 81}, {"Id": "i-2"}]
    )
    assert health(elb, arn).keys() == {("i-1", 8080), ("i-1", 81), ("i-2", 8080)}
    elb.deregister_targets(TargetGroupArn=arn, Targets=[{"Id": "i-1", "Port": 81}])
    assert health(elb, arn).keys() == {("i-1", 8080), ("i-2", 8080)}
    elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": "i-1", "Port": 81}])
    elb.deregister_targets(TargetGroupArn=arn, Targets=[{"Id": "i-1"}])
    assert health(elb, arn).keys() == {("i-2", 8080)}


def test_health_is_what_the_checks_found(emulator, elb, balancer, groups):
    arn = groups[0]
    targets = [{"Id": f"i-{number}", "Port": 8080} for number in range(3)]
    elb.register_targets(TargetGroupArn=arn, Targets=targets)
    assert set(health(elb, arn).values()) == {("unused", "Target.NotInUse")}
    listener(elb, balancer, forward(groups[:1], (1,)))
    assert set(health(elb, arn).values()) == {("initial", "Elb.RegistrationInProgress")}
    sick = {"State": "unhealthy", "Reason": "Target.Timeout", "Description": "Request timed out"}
    leaving = {"State": "draining", "Reason": "Target.DeregistrationInProgress"}
    elb.deregister_targets(TargetGroupArn=arn, Targets=targets[2:])
    found = [{"State": "healthy"}, sick, leaving]
    told = [one | {"Health": state} for one, state in zip(targets, found, strict=True)]
    emulator.gate("balancers/health", {"groups": {arn: told}})
    assert list(health(elb, arn).values()) == [
        ("healthy", None),
        ("unhealthy", "Target.Timeout"),
        ("draining", "Target.DeregistrationInProgress"),
    ]
    described = elb.describe_target_health(TargetGroupArn=arn, Targets=[{"Id": "i-1"}])
    (one,) = described["TargetHealthDescriptions"]
    assert (one["HealthCheckPort"], one["TargetHealth"]["Description"]) == ("8080", "Request timed out")
    assert health(elb, arn, {"Id": "i-9"}) == {("i-9", 8080): ("unused", "Target.NotRegistered")}
    elb.register_targets(TargetGroupArn=arn, Targets=targets[2:])
    assert health(elb, arn)["i-2", 8080] == ("initial", "Elb.RegistrationInProgress")


def test_the_balancer_reads_what_lives(emulator, elb, balancer, groups):
    made = listener(elb, balancer, forward(groups, (1, 0)))
    elb.register_targets(TargetGroupArn=groups[0], Targets=[{"Id": "i-1"}])
    away = emulator.client("elbv2", AWAY).create_load_balancer(Name="web", Subnets=["subnet-1"])
    read = snapshot(emulator)
    assert len(read["balancers"]) == 2
    assert [one["ListenerArn"] for one in read["listeners"]] == [made["ListenerArn"]]
    (rule,) = read["rules"]
    assert rule["Priority"] == "default"
    targets = {one["TargetGroupArn"]: one["Targets"] for one in read["groups"]}
    assert targets[groups[0]] == [{"Id": "i-1", "Port": 8080}]
    emulator.kill(AWAY)
    assert [one["LoadBalancerArn"] for one in snapshot(emulator)["balancers"]] == [
        balancer["LoadBalancerArn"]
    ]
    emulator.revive(AWAY)
    arn = away["LoadBalancers"][0]["LoadBalancerArn"]
    emulator.client("elbv2", AWAY).delete_load_balancer(LoadBalancerArn=arn)
