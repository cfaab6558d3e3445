import threading

import pytest
from botocore.exceptions import EndpointConnectionError

from apps.web.upkeep import Every, Report, Watch


class CloudWatch:
    def __init__(self, error=None):
        self.error, self.told = error, []

    def put_metric_data(self, Namespace, MetricData):  # noqa: N803 - boto3's
        if self.error:
            raise self.error
        self.told.append((Namespace, {one["MetricName"]: one["Value"] for one in MetricData}))


def test_W07_what_this_instance_reaches_is_a_metric(world):
    client = CloudWatch()
    report = Report(client, "webapp-test", world.databases)
    report()
    assert client.told == []  # nothing is known yet
    world.databases.writer.probe()
    report()
    world.writer.take_away()
    world.databases.writer.probe()
    world.databases.replica.probe()
    report()
    assert client.told == [
        ("webapp-test", {"WriterReachable": 1.0}),
        ("webapp-test", {"WriterReachable": 0.0, "ReplicaReachable": 1.0}),
    ]


def test_a_report_that_is_lost_stops_nothing(world):
    world.databases.writer.probe()
    Report(CloudWatch(EndpointConnectionError(endpoint_url="x")), "webapp-test", world.databases)()


def test_the_table_is_made_at_the_first_sight_of_the_writer(world):
    world.writer.connect().run("drop schema web cascade")
    world.writer.take_away()
    watch = Watch(world.databases.writer, creates=True)
    watch()
    world.writer.away = False
    watch()
    watch()
    assert world.writer.connect().run("select count(*) from web.entries") == [[0]]


def test_a_table_that_cannot_be_made_is_tried_again(world, monkeypatch):
    world.writer.connect().run("drop schema web cascade")
    watch = Watch(world.databases.writer, creates=True)
    with monkeypatch.context() as broken:
        broken.setattr("apps.web.entries._SCHEMA", "create nonsense")
        watch()
    world.now[0] += 6
    watch()
    assert world.writer.connect().run("select count(*) from web.entries") == [[0]]


@pytest.mark.parametrize("turns", [1, 3])
def test_work_goes_on_until_it_is_stopped(turns):
    done, seen = threading.Event(), []

    def work():
        seen.append(1)
        if len(seen) == turns:
            every.stop()
            done.set()
        raise RuntimeError("a mistake in one turn is none in the next")

    every = Every(0.001, work, "test")
    every.start()
    assert done.wait(10)
    every._thread.join(10)
    assert len(seen) == turns
