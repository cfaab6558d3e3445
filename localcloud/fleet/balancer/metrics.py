"""What a balancer tells CloudWatch, in the namespace AWS/ApplicationELB.

Nothing is told of a time without requests, but for RequestCountPerTarget, which then is 0.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from localcloud.fleet.balancer.health import Target, TargetState
from localcloud.fleet.balancer.model import LoadBalancer, TargetGroup

CLASSES = range(2, 6)
SINGLE_CODES = (500, 502, 503, 504)
"""Codes of the balancer's own that have a metric of their own."""
MOST_VALUES = 150
"""So many different values fit into one datum.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html"""

Dimensions = tuple[tuple[str, str], ...]
Datum = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What became of one request; None where no target had a part in it.

    Attributes:
        status: What the client got; 460 when it left before.
        target_status: What the target answered.
        response_s: Seconds from sending the request to the target until its headers came.
        unconnected: The target could not be connected to.
    """

    status: int
    group: str | None = None
    zone: str = ""
    target_status: int | None = None
    response_s: float | None = None
    unconnected: bool = False


@dataclass(slots=True)
class Tally:
    """Counts of one balancer since they were last told."""

    counts: Counter[tuple[str, Dimensions]] = field(default_factory=Counter)
    times: dict[Dimensions, Counter[float]] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    """Requests that a group's targets answered or failed to, by ARN of the group."""

    def add(self, served: Served, balancer: LoadBalancer, group: TargetGroup | None) -> None:
        """Count one request."""
        whole: Dimensions = (("LoadBalancer", balancer.dimension),)
        scopes: list[Dimensions] = [whole]
        if group is not None:
            of_group: Dimensions = (*whole, ("TargetGroup", group.dimension))
            scopes += (
                [of_group, (("AvailabilityZone", served.zone), *of_group)] if served.zone else [of_group]
            )
            self.requests[group.arn] += 1
        names = ["RequestCount"]
        if served.unconnected:
            names.append("TargetConnectionErrorCount")
        if served.target_status is not None:
            names += [f"HTTPCode_Target_{served.target_status // 100}XX_Count"]
        for name in names:
            self.counts.update((name, scope) for scope in scopes)
        if served.target_status is None:
            self.counts.update((name, whole) for name in _own(served.status))
        if served.response_s is not None:
            for scope in scopes:
                self.times.setdefault(scope, Counter())[round(served.response_s, 3)] += 1

    def merge(self, other: "Tally") -> None:
        """Count what *other* counted, too."""
        self.counts.update(other.counts)
        self.requests.update(other.requests)
        for scope, times in other.times.items():
            self.times.setdefault(scope, Counter()).update(times)

    @property
    def flowing(self) -> bool:
        """Whether there were requests."""
        return bool(self.counts)


def _own(status: int) -> Iterator[str]:
    """The metrics of an answer that the balancer made itself; successes have none but redirects."""
    if status // 100 in (3, 4, 5):
        yield f"HTTPCode_ELB_{status // 100}XX_Count"
    if status in SINGLE_CODES:
        yield f"HTTPCode_ELB_{status}_Count"


def data(
    tally: Tally,
    balancer: LoadBalancer,
    groups: Iterable[tuple[TargetGroup, tuple[tuple[str, Target], ...]]],
    *,
    at: float,
) -> list[Datum]:
    """What to put for the time until *at*, in seconds since the epoch.

    *groups* are those that the balancer forwards to, with their targets and the zone of each.
    """
    told: list[tuple[str, Dimensions, dict[str, Any]]] = [
        (name, scope, {"Value": float(count), "Unit": "Count"})
        for (name, scope), count in tally.counts.items()
    ]
    for scope, times in tally.times.items():
        told += [("TargetResponseTime", scope, values) for values in _values(times)]
    for group, targets in groups:
        told += _of_group(tally, balancer, group, targets)
    return [
        {
            "MetricName": name,
            "Dimensions": [{"Name": k, "Value": v} for k, v in scope],
            "Timestamp": at,
            **rest,
        }
        for name, scope, rest in told
    ]


def _values(times: Counter[float]) -> Iterator[dict[str, Any]]:
    pairs = sorted(times.items())
    for first in range(0, len(pairs), MOST_VALUES):
        some = pairs[first : first + MOST_VALUES]
        counts = [float(count) for _, count in some]
        yield {"Values": [value for value, _ in some], "Counts": counts, "Unit": "Seconds"}


def _of_group(
    tally: Tally, balancer: LoadBalancer, group: TargetGroup, targets: tuple[tuple[str, Target], ...]
) -> Iterator[tuple[str, Dimensions, dict[str, Any]]]:
    own = ("TargetGroup", group.dimension)
    of_group: Dimensions = (("LoadBalancer", balancer.dimension), own)
    fit = sum(target.fit for _, target in targets)
    each = tally.requests[group.arn] / fit if fit else 0.0
    alone: Dimensions = (own,)
    for scope in (alone, of_group):
        yield "RequestCountPerTarget", scope, {"Value": each, "Unit": "Count"}
    if not tally.flowing:
        return
    scopes: dict[Dimensions, list[Target]] = {of_group: [target for _, target in targets]}
    for zone, target in targets:
        if zone:
            scopes.setdefault((("AvailabilityZone", zone), *of_group), []).append(target)
    for scope, some in scopes.items():
        sick = sum(target.state is TargetState.UNHEALTHY for target in some)
        yield "HealthyHostCount", scope, {"Value": float(sum(t.fit for t in some)), "Unit": "Count"}
        yield "UnHealthyHostCount", scope, {"Value": float(sick), "Unit": "Count"}
