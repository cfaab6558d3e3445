"""What the fleet carries: how a measurement is made and when its bars are met."""

import os
import sys
import time
from dataclasses import replace

import pytest

from bench import fleet
from bench.fleet import Carried, measure
from gameday.load.visits import Visit
from gameday.observe.host_load import HostLoad
from gameday.series import Code
from tests.unit.gameday.small_site import SmallSite, World

QUIET = HostLoad(per_core=0.5, steal=0.0, pressure=0.1)
BUSY = replace(QUIET, per_core=11.0)


def visit(took_ms=8.0, **more):
    given = {"due": 100.0, "started": 100.0, "ended": 100.0 + took_ms / 1e3, "status": 200}
    return Visit(**(given | more))


def written(entry, text="bench 1"):
    return visit(write=True, status=303, entry=entry, text=text)


def carried(**more):
    given = {
        "visits": [visit() for _ in range(200)],
        "entries": frozenset(),
        "idle": 0.02,
        "busy": 0.12,
        "host": QUIET,
    }
    return Carried(**(given | more))


async def test_visits_entries_and_the_share_of_a_core_are_measured():
    site = SmallSite()
    async with site.served() as port:
        found = await measure(World(site, port), rate=50, seconds=0.6, idle_s=0.1)
    assert len(found.visits) >= 10
    assert found.entries == {(number, text) for number, text in enumerate(site.entries, start=1)}
    assert (found.failed, found.lost, found.doubled) == ({}, 0, 0)
    assert found.busy > 0


def test_all_bars_together_are_met():
    assert carried().code is Code.MET


@pytest.mark.parametrize(
    "change",
    [
        {"visits": [visit(took_ms=60.0) for _ in range(200)]},
        {"visits": [*(visit() for _ in range(200)), visit(status=503)]},
        {"busy": 0.16},
    ],
)
def test_a_bar_that_is_missed_counts_on_a_quiet_machine_only(change):
    assert carried(**change).code is Code.MISSED
    assert carried(**change, host=BUSY).code is Code.INVALID


@pytest.mark.parametrize(
    ("entries", "told"),
    [({(2, "bench 1")}, "1 lost, 0 doubled"), ({(1, "bench 1"), (2, "bench 1")}, "0 lost, 1 doubled")],
)
def test_however_busy_the_machine_no_entry_is_lost_or_there_twice(entries, told):
    found = carried(visits=[visit(), written(1)], entries=frozenset(entries), host=BUSY)
    assert found.code is Code.MISSED
    assert told in str(found)


def test_a_person_reads_what_failed_and_how_far_the_bars_are():
    failed = [visit(status=503), visit(status=503), visit(status=None, error="TimeoutError")]
    lines = str(carried(visits=[*(visit() for _ in range(197)), *failed])).splitlines()
    assert lines == [
        "visits    200, failed: 2 x 503, 1 x TimeoutError",
        "took      p50 8.0 ms, p99 8.0 ms (bar: 50)",
        "entries   0 lost, 0 doubled",
        "the fleet 12.0% of a core (bar: 15%), idle 2.0%",
        "machine   load 0.5 a core, pressure 0.10",
    ]


def test_why_a_miss_says_nothing_is_printed(monkeypatch, capsys):
    async def measured(world, *, rate, seconds):
        assert (world, rate, seconds) == ("world", 300.0, 5.0)
        return carried(busy=0.5, host=BUSY)

    monkeypatch.setattr(fleet, "measure", measured)
    monkeypatch.setattr(fleet, "WEBAPP", type("Webapp", (), {"world": staticmethod(lambda: "world")}))
    monkeypatch.setattr(sys, "argv", ["bench.fleet", "--rate", "300", "--seconds", "5"])
    with pytest.raises(SystemExit) as ended:
        fleet.main()
    assert ended.value.code == Code.INVALID
    assert "V40 the host was overloaded" in capsys.readouterr().out


def test_processor_time_is_that_of_one_process():
    used, until = fleet.seconds_of(os.getpid()), time.process_time() + 0.05
    while time.process_time() < until:
        pass
    assert fleet.seconds_of(os.getpid()) > used
    assert fleet.seconds_of(-1) == 0.0
