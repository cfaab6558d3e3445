from collections.abc import Iterator
from dataclasses import replace

import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from payments.errors import JournalUnavailable
from payments.journal import EntryState, Journal, JournalEntry
from tests.unit import emulated

TABLE = "payments-journal-test"


@pytest.fixture
def client() -> Iterator[object]:
    with mock_aws():
        client = emulated.client("dynamodb")
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "idempotency_key", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "idempotency_key", "AttributeType": "S"}],
        )
        yield client


@pytest.fixture
def journal(client) -> Journal:
    return Journal(client, TABLE)


def test_an_accepted_entry_is_found_as_it_was_given(journal: Journal, entry: JournalEntry) -> None:
    assert journal.accept(entry) == entry
    assert journal.find(entry.idempotency_key) == entry


def test_the_stored_item_has_the_agreed_attributes(client, journal, entry) -> None:
    journal.accept(entry)
    item = client.scan(TableName=TABLE)["Items"][0]
    assert item.keys() == {
        *("idempotency_key", "payment_id", "request_hash", "request"),
        *("epoch", "region", "state", "accepted_at_ms"),
    }
    assert (item["epoch"], item["state"]) == ({"N": "1"}, {"S": "INTENT"})


def test_a_taken_key_answers_with_the_older_entry_and_keeps_it(journal, entry) -> None:
    journal.accept(entry)
    second = replace(entry, payment_id="another", request_hash="another", epoch=9)
    assert journal.accept(second) == entry
    assert list(journal.entries()) == [entry]


def test_settling_changes_the_state_alone_and_may_be_repeated(journal, entry) -> None:
    journal.accept(entry)
    journal.settle(entry.idempotency_key)
    journal.settle(entry.idempotency_key)
    assert journal.find(entry.idempotency_key) == replace(entry, state=EntryState.SETTLED)
    assert journal.accept(entry).state is EntryState.SETTLED


def test_settling_an_unknown_key_creates_no_entry(journal) -> None:
    with pytest.raises(JournalUnavailable, match="settle"):
        journal.settle("never-seen")
    assert list(journal.entries()) == []


def test_an_unknown_key_is_not_found(journal) -> None:
    assert journal.find("never-seen") is None


def test_entries_pass_every_page(journal, entry) -> None:
    # A page of a scan ends at 1 MiB, and the longest request is about a kilobyte: these need two.
    long = replace(entry.request, reference="x" * 20_000)
    wanted = {f"order-{number:04}" for number in range(70)}
    for key in wanted:
        journal.accept(replace(entry, idempotency_key=key, request=long))
    found = [found.idempotency_key for found in journal.entries()]
    assert sorted(found) == sorted(wanted)


def test_every_read_is_strongly_consistent(client, journal, entry) -> None:
    seen: list[dict[str, object]] = []
    for operation in ("GetItem", "Scan"):
        client.meta.events.register(
            f"provide-client-params.dynamodb.{operation}", lambda params, **_: seen.append(params)
        )
    journal.find("order-0001")
    list(journal.entries())
    assert [params["ConsistentRead"] for params in seen] == [True, True]


@pytest.mark.parametrize(
    "call",
    [
        lambda journal, entry: journal.accept(entry),
        lambda journal, entry: journal.settle("order-0001"),
        lambda journal, entry: journal.find("order-0001"),
        lambda journal, entry: list(journal.entries()),
    ],
    ids=["accept", "settle", "find", "entries"],
)
def test_a_table_that_does_not_answer_is_unavailable(client, journal, entry, call) -> None:
    def cut(**_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="dynamodb")

    client.meta.events.register("before-send.dynamodb", cut)
    with pytest.raises(JournalUnavailable):
        call(journal, entry)


def test_a_refusal_of_the_service_is_unavailable_too(client, journal, entry) -> None:
    client.delete_table(TableName=TABLE)
    with pytest.raises(JournalUnavailable, match="accept"):
        journal.accept(entry)


def kept(journal, entry, number: int, **changed: object) -> JournalEntry:
    key = f"order-{number:04}"
    return journal.accept(replace(entry, idempotency_key=key, **changed))


def test_stale_intents_are_the_old_ones_that_nobody_settled(journal, entry) -> None:
    old = kept(journal, entry, 1, accepted_at_ms=1_000)
    kept(journal, entry, 2, accepted_at_ms=2_000)
    kept(journal, entry, 3, accepted_at_ms=500)
    journal.settle("order-0003")
    page = journal.stale_intents(2_000, None)
    assert (page.entries, page.last, page.read) == ([old], None, 3)


def test_stale_intents_come_page_by_page(journal, entry, client) -> None:
    name = replace(entry.request, reference="x" * 300_000)  # a page of DynamoDB ends after 1 MB
    wanted = {kept(journal, entry, number, request=name).idempotency_key for number in range(6)}
    found, after, pages = set(), None, 0
    while pages == 0 or after:
        page = journal.stale_intents(2_000_000, after)
        found |= {each.idempotency_key for each in page.entries}
        after, pages = page.last, pages + 1
    assert (found, pages > 1) == (wanted, True)


def test_stale_intents_of_a_journal_that_does_not_answer(journal, monkeypatch) -> None:
    def scan(**_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="dynamodb")

    monkeypatch.setattr(journal._client, "scan", scan)
    with pytest.raises(JournalUnavailable, match="stale intents"):
        journal.stale_intents(0, None)
