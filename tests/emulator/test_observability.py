import json
import urllib.parse
import urllib.request
from datetime import datetime
from xml.etree import ElementTree

import pytest
from botocore.exceptions import ClientError

from tests.emulator.emulator_process import ACCOUNT, AWAY, HOME

QUERY = "{http://monitoring.amazonaws.com/doc/2010-08-01/}"
ALARM = {
    "AlarmName": "slow",
    "AlarmDescription": 'says "why" & what',
    "Namespace": "AWS/ApiGateway",
    "MetricName": "Latency",
    "Dimensions": [{"Name": "ApiId", "Value": "one"}],
    "ExtendedStatistic": "p99",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "Threshold": 2000.0,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
    "AlarmActions": [f"arn:aws:sns:{HOME}:{ACCOUNT}:alarms"],
    "OKActions": [f"arn:aws:sns:{HOME}:{ACCOUNT}:alarms"],
}


@pytest.fixture(scope="module")
def alarms(emulator):
    client = emulator.client("cloudwatch")
    client.put_metric_alarm(**ALARM)
    client.put_composite_alarm(
        AlarmName="impaired", AlarmRule='ALARM("slow")', AlarmDescription="both", OKActions=ALARM["OKActions"]
    )
    return client


def described(emulator, kind, **asked):
    """By name and text what the Query protocol, which Terraform speaks, says of the only alarm."""
    scope = f"{emulator.config['access_key_id']}/20261121/{HOME}/monitoring/aws4_request"
    request = urllib.request.Request(
        f"http://127.0.0.1:{emulator.operator}/",
        data=urllib.parse.urlencode({"Action": "DescribeAlarms", **asked}).encode(),
        headers={"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        document = ElementTree.fromstring(answer.read())  # noqa: S314 - the emulator is ours
    (alarm,) = document.find(f"{QUERY}DescribeAlarmsResult/{QUERY}{kind}")
    return {part.tag.removeprefix(QUERY): part.text or [*part.itertext()] for part in alarm}


def test_an_alarm_is_described_as_it_was_made(emulator, alarms):
    found = described(emulator, "MetricAlarms", **{"AlarmNames.member.1": "slow"})
    same = ("AlarmDescription", "ExtendedStatistic", "TreatMissingData")
    assert {key: found[key] for key in same} == {key: ALARM[key] for key in same}
    assert (found["Period"], found["DatapointsToAlarm"], found["Threshold"]) == ("60", "2", "2000.0")
    assert (found["Dimensions"], found["OKActions"]) == (["ApiId", "one"], ALARM["OKActions"])
    assert datetime.fromisoformat(found["StateUpdatedTimestamp"]).tzinfo is not None
    assert "Statistic" not in found


def test_a_composite_alarm_is_described_as_it_was_made(emulator, alarms):
    asked = {"AlarmNames.member.1": "impaired", "AlarmTypes.member.1": "CompositeAlarm"}
    found = described(emulator, "CompositeAlarms", **asked)
    assert (found["AlarmRule"], found["AlarmDescription"]) == ('ALARM("slow")', "both")
    assert found["OKActions"] == ALARM["OKActions"]


def test_a_percentile_has_no_basic_statistic_in_any_protocol(alarms):
    (found,) = alarms.describe_alarms(AlarmNames=["slow"])["MetricAlarms"]
    assert {key: found.get(key) for key in ALARM} == ALARM
    assert "Statistic" not in found


def test_the_state_of_an_alarm_is_asked_for_as_before(alarms):
    alarms.set_alarm_state(AlarmName="slow", StateValue="OK", StateReason="test")
    assert [a["AlarmName"] for a in alarms.describe_alarms(StateValue="OK")["MetricAlarms"]] == ["slow"]
    assert alarms.describe_alarms(StateValue="ALARM")["MetricAlarms"] == []


def vpc(emulator, region, block):
    return emulator.client("ec2", region).create_vpc(CidrBlock=block)["Vpc"]["VpcId"]


def test_each_side_of_a_peering_sets_its_own_options(emulator):
    here, there = emulator.client("ec2", HOME), emulator.client("ec2", AWAY)
    made = here.create_vpc_peering_connection(
        VpcId=vpc(emulator, HOME, "10.10.0.0/16"),
        PeerVpcId=vpc(emulator, AWAY, "10.20.0.0/16"),
        PeerRegion=AWAY,
    )
    peering = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    resolve = {"AllowDnsResolutionFromRemoteVpc": True}
    with pytest.raises(ClientError, match="not an active peering"):
        here.modify_vpc_peering_connection_options(
            VpcPeeringConnectionId=peering, RequesterPeeringConnectionOptions=resolve
        )
    there.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    here.modify_vpc_peering_connection_options(
        VpcPeeringConnectionId=peering, RequesterPeeringConnectionOptions=resolve
    )

    def resolved():
        found = there.describe_vpc_peering_connections(VpcPeeringConnectionIds=[peering])
        (one,) = found["VpcPeeringConnections"]
        return [
            one[f"{side}VpcInfo"]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"]
            for side in ("Requester", "Accepter")
        ]

    assert resolved() == [True, False]
    there.modify_vpc_peering_connection_options(
        VpcPeeringConnectionId=peering, AccepterPeeringConnectionOptions=resolve
    )
    assert resolved() == [True, True]


def test_a_flow_log_remembers_how_it_is_delivered(emulator):
    client = emulator.client("ec2")
    role = f"arn:aws:iam::{ACCOUNT}:role/flow"
    made = client.create_flow_logs(
        ResourceIds=[vpc(emulator, HOME, "10.30.0.0/16")],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="cloud-watch-logs",
        LogDestination=f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:flow",
        DeliverLogsPermissionArn=role,
        MaxAggregationInterval=60,
        TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Name", "Value": "ours"}]}],
    )
    (found,) = client.describe_flow_logs(FlowLogIds=made["FlowLogIds"])["FlowLogs"]
    assert (found["DeliverLogsPermissionArn"], found["MaxAggregationInterval"]) == (role, 60)
    assert (found["LogGroupName"], found["Tags"]) == ("flow", [{"Key": "Name", "Value": "ours"}])
    assert found["LogFormat"].startswith("${version} ")


def test_x_ray_keeps_groups_by_region(emulator):
    client = emulator.client("xray")
    made = client.create_group(GroupName="ours", FilterExpression='service("a")')["Group"]
    client.update_group(GroupARN=made["GroupARN"], FilterExpression='service("b")')
    assert client.get_group(GroupName="ours")["Group"]["FilterExpression"] == 'service("b")'
    with pytest.raises(ClientError, match="not found"):
        emulator.client("xray", AWAY).get_group(GroupName="ours")
    client.tag_resource(ResourceARN=made["GroupARN"], Tags=[{"Key": "one", "Value": "1"}])
    client.untag_resource(ResourceARN=made["GroupARN"], TagKeys=["one"])
    assert client.list_tags_for_resource(ResourceARN=made["GroupARN"])["Tags"] == []
    client.delete_group(GroupName="ours")
    with pytest.raises(ClientError, match="not found"):
        client.get_group(GroupARN=made["GroupARN"])


def test_x_ray_keeps_sampling_rules(emulator):
    client = emulator.client("xray")
    any_of = dict.fromkeys(
        ("ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath", "ResourceARN"), "*"
    )
    rule = {"RuleName": "ours", "Priority": 9, "FixedRate": 0.5, "ReservoirSize": 1, "Version": 1, **any_of}
    client.create_sampling_rule(SamplingRule=rule)
    client.update_sampling_rule(SamplingRuleUpdate={"RuleName": "ours", "FixedRate": 0.1})
    (record,) = client.get_sampling_rules()["SamplingRuleRecords"]
    assert json.dumps(record["SamplingRule"]["FixedRate"]) == "0.1"
    client.delete_sampling_rule(RuleName="ours")
    assert client.get_sampling_rules()["SamplingRuleRecords"] == []
