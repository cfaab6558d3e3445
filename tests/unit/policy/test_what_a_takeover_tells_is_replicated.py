"""P05: what a region tells, of its takeovers and of its payments, is what its rule sends on."""

import json
from types import SimpleNamespace

import pytest

from durable.event_bus import own_bus
from failover.lease import Automation, Kind, Lease, LeaseState
from failover.steps import record
from failover.takeover import Takeover
from payments.book import BOOK

PLACES = {"use1": ("us-east-1", "us-west-2"), "usw2": ("us-west-2", "us-east-1")}


def told(here: str, there: str) -> list[dict[str, str]]:
    """What takeovers of every kind, by the region *here*, put on its bus."""
    entries: list[dict[str, str]] = []

    def put_events(*, Entries: list[dict[str, str]]) -> object:  # noqa: N803 - boto3's
        entries.extend(Entries)
        return {"Entries": [{"EventId": "1"}]}

    for kind in Kind:
        lease = Lease(
            system="payments",
            epoch=8,
            holder=here,
            state=LeaseState.ACTIVE,
            expires_at_ms=1,
            automation=Automation.RUNNING,
            changed_at_ms=1,
            previous_holder=there,
            kind=kind,
        )
        tools = SimpleNamespace(
            region=here,
            leases=SimpleNamespace(read=lambda lease=lease: lease),
            bus=own_bus(
                here,
                SimpleNamespace(put_events=put_events),
                SimpleNamespace(get=lambda name: name),
                "payments",
            ),
            clock=lambda: 1,
        )
        record.run(Takeover.of(lease), tools)
    return entries


@pytest.mark.parametrize("code", PLACES)
def test_P05_the_rule_sends_on_all_that_is_told_and_names_nothing_else(stacks, code):
    rules = stacks[code].by("aws_cloudwatch_event_rule", "name")
    pattern = json.loads(rules["payments-replication-test"]["event_pattern"])
    entries = told(*PLACES[code])
    assert {entry["DetailType"] for entry in entries} | {BOOK.event} == set(pattern["detail-type"])
    assert {entry["Source"] for entry in entries} | {"payments"} == set(pattern["source"])
    assert {json.loads(entry["Detail"])["published_in"] for entry in entries} == set(
        pattern["detail"]["published_in"]
    )
