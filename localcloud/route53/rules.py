"""Route 53's documented rules of health and of choosing a record, as pure functions.

Sources, named in the docstrings by their short names:
    health: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
    choice: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
    config: https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from localcloud.route53.records import (
    AlarmId,
    AlarmState,
    CalculatedCheck,
    EndpointCheck,
    HealthCheck,
    Record,
    Role,
    WithoutData,
    Zone,
)

CONNECT_TIMEOUT_S = 4.0
"""An HTTP(S) endpoint must accept the TCP connection within this time (health)."""
RESPONSE_TIMEOUT_S = 2.0
"""... and must send its status within this time after connecting (health)."""
HEALTHY_ABOVE_PERCENT = 18
"""An endpoint is healthy when more than this share of its checkers says so (health)."""

Health = Mapping[str, bool]
"""Status of every health check by id, inversion included, and of every load balancer by its DNS name."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one checker says of an endpoint.

    Attributes:
        contrary: Consecutive results against the opinion so far.
    """

    healthy: bool = True
    contrary: int = 0


def after(opinion: Opinion, *, passed: bool, threshold: int) -> Opinion:
    """The opinion after one more probe: it turns after `threshold` consecutive contrary results.

    The threshold counts in both directions (config, FailureThreshold).
    """
    if passed == opinion.healthy:
        return replace(opinion, contrary=0)
    contrary = opinion.contrary + 1
    return Opinion(healthy=passed) if contrary >= threshold else replace(opinion, contrary=contrary)


def passes(status: int) -> bool:
    """Whether an HTTP status passes a probe: 2xx and 3xx do (health)."""
    return status // 100 in {2, 3}


def endpoint_healthy(opinions: Sequence[bool]) -> bool:
    """Whether more than 18 % of the checkers say healthy (health).

    A new check is healthy until there is enough data (health): checkers start with a good opinion,
    and a check that nobody watches yet is healthy.
    """
    return not opinions or 100 * sum(opinions) > HEALTHY_ABOVE_PERCENT * len(opinions)


def alarm_healthy(state: AlarmState, without_data: WithoutData, *, last_known: bool) -> bool:
    """Health by an alarm: OK is healthy, ALARM is not, else as configured (health)."""
    if state is not AlarmState.INSUFFICIENT_DATA:
        return state is AlarmState.OK
    if without_data is WithoutData.LAST_KNOWN:
        return last_known
    return without_data is WithoutData.HEALTHY


def statuses(
    checks: Mapping[str, HealthCheck],
    opinions: Mapping[str, Sequence[bool]],
    alarms: Mapping[AlarmId, AlarmState],
    before: Health,
) -> dict[str, bool]:
    """The status of every check from what its observers say.

    A disabled check counts as healthy, and inversion applies after that: inverting is what config
    names to stop traffic to a resource whose check is disabled. A child that no longer exists
    counts as healthy; AWS documents its status as unpredictable.

    Args:
        checks: Children before their parents, as `Configuration` keeps them.
        opinions: The checkers' opinions by check id.
        alarms: States by alarm; an alarm that is not there has insufficient data.
        before: The statuses so far, for alarms whose check keeps the last known status.
    """
    health: dict[str, bool] = {}
    for id_, check in checks.items():
        observed = check.disabled or _observed(check, opinions, alarms, before, health)
        health[id_] = observed != check.inverted
    return health


def _observed(
    check: HealthCheck,
    opinions: Mapping[str, Sequence[bool]],
    alarms: Mapping[AlarmId, AlarmState],
    before: Health,
    children: Health,
) -> bool:
    """A check's status before disabling and inversion."""
    match check:
        case EndpointCheck():
            return endpoint_healthy(opinions.get(check.id, ()))
        case CalculatedCheck():
            # config, HealthThreshold: 0 is always healthy, more than there are children never is.
            return sum(children.get(child, True) for child in check.children) >= check.threshold
    state = alarms.get(check.alarm, AlarmState.INSUFFICIENT_DATA)
    last_known = before.get(check.id, not check.inverted) != check.inverted
    return alarm_healthy(state, check.without_data, last_known=last_known)


def record_healthy(record: Record, zone: Zone, health: Health) -> bool:
    """Whether a record may be answered by preference (choice).

    A record without a health check is always healthy. An alias that evaluates its target is
    healthy while one record of the target group is, or while the load balancer is that it names; any
    other target outside the zone is an AWS service, which is taken as up.
    """
    if record.health_check is not None and not health.get(record.health_check, True):
        return False
    if record.alias is None or not record.alias.evaluate_target_health:
        return True
    targets = zone.group(record.alias.target, record.type)
    if not targets:
        return health.get(record.alias.target, True)
    return any(record_healthy(target, zone, health) for target in targets)


def choose(group: Sequence[Record], healthy: Callable[[Record], bool]) -> Record:
    """The record that answers: the secondary only when it is healthy and the primary is not.

    So when both are unhealthy the primary answers (choice, "Failover records"). A record that has
    no counterpart answers whatever its health: with no healthy record, all count as healthy.
    """
    by_role = {record.role: record for record in group}
    primary, secondary = by_role.get(Role.PRIMARY), by_role.get(Role.SECONDARY)
    if primary is None or secondary is None:
        return group[0]
    return secondary if healthy(secondary) and not healthy(primary) else primary
