from dataclasses import replace
from uuid import uuid4

import pytest
from botocore.exceptions import ConnectTimeoutError

from durable.arrivals import MINUTE_MS, SHARDS, minute_of
from durable.entry import EntryState, Unreadable
from durable.errors import EntryUnreadable, JournalUnavailable
from durable.journal import AT_ONCE, PAUSE_S, TRIES
from tests.unit.payments.journal.tables import ARRIVALS, MINUTE, NEVER, NOW, TABLE, keys

# the claim


def test_an_accepted_entry_is_found_as_it_was_given(journal, accept, entry) -> None:
    assert accept() == entry
    assert journal.find(entry.idempotency_key) == entry


def test_the_stored_item_has_the_agreed_attributes(client, accept) -> None:
    accept()
    item = client.scan(TableName=TABLE)["Items"][0]
    kept = {"idempotency_key", "entry_id", "request_hash", "request", "epoch", "region", "accepted_at_ms"}
    assert item.keys() == kept | {"state"}
    assert (item["epoch"], item["state"]) == ({"N": "1"}, {"S": "INTENT"})
    assert client.scan(TableName=ARRIVALS)["Items"][0].keys() == kept | {"window"}


def test_a_taken_key_answers_with_the_older_entry_and_keeps_it(journal, accept, entry) -> None:
    accept()
    assert accept(entry_id="another", request_hash="another", epoch=9) == entry
    assert list(journal.entries(None)) == [entry]


def test_settling_changes_the_state_alone_and_may_be_repeated(journal, accept, entry) -> None:
    accept()
    journal.settle(entry)
    journal.settle(entry)
    assert journal.find(entry.idempotency_key) == replace(entry, state=EntryState.SETTLED)
    assert accept().state is EntryState.SETTLED


@pytest.mark.parametrize("kept", [None, "another payment"])
def test_settling_what_the_journal_lost_makes_up_nothing_and_says_so(
    *, journal, accept, entry, caplog, kept
) -> None:
    """A restored journal forgot the payment, or has let another one take its key since."""
    there = [accept(entry_id=str(uuid4()))] if kept else []
    journal.settle(entry)
    assert list(journal.entries(None)) == there
    assert [record.message for record in caplog.records] == ["an arrival without its entry"]


def test_an_unknown_key_is_not_found(journal) -> None:
    assert journal.find("never-seen") is None


# states


def test_of_many_keys_those_are_told_that_are_settled(journal, accept) -> None:
    wanted = [f"order-{number:04}" for number in range(2 * AT_ONCE + 1)]
    for key in wanted:
        journal.settle(accept(idempotency_key=key))
    accept(idempotency_key="open")
    assert journal.settled([*wanted, "open", "never-seen", wanted[0]]) == set(wanted)
    assert journal.settled([]) == set()


def test_keys_that_dynamodb_puts_off_are_asked_for_again(
    journal, accept, client, monkeypatch, pauses
) -> None:
    for key in ("order-1", "order-2"):
        journal.settle(accept(idempotency_key=key))
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


def test_every_read_is_strongly_consistent(client, journal, accept, hook) -> None:
    seen: list[bool] = []

    def look(params: dict, **_: object) -> None:
        seen.append(params.get("RequestItems", {TABLE: params})[TABLE]["ConsistentRead"])

    for operation in ("GetItem", "Scan", "Query", "BatchGetItem"):
        hook(client, f"provide-client-params.dynamodb.{operation}", look)
    accept()
    journal.find("order-0001")
    journal.settled(["order-0001"])
    list(journal.entries(None))
    list(journal.arrived(MINUTE))
    assert seen == [True] * (5 + SHARDS)


@pytest.mark.parametrize(
    "call",
    [
        lambda journal, entry: journal.accept(entry, until_ms=NEVER),
        lambda journal, entry: journal.settle(entry),
        lambda journal, _: journal.find("order-0001"),
        lambda journal, _: journal.settled(["order-0001"]),
        lambda journal, _: list(journal.entries(None)),
        lambda journal, _: list(journal.entries(MINUTE)),
        lambda journal, _: list(journal.arrived(MINUTE)),
    ],
    ids=["accept", "settle", "find", "settled", "entries", "entries since", "arrived"],
)
def test_a_table_that_does_not_answer_is_unavailable(client, journal, entry, call, hook) -> None:
    def cut(**_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="dynamodb")

    hook(client, "before-send.dynamodb", cut)
    with pytest.raises(JournalUnavailable):
        call(journal, entry)


@pytest.mark.parametrize(("table", "told"), [(TABLE, "accept"), (ARRIVALS, "arrival")])
def test_a_refusal_of_the_service_is_unavailable_too(client, journal, entry, table, told) -> None:
    """An entry that was claimed and did not arrive is acknowledged by nobody."""
    client.delete_table(TableName=table)
    with pytest.raises(JournalUnavailable, match=f"journal {told}: "):
        journal.accept(entry, until_ms=NEVER)


