"""Rules about the databases. Pure, as `remediation.decision`, which says why they are so."""

from dataclasses import dataclass

from remediation.observation import DatabaseSeen, Missing, Observation
from remediation.rules import Action, Decision, Rule
from remediation.verdicts import done, page, watch

LOST = frozenset({"failed", "inaccessible-encryption-credentials", "restore-error"})
"""States of a database that end only by another database."""
BY_HAND = frozenset({"storage-full", "stopped", "incompatible-network", "incompatible-parameters"})
"""States that neither a failover nor waiting mends."""
CHANGE_LIMIT_MS = 15 * 60 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the settings allow."""

    may_promote: bool
    most_lag_s: float
    """The largest loss, as replication lag, at which a replica is promoted without a person."""


def about_writer(seen: Observation, policy: Policy) -> Decision:
    """No instance reaches the writer."""
    primary, replica = seen.primary, seen.replica
    if primary is None or replica is None or seen.points_at is None:
        return page(Rule.DATABASE_UNKNOWN, "the databases or the writer's name cannot be read")
    lost = primary is Missing.GONE or primary.status in LOST
    if isinstance(replica, DatabaseSeen) and not replica.source:
        return _after_promotion(seen, replica, lost=lost)
    if isinstance(primary, Missing) or lost:
        return _about_promotion(seen, replica, policy)
    return _about_primary(seen, primary)


def _about_primary(seen: Observation, primary: DatabaseSeen) -> Decision:
    if primary.status in BY_HAND:
        return page(Rule.NOT_BY_MACHINE, f"{primary.id} is {primary.status}")
    if not primary.available:
        return _changing(seen, primary)
    if seen.points_at != primary.host:
        return _point(seen, primary)
    if not primary.multi_az:
        return page(Rule.NOT_BY_MACHINE, f"{primary.id} is {primary.status} and has no standby")
    if done(seen, primary.id, Rule.FAIL_OVER):
        return page(Rule.DID_NOT_HELP, f"{primary.id} failed over, and cannot be reached still")
    return Decision(
        action=Action.FAIL_OVER,
        rule=Rule.FAIL_OVER,
        resource=primary.id,
        reason=f"{primary.id} is {primary.status}, and no instance reaches it",
    )


def _after_promotion(seen: Observation, promoted: DatabaseSeen, *, lost: bool) -> Decision:
    """The replica is a database of its own by now, or is about to be."""
    if not lost:
        return page(Rule.TWO_WRITERS, f"{promoted.id} was promoted, and the old primary is there")
    if not promoted.available:
        return _changing(seen, promoted)
    if seen.points_at != promoted.host:
        return _point(seen, promoted)
    return page(Rule.DID_NOT_HELP, f"{promoted.id} was promoted, and cannot be reached")


def _about_promotion(seen: Observation, replica: DatabaseSeen | Missing, policy: Policy) -> Decision:
    if isinstance(replica, Missing):
        return page(Rule.NO_REPLICA, "the primary is lost, and there is no replica")
    if not replica.available:
        return _changing(seen, replica)
    if not policy.may_promote:
        return page(Rule.MAY_NOT_PROMOTE, f"the primary is lost; a person may promote {replica.id}")
    if seen.lag_s is None or seen.lag_s > policy.most_lag_s:
        lag = "unknown" if seen.lag_s is None else f"{seen.lag_s:g} s"
        return page(
            Rule.LOSS_UNKNOWN, f"the lag of {replica.id} is {lag}; allowed is {policy.most_lag_s:g} s"
        )
    if done(seen, replica.id, Rule.PROMOTE):
        return page(Rule.DID_NOT_HELP, f"{replica.id} was promoted, and is a replica still")
    return Decision(
        action=Action.PROMOTE_REPLICA,
        rule=Rule.PROMOTE,
        resource=replica.id,
        reason=f"the primary is lost; {replica.id} lags {seen.lag_s:g} s",
    )


def about_replica(seen: Observation) -> Decision:
    """No instance reaches the replica."""
    if seen.replica is None:
        return page(Rule.DATABASE_UNKNOWN, "the replica cannot be read")
    if isinstance(seen.replica, Missing):
        return page(Rule.NO_REPLICA, "there is no replica; the writer is read instead")
    return _about_present(seen, seen.replica)


def _about_present(seen: Observation, replica: DatabaseSeen) -> Decision:
    if not replica.source:
        return watch(Rule.CHANGING, f"{replica.id} is no replica any more")
    if not replica.available:
        return _changing(seen, replica)
    if done(seen, replica.id, Rule.REBOOT_REPLICA):
        return page(Rule.DID_NOT_HELP, f"{replica.id} was rebooted, and cannot be reached still")
    return Decision(
        action=Action.REBOOT_REPLICA,
        rule=Rule.REBOOT_REPLICA,
        resource=replica.id,
        reason=f"{replica.id} is {replica.status}, and no instance reaches it",
    )


def _changing(seen: Observation, database: DatabaseSeen) -> Decision:
    since = seen.rings_since_ms
    if since is None or seen.at_ms - since > CHANGE_LIMIT_MS:
        return page(Rule.CHANGING_TOO_LONG, f"{database.id} is {database.status} for too long")
    return watch(Rule.CHANGING, f"{database.id} is {database.status}")


def _point(seen: Observation, database: DatabaseSeen) -> Decision:
    if not database.host:
        return page(Rule.DATABASE_UNKNOWN, f"{database.id} has no address")
    return Decision(
        action=Action.POINT_NAME,
        rule=Rule.POINT_NAME,
        resource=seen.writer_name,
        value=database.host,
        reason=f"{seen.writer_name} leads to {seen.points_at or 'nothing'}, the writer is {database.host}",
    )
