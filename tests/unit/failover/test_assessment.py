"""B10: what a forced promotion may lose, counted over journals that are longer than one batch."""

from dataclasses import replace

import pytest

from failover.loss import JournalFact
from failover.steps.assessment import SAMPLE, assess
from failover.steps.comparison import BATCH, compared

from .scene import NOW
from .west import entry

MANY = [f"key-{n:04}" for n in range(2 * BATCH + 1)]
"""They come in three parts, the last of them alone."""


@pytest.fixture
def long(west):
    west.journalled = {key: entry(key) for key in MANY}
    return west


def test_B10_what_is_lost_is_counted_over_all_parts_of_the_journal(tools, long):
    long.rows = dict.fromkeys(MANY[1:BATCH])
    figures = assess(tools, trusted=False)
    assert (figures.payments, figures.money) == (BATCH + 2, {"EUR": 5 * (BATCH + 2)})


def test_B10_the_newest_payments_may_be_spread_over_the_parts(tools, long):
    long.rows = dict.fromkeys([*MANY[:SAMPLE], MANY[-1]])
    long.newest = lambda _: {key: entry(key).identity for key in [MANY[-1], *MANY[: SAMPLE - 1]]}
    assert assess(tools, trusted=True).journal is JournalFact.COMPLETE


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
    *, tools, west, beat_ms, accepted_at_ms, lag_ms
):
    west.beat_ms, west.minute = beat_ms, None
    west.journalled = {
        str(n): replace(entry(str(n)), accepted_at_ms=at_ms) for n, at_ms in enumerate(accepted_at_ms)
    }
    assert assess(tools, trusted=False).lag_ms == lag_ms


def test_a_payment_that_comes_again_two_parts_later_is_lacking_once(west):
    west.rows, west.arrived = {}, [entry(key) for key in (*MANY[:-1], MANY[0])]
    parts = [(len(part.entries), len(part.lacking)) for part in compared(west, west, west.minute)]
    assert parts == [(BATCH, BATCH), (BATCH, BATCH), (1, 0)]
