from typing import Any

import pytest

from localcloud.route53 import parsing
from localcloud.route53.records import (
    AlarmCheck,
    AlarmId,
    CalculatedCheck,
    Configuration,
    EndpointCheck,
    Role,
    UnsupportedError,
    WithoutData,
)


def test_a_failover_pair_is_read_with_roles_checks_and_ttl(configuration: Configuration):
    (zone,) = configuration.zones
    pair = zone.group("api.payments.example", "CNAME")
    assert [(r.role, r.health_check, r.ttl) for r in pair] == [
        (Role.PRIMARY, "ready-east", 60),
        (Role.SECONDARY, "live-west", 60),
    ]


@pytest.mark.parametrize(
    "policy",
    [
        {"Weight": 0},
        {"Region": "us-east-1"},
        {"GeoLocation": {"CountryCode": "*"}},
        {"GeoProximityLocation": {"AWSRegion": "us-east-1"}},
        {"MultiValueAnswer": False},
        {"CidrRoutingConfig": {"CollectionId": "c", "LocationName": "l"}},
        {"TrafficPolicyInstanceId": "t"},
    ],
)
def test_other_routing_policies_are_refused_by_name(policy: dict[str, Any]):
    with pytest.raises(UnsupportedError, match=rf"a\.x\. A has routing policy {next(iter(policy))}"):
        parsing.record({"Name": "a.x.", "Type": "A", **policy})


@pytest.mark.parametrize("name", ["*.x.", "\\052.x."])
def test_wildcards_are_refused(name: str):
    with pytest.raises(UnsupportedError, match="is a wildcard"):
        parsing.record({"Name": name, "Type": "A"})


def test_an_alias_of_an_alias_is_refused():
    def alias(name: str, target: str) -> Any:
        target_shape = {"DNSName": target, "EvaluateTargetHealth": False}
        return {"Name": name, "Type": "A", "AliasTarget": target_shape}

    with pytest.raises(UnsupportedError, match=r"a\.x A is an alias of the alias b\.x"):
        parsing.zone("x.", [alias("a.x.", "b.x."), alias("b.x.", "a.x.")])


def test_two_public_zones_of_one_name_are_refused():
    with pytest.raises(UnsupportedError, match=r"two public hosted zones are named x\.example"):
        parsing.configuration([parsing.zone("x.example.", []), parsing.zone("X.example.", [])], [])


def test_an_endpoint_check_has_the_documented_defaults():
    check = endpoint(Type="HTTPS", FullyQualifiedDomainName="a.example")
    assert (check.port, check.path, check.interval_s, check.failure_threshold) == (443, "/", 30, 3)
    assert len(check.locations) == 8


@pytest.mark.parametrize(
    ("type_", "port", "expected"),
    [
        ("HTTP", 80, "a.example"),
        ("HTTPS", 443, "a.example"),
        ("HTTP", 443, "a.example:443"),
        ("HTTPS", 8443, "a.example:8443"),
    ],
)
def test_the_host_header_names_only_an_unusual_port(type_: str, port: int, expected: str):
    check = endpoint(Type=type_, Port=port, FullyQualifiedDomainName="a.example")
    assert check.host_header == expected


def test_an_endpoint_may_be_an_address():
    assert endpoint(Type="HTTP", IPAddress="192.0.2.1").host_header == "192.0.2.1"


def test_an_alarm_check_keeps_the_last_known_status_by_default():
    alarm = {"Region": "us-west-2", "Name": "force-failover"}
    assert parsing.health_check(
        {"Id": "a", "HealthCheckConfig": {"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": alarm}}
    ) == AlarmCheck(
        id="a",
        alarm=AlarmId(region="us-west-2", name="force-failover"),
        without_data=WithoutData.LAST_KNOWN,
    )


@pytest.mark.parametrize("type_", ["TCP", "HTTP_STR_MATCH", "RECOVERY_CONTROL"])
def test_other_check_types_are_refused_by_name(type_: str):
    with pytest.raises(UnsupportedError, match=f"health check h has type {type_}"):
        parsing.health_check({"Id": "h", "HealthCheckConfig": {"Type": type_}})


def test_children_are_kept_before_their_parents_and_missing_ones_left_out():
    checks = parsing.configuration(
        [], [calculated("top", "mid"), calculated("mid", "gone"), calculated("other")]
    ).checks
    assert list(checks).index("mid") < list(checks).index("top")
    assert checks.keys() == {"top", "mid", "other"}
    assert isinstance(checks["mid"], CalculatedCheck)


def test_checks_that_refer_to_each_other_are_refused():
    with pytest.raises(UnsupportedError, match="refer to each other"):
        parsing.configuration([], [calculated("a", "b"), calculated("b", "a")])


def endpoint(**config: Any) -> EndpointCheck:
    check = parsing.health_check({"Id": "h", "HealthCheckConfig": config})
    assert isinstance(check, EndpointCheck)
    return check


def calculated(id_: str, *children: str) -> Any:
    config = {"Type": "CALCULATED", "ChildHealthChecks": children, "HealthThreshold": 1}
    return {"Id": id_, "HealthCheckConfig": config}
