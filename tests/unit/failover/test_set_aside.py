"""A key is no proof of a payment; what cannot be recorded is listed by name, and the rest goes on."""

import json
from dataclasses import replace

import pytest

from durable.arrivals import MINUTE_MS, minute_of
from durable.backlog import GRACE_MS
from durable.entry import EntryState, Identity, Unreadable
from durable.replay import InLedger, beside
from durable.set_aside import SetAside, Why
from failover.loss import JournalProof
from failover.steps import perform
from failover.steps.inspection import assess, inspect, journal_gap

from .scene import NOW
from .west import TAKEOVER
from .west import entry as west_entry
from .world import MARK, OLD, entry

OTHER = Identity("another-id", "another-hash")


def aside(entry, why=Why.CONTRADICTED) -> SetAside:
    return SetAside(idempotency_key=entry.idempotency_key, entry_id=entry.entry_id, why=why)


# the comparison


@pytest.mark.parametrize(
    ("of", "found"),
    [
        (None, InLedger.LACKING),
        (entry(1).identity, InLedger.RECORDED),
        (replace(entry(1).identity, entry_id="another"), InLedger.ASIDE),
        (replace(entry(1).identity, request_hash="another"), InLedger.ASIDE),
    ],
)
def test_a_payment_is_recorded_when_key_id_and_body_agree(of, found) -> None:
    assert beside(entry(1), {"key-00001": of} if of else {}) is found


@pytest.mark.parametrize(
    ("identity", "of", "found"),
    [
        (None, None, InLedger.ASIDE),
        (None, OTHER, InLedger.RECORDED),
        (OTHER, OTHER, InLedger.RECORDED),
        (entry(1).identity, OTHER, InLedger.ASIDE),
    ],
)
def test_what_cannot_be_read_is_recorded_when_somebody_could_read_it(identity, of, found) -> None:
    assert beside(Unreadable("key-00001", identity), {"key-00001": of} if of else {}) is found


# the reconciler


def test_a_contradiction_is_listed_and_never_called_settled_and_the_rest_goes_on(
    world, reconciler, logged
) -> None:
    world.keep(entry(1), entry(2))
    world.others = {"key-00001": OTHER}
    report = reconciler.run()
    assert (report.settled, report.replayed, report.set_aside) == (1, 1, 1)
    assert (world.state(1), world.state(2)) == (EntryState.INTENT, EntryState.SETTLED)
    assert world.listed == [aside(entry(1))]
    assert ("error", "set aside", {"entry_id": "id-1", "why": "contradicted"}) in logged


@pytest.mark.parametrize("state", EntryState)
def test_the_watermark_passes_a_contradiction_once_it_is_listed(world, reconciler, state) -> None:
    world.keep(replace(entry(1, accepted_at_ms=MARK * MINUTE_MS), state=state))
    world.others = {"key-00001": OTHER}
    assert (reconciler.run().settled, world.minute) == (0, MARK + 1)
    assert (world.listed, world.state(1)) == ([aside(entry(1))], state)


@pytest.mark.parametrize("why", [Why.REFUSED, Why.CONTRADICTED])
def test_what_the_ledger_refuses_stops_neither_the_rest_nor_the_watermark(world, reconciler, why) -> None:
    world.keep(*(entry(number, accepted_at_ms=MARK * MINUTE_MS) for number in (1, 2, 3)))
    world.refuses = {"key-00002": why}
    report = reconciler.run()
    assert (report.settled, world.rows, world.minute) == (2, {"key-00001", "key-00003"}, MARK + 1)
    assert (world.listed, world.state(2)) == ([aside(entry(2), why)], EntryState.INTENT)


def unreadable(world, number: int, came_ms: int) -> None:
    kept = Unreadable(f"key-{number:05}", None)
    world.journalled[kept.idempotency_key] = kept
    world.arrivals.append((minute_of(came_ms), kept))


def test_an_entry_that_cannot_be_read_is_listed_when_its_minute_is_over(world, reconciler) -> None:
    world.keep(entry(2))
    unreadable(world, 1, OLD)
    assert (reconciler.run().settled, world.listed) == (1, [])
    world.goes_on(GRACE_MS + MINUTE_MS)
    reconciler.run()
    assert world.minute > minute_of(OLD)
    assert world.listed == [SetAside(idempotency_key="key-00001", entry_id="", why=Why.UNREADABLE)]


