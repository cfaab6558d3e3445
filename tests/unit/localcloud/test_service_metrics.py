"""W07: alarms on names and databases see what this machine's health checks and servers say."""

import asyncio
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from localcloud import service_metrics
from localcloud.service_metrics import ServiceMetrics, of_health_checks

HERE = "us-east-1"


class Told(list):
    """Every metric that was published, in order, as region, namespace, name, dimension and value."""

    def clients(self, service, region):
        assert service == "cloudwatch"

        def put(*, Namespace, MetricData):  # noqa: N803 - as boto3 calls them
            for one in MetricData:
                of = one["Dimensions"][0]["Value"]
                self.append((region, Namespace, one["MetricName"], of, one["Value"]))

        return SimpleNamespace(put_metric_data=put)


class Servers:
    writer = "board-0"
    seconds = 0.5

    def lag(self, name):
        assert name == "board-1"
        return self.seconds


def metrics(told, databases=("board-0", "board-1"), servers=None, **more):
    system = SimpleNamespace(databases=dict.fromkeys(databases, HERE))
    status = {"checks": [{"id": "one", "healthy": True}, {"id": "two", "healthy": False}]}
    given = {"clients": told.clients, "health": lambda: status} | more
    return ServiceMetrics(system=system, servers=servers or Servers(), **given)


def test_each_check_is_1_or_0_and_the_replica_tells_how_far_it_is_behind():
    told = Told()
    made = metrics(told)
    made.publish([*of_health_checks(made.health())])
    assert told == [
        (HERE, "AWS/Route53", "HealthCheckStatus", "one", 1.0),
        (HERE, "AWS/Route53", "HealthCheckStatus", "two", 0.0),
        (HERE, "AWS/RDS", "ReplicaLag", "board-1", 0.5),
    ]


def test_a_lag_that_nobody_can_tell_and_a_promoted_replica_tell_nothing():
    told, servers = Told(), Servers()
    servers.seconds = None
    metrics(told, servers=servers).publish([])
    servers.writer = "board-1"
    metrics(told, databases=("board-1",), servers=servers).publish([])
    assert told == []


def test_a_member_of_a_global_database_is_no_single_one():
    told = Told()
    metrics(told, databases=(HERE,)).publish([])
    assert told == []


async def test_they_are_published_again_and_again_whatever_one_minute_raises(monkeypatch):
    monkeypatch.setattr(service_metrics, "EVERY_S", 0.001)
    turns, published = [], asyncio.Event()
    loop = asyncio.get_running_loop()

    def clients(*_):
        turns.append(1)
        if len(turns) == 1:
            raise ClientError({"Error": {"Code": "Throttling"}}, "PutMetricData")
        return SimpleNamespace(put_metric_data=lambda **_: loop.call_soon_threadsafe(published.set))

    made = metrics(Told(), clients=clients)
    made.start()
    async with asyncio.timeout(20):
        await published.wait()
    await made.stop()
    assert len(turns) >= 2


async def test_what_was_never_begun_can_be_stopped():
    await metrics(Told()).stop()


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    monkeypatch.setattr(service_metrics, "log", SimpleNamespace(warning=lambda *_: None))
