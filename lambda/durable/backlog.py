"""What the holder's ledger still owes to the journal: found minute by minute, and settled.

A minute that is over for long enough is compared once, whole, and the ledger's watermark moves past it. From
there to now only what is late is looked for. A ledger without a watermark is compared with the whole journal.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from durable.arrivals import minute_of
from durable.entry import JournalEntry, Kept
from durable.journal import Journal
from durable.lease_view import ServingStatus
from durable.ledger import Ledger
from durable.replay import Replayed, replay
from durable.set_aside import SetAside
from durable.witnesses import Witnesses
from runtime.clock import Clock
from runtime.logs import logger

GRACE_MS = 120_000
"""How long a minute is over before the watermark may pass it. An entry arrives in the minute that the
writer's clock shows just before, and is acknowledged a few seconds later at most, as its system promises, by
the same clock; a function is stopped after ten seconds; clocks differ by seconds. Whatever arrives later than
this in a minute was acknowledged by nobody, and arrives anew when its request is repeated."""
STALE_MS = 30_000
"""A request lives ten seconds: an intent that is older has nobody who still works on it."""
BATCH = 100
NO_MINUTE = -1
"""Every watermark is beyond it."""
LOOKED_AT = 100
"""So many of those set aside are looked at again in a run, first what waited longest."""


@dataclass(slots=True)
class Report:
    """What one run of the reconciler did."""

    serving_status: ServingStatus
    read: int = 0
    settled: int = 0
    replayed: int = 0
    """Those that the ledger did not have."""
    oldest_ms: int = 0
    """Age of the oldest of the settled."""
    watermark: int | None = None
    """Where the ledger's watermark stands, in minutes since 1970. A takeover reads from there."""
    watermark_ahead: bool = False
    """Whether the watermark was found beyond what the lease proves, and therefore forgotten."""
    arrivals_lack: bool = False
    """Whether the arrivals lacked requests of the ledger, and the watermark was therefore forgotten."""
    set_aside: int = 0
    """Entries that wait for a person; more than `LOOKED_AT` are counted as so many."""
    published: int = 0
    refused: int = 0
    """Events that the bus did not take now; they come again after a pause."""
    parked: int = 0
    """Events that were refused for a day and wait for a person."""
    event_ms: int = 0
    """Age of the oldest event that was not published, those that are parked aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the holder's reconciler."""

    epoch: int
    proven_ms: int
    """What the clock of the holder's keeper showed when it renewed the lease. Whoever acknowledges later has
    read this lease or a later one, and believes none that its own clock contradicts: so whatever clocks show,
    nothing is acknowledged that arrived long before this moment."""
    ledger: Ledger
    report: Report
    held: Callable[[], bool]
    """Whether the lease is held as it was, asked now; the report's serving_status says what it is."""
    in_time: Callable[[], bool]
    """Whether something new may be begun."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the journal, of which some is read: a run may end before it does."""

    epoch: int
    since: int | None
    """Where the watermark stands meanwhile; None: there is none, and this is the whole journal."""
    watermark: int
    """Where it may stand when all is read and settled."""
    entries: Iterator[Kept]


