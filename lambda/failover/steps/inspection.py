"""inspect: what this region holds, counted and changed in nothing. `dr` and the guard decide by it."""

from dataclasses import asdict, dataclass
from itertools import islice

from failover.loss import judge
from failover.observe import api_fact, database_fact
from failover.steps.assessment import assess, policy_of
from failover.steps.tools import Facts, Tools
from payments.errors import JournalUnavailable
from payments.journal import EntryState
from runtime.database import DatabaseUnavailable

BATCH = 200
OVERDUE_MS = 30_000
"""What a payment under way, or a replica that keeps up, never needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The journal beside this region's copy of the ledger, in payments."""

    journal: int
    intents: int
    """Accepted a while ago and not known to be settled: the reconciler's work."""
    missing: int
    """Settled, not in this copy: the lag of replication, exactly."""
    overdue: int
    """Those of the missing that were accepted longer ago than replication ever needs."""


def take_stock(tools: Tools) -> Stock:
    """Compare every entry. Raises DatabaseUnavailable and JournalUnavailable."""
    entries = tools.journal.entries()
    deadline_ms = tools.clock() - OVERDUE_MS
    journal = intents = missing = overdue = 0
    with tools.ledger() as ledger:
        while batch := list(islice(entries, BATCH)):
            settled = [entry for entry in batch if entry.state is EntryState.SETTLED]
            known = ledger.known([entry.idempotency_key for entry in settled])
            lacking = [entry for entry in settled if entry.idempotency_key not in known]
            journal += len(batch)
            intents += sum(
                entry.state is EntryState.INTENT and entry.accepted_at_ms < deadline_ms for entry in batch
            )
            missing += len(lacking)
            overdue += sum(entry.accepted_at_ms < deadline_ms for entry in lacking)
    return Stock(journal=journal, intents=intents, missing=missing, overdue=overdue)


def inspect(tools: Tools) -> Facts:
    """The facts of this region for an operator. What cannot be read is null, with the reason beside it."""
    facts: Facts = {
        "region": tools.region,
        "clock_ms": tools.clock(),
        "database": database_fact(tools.database),
        "api": api_fact(tools.api),
    }
    try:
        stock: Facts = dict(asdict(take_stock(tools)))
        with tools.ledger() as ledger:
            stock["fence"] = ledger.fence_epoch()
    except (DatabaseUnavailable, JournalUnavailable) as error:
        return {**facts, "stock": None, "why": str(error), "loss": None}
    return {**facts, "stock": stock, "why": None, "loss": _loss(tools)}


def _loss(tools: Tools) -> Facts:
    """What a forced failover to this region would lose now, with nobody's approval."""
    policy = policy_of(tools)
    figures = assess(tools, trusted=policy.journal_trusted)
    verdict = judge(figures, policy, (), wanted="", now_ms=tools.clock())
    return {**asdict(verdict), "figures": asdict(figures)}
