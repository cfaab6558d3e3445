"""What balancers report from time to time: metrics and access logs."""

import logging
import secrets
from collections.abc import Callable, Iterable

from localcloud.fleet.balancer import access_log, metrics
from localcloud.fleet.balancer.control_plane import ControlPlane, Unreachable
from localcloud.fleet.balancer.health import Target
from localcloud.fleet.balancer.model import LoadBalancer, TargetGroup
from localcloud.fleet.balancer.state import BalancerState

_LOGGER = logging.getLogger("localcloud.fleet")
Members = Callable[[LoadBalancer], Iterable[tuple[TargetGroup, tuple[tuple[str, Target], ...]]]]
"""The groups of a balancer, each with its targets and their zones."""


async def publish(state: BalancerState, control_plane: ControlPlane, members: Members, *, at: float) -> None:
    """Put the metrics of the time until *at*; those that nobody takes wait for the next time."""
    for balancer in state.configuration.balancers:
        tally = state.tallies.pop(balancer.arn, metrics.Tally())
        told = metrics.data(tally, balancer, members(balancer), at=at)
        try:
            await control_plane.measure(balancer.region, told)
        except Unreachable as error:
            _LOGGER.warning("metrics of %s wait: %s", balancer.name, error)
            state.tallies[balancer.arn].merge(tally)


async def write_logs(state: BalancerState, control_plane: ControlPlane, *, at: float) -> None:
    """Put the access logs of the time until *at*."""
    for balancer in state.configuration.balancers:
        if lines := state.lines.pop(balancer.arn, []):
            account = balancer.arn.split(":")[4]
            key = access_log.key(balancer, account, until=at, unique=secrets.token_hex(4))
            await control_plane.store(balancer.region, balancer.logs.bucket, key, lines)
