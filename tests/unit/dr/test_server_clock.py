"""Times are AWS's: a laptop's clock is measured against the Date of AWS's answers."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from types import SimpleNamespace

import pytest

from dr import status
from dr.aws import Cloud
from dr.deployment import Deployment
from dr.screen import topology_line
from dr.server_clock import ServerClock, off_ms
from runtime.clock import now_ms

from .typed import dr
from .world import EAST, ENDPOINTS, HEALTHY, LEASE, NOW, OUTPUTS

DATE = format_datetime(datetime.fromtimestamp(NOW / 1000, UTC), usegmt=True)


@pytest.mark.parametrize(
    ("sent", "received", "off"),
    [
        (NOW, NOW + 300, 0),
        (NOW + 900, NOW + 950, 0),
        (NOW - 300_000, NOW - 299_900, 299_900),
        (NOW + 61_000, NOW + 61_200, -60_000),
    ],
)
def test_a_clock_is_off_by_what_the_date_proves_and_no_more(sent, received, off):
    assert off_ms(DATE, sent_ms=sent, received_ms=received) == off


def test_an_answer_without_a_date_says_nothing():
    clock = ServerClock()
    clock._received(SimpleNamespace(headers={}), {"dr_sent_ms": 0})
    assert clock.off_ms is None
    assert off_ms("yesterday", sent_ms=0, received_ms=0) is None


def test_every_answer_about_the_lease_tells_the_time(aws):
    aws.lease = LEASE
    aws.date_off_s = 300
    found = Cloud(Deployment.of(OUTPUTS | dict.fromkeys(ENDPOINTS, aws.url))).topology()
    assert 298_000 < found.clock_off_ms <= 300_000


def test_a_lease_expires_by_the_clock_of_aws_and_not_by_the_laptops(cloud, monkeypatch):
    ahead = replace(HEALTHY.topology, clock_off_ms=-300_000)
    told = ahead.as_json(now_ms=NOW + 300_000)
    assert (told["lease"]["expires_in_s"], told["clock_off_s"]) == (30.0, -300.0)
    assert "expires in 30 s" in topology_line(ahead, NOW + 300_000)
    assert ahead.clock_warning == "this machine's clock is 300 s ahead of AWS's; times here are AWS's"
    assert "300 s behind AWS's" in replace(ahead, clock_off_ms=300_000).clock_warning
    monkeypatch.setattr(status, "Cloud", lambda _: cloud)
    cloud.found = replace(HEALTHY, topology=ahead)
    assert "300 s ahead of AWS's" in " ".join(dr(cloud, "status").output.split())


def test_a_clock_that_is_right_or_not_known_is_no_news():
    assert HEALTHY.topology.clock_warning is None
    told = HEALTHY.topology.as_json(now_ms=now_ms())
    assert (told["clock_off_s"], json.dumps(told["unknown"])) == (None, "[]")
    assert told["lease"]["holder"] == EAST
