"""Load balancers of the emulator are served: checks, requests, metrics and logs go through its APIs."""

import asyncio
import gzip
import shlex
import time
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from localcloud.core.state import CloudState
from localcloud.fleet.assembly import load_balancers, services
from localcloud.fleet.ports import PortBook
from localcloud.route53.records import Service
from tests.emulator.emulator_process import ACCOUNT, HOME, TOKEN

TASKS = {"sessions.internal": Service(healthy=True, ports={8080: 1})}


@pytest.fixture
def cloud(emulator, tmp_path):
    return CloudState(
        pid=0,
        control="",
        token=TOKEN,
        operator_endpoint=f"http://127.0.0.1:{emulator.operator}",
        account_id=ACCOUNT,
        access_key_id=emulator.config["access_key_id"],
        secret_access_key=emulator.config["secret_access_key"],
        regions={},
        dns_port=0,
        calls_log=Path(),
        balancer_ca=tmp_path / "balancers" / "authority.pem",
    )


def deployed(emulator):
    """A balancer with a listener, a group with one instance, and a bucket for logs."""
    elb = emulator.client("elbv2")
    emulator.client("s3").create_bucket(Bucket="access-logs")
    made = elb.create_load_balancer(Name="web", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]
    attributes = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "access-logs"}
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=made["LoadBalancerArn"],
        Attributes=[{"Key": key, "Value": value} for key, value in attributes.items()],
    )
    group = elb.create_target_group(
        Name="web",
        Protocol="HTTP",
        Port=8080,
        VpcId="vpc-1",
        HealthCheckPath="/health",
        HealthCheckIntervalSeconds=5,
        UnhealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    elb.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "i-1"}])
    return made, group


async def until(condition):
    async with asyncio.timeout(10):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - it asks an API
            await asyncio.sleep(0.05)


async def test_a_balancer_that_the_api_made_serves_checks_measures_and_logs(emulator, cloud):
    made, group = deployed(emulator)
    elb, book, well = emulator.client("elbv2"), PortBook(), True

    async def answer(request):
        return web.Response(status=200 if well else 503, text=request.path)

    server = await asyncio.get_running_loop().create_server(web.Server(answer), "127.0.0.1", 0)
    book.enter("i-1", f"{HOME}b", {8080: server.sockets[0].getsockname()[1]})
    balancers = load_balancers(cloud, book, time_scale=50)
    await balancers.start()
    assert services(balancers, TASKS) == TASKS, "it sleeps until there is a balancer"
    balancers.wake()

    def state():
        told = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return told[0]["TargetHealth"]["State"]

    await until(lambda: state() == "healthy")
    ports = balancers.doors.ports[made["DNSName"]]
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{ports[80]}/hello") as got:
        assert (got.status, await got.text()) == (200, "/hello")
    assert services(balancers, TASKS)[made["DNSName"]].healthy
    well = False
    await until(lambda: state() == "unhealthy")
    assert not services(balancers, TASKS)[made["DNSName"]].healthy
    await balancers.stop()
    server.close()
    assert cloud.balancer_ca.read_text().startswith("-----BEGIN CERTIFICATE")
    _measured(emulator, made, group)
    _logged(emulator, made)


def _measured(emulator, made, group):
    dimensions = {
        "LoadBalancer": made["LoadBalancerArn"].partition(":loadbalancer/")[2],
        "TargetGroup": group.rpartition(":")[2],
    }
    for name, wanted in (("HTTPCode_Target_2XX_Count", 1.0), ("UnHealthyHostCount", 1.0)):
        found = emulator.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/ApplicationELB",
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=time.time() - 300,
            EndTime=time.time() + 60,
            Period=3600,
            Statistics=["Sum"],
        )["Datapoints"]
        assert sum(point["Sum"] for point in found) == wanted


def _logged(emulator, made):
    s3 = emulator.client("s3")
    (only,) = s3.list_objects_v2(Bucket="access-logs")["Contents"]
    assert only["Key"].startswith(f"AWSLogs/{ACCOUNT}/elasticloadbalancing/{HOME}/")
    text = gzip.decompress(s3.get_object(Bucket="access-logs", Key=only["Key"])["Body"].read()).decode()
    (line,) = text.splitlines()
    fields = shlex.split(line)
    assert (fields[4], fields[8]) == ("i-1:8080", "200")
    assert fields[12] == "GET http://127.0.0.1:80/hello HTTP/1.1"
