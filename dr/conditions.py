"""Conditions that an operator's rules are made of. Pure: None is what cannot be told."""

from collections.abc import Callable

from dr.situation import Inspection, JournalGap, Situation
from dr.topology import Answer
from failover.lease import Automation, LeaseState
from failover.observation import DatabaseFact

Condition = Callable[[Situation, str], bool | None]
"""Of a situation and the region that is to serve."""


def lease_readable(seen: Situation, _target: str) -> bool | None:
    """Every region reads the lease; where nothing at all answers, this machine may be what is cut off."""
    return all(seen.leases_read.values()) if _anybody(seen) else None


def lease_known(seen: Situation, _target: str) -> bool | None:
    """There is a lease."""
    return None if seen.topology.lease_read_in is None else seen.lease is not None


def held_elsewhere(seen: Situation, target: str) -> bool | None:
    """Another region holds it."""
    return None if seen.lease is None else not seen.lease.held_by(target)


def holder_serves(seen: Situation, _target: str) -> bool | None:
    """The holder is ACTIVE and ready."""
    if seen.lease is None:
        return None
    ready = {view.region: view.ready is Answer.YES for view in seen.topology.regions}
    return seen.lease.state is LeaseState.ACTIVE and ready[seen.lease.holder]


def only_holder_ready(seen: Situation, _target: str) -> bool | None:
    """No region but the holder calls itself ready: two that do would both be sent requests."""
    if seen.lease is None:
        return None
    ready = {view.region for view in seen.topology.regions if view.ready is Answer.YES}
    return ready <= {seen.lease.holder}


def lease_runs(seen: Situation, _target: str) -> bool | None:
    """The lease has not run out, by the clock of any region that answers."""
    clocks = [inspection.clock_ms for inspection in seen.inspections.values() if inspection]
    if seen.lease is None or not clocks:
        return None
    return not seen.lease.expired(now_ms=min(clocks), skew_ms=seen.clock_skew_ms)


def expired(seen: Situation, target: str) -> bool | None:
    """The lease expired longer ago than clocks differ, or stood still though it ends later than one can."""
    now = seen.now_ms(target)
    if seen.lease is None or now is None:
        return None
    return seen.lost_by_its_holder(seen.lease, now_ms=now)


def expiry_believed(seen: Situation, target: str) -> bool | None:
    """The lease ends no later than one term and what clocks may differ by from now."""
    now = seen.now_ms(target)
    if seen.lease is None or now is None:
        return None
    return seen.lease.believed(now_ms=now, ttl_ms=seen.lease_ttl_ms, skew_ms=seen.clock_skew_ms)


def holder_fenced(seen: Situation, _target: str) -> bool | None:
    """The holder's own ledger has the fence of this epoch, and its journal answers."""
    holder = seen.inspections.get(seen.lease.holder) if seen.lease else None
    if holder is None or seen.lease is None:
        return None
    return holder.gap is not None and holder.gap.fence == seen.lease.epoch


def target_live(seen: Situation, target: str) -> bool | None:
    """The target's API is live."""
    if not _anybody(seen):
        return None
    return next(view.live is Answer.YES for view in seen.topology.regions if view.region == target)


def of_target(test: Callable[[Inspection], bool | None]) -> Condition:
    """What the target says about itself."""

    def ask(seen: Situation, target: str) -> bool | None:
        inspection = seen.inspections[target]
        return test(inspection) if inspection else None

    return ask


def of_gap(test: Callable[[JournalGap], bool]) -> Condition:
    """What the target counted."""
    return of_target(lambda inspection: test(inspection.gap) if inspection.gap else None)


def fence_replicated(seen: Situation, target: str) -> bool | None:
    """The target's copy of the fence is at the lease's epoch."""
    inspection, lease = seen.inspections[target], seen.lease
    if inspection is None or inspection.gap is None or lease is None:
        return None
    return inspection.gap.fence == lease.epoch


def same_code(seen: Situation, _target: str) -> bool | None:
    """Every region runs the same code."""
    codes = {inspection.code if inspection else None for inspection in seen.inspections.values()}
    return None if None in codes else len(codes) == 1


def same_engine(seen: Situation, _target: str) -> bool | None:
    """Every region's database is of the same version: else Aurora refuses to fail over between them."""
    engines = {inspection.engine if inspection else None for inspection in seen.inspections.values()}
    return None if None in engines else len(engines) == 1


def within_loss_budget(seen: Situation, _target: str) -> bool | None:
    """Whichever region is lost: the other one could be promoted now without anybody's approval."""
    losses = [inspection.loss if inspection else None for inspection in seen.inspections.values()]
    done = [loss["done"] if loss else None for loss in losses]
    return False if False in done else None if None in done else True


def holder_is_writer(seen: Situation, _target: str) -> bool | None:
    """The holder's own function answers, counts its requests and calls its database the writer."""
    inspection = seen.inspections.get(seen.lease.holder) if seen.lease else None
    if inspection is None or inspection.gap is None:
        return None
    return inspection.database == DatabaseFact.WRITER


def clocks_agree(seen: Situation, _target: str) -> bool | None:
    """No clock is off by half the skew that the protocol allows for two of them."""
    limit = seen.clock_skew_ms / 2
    off = [inspection.clock_off_ms if inspection else None for inspection in seen.inspections.values()]
    return None if None in off else all(each <= limit for each in off if each is not None)


def writer_with_holder(seen: Situation, _target: str) -> bool | None:
    """Aurora's writer is with the holder and stays there."""
    if seen.aurora is None or seen.lease is None:
        return None
    return seen.aurora.writer == seen.lease.holder and not seen.aurora.moving


def automation(seen: Situation, _target: str) -> bool | None:
    """An expired lease would be taken over without a person."""
    return None if seen.lease is None else seen.lease.automation is Automation.RUNNING


def acknowledged(seen: Situation, _target: str) -> bool | None:
    """No failover waits for its acknowledgement."""
    return None if seen.lease is None else not seen.lease.unacknowledged


def home(seen: Situation, target: str) -> bool | None:
    """The target is where the settings place the primary."""
    return target == seen.home


def soaked(seen: Situation, target: str) -> bool | None:
    """The present holder has served long enough."""
    now = seen.now_ms(target)
    if seen.lease is None or now is None:
        return None
    return now - seen.lease.changed_at_ms >= seen.failback_soak_ms


def replica(inspection: Inspection) -> bool | None:
    """The database is a replica."""
    if inspection.database in {DatabaseFact.UNREACHABLE, DatabaseFact.UNKNOWN}:
        return None
    return inspection.database == DatabaseFact.REPLICA


def answers(inspection: Inspection) -> bool | None:
    """The database answers."""
    return inspection.database in {DatabaseFact.REPLICA, DatabaseFact.WRITER}


def _anybody(seen: Situation) -> bool:
    return any(view.reachable for view in seen.topology.regions)
