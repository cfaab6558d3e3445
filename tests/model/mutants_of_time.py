"""Seeded bugs of the journal by time, see tests/model/mutants.py."""

from dataclasses import replace

import pytest

from durable import assessment, recovery
from durable.arrivals import Arrivals, minute_of
from durable.backlog import Backlog
from durable.entry import EntryState
from durable.journal import Journal
from durable.ledger import Ledger
from failover.lease import LeaseState
from intake.request_flow import RequestFlow
from tests.model import terms

Patch = pytest.MonkeyPatch


def watermark_outside_the_ledger(patch: Patch) -> None:
    """One watermark for all copies, the newest, and even a copy without payments believes it."""
    real = Ledger.watermark
    for reader in (assessment, recovery):
        patch.setattr(reader, "begin", lambda _journal, ledger, _rows: ledger.watermark())

    def watermark(self):
        return vars(self._asks._connection._world).setdefault("watermark", real(self))

    def advance_watermark(self, minute, *, epoch):
        self._asks._connection._world.watermark = minute

    patch.setattr(Ledger, "watermark", watermark)
    patch.setattr(Ledger, "advance_watermark", advance_watermark)


def watermark_without_a_look_at_the_ledger(patch: Patch) -> None:
    patch.setattr(Backlog, "_settle_all", lambda _self, _batch, _run: True)


def repeated_request_does_not_arrive(patch: Patch) -> None:
    def accept(self, entry, *, until_ms):
        claim = self._claim(entry)
        if claim.entry_id == entry.entry_id:
            self._arrivals.note(claim, since_ms=0, until_ms=until_ms)
        return claim

    patch.setattr(Journal, "accept", accept)


def settled_request_does_not_arrive(patch: Patch) -> None:
    """It may have come too late for the watermark, and have been settled by a run that overlapped."""

    def accept(self, entry, *, until_ms):
        claim = self._claim(entry)
        if claim.state is not EntryState.SETTLED:
            self._arrivals.note(claim, since_ms=0, until_ms=until_ms)
        return claim

    patch.setattr(Journal, "accept", accept)


def arrival_of_the_draft(patch: Patch) -> None:
    def accept(self, entry, *, until_ms):
        claim = self._claim(entry)
        self._arrivals.note(replace(claim, entry_id=entry.entry_id), since_ms=0, until_ms=until_ms)
        return claim

    patch.setattr(Journal, "accept", accept)


def arrival_in_the_minute_of_its_claim(patch: Patch) -> None:
    real = Arrivals.note

    def note(self, entry, *, since_ms, until_ms):
        clock, self._clock = self._clock, lambda: entry.accepted_at_ms
        try:
            real(self, entry, since_ms=0, until_ms=max(until_ms, entry.accepted_at_ms))
        finally:
            self._clock = clock

    patch.setattr(Arrivals, "note", note)


def no_grace(patch: Patch) -> None:
    patch.setattr(terms, "GRACE_MS", 0)


def arrivals_of_the_past_only(patch: Patch) -> None:
    """Nobody reads the present minute."""

    patch.setattr(Arrivals, "last", lambda self, _until_ms: minute_of(self._clock()) - 1)


def a_region_that_accepts_is_taken_for_one_that_serves(patch: Patch) -> None:
    real = RequestFlow.held_lease

    def held_lease(self, *, early=False):
        lease = real(self, early=early)
        return replace(lease, state=LeaseState.ACTIVE) if lease.accepts else lease

    patch.setattr(RequestFlow, "held_lease", held_lease)
