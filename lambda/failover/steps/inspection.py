"""inspect: what this region holds, counted and changed in nothing. `dr` and the guard decide by it."""

from dataclasses import asdict, dataclass
from itertools import islice

from durable.comparison import LISTED, compared
from durable.errors import JournalUnavailable
from durable.set_aside import SetAside
from failover.lease import Lease
from failover.lease_table import LeaseUnknown
from failover.loss import judge
from failover.observe import api_fact, database_fact
from failover.steps.assessment import assess, policy_of
from failover.steps.tools import Facts, Tools
from runtime.database import DatabaseUnavailable

OVERDUE_MS = 30_000
"""What a payment under way, or a replica that keeps up, never needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The journal since the mark of this region's copy of the ledger, beside that copy, in payments."""

    compared: int
    """Entries that were read: all that came since the mark, and all there are where there is no mark."""
    intents: int
    """Accepted a while ago, not known to be settled and not in this copy: the reconciler's work."""
    missing: int
    """Settled, not in this copy: the lag of replication, exactly."""
    overdue: int
    """Those of the missing that were accepted longer ago than replication ever needs."""
    set_aside: tuple[SetAside, ...] = ()
    """The entries that wait for a person, by name; no more than `comparison.LISTED`."""


def take_stock(tools: Tools, lease: Lease | None) -> Stock:
    """Compare every entry since the mark. Raises DatabaseUnavailable and JournalUnavailable.

    The lease tells how far ahead clocks may have been; without one they are taken to be right.
    """
    deadline_ms = tools.clock() - OVERDUE_MS
    until_ms = lease.acknowledged_until_ms if lease else 0
    read = intents = missing = overdue = 0
    with tools.ledger() as ledger:
        aside = dict.fromkeys(ledger.aside(LISTED))
        for part in compared(tools.journal, ledger, ledger.marked(), until_ms=until_ms):
            read += len(part.entries)
            aside |= dict.fromkeys(part.aside)
            settled = tools.journal.settled([entry.idempotency_key for entry in part.lacking])
            for entry in part.lacking:
                old, known_settled = entry.accepted_at_ms < deadline_ms, entry.idempotency_key in settled
                intents += old and not known_settled
                missing += known_settled
                overdue += old and known_settled
    return Stock(
        compared=read,
        intents=intents,
        missing=missing,
        overdue=overdue,
        set_aside=tuple(islice(aside, LISTED)),
    )


def inspect(tools: Tools) -> Facts:
    """The facts of this region for an operator. What cannot be read is null, with the reason beside it."""
    facts: Facts = {
        "region": tools.region,
        "clock_ms": tools.clock(),
        "database": database_fact(tools.database),
        "engine": _engine(tools),
        "api": api_fact(tools.api),
    }
    try:
        lease = _lease(tools)
        stock: Facts = dict(asdict(take_stock(tools, lease)))
        with tools.ledger() as ledger:
            stock["fence"] = ledger.fence_epoch()
    except (DatabaseUnavailable, JournalUnavailable) as error:
        return {**facts, "stock": None, "why": str(error), "loss": None}
    return {**facts, "stock": stock, "why": None, "loss": _loss(tools, lease)}


def _engine(tools: Tools) -> str | None:
    try:
        return tools.database.version()
    except DatabaseUnavailable:
        return None


def _lease(tools: Tools) -> Lease | None:
    try:
        return tools.leases.read()
    except LeaseUnknown:
        return None


def _loss(tools: Tools, lease: Lease | None) -> Facts:
    """What a forced failover to this region would lose now, with nobody's approval."""
    policy = policy_of(tools)
    figures = assess(tools, lease, trusted=policy.journal_trusted)
    verdict = judge(figures, policy)
    return {**asdict(verdict), "figures": asdict(figures)}
