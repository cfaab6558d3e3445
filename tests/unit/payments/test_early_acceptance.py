"""B11: how much is accepted before the writer is there, and what a client is told."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from durable.early_acceptance import EarlyAcceptance, EarlyLimits, LimitReached
from durable.entry import EntryState, Identity
from durable.errors import JournalUnavailable
from failover.lease import LeaseState
from intake.problems import HeldElsewhere, InTransit, Refused
from lib.settings import early_acceptance as settings
from runtime.database import DatabaseUnavailable
from tests.unit import emulated
from tests.unit.payments.service import Frontend, fail, get, post
from tests.unit.payments.test_payment_flow import KEY, flow_in

EURO = 1250
"""What the entry of these tests is worth."""


@pytest.fixture
def table() -> Iterator[object]:
    with mock_aws():
        client = emulated.client("dynamodb")
        client.create_table(
            TableName="lease",
            KeySchema=[{"AttributeName": "system", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "system", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


def early(table, *, shards: int = 1, **limits) -> EarlyAcceptance:
    return EarlyAcceptance(table, "lease", system="payments", limits=EarlyLimits(**limits), shards=shards)


def admitted(early: EarlyAcceptance, entry) -> int:
    """How many requests like this one are admitted until one is not."""
    for number in count():
        try:
            early.admit(replace(entry, idempotency_key=f"order-{number:04}"))
        except LimitReached:
            return number
    raise AssertionError


@pytest.mark.parametrize(
    ("limits", "most"),
    [
        ({"requests": 3, "money": {"EUR": 100 * EURO}}, 3),
        ({"requests": 100, "money": {"EUR": 2 * EURO + 1}}, 2),
        ({"requests": 100, "money": {"USD": 100 * EURO}}, 0),
        ({}, 0),
    ],
)
def test_B11_the_first_limit_that_is_reached_counts(table, entry, limits, most):
    assert admitted(early(table, **limits), entry) == most


def test_all_items_together_never_exceed_the_limit(table, entry):
    spread = early(table, shards=4, requests=10, money={"EUR": 100 * EURO})
    taken = 0
    for number in range(200):
        try:
            spread.admit(replace(entry, idempotency_key=f"order-{number:04}"))
            taken += 1
        except LimitReached:
            continue
    assert taken == 8


def test_every_failover_counts_anew(table, entry):
    one = early(table, requests=1, money={"EUR": EURO})
    assert admitted(one, entry) == 1
    assert admitted(one, replace(entry, epoch=2)) == 1


def test_a_table_that_does_not_answer_admits_nothing(table, entry):
    silent = emulated.own_client("dynamodb")
    silent.meta.events.register("before-send", fail(ConnectTimeoutError(endpoint_url="https://aws")))
    with pytest.raises(JournalUnavailable):
        early(silent, requests=1, money={"EUR": EURO}).admit(entry)


@pytest.mark.parametrize("text", ["", "0"])
def test_without_a_setting_nothing_is_accepted_early(text):
    assert EarlyLimits.parse(text) == EarlyLimits(requests=0, money={})


def test_what_the_settings_say_is_read_back_from_one_word():
    told = settings.EarlyAcceptance(requests=3, money={"USD": 5, "EUR": 100}).limits()
    assert told == "3:EUR=100:USD=5"
    assert EarlyLimits.parse(told) == EarlyLimits(requests=3, money={"EUR": 100, "USD": 5})


@pytest.fixture
def accepting(world):
    """The region has taken over, and its database is on its way: nobody may ask it."""
    world.lease = replace(world.lease, state=LeaseState.TAKING, accepting_epoch=world.lease.epoch)
    world.when_recorded = fail(AssertionError("the ledger was asked"))
    return world


def test_B11_a_payment_is_accepted_and_can_be_asked_for(accepting, entry):
    done, settled = flow_in(accepting).take(KEY, entry.request)
    assert (settled, done.epoch) == (False, accepting.lease.epoch)
    assert accepting.entries == {KEY: done}
    assert accepting.promises == {done.entry_id: KEY}


def test_the_same_key_gets_the_same_payment_while_it_is_accepted_and_afterwards(accepting, entry):
    flow = flow_in(accepting)
    first, _ = flow.take(KEY, entry.request)
    assert flow.take(KEY, entry.request) == (first, False)
    accepting.lease = replace(accepting.lease, state=LeaseState.ACTIVE)
    accepting.when_recorded = lambda: None
    later, settled = flow_in(accepting).take(KEY, entry.request)
    assert (later.entry_id, settled) == (first.entry_id, True)


def test_nothing_is_called_settled_that_this_ledger_may_lack(accepting, entry):
    accepting.entries[KEY] = replace(entry, state=EntryState.SETTLED)
    done, settled = flow_in(accepting).take(KEY, entry.request)
    assert (done.entry_id, settled) == (entry.entry_id, False)
    assert accepting.promises == {entry.entry_id: KEY}


@pytest.mark.parametrize("error", [LimitReached("enough"), JournalUnavailable("silent")])
def test_what_is_not_admitted_is_not_journalled(accepting, entry, error):
    accepting.when_admitted = fail(error)
    with pytest.raises(Refused, match="Repeat the request unchanged"):
        flow_in(accepting).take(KEY, entry.request)
    assert accepting.entries == {}


def test_a_key_that_this_copy_of_the_ledger_has_for_another_payment_is_not_accepted(accepting, entry):
    accepting.identities = {KEY: Identity(entry_id=entry.entry_id, request_hash=entry.request_hash)}
    with pytest.raises(Refused, match="another request under this key"):
        flow_in(accepting).take(KEY, entry.request)
    assert accepting.promises == {}


def test_a_copy_that_does_not_answer_keeps_nobody_waiting(accepting, entry):
    accepting.when_looked_up = fail(DatabaseUnavailable("it is being promoted"))
    assert flow_in(accepting).take(KEY, entry.request)[1] is False


def test_a_region_that_serves_counts_nothing(world, entry):
    world.when_admitted = fail(AssertionError("it was counted"))
    assert flow_in(world).take(KEY, entry.request)[1]


def test_a_lease_that_is_lost_meanwhile_acknowledges_nothing(accepting, entry):
    def taken_back() -> None:
        accepting.now_ms += 600
        accepting.lease = replace(accepting.lease, epoch=8, holder="us-west-2")

    accepting.when_promised = taken_back
    with pytest.raises(Refused):
        flow_in(accepting).take(KEY, entry.request)


def test_whoever_reads_the_ledger_waits_until_it_is_whole(accepting):
    with pytest.raises(Refused, match="H80_accepting") as refused:
        flow_in(accepting).held_lease()
    assert not isinstance(refused.value, HeldElsewhere | InTransit)


def test_the_other_region_passes_payments_on(accepting, entry):
    with pytest.raises(HeldElsewhere) as elsewhere:
        flow_in(accepting, region="us-west-2").take(KEY, entry.request)
    assert elsewhere.value.holder == "us-east-1"
    flow_in(accepting, region="us-west-2").must_still_be_held_by("us-east-1")


def test_B11_a_client_is_told_accepted_and_not_that_a_payment_is_unknown(accepting):
    frontend = Frontend(accepting)
    paid = frontend(post())
    assert (paid.status, paid.body["status"]) == (202, "accepted")
    asked = frontend(get(paid.body["payment_id"]))
    assert (asked.status, asked.body["status"]) == (200, "accepted")
    unknown = frontend(get("00000000-0000-4000-8000-000000000000"))
    assert unknown.status == 503