def test_a_journal_without_its_table_has_no_entries_to_tell(client, journal) -> None:
    client.delete_table(TableName=TABLE)
    with pytest.raises(JournalUnavailable, match="journal entries: "):
        list(journal.entries(None))


def test_a_promised_entry_is_found_by_its_payment_id_as_it_stands(journal, accept, entry) -> None:
    accept()
    assert journal.promised(entry.entry_id) is None
    journal.promise(entry)
    assert journal.promised(entry.entry_id) == entry
    journal.settle(entry)
    assert journal.promised(entry.entry_id).state is EntryState.SETTLED
    assert journal.promised("7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2c999") is None


def test_what_the_journal_forgot_is_among_all_there_is_once(client, journal, accept, entry) -> None:
    """A journal that was emptied, or restored to an earlier time: the arrivals still know."""
    accept()
    accept(idempotency_key="order-0002")
    client.delete_item(TableName=TABLE, Key={"idempotency_key": {"S": entry.idempotency_key}})
    assert keys(journal.entries(None)) == [entry.idempotency_key, "order-0002"]


def test_a_journal_knows_whether_it_forgot_what_arrived_since(client, journal, accept, entry, clock) -> None:
    minute = minute_of(clock.now)
    accept()
    assert journal.has(entry.idempotency_key, entry.identity)
    assert not journal.forgot(minute, until_ms=clock.now)
    client.delete_item(TableName=TABLE, Key={"idempotency_key": {"S": entry.idempotency_key}})
    assert not journal.has(entry.idempotency_key, entry.identity)
    assert journal.forgot(minute, until_ms=clock.now)
    assert not journal.forgot(minute + 1, until_ms=clock.now)
    clock.now += MINUTE_MS
    other = accept(entry_id="7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2c999")
    assert journal.has(entry.idempotency_key, other.identity)
    assert not journal.has(entry.idempotency_key, entry.identity)


def test_what_the_journal_has_as_another_payment_by_now_is_among_all_there_is(
    client, journal, accept, entry, clock
) -> None:
    accept()
    client.delete_item(TableName=TABLE, Key={"idempotency_key": {"S": entry.idempotency_key}})
    clock.now += MINUTE_MS
    other = accept(entry_id="7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2c999")
    # The first one may be acknowledged, and a ledger takes the first that it is given.
    assert list(journal.entries(None)) == [entry, other]


@pytest.mark.parametrize(
    ("came", "settled", "known"),
    [(0, 0, True), (1, 0, True), (7, 7, True), (7, 8, True), (7, 6, False), (2, 7, False)],
    ids=["at once", "a moment later", "repeated", "repeated, a moment later", "never", "in between"],
)
def test_a_recorded_payment_is_looked_for_when_it_was_accepted_and_when_it_was_settled(
    *, journal, accept, entry, clock, came, settled, known
) -> None:
    clock.now += came * MINUTE_MS
    accept(accepted_at_ms=NOW)
    drafted = replace(entry, accepted_at_ms=NOW)
    assert journal.came(drafted, settled_at_ms=NOW + settled * MINUTE_MS) is known
    other = replace(drafted, entry_id="7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2c999")
    assert not journal.came(other, settled_at_ms=NOW + settled * MINUTE_MS)


def test_a_promise_outlives_a_journal_that_was_restored_without_it(journal, accept, entry) -> None:
    journal.promise(entry)
    assert journal.promised(entry.entry_id) == entry
    accept(entry_id="7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2c999")
    assert journal.promised(entry.entry_id) == entry


def test_a_promise_is_no_arrival(journal, accept, entry) -> None:
    accept()
    journal.promise(entry)
    assert keys(journal.entries(None)) == keys(journal.entries(MINUTE)) == [entry.idempotency_key]


@pytest.mark.parametrize("since", [None, MINUTE])
def test_one_entry_that_cannot_be_read_keeps_no_other_back(client, journal, accept, entry, since) -> None:
    accept(idempotency_key="order-0002")
    accept()
    for table in (TABLE, ARRIVALS):
        for item in client.scan(TableName=table)["Items"]:
            if item["idempotency_key"]["S"] == "order-0002":
                client.put_item(TableName=table, Item={**item, "epoch": {"S": "of tomorrow"}})
    found = {each.idempotency_key: each for each in journal.entries(since)}
    assert found == {
        entry.idempotency_key: entry,
        "order-0002": Unreadable("order-0002", entry.identity),
    }
    assert journal.look("order-0002") == Unreadable("order-0002", entry.identity)
    assert journal.look("never-seen") is None
    with pytest.raises(EntryUnreadable):
        journal.find("order-0002")
