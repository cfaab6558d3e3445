from dataclasses import replace

import pytest

from durable.arrivals import minute_of
from durable.entry import EntryState, Identity, JournalEntry
from durable.errors import JournalUnavailable
from failover.steps import perform
from failover.steps.errors import Held, NotYet

from .faults import fails
from .scene import EAST, NOW, WEST
from .west import TAKEN, TAKEOVER, entry


def test_a_later_fence_is_never_lowered(context, west):
    west.writer, west.fence = True, 9
    with pytest.raises(Held, match="later epoch"):
        perform("fence", TAKEOVER, context)
    assert west.fence == 9


def test_a_fence_that_did_not_move_is_no_success(context, west):
    west.writer = True
    west.raise_fence = lambda epoch: None
    with pytest.raises(NotYet, match="at 7, not at 8"):
        perform("fence", TAKEOVER, context)


def test_a_watermark_in_the_future_is_forgotten_before_the_journal_is_compared(context, west, clock, logged):
    west.writer, west.minute = True, minute_of(clock.now)
    perform("fence", TAKEOVER, context)
    assert west.minute == minute_of(clock.now)
    west.minute += 1
    perform("fence", TAKEOVER, context)
    assert west.minute is None
    assert [(level, text) for level, text, _ in logged if level == "error"] == [
        ("error", "the watermark was in the future")
    ]


def test_many_payments_are_replayed_in_batches(context, west):
    keys = [f"key-{n}" for n in range(450)]
    west.fence, west.rows, sizes = 8, {}, []
    west.journalled = {key: entry(key, EntryState.INTENT) for key in keys}
    recorded = west.recorded
    west.recorded = lambda keys: sizes.append(len(list(keys))) or recorded(keys)
    assert perform("reconcile", TAKEOVER, context) == {"compared": 450, "replayed": 450, "set_aside": 0}
    assert set(west.rows) == set(keys)
    assert max(sizes) == 200
    assert perform("reconcile", TAKEOVER, context) == {"compared": 450, "replayed": 0, "set_aside": 0}


def test_an_empty_journal_is_reconciled(context, west):
    west.journalled = {}
    assert perform("reconcile", TAKEOVER, context) == {"compared": 0, "replayed": 0, "set_aside": 0}


@pytest.mark.parametrize("state", EntryState)
def test_what_came_before_the_watermark_is_not_looked_at(context, west, state):
    west.fence = 8
    west.journalled["old"] = replace(entry("old", state), accepted_at_ms=NOW - 1)
    assert perform("reconcile", TAKEOVER, context) == {"compared": 3, "replayed": 2, "set_aside": 0}
    assert ("old" in west.rows, west.journalled["old"].state) == (False, state)


def test_without_a_watermark_the_whole_journal_is_compared(context, west):
    west.fence, west.minute = 8, None
    west.journalled["old"] = replace(entry("old"), accepted_at_ms=NOW - 86_400_000)
    assert perform("reconcile", TAKEOVER, context) == {"compared": 4, "replayed": 3, "set_aside": 0}


@pytest.mark.parametrize("ahead_ms", [300_000, 3_600_000])
def test_what_the_old_holder_acknowledged_by_a_fast_clock_is_replayed(context, west, put, ahead_ms):
    """The lease tells how fast it was."""
    west.fence, west.rows = 8, {}
    fast = NOW + ahead_ms
    west.journalled["fast"] = replace(entry("fast", EntryState.SETTLED), accepted_at_ms=fast)
    put(replace(TAKEN, latest_expiry_ms=fast + 20_000))
    perform("reconcile", TAKEOVER, context)
    assert "fast" in west.rows


def test_a_payment_that_came_twice_is_replayed_once(context, west):
    west.fence, twice = 8, entry("key-2")
    west.arrived = [twice, *(entry(f"key-{n}", EntryState.INTENT) for n in range(3, 203)), twice]
    west.journalled |= {each.idempotency_key: each for each in west.arrived}
    assert perform("reconcile", TAKEOVER, context) == {"compared": 202, "replayed": 201, "set_aside": 0}


def test_what_the_ledger_has_is_left_to_the_reconciler(context, west):
    west.fence = 8
    west.journalled["key-1"] = entry("key-1", EntryState.INTENT)
    perform("reconcile", TAKEOVER, context)
    assert [west.journalled[f"key-{n}"].state for n in (1, 2, 3)] == ["INTENT", "SETTLED", "SETTLED"]


def test_B11_a_takeover_ends_however_fast_requests_are_accepted(context, west):
    """Each request that is recorded is followed by two that were accepted meanwhile."""
    west.fence, west.rows, record = 8, {}, west.record
    lease = context.leases.accept(context.leases.read())
    accepted = iter(range(10_000))

    def accept_more(of: JournalEntry, *, epoch: int, region: str) -> None:
        for key in (f"early-{next(accepted)}" for _ in range(2)):
            early = replace(entry(key, EntryState.INTENT), epoch=8, region=WEST)
            west.journalled[key] = replace(early, accepted_at_ms=lease.changed_at_ms)
        record(of, epoch=epoch, region=region)

    west.record = accept_more
    perform("reconcile", TAKEOVER, context)
    assert set(west.rows) == {"key-1", "key-2", "key-3"}
    assert next(accepted) == 6
    assert {west.journalled[f"early-{n}"].state for n in range(6)} == {EntryState.INTENT}
    assert perform("reconcile", TAKEOVER, context) == {"compared": 9, "replayed": 0, "set_aside": 0}


@pytest.mark.parametrize("accepts", [True, False])
def test_what_an_epoch_of_the_same_number_acknowledged_is_recorded(context, west, accepts):
    """The lease was restored to an earlier state, and its next epoch was begun again."""
    west.fence, west.minute, lease = 8, None, context.leases.read()
    before = replace(entry("before"), epoch=8, region=WEST, accepted_at_ms=lease.changed_at_ms - 1)
    west.journalled["before"] = before
    if accepts:
        context.leases.accept(lease)
    perform("reconcile", TAKEOVER, context)
    assert "before" in west.rows


def test_the_guard_asks_both_tables_of_the_journal(context, west):
    for broken in (None, minute_of(NOW)):
        west.entries = lambda since, broken=broken: (
            fails(JournalUnavailable("cut"))() if since == broken else iter([])
        )
        with pytest.raises(NotYet, match="cut"):
            perform("guard", TAKEOVER, context)


def test_a_reconciler_that_slept_through_a_newer_epoch_settles_nothing(context, west, put):
    """Its ledger may be the one nobody reads any more: the watermark would make the successor lie."""
    west.fence = 8
    recorded = west.recorded

    def sleep(keys: list[str]) -> dict[str, Identity]:
        put(replace(TAKEN, epoch=9, holder=EAST, previous_holder=WEST))
        return recorded(keys)

    west.recorded = sleep
    with pytest.raises(Held, match="not what the lease asks for"):
        perform("reconcile", TAKEOVER, context)
    assert west.journalled["key-3"].state is EntryState.INTENT


def test_a_replay_that_is_not_in_the_ledger_is_no_success_and_settles_nothing(context, west):
    west.fence = 8
    west.record = lambda entry, *, epoch, region: None
    with pytest.raises(NotYet, match="2 requests"):
        perform("reconcile", TAKEOVER, context)
    assert west.journalled["key-3"].state is EntryState.INTENT


def test_a_newer_epoch_stops_the_replay(context, west):
    west.fence = 9
    with pytest.raises(Held, match="another epoch"):
        perform("reconcile", TAKEOVER, context)
    assert set(west.rows) == {"key-1"}
