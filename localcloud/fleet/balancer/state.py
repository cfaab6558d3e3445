"""What a running balancer knows at a moment, and what it counts."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from localcloud.fleet.balancer.health import Target, routable, synchronized
from localcloud.fleet.balancer.metrics import Tally
from localcloud.fleet.balancer.model import BalancerConfiguration, TargetGroup, TargetId
from localcloud.fleet.balancer.spread import Spread
from localcloud.fleet.ports import Endpoint, InstancePorts

LOOPBACK_PREFIX = "127."


@dataclass(slots=True)
class BalancerState:
    """Configuration, health and requests under way. Belongs to one event loop, whose clock it goes by."""

    instances: InstancePorts
    configuration: BalancerConfiguration = field(default_factory=BalancerConfiguration)
    targets: dict[str, dict[TargetId, Target]] = field(default_factory=dict)
    """By ARN of the group, also those that drain."""
    spread: Spread = field(default_factory=lambda: Spread(secrets.token_bytes(32)))
    tallies: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """By ARN of the balancer."""
    lines: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Of access logs, by ARN of the balancer."""
    _limits: defaultdict[tuple[str, TargetId], set[asyncio.Timeout]] = field(
        default_factory=lambda: defaultdict(set)
    )

    def configure(self, configuration: BalancerConfiguration, at: float) -> None:
        """Take a new configuration over; whose draining is over has no more requests under way."""
        self.configuration = configuration
        before, used = self.targets, configuration.used
        self.targets = {
            arn: synchronized(before.get(arn, {}), group, used=arn in used, at=at)
            for arn, group in configuration.groups.items()
        }
        for (arn, id_), limits in self._limits.items():
            if id_ not in self.targets.get(arn, {}):
                for limit in limits:
                    limit.reschedule(at)

    def choose(self, group: TargetGroup, cookies: dict[str, str], at: float) -> TargetId | None:
        """Which target of *group* a new request goes to; None where nobody is registered."""
        return self.spread.target(group, routable(group, self.targets[group.arn].values()), cookies, at)

    @contextmanager
    def under_way(self, group: str, id_: TargetId, limit: asyncio.Timeout) -> Iterator[None]:
        """Count a request; *limit* ends it when the target's draining is over."""
        key = (group, id_)
        self.spread.busy[key] = self.spread.busy.get(key, 0) + 1
        self._limits[key].add(limit)
        try:
            yield
        finally:
            self._limits[key].discard(limit)
            self.spread.busy[key] -= 1
            if not self.spread.busy[key]:
                del self.spread.busy[key], self._limits[key]

    def drained(self, instance: str) -> bool:
        """Whether no new request goes to *instance* and none is under way there, in any group."""
        registered = any(
            id_.id == instance and target.registered
            for targets in self.targets.values()
            for id_, target in targets.items()
        )
        return not registered and not any(id_.id == instance for _, id_ in self.spread.busy)

    def endpoint(self, id_: TargetId, port: int | None = None) -> Endpoint:
        """Where a target really listens; nobody is at an address that no instance has."""
        port = id_.port if port is None else port
        known = self.instances.endpoint(id_.id, port)
        if known is not None:
            return known
        return Endpoint(port, "", dark=not id_.id.startswith(LOOPBACK_PREFIX))
