"""Taking one request: the order of the steps is the protocol."""

from collections.abc import Callable

from durable.book import DurableRequest
from durable.early_acceptance import Early, LimitReached
from durable.entry import EntryState, JournalEntry
from durable.errors import JournalUnavailable
from durable.journal import Journal
from durable.lease_view import RecentLease, ServingStatus, serving_status
from durable.ledger_connection import LedgerConnection
from durable.replay import InLedger, beside
from durable.set_aside import NotRecordable, Why
from failover.lease import Lease
from failover.lease_table import LeaseUnknown
from failover.ports import StaleEpoch
from intake.problems import HeldElsewhere, InTransit, Problem, Refused, repeat_unchanged, unavailable
from runtime.clock import Clock
from runtime.database import DatabaseUnavailable
from runtime.logs import logger

PATIENCE_MS = 4_000
"""No step that may wait starts later than this after the request came. One step takes at most three
seconds, so a request ends well before the function is stopped at ten. To be acknowledged, an entry must have
arrived by then: the watermark of the ledger rests on it, see `durable.backlog.GRACE_MS`."""

LAST_START_MS = 6_500
"""No step of a request that may wait starts later than this after the request came. With the three
seconds that one step takes at most, a request that waited for a handover still ends before ten."""


class RequestFlow:
    """Accepts requests into the journal and settles them in the ledger while the lease is held."""

    def __init__(
        self,
        *,
        region: str,
        ttl_ms: int,
        skew_ms: int,
        lease: RecentLease,
        journal: Journal,
        early: Early,
        ledger: LedgerConnection,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._region = region
        self._ttl_ms = ttl_ms
        self._skew_ms = skew_ms
        self._lease = lease
        self._journal = journal
        self._early = early
        self._ledger = ledger
        self._clock = clock
        self._new_id = new_id

    def take(
        self,
        idempotency_key: str,
        request: DurableRequest,
        *,
        principal: str = "",
        entry_id: str | None = None,
        until_ms: int | None = None,
    ) -> tuple[JournalEntry, bool]:
        """The journalled request of *principal*, and whether it is settled in the ledger or only accepted.

        While the database of this region is being promoted, nothing new is settled.

        Nothing that may wait starts after *until_ms*, nor later than `PATIENCE_MS` from now. A new entry gets
        a new id unless *entry_id* is given.

        Raises:
            InTransit: a planned handover is under way; the same call may succeed in a moment.
            Refused: the key belongs to another request, or this region may not acknowledge. Then
                the client repeats the request under its key, and nothing happens twice.
        """
        latest_ms = self._clock() + PATIENCE_MS
        if until_ms is not None:
            latest_ms = min(latest_ms, until_ms)
        lease = self.held_lease(early=True)
        draft = JournalEntry(
            idempotency_key=idempotency_key,
            entry_id=entry_id or self._new_id(),
            request_hash=request.digest(),
            request=request,
            principal=principal,
            epoch=lease.epoch,
            region=self._region,
            state=EntryState.INTENT,
            accepted_at_ms=self._clock(),
        )
        if lease.accepts:
            self._admit(draft)
        entry = self._accept(draft, latest_ms)
        if lease.accepts:
            self._must_not_contradict(entry)
        if entry.request_hash != request.digest():
            raise Refused(Problem.KEY_REUSED, "Use a new Idempotency-Key for a new request.")
        settled = entry.state is EntryState.SETTLED
        # While the writer is on its way, this region's ledger may lack even what was settled elsewhere.
        recorded = not lease.accepts and (settled or self._record(entry, lease.epoch, latest_ms))
        if not recorded:
            self._promise(entry, latest_ms)
        # A writer that stalled may have journalled the entry after its successor replayed the
        # journal, into a ledger that nobody reads any more. So nothing is marked settled, and
        # nothing acknowledged, unless the lease is still held after the entry was in the journal:
        # then every successor replays it. A 503 makes the client ask the successor. An entry that was
        # settled before is no exception: it may be the successor that settled it.
        self._still_holds(lease, latest_ms)
        if recorded and not settled:
            self._settle(entry)
            self._still_holds(lease, latest_ms)
        return entry, recorded

    def held_lease(self, *, early: bool = False) -> Lease:
        """The lease under which this region may acknowledge now.

        *early*: one that lets it only accept will do. Its ledger may lack what was settled elsewhere, so
        whoever reads it does without.

        Raises:
            HeldElsewhere: another region may.
            InTransit: a planned handover is under way.
            Refused: nobody may, or nobody knows.
        """
        try:
            lease, now_ms = self._lease.current()
        except LeaseUnknown:
            raise unavailable(ServingStatus.LEASE_UNKNOWN) from None
        terms = {"now_ms": now_ms, "ttl_ms": self._ttl_ms, "skew_ms": self._skew_ms}
        found = serving_status(lease, region=self._region, **terms)
        if lease is None:
            raise unavailable(found)
        if found is ServingStatus.READY or (early and found is ServingStatus.ACCEPTING):
            return lease
        if not lease.held_by(self._region) and lease.acknowledges(lease.holder, **terms):
            raise HeldElsewhere(lease.holder, repeat_unchanged(found))
        if lease.in_transit(now_ms=now_ms, skew_ms=self._skew_ms):
            raise InTransit(found)
        raise unavailable(found)

    def must_still_be_held_by(self, region: str) -> None:
        """Raises InTransit when a fresh look shows that *region* no longer acknowledges."""
        self._lease.forget()
        try:
            holder = self.held_lease(early=True).holder
        except HeldElsewhere as elsewhere:
            holder = elsewhere.holder
        if holder != region:
            raise InTransit(ServingStatus.NOT_HOLDER)

    def _admit(self, entry: JournalEntry) -> None:
        try:
            self._early.admit(entry)
        except LimitReached as error:
            raise unavailable(str(error)) from None
        except JournalUnavailable:
            raise unavailable("nobody knows how much is accepted") from None

    def _must_not_contradict(self, entry: JournalEntry) -> None:
        """Raises Refused when this copy of the ledger, as far as it has come, has another one under the key.

        A copy that does not answer is asked when the request is settled.
        """
        try:
            recorded = self._ledger.use(lambda ledger: ledger.recorded([entry.idempotency_key]))
        except DatabaseUnavailable as error:
            logger.warning("accepted without the ledger", extra={"reason": str(error)})
            return
        if beside(entry, recorded) is InLedger.ASIDE:
            raise _not_recordable(Why.CONTRADICTED)

    def _accept(self, entry: JournalEntry, latest_ms: int) -> JournalEntry:
        # Earlier than the request is a clock that was set back: nothing may be found by such a time.
        if not latest_ms - PATIENCE_MS <= entry.accepted_at_ms <= latest_ms:
            raise unavailable("too slow")
        try:
            return self._journal.accept(entry, until_ms=latest_ms)
        except JournalUnavailable:
            raise unavailable("the journal does not answer") from None

    def _record(self, entry: JournalEntry, epoch: int, latest_ms: int) -> bool:
        """Whether the ledger has the request now; if not, the reconciler will settle it."""
        if self._clock() > latest_ms:
            return False
        try:
            self._ledger.use(lambda ledger: ledger.record(entry, epoch=epoch, region=self._region))
        except DatabaseUnavailable as error:
            logger.warning("accepted only", extra={"reason": str(error)})
            return False
        except StaleEpoch:
            raise unavailable(ServingStatus.FENCED) from None
        except NotRecordable as error:
            logger.error("set aside", extra={"entry_id": entry.entry_id, "why": error.found.why})
            raise _not_recordable(error.found.why) from None
        return True

    def _promise(self, entry: JournalEntry, latest_ms: int) -> None:
        """A client that is told "accepted" must be able to ask for it, in either region."""
        if self._clock() > latest_ms:
            raise unavailable("too slow")
        try:
            self._journal.promise(entry)
        except JournalUnavailable:
            raise unavailable("the journal does not answer") from None

    def _settle(self, entry: JournalEntry) -> None:
        """Best effort: the ledger has the request, and the reconciler closes what stays an intent."""
        try:
            self._journal.settle(entry)
        except JournalUnavailable as error:
            logger.warning("left as an intent", extra={"reason": str(error)})

    def _still_holds(self, lease: Lease, latest_ms: int) -> None:
        if self._clock() > latest_ms:
            raise unavailable("too slow")
        if self.held_lease(early=True).epoch != lease.epoch:
            raise unavailable(ServingStatus.FENCED)


def _not_recordable(why: str) -> Refused:
    """What a client is told whose request waits for a person: the reconciler lists it."""
    if why == Why.CONTRADICTED:
        return Refused(
            Problem.KEY_REUSED, "The ledger has another request under this key; it was not changed."
        )
    return Refused(Problem.INTERNAL, "The ledger does not take this request; nothing was recorded.")
