import threading
from dataclasses import replace

import pytest

from durable.arrivals import AHEAD, MINUTE_MS, SHARDS, minute_of
from durable.errors import JournalUnavailable
from tests.unit.payments.journal.tables import ARRIVALS, MINUTE, NEVER, NOW, TABLE, keys


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
        journal.settle(entry)
    clock.now += 10 * MINUTE_MS
    accept(entry_id="another", request_hash="another", epoch=9)
    assert list(journal.arrived(MINUTE + 10)) == [entry]


def test_the_moment_of_the_arrival_is_read_after_the_claim(client, journal, entry, clock, hook) -> None:
    def slow(**_: object) -> None:
        clock.now += MINUTE_MS

    hook(client, "provide-client-params.dynamodb.PutItem", slow)
    journal.accept(entry, until_ms=NEVER)
    assert keys(journal.arrived(MINUTE + 1)) == [entry.idempotency_key]


def test_an_arrival_stays_when_a_restored_journal_lets_another_payment_come_under_its_key(
    client, journal, accept, entry, clock
) -> None:
    """The first may be acknowledged: were it overwritten a takeover would replay the other one."""
    accept()
    client.delete_item(TableName=TABLE, Key={"idempotency_key": {"S": entry.idempotency_key}})
    other = replace(entry, entry_id="0b9b9e3c-9d1b-4a36-8d8c-5a4f3f0f7a01")
    with pytest.raises(JournalUnavailable, match="another request came under this key"):
        journal.accept(other, until_ms=NEVER)
    assert list(journal.arrived(MINUTE)) == [entry]
    clock.now += MINUTE_MS
    assert journal.accept(other, until_ms=NEVER) == other


def test_an_arrival_that_tells_no_payment_stays_as_well(client, journal, entry, clock) -> None:
    journal.accept(entry, until_ms=NEVER)
    [item] = client.scan(TableName=ARRIVALS)["Items"]
    del item["entry_id"]
    client.put_item(TableName=ARRIVALS, Item=item)
    with pytest.raises(JournalUnavailable, match="another request came under this key"):
        journal.accept(entry, until_ms=NEVER)


def test_what_can_no_longer_be_acknowledged_does_not_arrive(journal, entry, clock) -> None:
    with pytest.raises(JournalUnavailable, match=r"^journal arrival: too late$"):
        journal.accept(entry, until_ms=clock.now - 1)
    assert list(journal.entries(MINUTE)) == []
    assert journal.accept(entry, until_ms=clock.now) == entry


def test_a_clock_that_was_set_back_since_the_request_came_notes_nothing(journal, entry, clock) -> None:
    late = replace(entry, accepted_at_ms=clock.now + 1)
    with pytest.raises(JournalUnavailable, match="set back"):
        journal.accept(late, until_ms=clock.now + 4_000)
    assert list(journal.entries(MINUTE)) == []


def test_entries_since_a_minute_are_those_that_came_in_it_or_after_it(journal, accept, clock) -> None:
    for number in range(4):
        accept(idempotency_key=f"order-{number}")
        clock.now += MINUTE_MS
    assert keys(journal.entries(MINUTE + 2)) == ["order-2", "order-3"]
    assert len(keys(journal.entries(None))) == 4


FAR = 6


@pytest.fixture
def far(monkeypatch) -> None:
    """Few minutes are many."""
    monkeypatch.setattr("durable.journal.FAR", FAR)


@pytest.mark.usefixtures("far")
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


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize("ahead", [AHEAD + 1, FAR - 1, FAR, 1440])
def test_what_came_by_a_clock_that_is_far_ahead_is_read_by_who_knows_how_far(journal, accept, clock, ahead):
    """Minute by minute, or with the whole journal where those were too many."""
    clock.now += ahead * MINUTE_MS
    accept()
    until_ms, clock.now = clock.now, NOW
    assert keys(journal.entries(MINUTE)) == []
    assert keys(journal.entries(MINUTE, until_ms=until_ms)) == ["order-0001"]
    assert keys(journal.entries(MINUTE, until_ms=until_ms - MINUTE_MS)) == ["order-0001"]


def test_a_lease_that_ended_lately_or_ends_soon_costs_no_further_minute(client, journal, hook) -> None:
    asked = []
    hook(client, "provide-client-params.dynamodb.Query", lambda **_: asked.append(1))
    list(journal.entries(MINUTE))
    usual = len(asked)
    for until_ms in (NOW - 90_000, NOW + 30_000):
        asked.clear()
        list(journal.entries(MINUTE, until_ms=until_ms))
        assert len(asked) == usual


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


def test_what_came_in_a_minute_is_counted(journal, accept, clock) -> None:
    for number in range(3):
        accept(idempotency_key=f"key-{number}")
    clock.now += MINUTE_MS
    accept(idempotency_key="later")
    assert [journal.count_arrived(MINUTE + n) for n in (-1, 0, 1, 2)] == [0, 3, 1, 0]


def test_the_shards_of_a_minute_are_asked_at_the_same_time(journal, client, hook) -> None:
    """Each query waits until all of them are under way."""
    together = threading.Barrier(SHARDS, timeout=60)

    def wait(**_: object) -> None:
        together.wait()

    hook(client, "before-call.dynamodb.Query", wait)
    assert list(journal.arrived(MINUTE)) == []
