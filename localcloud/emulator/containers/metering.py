"""What ECS and Container Insights tell CloudWatch of services every minute, measured on their processes.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
"""
# ruff: noqa: SLF001 - reads and writes what upstream keeps to itself

import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch, ecs

from localcloud.emulator.containers.container import Container
from localcloud.emulator.containers.tasks import scope_of, service_key, task_of
from localcloud.fleet.instances.usage import seconds_by_group

EVERY_S = 60.0
PROCESSOR = 1024
"""Units of processor that ECS counts for a whole one."""
OF_SERVICES, INSIGHTS = "AWS/ECS", "ECS/ContainerInsights"


@dataclass(slots=True)
class ServiceMeter:
    """Publishes when a minute is over."""

    _before: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Moment and seconds of processor time of the last look, by container."""
    _due: float = 0.0

    def turn(self, living: Iterable[Container], now: float) -> None:
        """Measure *living* once a minute."""
        if now < self._due:
            return
        self._due = now - now % EVERY_S + EVERY_S
        known = {one.process.pid: one for one in living}
        memory = _bytes_by_group()
        for pid, seconds in seconds_by_group(known).items():
            self._measure(known[pid], seconds, memory.get(pid, 0), now)
        self._before = {name: seen for name, seen in self._before.items() if seen[0] == now}
        for (account, region, _), service in list(ecs._services.all_items()):
            with request_scope(account, region):
                if _insights(service):
                    _put(f"{INSIGHTS}/RunningTaskCount", service, service["runningCount"], now)
                    _put(f"{INSIGHTS}/DesiredTaskCount", service, service["desiredCount"], now)

    def _measure(self, container: Container, seconds: float, memory: int, now: float) -> None:
        before = self._before.get(container.id, (container.began, 0.0))
        self._before[container.id] = (now, seconds)
        with scope_of(container.task):
            task = task_of(container.task)
            service = ecs._services.get(service_key(task)) if task else None
            if task is None or service is None:
                return
            given = ecs._task_defs[ecs._resolve_td_key(task["taskDefinitionArn"])]
            busy = (seconds - before[1]) / (now - before[0])
            processors = int(given["cpu"]) / PROCESSOR
            _put(f"{OF_SERVICES}/CPUUtilization", service, 100 * busy / processors, now)
            share = memory / (int(given["memory"]) * 1024**2)
            _put(f"{OF_SERVICES}/MemoryUtilization", service, 100 * share, now)


def _insights(service: Mapping[str, Any]) -> bool:
    """Whether the cluster of the service has Container Insights on."""
    cluster = ecs._clusters.get(service["clusterArn"].rpartition("/")[2]) or {}
    settings = {one["name"]: one["value"] for one in cluster.get("settings", [])}
    return settings.get("containerInsights") in {"enabled", "enhanced"}


def _put(metric: str, service: Mapping[str, Any], value: float, now: float) -> None:
    namespace, _, name = metric.rpartition("/")
    cluster = service["clusterArn"].rpartition("/")[2]
    dimensions = {"ClusterName": cluster, "ServiceName": service["serviceName"]}
    unit = "Percent" if namespace == OF_SERVICES else "Count"
    cloudwatch._store_datum(namespace, name, dimensions, now, unit, float(value), None, None, None)


def _bytes_by_group() -> dict[int, int]:
    """Resident memory by process group, as ps has it on every system."""
    listing = subprocess.run(
        ["/bin/ps", "-axo", "pgid=,rss="], capture_output=True, text=True, check=True, timeout=5
    )
    total: dict[int, int] = {}
    for line in listing.stdout.splitlines():
        group, kilobytes = line.split()
        total[int(group)] = total.get(int(group), 0) + int(kilobytes) * 1024
    return total
