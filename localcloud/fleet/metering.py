"""Measures instances and groups once a minute, and publishes what it measured."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localcloud.fleet.desk import Desk
from localcloud.fleet.groups import metrics
from localcloud.fleet.groups.keeper import GroupKeeper
from localcloud.fleet.groups.metrics import Datum
from localcloud.fleet.instances.host import InstanceHost
from localcloud.fleet.instances.record import Instance
from localcloud.fleet.instances.usage import seconds_by_group

EVERY_S = 60.0
AT_ONCE = 150
"""Values of one call of PutMetricData; AWS allows 1,000."""


@dataclass(slots=True)
class Meter:
    """Publishes once a minute. Calls block."""

    desk: Desk
    host: InstanceHost
    every_s: float = EVERY_S
    _before: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Moment and processor seconds of the last look, by instance."""
    _due: float = 0.0

    def turn(
        self,
        keepers: Mapping[tuple[str, str], GroupKeeper],
        instances: list[Instance],
        groups: Iterable[Mapping[str, Any]],
        now: float,
    ) -> None:
        """Publish when a minute is over."""
        if now < self._due:
            return
        self._due = now - now % self.every_s + self.every_s
        published: dict[tuple[str, str], list[Datum]] = defaultdict(list)
        busy = self._busy(now)
        for region in {each.region for each in instances}:
            here = {each.id: each for each in instances if each.region == region and each.state == "running"}
            shares = {name: share for name, share in busy.items() if name in here}
            owners = {name: each.group for name, each in here.items()}
            published[region, "AWS/EC2"] += metrics.of_processors(shares, owners)
            published[region, "AWS/EC2"] += metrics.of_status(
                {name: each.impaired for name, each in here.items()}
            )
        for told in groups:
            keeper = keepers.get((told["region"], told["group"]["AutoScalingGroupName"]))
            enabled = frozenset(each["Metric"] for each in told["group"].get("EnabledMetrics", []))
            if keeper and keeper.facts:
                published[told["region"], "AWS/AutoScaling"] += metrics.of_group(keeper.facts, enabled)
        for (region, namespace), data in published.items():
            self._publish(region, namespace, data)

    def _busy(self, now: float) -> dict[str, float]:
        """Percent of one processor that each instance used since the last look."""
        leaders = {name: here.machine.pid for name, here in self.host.running.items() if here.machine.pid}
        used = seconds_by_group(leaders.values())
        found, after = {}, {}
        for name, leader in leaders.items():
            after[name] = (now, used[leader])
            if name in self._before:
                since, before = self._before[name]
                found[name] = max(0.0, 100 * (used[leader] - before) / max(now - since, 1e-3))
        self._before = after
        return found

    def _publish(self, region: str, namespace: str, data: list[Datum]) -> None:
        client = self.desk.client("cloudwatch", region)
        for start in range(0, len(data), AT_ONCE):
            client.put_metric_data(Namespace=namespace, MetricData=data[start : start + AT_ONCE])
