"""The function of the reconciler: what a run tells and measures."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from aws_lambda_powertools.metrics import MetricUnit

from durable import composition
from durable.arrivals import MINUTE_MS, minute_of
from durable.backlog import BATCH, STALE_MS
from payments import functions as module
from payments.functions import reconcile

from .scene import LEASE, NOW, WEST
from .world import MARK, entry, event


@pytest.fixture
def composed(world, reconciler, monkeypatch):
    measured: list[dict[str, object]] = []
    meter = SimpleNamespace(record=measured.append)
    monkeypatch.setattr(module, "reconciling", lambda: (reconciler, meter))
    monkeypatch.setattr(composition, "now_ms", world.clock)
    return measured


def test_the_holders_run_is_measured_and_told(world, composed, logged) -> None:
    world.keep(entry(1))
    world.unpublished = [event(1)]
    done = json.loads(json.dumps(reconcile({}, object())))
    assert (done["serving_status"], done["settled"], done["published"]) == ("H90_ready", 1, 1)
    [measured] = composed
    assert {name: (unit.value, value) for name, (unit, value) in measured.items()} == {
        "IntentsSettled": ("Count", 1),
        "PaymentsReplayed": ("Count", 1),
        "OldestIntentAge": ("Milliseconds", STALE_MS + 1),
        "EventsPublished": ("Count", 1),
        "EventsRefused": ("Count", 0),
        "EventsParked": ("Count", 0),
        "OldestEventAge": ("Milliseconds", 0),
        "WatermarkAhead": ("Count", 0),
        "PaymentsSetAside": ("Count", 0),
        "WatermarkAge": ("Milliseconds", NOW - (MARK + 1) * MINUTE_MS),
    }
    assert logged == [("info", "reconciled", done)]


def test_a_watermark_that_a_fast_clock_set_is_counted(world, composed) -> None:
    world.minute = minute_of(NOW) + 3
    reconcile({}, object())
    assert composed[0]["WatermarkAhead"] == (MetricUnit.Count, 1)
    assert composed[0]["WatermarkAge"][1] > 0


def test_arrivals_that_were_emptied_are_counted(world, composed) -> None:
    world.keep(entry(1))
    world.rows, world.arrivals = {"key-00001"}, []
    reconcile({}, object())
    assert composed[0]["WatermarkAhead"] == (MetricUnit.Count, 1)


def test_a_person_may_have_parked_events_tried_again(world, composed) -> None:
    reconcile({"try_parked": "yes"}, object())
    assert world.tried_parked == 0
    reconcile({"try_parked": True}, object())
    assert world.tried_parked == 1


def test_without_a_watermark_its_age_is_not_measured(world, composed) -> None:
    world.minute, world.when_read = None, lambda: setattr(world, "seconds", 26.0)
    world.keep(*(entry(number) for number in range(2 * BATCH)))
    assert reconcile({}, object())["watermark"] is None
    assert "WatermarkAge" not in composed[0]


def test_another_regions_run_says_why_it_did_nothing(world, composed) -> None:
    world.lease = replace(LEASE, holder=WEST)
    assert (reconcile({}, object())["serving_status"], composed) == ("H30_not_holder", [])


def test_the_reconciler_composes_itself_once_from_its_environment(environment) -> None:
    try:
        assert module.reconciling() is module.reconciling()
    finally:
        module.reconciling.cache_clear()