class Backlog:
    """The backlog of one region's ledger; only the holder's are settled.

    Every method raises `JournalUnavailable`, `DatabaseUnavailable` or `StaleEpoch` where it could not go
    on. What was done is done, and the next run goes on.
    """

    def __init__(self, *, region: str, journal: Journal, clock: Clock, grace_ms: int = GRACE_MS) -> None:
        self._region = region
        self._journal = journal
        self._clock = clock
        self._grace_ms = grace_ms
        self._begun: _Part | None = None
        self._witnesses = Witnesses(journal)

    def settle(self, run: Run) -> None:
        """Settle what is owed, and move the watermark, as far as time allows."""
        over = minute_of(min(self._clock(), run.proven_ms) - self._grace_ms)
        watermark = run.report.watermark = self._believed_watermark(run)
        if watermark is None:
            # Whatever arrived before the minutes that are not over was in the journal when this began.
            self._compare(_Part(run.epoch, None, over, self._journal.entries(None)), run)
        else:
            self._go_on(watermark, over, run)
        self._look_again(run)

    def _believed_watermark(self, run: Run) -> int | None:
        """The watermark.

        It is forgotten where no clock of the protocol can have set it, or the arrivals are not whole.
        """
        watermark, proven = run.ledger.watermark(), minute_of(run.proven_ms)
        if watermark is None:
            return None
        if watermark > proven:
            run.report.watermark_ahead = run.ledger.forget_watermark(after=proven, epoch=run.epoch)
        elif self._witnesses.doubt(run.ledger):
            self._forget_watermark(run)
        return run.ledger.watermark()

    def _forget_watermark(self, run: Run) -> None:
        """The arrivals lack requests that came: whatever is owed is looked for in the whole journal."""
        logger.error("the arrivals lack requests of the ledger", extra={"epoch": run.epoch})
        run.report.arrivals_lack = run.ledger.forget_watermark(after=NO_MINUTE, epoch=run.epoch)
        run.report.watermark = run.ledger.watermark()

    def _go_on(self, watermark: int, over: int, run: Run) -> None:
        for minute in range(watermark, minute_of(self._clock() - STALE_MS) + 1):
            arrived = self._journal.arrived(minute)
            if minute < over:
                done = self._compare(_Part(run.epoch, minute, minute + 1, arrived), run)
            else:
                done = self._pass(arrived, run, self._settle_stale)
            if not done:
                return

    def _compare(self, part: _Part, run: Run) -> bool:
        """Settle all of *part* and move the watermark; an earlier run may have begun with it."""
        begun, self._begun = self._begun, None
        if begun and (begun.epoch, begun.since) == (part.epoch, part.since):
            part = begun
        if self._pass(part.entries, run, self._settle_all):
            return self._end(part, run)
        if run.report.serving_status is ServingStatus.READY:
            self._begun = part
        return False

    def _end(self, part: _Part, run: Run) -> bool:
        """Move the watermark past this part; or forget it, where the arrivals of the part were not whole."""
        if part.since is not None and self._witnesses.doubt_minute(part.since, run.ledger):
            self._forget_watermark(run)
            return False
        if part.since is None:
            self._witnesses.compared()
        run.ledger.advance_watermark(part.watermark, epoch=run.epoch)
        run.report.watermark = part.watermark
        return True

    def _pass(
        self,
        entries: Iterator[Kept],
        run: Run,
        work: Callable[[list[Kept], Run], bool],
    ) -> bool:
        """Whether all of the entries were worked on, in time and under the lease."""
        while run.in_time():
            batch = list(dict.fromkeys(islice(entries, BATCH)))
            run.report.read += len(batch)
            if not batch:
                return True
            if not work(batch, run):
                return False
        return False

    def _settle_all(self, batch: list[Kept], run: Run) -> bool:
        """Settled entries are compared too: they may have been settled in a writer whose end was lost."""
        settled = self._journal.settled([entry.idempotency_key for entry in batch])
        owed = [entry for entry in _readable(batch) if entry.idempotency_key not in settled]
        return self._record(batch, owed, run) is not None

    def _settle_stale(self, batch: list[Kept], run: Run) -> bool:
        """What the ledger has is left until its minute is over: it costs less to look then, and once."""
        before_ms = self._clock() - STALE_MS
        stale = [entry for entry in _readable(batch) if entry.accepted_at_ms < before_ms]
        recorded = run.ledger.recorded([entry.idempotency_key for entry in stale])
        owed = [entry for entry in stale if recorded.get(entry.idempotency_key) != entry.identity]
        return not owed or self._record(owed, owed, run) is not None

    def _record(self, entries: Sequence[Kept], owed: list[JournalEntry], run: Run) -> Replayed | None:
        """What became of them; None when the lease is lost."""
        # The lease is asked after the entries were read: if it is still held, every successor will find
        # them in the journal, so they may be called settled whatever becomes of this ledger.
        if not run.held():
            return None
        done = replay(entries, run.ledger, epoch=run.epoch, region=self._region)
        run.report.replayed += done.recorded
        now_ms = self._clock()
        for entry in filter(done.has, owed):
            self._journal.settle(entry)
            run.report.settled += 1
            run.report.oldest_ms = max(run.report.oldest_ms, now_ms - entry.accepted_at_ms)
        return done

    def _look_again(self, run: Run) -> None:
        """What was set aside may be settled by now: newer code reads it, or a person mended the journal."""
        listed = run.ledger.aside(LOOKED_AT)
        run.report.set_aside = len(listed)
        for one in listed:
            if not run.in_time() or run.report.serving_status is not ServingStatus.READY:
                return
            if self._settled_by_now(one, run):
                run.ledger.take_off(one.idempotency_key, epoch=run.epoch)
                run.report.set_aside -= 1

    def _settled_by_now(self, one: SetAside, run: Run) -> bool:
        entry = self._journal.look(one.idempotency_key)
        if entry is None and one.idempotency_key in run.ledger.recorded([one.idempotency_key]):
            return True  # A person removed what contradicted the ledger.
        done = self._record([entry], _readable([entry]), run) if entry else None
        if done is None or done.aside:
            run.ledger.set_aside([one], epoch=run.epoch)  # looked at, and still so
            return False
        return True


def _readable(entries: Iterable[Kept]) -> list[JournalEntry]:
    return [entry for entry in entries if isinstance(entry, JournalEntry)]
