"""inspect: what this region holds, counted and changed in nothing. `dr` and the steps decide by it."""

from dataclasses import asdict

from failover.lease import Lease
from failover.lease_table import LeaseUnknown
from failover.loss import Figures, JournalFact, judge
from failover.observe import api_fact, database_fact
from failover.ports import RecoveryUnavailable, Stock
from failover.steps.tools import Facts, Tools
from runtime.database import DatabaseUnavailable


def take_stock(tools: Tools, lease: Lease | None) -> Stock:
    """What this copy of the database lacks. Raises DatabaseUnavailable and RecoveryUnavailable.

    The lease tells how far ahead clocks may have been; without one they are taken to be right.
    """
    return tools.recovery.stock(until_ms=_until_ms(lease))


def assess(tools: Tools, lease: Lease | None, *, trusted: bool) -> Figures:
    """What a forced promotion of this copy may lose, counted now; what cannot be read is None."""
    try:
        return tools.recovery.figures(until_ms=_until_ms(lease), trusted=trusted)
    except (DatabaseUnavailable, RecoveryUnavailable):
        return Figures(
            journal=JournalFact.UNREADABLE, replicated_until_ms=None, lag_ms=None, payments=None, money=None
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
        stock["fence"] = tools.database.fence_epoch()
    except (DatabaseUnavailable, RecoveryUnavailable) as error:
        return {**facts, "stock": None, "why": str(error), "loss": None}
    return {**facts, "stock": stock, "why": None, "loss": _loss(tools, lease)}


def _until_ms(lease: Lease | None) -> int:
    return lease.acknowledged_until_ms if lease else 0


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
    policy = tools.policy()
    figures = assess(tools, lease, trusted=policy.journal_trusted)
    verdict = judge(figures, policy)
    return {**asdict(verdict), "figures": asdict(figures)}
