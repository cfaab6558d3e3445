"""Health of registered targets by the documented thresholds: a state machine over frozen facts.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from localcloud.fleet.balancer.model import HealthCheck, Minimum, TargetGroup, TargetId


class TargetState(StrEnum):
    """State of a target, as DescribeTargetHealth names it."""

    INITIAL = "initial"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNUSED = "unused"
    DRAINING = "draining"
    UNAVAILABLE = "unavailable"


class Reason(StrEnum):
    """Why a target is in a state other than healthy."""

    REGISTERING = "Elb.RegistrationInProgress"
    INITIAL_CHECKS = "Elb.InitialHealthChecking"
    MISMATCH = "Target.ResponseCodeMismatch"
    TIMEOUT = "Target.Timeout"
    FAILED = "Target.FailedHealthChecks"
    NOT_IN_USE = "Target.NotInUse"
    DEREGISTERING = "Target.DeregistrationInProgress"
    CHECKS_DISABLED = "Target.HealthCheckDisabled"


_WORDS = {
    Reason.REGISTERING: "Target registration is in progress",
    Reason.INITIAL_CHECKS: "Initial health checks in progress",
    Reason.TIMEOUT: "Request timed out",
    Reason.FAILED: "Health checks failed",
    Reason.NOT_IN_USE: "Target group is not configured to receive traffic from the load balancer",
    Reason.DEREGISTERING: "Target deregistration is in progress",
    Reason.CHECKS_DISABLED: "Health checks are disabled for this target group",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check saw: *reason* is None when it passed, *status* the HTTP code if there was one."""

    reason: Reason | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target and what its checks said so far; moments in seconds of one clock.

    Attributes:
        streak: Consecutive results of the same kind: positive passed, negative failed.
        ramp_from: When its share of the requests began to grow (slow start); None: it has a whole one.
        gone_at: When its deregistration is over.
    """

    id: TargetId
    state: TargetState = TargetState.INITIAL
    reason: Reason | None = Reason.REGISTERING
    detail: str = ""
    streak: int = 0
    ramp_from: float | None = None
    gone_at: float | None = None

    @property
    def words(self) -> str:
        """The reason in AWS's words; empty without one."""
        return self.detail or (_WORDS.get(self.reason, "") if self.reason else "")

    @property
    def registered(self) -> bool:
        """Whether it is not on its way out."""
        return self.state is not TargetState.DRAINING

    @property
    def fit(self) -> bool:
        """Whether it counts as healthy where targets are counted; one that is not checked does."""
        return self.state in (TargetState.HEALTHY, TargetState.UNAVAILABLE)


Targets = Mapping[TargetId, Target]


def synchronized(before: Targets, group: TargetGroup, *, used: bool, at: float) -> dict[TargetId, Target]:
    """The targets of *group* after its registrations were read anew.

    New ones are initial, or unused while no balancer forwards to the group; who is deregistered drains until
    the delay is over; who is registered again while it drains begins anew.
    """
    known = {id_: settled(target, group.slow_start_s, at) for id_, target in before.items()}
    after = {id_: _member(known.get(id_), id_, group, used=used) for id_ in group.members}
    for id_, target in known.items():
        if id_ not in after and (leaving := _leaving(target, group, at)) is not None:
            after[id_] = leaving
    return after


def _member(known: Target | None, id_: TargetId, group: TargetGroup, *, used: bool) -> Target:
    if not used:
        return Target(id=id_, state=TargetState.UNUSED, reason=Reason.NOT_IN_USE)
    if not group.check.enabled:
        return Target(id=id_, state=TargetState.UNAVAILABLE, reason=Reason.CHECKS_DISABLED)
    if known is None or known.state in (TargetState.DRAINING, TargetState.UNUSED, TargetState.UNAVAILABLE):
        return Target(id=id_)
    return known


def _leaving(target: Target, group: TargetGroup, at: float) -> Target | None:
    if target.state is TargetState.UNUSED:
        return None
    if target.gone_at is None:
        reason = Reason.DEREGISTERING
        target = Target(
            id=target.id, state=TargetState.DRAINING, reason=reason, gone_at=at + group.deregistration_s
        )
    return None if target.gone_at is None or target.gone_at <= at else target


def observed(
    target: Target,
    outcome: Outcome,
    check: HealthCheck,
    *,
    at: float,
    others: Iterable[Target] = (),
) -> Target:
    """*target* after one more check.

    A new target needs one passed check, one that was unhealthy `healthy_after` in a row, and any other is
    unhealthy after `unhealthy_after` failed in a row. *others* are the group's other targets, for slow start.
    """
    if target.state in (TargetState.DRAINING, TargetState.UNUSED, TargetState.UNAVAILABLE):
        return target
    if outcome.reason is None:
        return _passed(replace(target, streak=max(target.streak, 0) + 1), check, at, others)
    failed = replace(target, streak=min(target.streak, 0) - 1)
    if failed.state is TargetState.INITIAL:
        failed = replace(failed, reason=Reason.INITIAL_CHECKS)
    if failed.state is TargetState.UNHEALTHY or -failed.streak >= check.unhealthy_after:
        detail = f"Health checks failed with these codes: [{outcome.status}]" if outcome.status else ""
        return replace(
            failed, state=TargetState.UNHEALTHY, reason=outcome.reason, detail=detail, ramp_from=None
        )
    return failed


def _passed(target: Target, check: HealthCheck, at: float, others: Iterable[Target]) -> Target:
    enough = 1 if target.state is TargetState.INITIAL else check.healthy_after
    if target.state is TargetState.HEALTHY or target.streak < enough:
        return target
    # Slow start is for who joins others: the first targets of a group have whole shares at once.
    joins = any(other.state is TargetState.HEALTHY and other.ramp_from is None for other in others)
    return replace(target, state=TargetState.HEALTHY, reason=None, detail="", ramp_from=at if joins else None)


def settled(target: Target, slow_start_s: float, at: float) -> Target:
    """*target* without its ramp, when that is over."""
    over = target.ramp_from is not None and at - target.ramp_from >= slow_start_s
    return replace(target, ramp_from=None) if over else target


def routable(group: TargetGroup, targets: Iterable[Target]) -> tuple[Target, ...]:
    """The targets that new requests may go to: the healthy ones, or all if those are too few (fail-open).

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-attributes.html
    """
    registered = tuple(target for target in targets if target.registered)
    fit = tuple(target for target in registered if target.fit)
    return fit if group.routing.met(len(fit), len(registered)) else registered


def serves(minimum: Minimum, targets: Iterable[Target]) -> bool:
    """Whether a group counts as healthy for Route 53; one without registered targets does not.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html
    """
    registered = [target for target in targets if target.registered]
    return bool(registered) and minimum.met(sum(target.fit for target in registered), len(registered))
