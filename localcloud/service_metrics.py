"""What Route 53 and RDS tell CloudWatch every minute, measured on this machine."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from lib.facts import aws_facts
from localcloud.route53.status import Status
from localcloud.systems.system import LocalSystem

EVERY_S = 60.0
log = logging.getLogger("localcloud")
Clients = Callable[[str, str], Any]
Datum = dict[str, Any]


class ReplicationLag(Protocol):
    """The part of PostgresPair that is needed here."""

    @property
    def writer(self) -> str:
        """The server that was made the writer last."""

    def lag(self, region: str) -> float | None:
        """Seconds of commits that the server lacks; None when nobody can tell."""


@dataclass(slots=True, kw_only=True)
class ServiceMetrics:
    """Publishes once a minute until it is stopped."""

    system: LocalSystem
    clients: Clients
    servers: ReplicationLag
    health: Callable[[], Status]
    """What the health checks of Route 53 say."""
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End it."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S - time.time() % EVERY_S)  # no minute is left without
            checks = [*of_health_checks(self.health())]
            try:
                await asyncio.to_thread(self.publish, checks)
            except (BotoCoreError, ClientError) as error:
                log.warning("no metrics of this minute: %s", error)

    def publish(self, checks: list[Datum]) -> None:
        """One minute's worth. Blocks. Raises what boto3 raises."""
        home = aws_facts().health_metrics_region
        self._put(home, "AWS/Route53", checks)
        for name, region in self.system.databases.items():
            if name != region:  # a single database, not the member of a global one
                self._put(region, "AWS/RDS", [*self._of_database(name)])

    def _of_database(self, name: str) -> Iterator[Datum]:
        """Of a replica how far it is behind, while its writer says so."""
        lag = None if name == self.servers.writer else self.servers.lag(name)
        if lag is not None:
            yield _datum("ReplicaLag", "DBInstanceIdentifier", name, lag, "Seconds")

    def _put(self, region: str, namespace: str, data: list[Datum]) -> None:
        if data:
            self.clients("cloudwatch", region).put_metric_data(Namespace=namespace, MetricData=data)


def of_health_checks(status: Status) -> Iterator[Datum]:
    """1 for each check that is healthy, 0 for one that is not."""
    for check in status["checks"]:
        yield _datum("HealthCheckStatus", "HealthCheckId", check["id"], float(check["healthy"]), "None")


def _datum(metric: str, dimension: str, of: str, value: float, unit: str) -> Datum:
    named = [{"Name": dimension, "Value": of}]
    return {"MetricName": metric, "Dimensions": named, "Value": value, "Unit": unit}
