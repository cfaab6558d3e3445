from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from payments.arrivals import AHEAD, FAR, MINUTE_MS, SHARDS, Arrivals, minute_of
from payments.entry import EntryState, JournalEntry
from payments.errors import JournalUnavailable
from payments.journal import AT_ONCE, PAUSE_S, TRIES, Journal
from tests.unit import emulated

TABLE, ARRIVALS = "payments-journal-test", "payments-arrivals-test"
NOW = 1_800_000_030_000
MINUTE = NOW // 60_000
NEVER = 10 * NOW


class Clock:
    """Milliseconds that stand still until a test moves them."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _table(client, name: str, **keys: str) -> None:
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
    )


@pytest.fixture
def client() -> Iterator[object]:
    with mock_aws():
        client = emulated.client("dynamodb")
        _table(client, TABLE, idempotency_key="HASH")
        _table(client, ARRIVALS, window="HASH", idempotency_key="RANGE")
        yield client


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def journal(client, clock, pauses) -> Journal:
    return Journal(client, TABLE, Arrivals(client, ARRIVALS, clock), pauses.append)


@pytest.fixture
def accept(journal, entry) -> Callable[..., JournalEntry]:
    """Accepts the entry, changed as told."""
    return lambda **changed: journal.accept(replace(entry, **changed), until_ms=NEVER)


def keys(entries) -> list[str]:
    return [entry.idempotency_key for entry in entries]


# the claim


def test_an_accepted_entry_is_found_as_it_was_given(journal, accept, entry) -> None:
    assert accept() == entry
    assert journal.find(entry.idempotency_key) == entry


def test_the_stored_item_has_the_agreed_attributes(client, accept) -> None:
    accept()
    item = client.scan(TableName=TABLE)["Items"][0]
    kept = {"idempotency_key", "payment_id", "request_hash", "request", "epoch", "region", "accepted_at_ms"}
    assert item.keys() == kept | {"state"}
    assert (item["epoch"], item["state"]) == ({"N": "1"}, {"S": "INTENT"})
    assert client.scan(TableName=ARRIVALS)["Items"][0].keys() == kept | {"window"}


def test_a_taken_key_answers_with_the_older_entry_and_keeps_it(journal, accept, entry) -> None:
    accept()
    assert accept(payment_id="another", request_hash="another", epoch=9) == entry
    assert list(journal.entries(None)) == [entry]


def test_settling_changes_the_state_alone_and_may_be_repeated(journal, accept, entry) -> None:
    accept()
    journal.settle(entry.idempotency_key)
    journal.settle(entry.idempotency_key)
    assert journal.find(entry.idempotency_key) == replace(entry, state=EntryState.SETTLED)
    assert accept().state is EntryState.SETTLED


def test_settling_an_unknown_key_creates_no_entry_and_says_so(journal, caplog) -> None:
    journal.settle("never-seen")
    assert list(journal.entries(None)) == []
    assert [record.message for record in caplog.records] == ["an arrival without its entry"]


def test_an_unknown_key_is_not_found(journal) -> None:
    assert journal.find("never-seen") is None


# the arrivals


def test_an_entry_arrives_in_the_minute_of_the_clock_whenever_it_was_drafted(journal, accept, entry) -> None:
    accept(accepted_at_ms=NOW - 3_600_000)
    assert keys(journal.arrived(MINUTE)) == [entry.idempotency_key]
    assert list(journal.arrived(MINUTE - 1)) == list(journal.arrived(MINUTE + 1)) == []


@pytest.mark.parametrize("settled", [False, True])
def test_a_repeated_request_arrives_anew_with_what_stands_and_never_with_its_draft(
    *, journal, accept, entry, clock, settled
) -> None:
    accept()
    if settled:
        journal.settle(entry.idempotency_key)
    clock.now += 10 * MINUTE_MS
    accept(payment_id="another", request_hash="another", epoch=9)
    assert list(journal.arrived(MINUTE + 10)) == [entry]


def test_the_moment_of_the_arrival_is_read_after_the_claim(client, journal, entry, clock) -> None:
    def slow(**_: object) -> None:
        clock.now += MINUTE_MS

    client.meta.events.register_first("provide-client-params.dynamodb.PutItem", slow, unique_id="slow")
    journal.accept(entry, until_ms=NEVER)
    assert keys(journal.arrived(MINUTE + 1)) == [entry.idempotency_key]


def test_what_can_no_longer_be_acknowledged_does_not_arrive(journal, entry, clock) -> None:
    with pytest.raises(JournalUnavailable, match=r"^journal arrival: too late$"):
        journal.accept(entry, until_ms=clock.now - 1)
    assert list(journal.entries(MINUTE)) == []
    assert journal.accept(entry, until_ms=clock.now) == entry


def test_entries_since_a_minute_are_those_that_came_in_it_or_after_it(journal, accept, clock) -> None:
    for number in range(4):
        accept(idempotency_key=f"order-{number}")
        clock.now += MINUTE_MS
    assert keys(journal.entries(MINUTE + 2)) == ["order-2", "order-3"]
    assert len(keys(journal.entries(None))) == 4


@pytest.mark.parametrize(("minutes", "found"), [(FAR, []), (FAR + 1, ["order-0001"])])
def test_since_a_minute_that_is_long_ago_the_whole_journal_is_read(journal, accept, clock, minutes, found):
    """It is shorter than so many minutes, or nothing is short."""
    accept()
    clock.now += (minutes + 1) * MINUTE_MS
    assert keys(journal.entries(MINUTE + 1)) == found


def test_what_came_by_a_clock_that_is_ahead_is_read(journal, accept, clock) -> None:
    clock.now += AHEAD * MINUTE_MS
    accept()
    clock.now = NOW
    assert len(keys(journal.entries(MINUTE))) == 1


def test_a_minute_is_spread_over_its_shards_and_read_whole(client, journal, accept) -> None:
    wanted = {f"order-{number:04}" for number in range(100)}
    for key in wanted:
        accept(idempotency_key=key)
    shards = {item["window"]["S"] for item in client.scan(TableName=ARRIVALS)["Items"]}
    assert shards == {f"{MINUTE}#{shard}" for shard in range(SHARDS)}
    assert set(keys(journal.arrived(MINUTE))) == wanted


def test_a_key_has_one_shard_for_ever(client, accept) -> None:
    accept(idempotency_key="order-0001")
    assert client.scan(TableName=ARRIVALS)["Items"][0]["window"]["S"] == f"{MINUTE}#4"


def test_minutes_begin_where_the_clock_says_so() -> None:
    assert [minute_of(at_ms) for at_ms in (0, 59_999, 60_000)] == [0, 0, 1]


@pytest.mark.parametrize("since", [None, MINUTE])
def test_entries_pass_every_page(journal, accept, entry, since) -> None:
    # A page ends at 1 MiB, and the longest request is about a kilobyte: these need two.
    long = replace(entry.request, reference="x" * 200_000)
    wanted = {f"order-{number:04}" for number in range(70)}
    for key in wanted:
        accept(idempotency_key=key, request=long)
    assert sorted(keys(journal.entries(since))) == sorted(wanted)


# states


def test_of_many_keys_those_are_told_that_are_settled(journal, accept) -> None:
    wanted = [f"order-{number:04}" for number in range(2 * AT_ONCE + 1)]
    for key in wanted:
        accept(idempotency_key=key)
        journal.settle(key)
    accept(idempotency_key="open")
    assert journal.settled([*wanted, "open", "never-seen", wanted[0]]) == set(wanted)
    assert journal.settled([]) == set()


def test_keys_that_dynamodb_puts_off_are_asked_for_again(
    journal, accept, client, monkeypatch, pauses
) -> None:
    for key in ("order-1", "order-2"):
        accept(idempotency_key=key)
        journal.settle(key)
    real = client.batch_get_item

    def partly(*, RequestItems: dict) -> dict:  # noqa: N803 - boto3's
        [first, *later] = RequestItems[TABLE]["Keys"]
        answer = real(RequestItems={TABLE: {**RequestItems[TABLE], "Keys": [first]}})
        left = {TABLE: {**RequestItems[TABLE], "Keys": later}} if later else {}
        return {**answer, "UnprocessedKeys": left}

    monkeypatch.setattr(client, "batch_get_item", partly)
    assert journal.settled(["order-1", "order-2"]) == {"order-1", "order-2"}
    assert pauses == [PAUSE_S]


def test_keys_that_dynamodb_puts_off_for_ever_are_unavailable(journal, client, monkeypatch, pauses) -> None:
    def never(*, RequestItems: dict) -> dict:  # noqa: N803 - boto3's
        return {"Responses": {}, "UnprocessedKeys": RequestItems}

    monkeypatch.setattr(client, "batch_get_item", never)
    with pytest.raises(JournalUnavailable, match=r"^journal states: put off again and again$"):
        journal.settled(["order-1"])
    assert pauses == [PAUSE_S * 2**n for n in range(TRIES - 1)]


# all of it


def test_every_read_is_strongly_consistent(client, journal, accept) -> None:
    seen: list[bool] = []

    def look(params: dict, **_: object) -> None:
        seen.append(params.get("RequestItems", {TABLE: params})[TABLE]["ConsistentRead"])

    for operation in ("GetItem", "Scan", "Query", "BatchGetItem"):
        client.meta.events.register(f"provide-client-params.dynamodb.{operation}", look)
    accept()
    journal.find("order-0001")
    journal.settled(["order-0001"])
    list(journal.entries(None))
    list(journal.arrived(MINUTE))
    assert seen == [True] * (3 + SHARDS)


@pytest.mark.parametrize(
    "call",
    [
        lambda journal, entry: journal.accept(entry, until_ms=NEVER),
        lambda journal, _: journal.settle("order-0001"),
        lambda journal, _: journal.find("order-0001"),
        lambda journal, _: journal.settled(["order-0001"]),
        lambda journal, _: list(journal.entries(None)),
        lambda journal, _: list(journal.entries(MINUTE)),
        lambda journal, _: list(journal.arrived(MINUTE)),
    ],
    ids=["accept", "settle", "find", "settled", "entries", "entries since", "arrived"],
)
def test_a_table_that_does_not_answer_is_unavailable(client, journal, entry, call) -> None:
    def cut(**_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="dynamodb")

    client.meta.events.register("before-send.dynamodb", cut)
    with pytest.raises(JournalUnavailable):
        call(journal, entry)


@pytest.mark.parametrize(("table", "told"), [(TABLE, "accept"), (ARRIVALS, "arrival")])
def test_a_refusal_of_the_service_is_unavailable_too(client, journal, entry, table, told) -> None:
    """An entry that was claimed and did not arrive is acknowledged by nobody."""
    client.delete_table(TableName=table)
    with pytest.raises(JournalUnavailable, match=f"journal {told}: "):
        journal.accept(entry, until_ms=NEVER)