def test_what_newer_code_can_read_is_settled_from_the_list(world, reconciler) -> None:
    unreadable(world, 1, MARK * MINUTE_MS)
    assert reconciler.run().set_aside == 1
    world.journalled["key-00001"] = entry(1)
    report = reconciler.run()
    assert (report.set_aside, report.settled, world.state(1)) == (0, 1, EntryState.SETTLED)
    assert (world.listed, world.rows) == ([], {"key-00001"})


def test_a_contradiction_is_over_when_a_person_mended_the_journal(world, reconciler) -> None:
    world.keep(entry(1, accepted_at_ms=MARK * MINUTE_MS))
    world.others = {"key-00001": OTHER}
    reconciler.run()
    assert reconciler.run().set_aside == 1
    world.journalled["key-00001"] = replace(
        entry(1), entry_id=OTHER.entry_id, request_hash=OTHER.request_hash
    )
    assert (reconciler.run().set_aside, world.state(1)) == (0, EntryState.SETTLED)


def test_a_contradiction_is_over_when_a_person_removed_the_entry(world, reconciler) -> None:
    world.others, world.listed = {"key-00001": OTHER}, [aside(entry(1))]
    assert reconciler.run().set_aside == 0


def test_an_entry_that_is_gone_and_was_never_recorded_stays_listed(world, reconciler) -> None:
    world.listed = [aside(entry(1), Why.UNREADABLE), aside(entry(2))]
    world.others = {"key-00002": OTHER}
    assert reconciler.run().set_aside == 1
    assert world.listed == [aside(entry(1), Why.UNREADABLE)]


def test_without_time_nothing_is_looked_at_again_and_all_is_counted(world, reconciler) -> None:
    world.listed = [aside(entry(1))]
    world.others = {"key-00001": OTHER}
    world.when_read = lambda: setattr(world, "seconds", 26.0)
    assert (reconciler.run().set_aside, world.listed) == (1, [aside(entry(1))])


# a takeover


def test_a_contradiction_does_not_stop_a_takeover_and_is_listed(context, west) -> None:
    west.fence, west.others = 8, {"key-2": OTHER}
    assert perform("reconcile", TAKEOVER, context) == {"compared": 3, "replayed": 1, "set_aside": 1}
    assert west.listed == [aside(west_entry("key-2"))]
    assert west.journalled["key-3"].state is EntryState.SETTLED


def test_an_entry_that_cannot_be_read_does_not_stop_a_takeover(context, west) -> None:
    west.fence, west.journalled["key-2"] = 8, Unreadable("key-2", None)
    assert perform("reconcile", TAKEOVER, context) == {"compared": 3, "replayed": 1, "set_aside": 1}
    assert west.listed == [SetAside(idempotency_key="key-2", entry_id="", why=Why.UNREADABLE)]
    assert assess(context, context.leases.read(), trusted=True).journal is JournalProof.COMPLETE


def test_a_takeover_records_what_older_code_had_set_aside(context, west) -> None:
    """The watermark has passed it, so it is among no arrivals that are read."""
    west.fence = 8
    west.journalled["old"] = replace(west_entry("old"), accepted_at_ms=NOW - 86_400_000)
    west.listed = [SetAside(idempotency_key=key, entry_id="", why=Why.UNREADABLE) for key in ("old", "gone")]
    assert perform("reconcile", TAKEOVER, context) == {"compared": 4, "replayed": 3, "set_aside": 0}
    assert "old" in west.rows


def test_a_contradiction_is_no_missing_payment_and_an_inspection_names_it(context, west) -> None:
    west.others = {"key-2": OTHER}
    west.listed = [aside(west_entry("gone"))]
    gap = journal_gap(context, context.leases.read())
    assert (gap.missing, gap.set_aside) == (0, (aside(west_entry("gone")), aside(west_entry("key-2"))))
    west.live = lambda: True
    assert json.loads(json.dumps(inspect(context)))["gap"]["set_aside"][1] == {
        "idempotency_key": "key-2",
        "entry_id": "id-key-2",
        "why": "contradicted",
    }


def test_a_journal_that_has_another_payment_under_a_key_is_not_complete(context, west) -> None:
    """It forgot the one that the ledger has, so it may have forgotten others."""
    assert assess(context, context.leases.read(), trusted=True).journal is JournalProof.COMPLETE
    west.others = {"key-2": OTHER}
    assert assess(context, context.leases.read(), trusted=True).journal is JournalProof.INCOMPLETE
