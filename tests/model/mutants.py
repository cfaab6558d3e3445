"""Seeded bugs: each breaks one rule of the protocol in the real code, as a careless change would."""

from dataclasses import replace
from itertools import count

import pytest

from durable import lease_view, recovery
from durable.entry import EntryState
from durable.errors import JournalUnavailable
from durable.lease_view import RecentLease
from durable.postgresql import ledger_sql
from durable.replay import Replayed
from failover import lease_table, order, takeover
from failover.decision import Action
from failover.keeper import Keeper
from failover.lease import Lease, LeaseState
from failover.lease_table import LeaseTable
from failover.observation import DatabaseFact
from failover.steps import STEPS
from failover.steps import drain as drain_step
from failover.steps import hand_over as hand_over_step
from intake import request_flow
from intake.request_flow import RequestFlow
from lib.failover import takeover as asl
from runtime.database import DatabaseUnavailable
from tests.model import terms

Patch = pytest.MonkeyPatch


def no_skew(patch: Patch) -> None:
    patch.setattr(terms, "BELIEVED_SKEW_MS", 0)


def no_epoch_check_in_the_ledger(patch: Patch) -> None:
    patch.setattr(ledger_sql, "RECORD", ledger_sql.RECORD.replace(" where ledger.admit(:epoch)", ""))


def challenger_ignores_expiry(patch: Patch) -> None:
    patch.setattr(Lease, "expired", lambda _self, *, now_ms, skew_ms: True)


def journal_after_ledger(patch: Patch) -> None:
    def pay(self, key, request):
        lease, latest_ms = self.held_lease(), self._clock() + request_flow.PATIENCE_MS
        try:
            known = self._journal.find(key)
        except JournalUnavailable:
            raise request_flow.unavailable("the journal does not answer") from None
        draft = known or request_flow.JournalEntry(
            idempotency_key=key,
            entry_id=self._new_id(),
            request_hash=request.digest(),
            request=request,
            epoch=lease.epoch,
            region=self._region,
            state=EntryState.INTENT,
            accepted_at_ms=self._clock(),
        )
        recorded = self._record(draft, lease.epoch, latest_ms)
        try:
            entry = self._journal.accept(draft, until_ms=latest_ms)
        except JournalUnavailable:
            raise request_flow.unavailable("the journal does not answer") from None
        if not recorded:
            self._promise(entry, latest_ms)
        self._still_holds(lease, latest_ms)
        return entry, recorded

    patch.setattr(RequestFlow, "take", pay)


def lease_write_without_read_back(patch: Patch) -> None:
    def take_over(self, seen, *, by, now_ms, ttl_ms):
        wanted = seen.taken_over(by=by, now_ms=now_ms, ttl_ms=ttl_ms)
        try:
            return real(self, seen, by=by, now_ms=now_ms, ttl_ms=ttl_ms)
        except lease_table.LeaseUnknown:
            return wanted

    real = LeaseTable.take_over
    patch.setattr(LeaseTable, "take_over", take_over)


def reconcile_without_read_back(patch: Patch) -> None:
    def replay(batch, ledger, *, epoch, region):
        for entry in batch:
            try:
                ledger.record(entry, epoch=epoch, region=region)
            except DatabaseUnavailable:
                continue
        return Replayed(len(batch), frozenset())

    patch.setattr(recovery, "replay", replay)


def promote_without_waiting_for_the_writer(patch: Patch) -> None:
    """`fence` and `reconcile` would wait for it too: they go on where the ledger takes no writes yet."""

    def hasty(real):
        def run(takeover, context):
            try:
                return real(takeover, context)
            except DatabaseUnavailable:
                return {}

        return run

    patch.setitem(STEPS, "wait_writer", lambda _takeover, _tools: {"done": True})
    for step in ("fence", "reconcile"):
        patch.setitem(STEPS, step, hasty(STEPS[step]))


def double_start(patch: Patch) -> None:
    serial = count()
    patch.setattr(
        takeover.Takeover, "name", property(lambda self: f"{self.system}-{self.epoch}-{next(serial)}")
    )


def settle_before_the_lease_is_checked_again(patch: Patch) -> None:
    real = RequestFlow._record

    def record(self, entry, epoch, latest_ms):
        recorded = real(self, entry, epoch, latest_ms)
        if recorded:
            self._settle(entry)
        return recorded

    patch.setattr(RequestFlow, "_record", record)


def settled_without_the_lease(patch: Patch) -> None:
    real = RequestFlow._still_holds

    def accept(self, *given):
        entry = accept_really(self, *given)
        self._known_settled = entry.state is EntryState.SETTLED
        return entry

    def still_holds(self, lease, latest_ms):
        if not self._known_settled:
            real(self, lease, latest_ms)

    accept_really = RequestFlow._accept
    patch.setattr(RequestFlow, "_accept", accept)
    patch.setattr(RequestFlow, "_still_holds", still_holds)


def renew_without_epoch(patch: Patch) -> None:
    real = LeaseTable._change

    def change(self, seen, wanted, *, new, given, reached, extra=""):
        return real(self, seen, wanted, new=new, given=() if extra else given, reached=reached, extra=extra)

    patch.setattr(LeaseTable, "_change", change)


def activate_before_reconcile(patch: Patch) -> None:
    early = {order.RECONCILE: order.SERVE, order.SERVE: order.RECONCILE}
    patch.setattr(asl, "FORCED", tuple(early.get(step, step) for step in asl.FORCED))


def lease_remembered_for_a_minute(patch: Patch) -> None:
    patch.setattr(lease_view, "MAX_AGE_MS", 60_000)


def lease_remembered_when_the_table_is_silent(patch: Patch) -> None:
    real = RecentLease.current

    def current(self):
        try:
            lease = real(self)
        except lease_table.LeaseUnknown:
            now_ms, seen = self._clock(), self._seen[2]
            return seen and replace(seen, expires_at_ms=now_ms + 30_000), now_ms
        return lease

    patch.setattr(RecentLease, "current", current)


def automation_never_pauses(patch: Patch) -> None:
    real = Lease.taken_over
    patch.setattr(
        Lease, "taken_over", lambda self, **given: replace(real(self, **given), automation=self.automation)
    )


def taken_back_as_a_failover(patch: Patch) -> None:
    """It may promote, and so moves the writer once more without a person."""
    patch.setattr(Lease, "taken_back", Lease.taken_over)


def started_for_the_other_region(patch: Patch) -> None:
    """What the keeper once did: it starts what the lease that it renewed asks for, wherever."""
    real = Keeper._act

    def act(self, action, seen):
        before = self._leases.read() if action is Action.CONTINUE else None
        real(self, action, seen)
        if before and before.state is LeaseState.DRAINING:
            self._takeovers.start(takeover.Takeover.of(before))

    patch.setattr(Keeper, "_act", act)


def no_quiet_after_the_drain(patch: Patch) -> None:
    patch.setattr(drain_step, "QUIET_S", 0)


def lease_ahead_of_its_writer(patch: Patch) -> None:
    patch.setitem(STEPS, "wait_writer", lambda _takeover, _tools: {"done": True})
    patch.setattr(hand_over_step, "database_fact", lambda _: DatabaseFact.WRITER)


def reconcile_only_after_a_failover(patch: Patch) -> None:
    real = STEPS["reconcile"]
    patch.setitem(
        STEPS, "reconcile", lambda takeover, context: {} if takeover.kind.planned else real(takeover, context)
    )
