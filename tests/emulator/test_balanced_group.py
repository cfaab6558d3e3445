"""A group behind a load balancer, end to end: an instance dies under requests, another takes its place."""

import http.client
from pathlib import Path

import pytest

from localcloud.core.state import CloudState
from localcloud.fleet.assembly import load_balancers
from tests.emulator.emulator_process import ACCOUNT, TOKEN, eventually
from tests.emulator.test_fleet import cloud, template  # noqa: F401 - fixtures


@pytest.fixture(scope="module")
def balanced(cloud, template, tmp_path_factory):  # noqa: F811
    """The port of a balancer over three instances, and the ARN of their target group."""
    elb, (name, zones) = cloud.client("elbv2"), template
    made = elb.create_load_balancer(Name="web", Subnets=zones.split(","))["LoadBalancers"][0]
    group = elb.create_target_group(
        Name="web",
        Protocol="HTTP",
        Port=8080,
        VpcId="vpc-1",
        HealthCheckIntervalSeconds=5,
        HealthCheckTimeoutSeconds=2,
        UnhealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    elb.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    config = cloud.emulator.config
    state = CloudState(
        pid=0,
        control="",
        token=TOKEN,
        operator_endpoint=f"http://127.0.0.1:{cloud.emulator.operator}",
        account_id=ACCOUNT,
        access_key_id=config["access_key_id"],
        secret_access_key=config["secret_access_key"],
        regions={},
        dns_port=0,
        calls_log=Path(),
        balancer_ca=tmp_path_factory.mktemp("balancer") / "authority.pem",
    )

    async def start():
        balancers = load_balancers(state, cloud.fleet.book, time_scale=5)
        await balancers.start()
        balancers.wake()
        return balancers

    balancers = cloud.do(start())
    cloud.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="web",
        MinSize=1,
        MaxSize=4,
        DesiredCapacity=3,
        VPCZoneIdentifier=zones,
        LaunchTemplate={"LaunchTemplateId": name, "Version": "1"},
        TargetGroupARNs=[group],
    )
    eventually(lambda: healthy(cloud, group) == 3, within=60)
    yield balancers.doors.ports[made["DNSName"].lower()][80], group
    cloud.do(balancers.stop())


def healthy(cloud, group):  # noqa: F811
    told = cloud.client("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return sum(one["TargetHealth"]["State"] == "healthy" for one in told)


def ask(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        return answer.status, answer.read().decode().split()[0]
    finally:
        connection.close()


def test_a_killed_instance_is_missed_for_no_longer_than_it_is_registered(cloud, balanced):  # noqa: F811
    port, group = balanced
    assert {ask(port) for _ in range(6)} == {(200, "1")}
    lost = cloud.members()[0]["InstanceId"]

    def registered():
        told = cloud.client("elbv2").describe_target_health(TargetGroupArn=group)
        return {
            one["Target"]["Id"]
            for one in told["TargetHealthDescriptions"]
            if one["TargetHealth"]["State"] != "draining"
        }

    cloud.do(cloud.fleet.faults.kill(lost))
    eventually(lambda: lost not in registered(), within=30)
    eventually(lambda: healthy(cloud, group) == 3, within=30)
    assert {ask(port) for _ in range(12)} == {(200, "1")}
