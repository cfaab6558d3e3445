"""Which group and which target a request goes to: weights, algorithms, slow start, stickiness."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from localcloud.fleet.balancer.health import Target
from localcloud.fleet.balancer.model import TargetGroup, TargetId
from localcloud.fleet.balancer.rules import Forward

TARGET_COOKIE = "AWSALB"
GROUP_COOKIE = "AWSALBTG"
SMALLEST_SHARE = 0.05
"""Of a target whose slow start has just begun: not 0, or it would never be asked."""

Key = TypeVar("Key")


def next_turn(
    shares: Mapping[Key, float], credit: Mapping[Key, float]
) -> tuple[Key | None, dict[Key, float]]:
    """Smooth weighted round robin: whose turn it is, and the credits for the next call.

    Over any stretch each gets its share as evenly as whole turns allow; None when nobody has a share.
    """
    positive = {key: share for key, share in shares.items() if share > 0}
    if not positive:
        return None, dict(credit)
    raised = {key: credit.get(key, 0.0) + share for key, share in positive.items()}
    chosen = max(raised, key=lambda key: raised[key])
    raised[chosen] -= sum(positive.values())
    return chosen, raised


def share(target: Target, group: TargetGroup, at: float) -> float:
    """Which part of a whole share *target* gets; it grows with time during slow start."""
    if target.ramp_from is None or group.slow_start_s <= 0:
        return 1.0
    return min(1.0, max(SMALLEST_SHARE, (at - target.ramp_from) / group.slow_start_s))


@dataclass(slots=True)
class Spread:
    """The turns and the requests under way of one balancer.

    Args:
        secret: Makes cookies that clients cannot make themselves; any bytes of one run.
    """

    secret: bytes
    busy: dict[tuple[str, TargetId], int] = field(default_factory=dict)
    """Requests under way by group and target."""
    _groups: dict[Forward, dict[str, float]] = field(default_factory=dict)
    _targets: dict[str, dict[TargetId, float]] = field(default_factory=dict)

    def group(self, action: Forward, cookies: Mapping[str, str]) -> str | None:
        """ARN of the group of this request; None where every weight is 0."""
        if len(action.groups) == 1 and action.groups[0].weight:
            return action.groups[0].group
        weights = {one.group: float(one.weight) for one in action.groups}
        if action.sticky_s is not None:
            bound = cookies.get(GROUP_COOKIE, "")
            for arn, weight in weights.items():
                if weight > 0 and self._names(bound, arn):
                    return arn
        chosen, self._groups[action] = next_turn(weights, self._groups.get(action, {}))
        return chosen

    def target(
        self, group: TargetGroup, targets: Sequence[Target], cookies: Mapping[str, str], at: float
    ) -> TargetId | None:
        """The target of this request among those that may get one; None where there are none."""
        if group.sticky_s is not None and (bound := cookies.get(TARGET_COOKIE)):
            for one in targets:
                if self._names(bound, f"{group.arn} {one.id}"):
                    return one.id
        if group.algorithm == "least_outstanding_requests":
            fewest = min((self.busy.get((group.arn, one.id), 0) for one in targets), default=0)
            targets = [one for one in targets if self.busy.get((group.arn, one.id), 0) == fewest]
        shares = {one.id: share(one, group, at) for one in targets}
        chosen, self._targets[group.arn] = next_turn(shares, self._targets.get(group.arn, {}))
        return chosen

    def token(self, of: str) -> str:
        """What a cookie says of a group or target: AWS encrypts it, so nobody may read more from it."""
        return hmac.new(self.secret, of.encode(), hashlib.sha256).hexdigest()

    def _names(self, cookie: str, of: str) -> bool:
        return hmac.compare_digest(cookie.encode(errors="replace"), self.token(of).encode())
