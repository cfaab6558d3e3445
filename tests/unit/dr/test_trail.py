"""T05: the audit trail, checked by an operator: whole, and in both regions."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from moto import mock_aws
from typer.testing import CliRunner

from dr import commands
from dr import trail as module
from dr.calls import AwsUnavailable
from dr.deployment import Deployment
from durable.entry import EntryState, JournalEntry
from durable.trail import Trail, key_of, minute_of_key
from payments.payment import PaymentRequest
from tests.unit import emulated

from .world import EAST, ENDPOINTS, OUTPUTS, WEST

DAY = "2026-06-21"
NOW = minute_of_key(f"audit/{EAST}/{DAY}/10-00.json")
REQUEST = PaymentRequest(amount_minor=5, currency="EUR", debtor="a", creditor="b", reference="")


def accepted(minute: int) -> JournalEntry:
    return JournalEntry(
        idempotency_key=f"order-{minute}",
        entry_id=f"id-{minute}",
        request_hash=REQUEST.digest(),
        request=REQUEST,
        epoch=7,
        region=EAST,
        state=EntryState.INTENT,
        accepted_at_ms=minute * 60_000,
    )


class World(SimpleNamespace):
    """Both regions' buckets."""

    def write(self, region: str, *, before: int) -> None:
        journal = SimpleNamespace(arrived=lambda minute: iter([accepted(minute)]))
        Trail(self.s3, lambda: region, journal, region=region, seen=dict).write(before=before)

    def copy(self, key: str) -> None:
        body = self.s3.get_object(Bucket=EAST, Key=key)["Body"].read()
        self.s3.put_object(Bucket=WEST, Key=key, Body=body)

    def typed(self, *arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(commands.app, ["trail", *arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output


@pytest.fixture
def trading(monkeypatch):
    found = replace(Deployment.of(OUTPUTS | ENDPOINTS), system="trading")
    monkeypatch.setattr(module.Deployment, "load", lambda _outputs: found)
    with mock_aws():
        s3 = emulated.own_client("s3")
        s3.create_bucket(Bucket=EAST)
        s3.create_bucket(Bucket=WEST, CreateBucketConfiguration={"LocationConstraint": WEST})
        for region in (EAST, WEST):
            emulated.client("ssm", region).put_parameter(
                Name="/payments-test/audit/bucket", Value=region, Type="String", Overwrite=True
            )
        world = World(s3=s3, keys=[key_of(EAST, NOW + minute) for minute in range(2)])
        world.write(EAST, before=NOW + 1)
        world.write(EAST, before=NOW + 2)
        yield world


def test_T05_a_whole_trail_in_both_regions_is_well(trading):
    for key in trading.keys:
        trading.copy(key)
    code, said = trading.typed(DAY)
    assert (code, said) == (0, f"{EAST}: 2 pages, 0 wrong, 0 late\n{WEST}: 2 pages, 0 wrong, 0 late\n")


def test_T05_late_pages_are_told_by_name(trading):
    trading.copy(trading.keys[0])
    code, said = trading.typed(DAY)
    assert (code, f"  late: {trading.keys[1]}\n" in said) == (5, True)
    code, said = trading.typed(DAY, "--json")
    told = json.loads(said)
    assert (code, told["late"]) == (5, {EAST: [], WEST: [trading.keys[1]]})


def test_T05_after_the_loss_of_a_region_the_survivor_names_what_may_be_late(trading, monkeypatch):
    trading.copy(trading.keys[0])
    trading.write(WEST, before=NOW + 3)
    really = module.Cloud.audit_pages

    def lost(cloud, region, day):
        if region == EAST:
            raise AwsUnavailable("us-east-1: no answer")
        return really(cloud, region, day)

    monkeypatch.setattr(module.Cloud, "audit_pages", lost)
    code, said = trading.typed(DAY)
    assert (code, f"  late: {trading.keys[1]}\n" in said, "us-east-1: not read" in said) == (5, True, True)
    monkeypatch.setattr(module.Cloud, "audit_pages", lambda cloud, region, day: lost(cloud, EAST, day))
    with pytest.raises(AwsUnavailable, match="cannot be read"):
        trading.typed(DAY)


def test_T05_a_page_that_was_changed_fails_the_command(trading):
    trading.s3.put_object(Bucket=EAST, Key=trading.keys[0], Body=b"{}")
    code, said = trading.typed(DAY)
    assert (code, f"  wrong: {trading.keys[0]} cannot be read: KeyError\n" in said) == (1, True)


def test_what_is_no_day_and_a_system_without_a_trail_are_refused(trading, monkeypatch):
    with pytest.raises(module.Refused, match="a day is written like"):
        trading.typed("yesterday")
    payments = Deployment.of(OUTPUTS | ENDPOINTS)
    monkeypatch.setattr(module.Deployment, "load", lambda _outputs: payments)
    with pytest.raises(module.Refused, match="payments writes no audit trail"):
        trading.typed(DAY)
