"""B10: what a forced promotion may lose, counted over journals that are longer than one batch."""

from dataclasses import replace

import pytest

from durable.comparison import ARRIVED, BATCH, SAMPLE, begin, compared, newest
from durable.entry import Unreadable
from durable.ledger import Row
from failover.loss import JournalProof
from failover.steps import reconcile
from failover.steps.inspection import assess

from .scene import NOW
from .west import TAKEOVER, entry

MANY = [f"key-{n:04}" for n in range(2 * BATCH + 1)]
"""They come in three parts, the last of them alone."""


@pytest.fixture
def long(west):
    west.journalled = {key: entry(key) for key in MANY}
    return west


def test_B10_what_is_lost_is_counted_over_all_parts_of_the_journal(context, long):
    long.rows = dict.fromkeys(MANY[1:BATCH])
    figures = assess(context, context.leases.read(), trusted=False)
    assert (figures.requests, figures.money) == (BATCH + 2, {"EUR": 5 * (BATCH + 2)})


def test_B10_the_newest_payments_may_be_spread_over_the_parts(context, long):
    long.rows = dict.fromkeys([*MANY[:SAMPLE], MANY[-1]])
    long.newest = lambda _: {key: Row(entry(key).identity, NOW) for key in [MANY[-1], *MANY[: SAMPLE - 1]]}
    assert assess(context, context.leases.read(), trusted=True).journal is JournalProof.COMPLETE


@pytest.mark.parametrize(
    ("beat_ms", "accepted_at_ms", "lag_ms"),
    [
        (NOW - 7_000, [NOW, NOW - 1], 7_000),
        (NOW - 7_000, [NOW - 1, NOW], 7_000),
        (NOW, [NOW - 5_000], 0),
        (NOW, [], 0),
        (None, [NOW], None),
    ],
)
def test_B10_the_lag_is_from_the_heartbeat_to_the_newest_payment(
    *, context, west, beat_ms, accepted_at_ms, lag_ms
):
    west.beat_ms, west.minute = beat_ms, None
    west.journalled = {
        str(n): replace(entry(str(n)), accepted_at_ms=at_ms) for n, at_ms in enumerate(accepted_at_ms)
    }
    assert assess(context, context.leases.read(), trusted=False).lag_ms == lag_ms


def test_what_came_by_a_fast_clock_proves_the_journal_and_counts(context, west):
    """The newest row of this copy is one of them: unread it would look as if the journal lacked it."""
    fast = {key: replace(entry(key), accepted_at_ms=NOW + 600_000) for key in ("fast-1", "fast-2")}
    west.journalled |= fast
    west.newest = lambda _: {"fast-1": Row(fast["fast-1"].identity, NOW)}
    west.rows = dict.fromkeys(["fast-1", "key-1", "key-2", "key-3"])
    lease = context.leases.read()
    assert assess(context, lease, trusted=True).journal is JournalProof.INCOMPLETE
    known = assess(context, replace(lease, latest_expiry_ms=NOW + 620_000), trusted=True)
    assert (known.journal, known.requests) == (JournalProof.COMPLETE, 1)


def test_a_payment_that_comes_again_two_parts_later_is_lacking_once(west):
    west.rows, west.arrived = {}, [entry(key) for key in (*MANY[:-1], MANY[0])]
    parts = [(len(part.entries), len(part.lacking)) for part in compared(west, west, west.minute, until_ms=0)]
    assert parts == [(BATCH, BATCH), (BATCH, BATCH), (1, 0)]


@pytest.mark.parametrize("lost", [{"key-2"}, {"key-1", "key-2"}], ids=["restored", "emptied"])
def test_arrivals_that_lack_what_this_copy_has_make_the_whole_journal_be_read(context, west, lost):
    """A third party emptied them, or brought back an older state: what came since is in the journal only."""
    west.rows, west.never_came, west.arrived = dict.fromkeys(["key-1", "key-2"]), lost, []
    assert begin(west, west, newest(west)) is None
    figures = assess(context, context.leases.read(), trusted=True)
    assert (figures.journal, figures.requests) == (JournalProof.COMPLETE, 1)


def test_a_copy_without_payments_is_compared_with_everything_whatever_its_watermark(west):
    assert begin(west, west, newest(west)) == west.minute
    west.rows = {}
    assert begin(west, west, newest(west)) is None


@pytest.mark.parametrize(
    "known", [None, entry("key-2"), Unreadable("key-1", None)], ids=["missing", "another", "unreadable"]
)
def test_a_journal_that_does_not_know_a_payment_tells_nothing_of_the_arrivals(west, known):
    west.journalled["key-1"], west.never_came = known, {"key-1"}
    assert begin(west, west, newest(west)) == west.minute


def test_arrivals_are_asked_for_the_newest_few_only(west):
    west.rows = west.never_came = {f"key-{n:02}" for n in range(SAMPLE)}
    west.journalled = {key: entry(key) for key in west.rows}
    asked = []
    west.look = asked.append
    begin(west, west, newest(west))
    assert len(asked) == ARRIVED


def test_what_only_the_journal_knows_of_is_replayed(context, west):
    west.never_came, west.arrived, west.writer, west.fence = {"key-1"}, [], True, TAKEOVER.epoch
    assert reconcile.run(TAKEOVER, context)["replayed"] == 2
    assert west.rows.keys() == {"key-1", "key-2", "key-3"}
