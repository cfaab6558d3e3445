"""The recovery core's ports `FencedDatabase` and `Recovery`, bound to journal and ledger."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from durable.arrivals import minute_of
from durable.assessment import assess
from durable.book import Book
from durable.comparison import begin, compared, newest
from durable.journal import Journal
from durable.journal_gap import journal_gap
from durable.ledger import Ledger
from durable.replay import replay
from failover.loss import LossEstimate
from failover.ports import Facts, JournalGap
from runtime.clock import Clock
from runtime.database import Database
from runtime.logs import logger

NO_KEY = "keeper"
"""Asked for, and under no request's key: those have at least eight characters."""


class FencedLedger:
    """The ledger of one region, over a connection for each piece of work."""

    def __init__(self, database: Database, book: Book) -> None:
        self._database = database
        self._book = book

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The ledger over one connection."""
        with self._database.session() as connection:
            yield Ledger(connection, self._book)

    def writable(self) -> bool:
        """Whether it takes writes: False on a replica."""
        return self._database.writable()

    def version(self) -> str:
        """The version of the engine."""
        return self._database.version()

    def fence_epoch(self) -> int | None:
        """The epoch that may write, or None before the first holder set one."""
        with self.ledger() as ledger:
            return ledger.fence_epoch()

    def raise_fence(self, epoch: int, *, now_ms: int) -> int | None:
        """Apply the schema, raise the fence, read it back. Waits for transactions of older epochs.

        A watermark in the future was set by a wrong clock. It is forgotten, so that the whole journal is
        compared: the watermark would hide what arrives from now on until it is reached.
        """
        with self.ledger() as ledger:
            ledger.migrate()
            ledger.raise_fence(epoch)
            found = ledger.fence_epoch()
            if ledger.forget_watermark(after=minute_of(now_ms), epoch=epoch):
                logger.error("the watermark was in the future", extra={"epoch": epoch})
        return found

    def admits(self, epoch: int) -> bool:
        """Whether a request of this epoch would be recorded now."""
        with self.ledger() as ledger:
            return ledger.admits(epoch)

    def beat(self, epoch: int, *, now_ms: int) -> None:
        """Say that the writer of `epoch` is alive."""
        with self.ledger() as ledger:
            ledger.beat(epoch, now_ms=now_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRecovery:
    """What was acknowledged, as the journal knows it, beside this region's ledger."""

    journal: Journal
    database: FencedLedger
    clock: Clock

    def ready_for_requests(self, now_ms: int) -> None:
        """Return if both tables of the journal answer here; without them no request is taken."""
        self.journal.find(NO_KEY)
        next(self.journal.arrived(minute_of(now_ms)), None)

    def ready_for_replay(self, now_ms: int) -> None:
        """Return if both tables can be read through; with them the data-loss budget is zero."""
        for since in (None, minute_of(now_ms)):
            next(self.journal.entries(since), None)

    def whole(self, *, until_ms: int) -> bool:
        """Whether the journal has the newest requests of this copy, and all that arrived since its watermark.

        A copy without requests, or whose arrivals are gone, cannot tell: then it has not.
        """
        with self.database.ledger() as ledger:
            rows = newest(ledger)
            since = begin(self.journal, ledger, rows)
            if since is None or not all(self.journal.has(key, row.identity) for key, row in rows.items()):
                return False
            return not self.journal.forgot(since, until_ms=until_ms)

    def arriving(self, now_ms: int) -> int:
        """How many requests came in this minute and the one before it."""
        minute = minute_of(now_ms)
        return sum(self.journal.count_arrived(when) for when in (minute - 1, minute))

    def gap(self, *, until_ms: int) -> JournalGap:
        """What this copy of the ledger lacks."""
        with self.database.ledger() as ledger:
            return journal_gap(self.journal, ledger, now_ms=self.clock(), until_ms=until_ms)

    def loss(self, *, until_ms: int, trusted: bool) -> LossEstimate:
        """What a forced promotion of this copy may lose."""
        with self.database.ledger() as ledger:
            return assess(self.journal, ledger, until_ms=until_ms, trusted=trusted)

    def replay(
        self,
        *,
        epoch: int,
        region: str,
        until_ms: int,
        early_since_ms: int | None,
        still_ours: Callable[[], object],
    ) -> Facts:
        """Record what came since the ledger's watermark and did not come into the ledger, and read it back.

        Settled entries are compared too: they were settled in a writer whose last seconds may be lost. What
        the ledger has and nobody marked settled is left to the reconciler. So is what was accepted in this
        very epoch since *early_since_ms*: it keeps coming, perhaps faster than it is recorded. What cannot be
        recorded is set aside by name, for a person, and does not keep the rest waiting.
        """
        seen = replayed = aside = 0
        with self.database.ledger() as ledger:
            since = begin(self.journal, ledger, newest(ledger))
            for part in compared(self.journal, ledger, since, until_ms=until_ms):
                seen += len(part.entries)
                lacking = [
                    each
                    for each in part.lacking
                    # A restored lease begins an epoch again: its number alone does not tell.
                    if early_since_ms is None or each.epoch < epoch or each.accepted_at_ms < early_since_ms
                ]
                done = replay([*lacking, *part.odd], ledger, epoch=epoch, region=region)
                replayed, aside = replayed + done.recorded, aside + len(done.aside)
                # While the lease is still this takeover's, every successor replays these too. After
                # that, a watermark about this ledger would be a lie about the successor's.
                still_ours()
                for entry in filter(done.has, lacking):
                    self.journal.settle(entry)
        return {"compared": seen, "replayed": replayed, "set_aside": aside}
