"""reconcile: every acknowledged request is in this region's database, under its own key."""

from failover.ports import StaleEpoch
from failover.steps.context import Facts, StepContext
from failover.steps.errors import Held
from failover.steps.guard import current_lease
from failover.steps.validation import validated
from failover.takeover import Takeover


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Replay what was acknowledged and is not here, while the lease is still this takeover's; validate it."""
    lease = current_lease(takeover, context)
    try:
        replayed = context.recovery.replay(
            epoch=takeover.epoch,
            region=takeover.region,
            until_ms=lease.acknowledged_until_ms,
            early_since_ms=lease.changed_at_ms if lease.accepts else None,
            still_ours=lambda: current_lease(takeover, context),
        )
    except StaleEpoch as error:
        raise Held(f"the ledger belongs to another epoch: {error}") from error
    return {**replayed, **validated(takeover, context, until_ms=lease.acknowledged_until_ms)}
