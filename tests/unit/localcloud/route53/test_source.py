import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from localcloud.route53.records import (
    AlarmId,
    AlarmState,
    CalculatedCheck,
    ControlPlaneError,
    EndpointCheck,
    Role,
    UnsupportedError,
)
from localcloud.route53.source import alarm_source, route53_source
from tests.unit import emulated

ROUTE53 = "https://route53.amazonaws.com"
CLOUDWATCH = "https://monitoring.us-west-2.amazonaws.com"


@pytest.fixture
def route53() -> Iterator[Any]:
    with mock_aws():
        yield emulated.client("route53")


def read() -> Any:
    return asyncio.run(route53_source(ROUTE53, "key", "secret")())


def put(route53: Any, zone_id: str, *records: dict[str, Any]) -> None:
    changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
    route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


def check(route53: Any, **config: Any) -> str:
    made = route53.create_health_check(CallerReference=str(config), HealthCheckConfig=config)
    return str(made["HealthCheck"]["Id"])


def zone(route53: Any, name: str, **arguments: Any) -> str:
    made = route53.create_hosted_zone(Name=name, CallerReference=name, **arguments)
    return str(made["HostedZone"]["Id"])


def test_zones_records_and_checks_are_read_over_all_pages(route53: Any):
    ready = check(
        route53, Type="HTTPS", FullyQualifiedDomainName="east.example", ResourcePath="/health/ready"
    )
    both = check(route53, Type="CALCULATED", ChildHealthChecks=[ready], HealthThreshold=1)
    zone_id = zone(route53, "payments.example.")
    put(
        route53,
        zone_id,
        {
            "Name": "api.payments.example",
            "Type": "CNAME",
            "TTL": 60,
            "SetIdentifier": "east",
            "Failover": "PRIMARY",
            "HealthCheckId": ready,
            "ResourceRecords": [{"Value": "east.example"}],
        },
        *(
            {
                "Name": f"n{number}.payments.example",
                "Type": "A",
                "TTL": 1,
                "ResourceRecords": [{"Value": "192.0.2.1"}],
            }
            for number in range(320)
        ),
    )
    configuration = read()
    (only,) = configuration.zones
    (primary,) = only.group("api.payments.example", "CNAME")
    assert (primary.role, primary.ttl, primary.values) == (Role.PRIMARY, 60, ("east.example",))
    assert primary.health_check == ready
    assert only.exists("n319.payments.example")
    assert only.group("payments.example", "SOA")
    assert isinstance(configuration.checks[ready], EndpointCheck)
    assert isinstance(configuration.checks[both], CalculatedCheck)


def test_private_zones_are_not_answered_in_public(route53: Any):
    zone(
        route53,
        "inside.example.",
        VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-1"},
        HostedZoneConfig={"PrivateZone": True},
    )
    configuration = read()
    assert [one.name for one in configuration.zones] == ["inside.example"]
    assert configuration.public.zones == ()


def test_an_unsupported_record_is_an_error_that_names_it(route53: Any):
    weighted = {
        "Name": "w.payments.example",
        "Type": "A",
        "TTL": 1,
        "SetIdentifier": "w",
        "Weight": 1,
        "ResourceRecords": [{"Value": "192.0.2.1"}],
    }
    put(route53, zone(route53, "payments.example."), weighted)
    with pytest.raises(UnsupportedError, match=r"w\.payments\.example\. A has routing policy Weight"):
        read()


def test_a_control_plane_that_does_not_answer_is_told_so():
    with pytest.raises(ControlPlaneError, match="Could not connect"):
        asyncio.run(route53_source("http://127.0.0.1:1", "key", "secret")())


@pytest.mark.usefixtures("route53")
def test_alarm_states_are_read_and_unknown_alarms_left_out():
    client = emulated.client("cloudwatch", "us-west-2")
    client.put_metric_alarm(
        AlarmName="force-failover",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="ForceFailover",
        Namespace="Payments",
        Period=60,
        Threshold=0,
        Statistic="Maximum",
    )
    client.set_alarm_state(AlarmName="force-failover", StateValue="ALARM", StateReason="drill")
    forced = AlarmId(region="us-west-2", name="force-failover")
    unknown = AlarmId(region="us-west-2", name="unknown")
    states = asyncio.run(alarm_source(CLOUDWATCH, "key", "secret")([forced, unknown]))
    assert states == {forced: AlarmState.ALARM}


def test_alarms_of_a_region_that_does_not_answer_are_left_out():
    lost = AlarmId(region="us-west-2", name="force-failover")
    assert asyncio.run(alarm_source("http://127.0.0.1:1", "key", "secret")([lost])) == {}
