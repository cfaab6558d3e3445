"""inspect: what this region holds, counted and changed in nothing. `dr` and the steps decide by it."""

from dataclasses import asdict

from failover.lease import Lease
from failover.lease_table import LeaseUnknown
from failover.loss import JournalProof, LossEstimate, judge
from failover.observe import api_fact, database_fact
from failover.ports import JournalGap, RecoveryUnavailable
from failover.steps.context import Facts, StepContext
from runtime.database import DatabaseUnavailable
from runtime.logs import logger
from runtime.parameters import ParameterUnavailable


def journal_gap(context: StepContext, lease: Lease | None) -> JournalGap:
    """What this copy of the database lacks. Raises DatabaseUnavailable and RecoveryUnavailable.

    The lease tells how far ahead clocks may have been; without one they are taken to be right.
    """
    return context.recovery.gap(until_ms=_until_ms(lease))


def assess(context: StepContext, lease: Lease | None, *, trusted: bool) -> LossEstimate:
    """What a forced promotion of this copy may lose, counted now; what cannot be read is None."""
    try:
        return context.recovery.loss(until_ms=_until_ms(lease), trusted=trusted)
    except (DatabaseUnavailable, RecoveryUnavailable):
        return LossEstimate(
            journal=JournalProof.UNREADABLE, replicated_until_ms=None, lag_ms=None, requests=None, money=None
        )


def inspect(context: StepContext) -> Facts:
    """The facts of this region for an operator. What cannot be read is null, with the reason beside it."""
    facts: Facts = {
        "region": context.region,
        "clock_ms": context.clock(),
        "database": database_fact(context.database),
        "engine": _engine(context),
        "api": api_fact(context.api),
    }
    try:
        lease = _lease(context)
        gap: Facts = dict(asdict(journal_gap(context, lease)))
        gap["fence"] = context.database.fence_epoch()
    except (DatabaseUnavailable, RecoveryUnavailable) as error:
        return {**facts, "gap": None, "why": str(error), "loss": None}
    return {**facts, "gap": gap, "why": None, "loss": _loss(context, lease)}


def _until_ms(lease: Lease | None) -> int:
    return lease.acknowledged_until_ms if lease else 0


def _engine(context: StepContext) -> str | None:
    try:
        return context.database.version()
    except DatabaseUnavailable:
        return None


def _lease(context: StepContext) -> Lease | None:
    try:
        return context.leases.read()
    except LeaseUnknown:
        return None


def _loss(context: StepContext, lease: Lease | None) -> Facts | None:
    """What a forced failover to this region would lose now, with nobody's approval; None: nobody can tell."""
    try:
        policy = context.policy()
    except (ParameterUnavailable, ValueError) as error:
        logger.warning("no policy", extra={"reason": str(error)})
        return None
    figures = assess(context, lease, trusted=policy.journal_trusted)
    verdict = judge(figures, policy)
    return {**asdict(verdict), "figures": asdict(figures)}
