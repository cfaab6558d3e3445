"""The global database: two clusters, replication that lags, promotion, and a writer that comes back.

A cluster that was promoted against is told only when it is reachable: until then it goes on as a writer
of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError


@dataclass
class Cluster:
    """One region's cluster. `log` is what a replica of it still has to apply."""

    region: str
    writer: bool
    recorded: Callable[..., object]
    """Told of every row before it is written: this cluster, key, id and epoch."""
    up: bool = True
    fence: int | None = None
    beat_ms: int | None = None
    watermark: int | None = None
    rows: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    """Idempotency key to payment id, epoch and hash of the request."""
    aside: dict[tuple[str, str], str] = field(default_factory=dict)
    """Key and payment id of what was set aside, and why; last what was looked at last."""
    settled_ms: dict[str, int] = field(default_factory=dict)
    watermarks: dict[str, int] = field(default_factory=dict)
    """Idempotency key to the watermark that was there before its row: a copy may end between the two."""
    log: list[tuple[Any, ...]] = field(default_factory=list)
    history: list[tuple[Any, ...]] = field(default_factory=list)
    """Every change that this copy has, for those who restore it."""
    applied: int = 0
    generation: int = 0
    """Connections of an older one are broken."""

    def apply(self, change: tuple[Any, ...]) -> None:
        self.history.append(change)
        kind, *values = change
        if kind == "fence":
            [self.fence] = values
        elif kind == "beat":
            [self.beat_ms] = values
        elif kind == "watermark":
            [self.watermark] = values
        elif kind == "aside":
            key, entry_id, why = values
            self.aside.pop((key, entry_id), None)
            self.aside[key, entry_id] = why
        elif kind == "taken off":
            self.aside = {name: why for name, why in self.aside.items() if name[0] != values[0]}
        else:
            key, *row = values
            self.rows[key], self.settled_ms[key] = (row[0], row[1], row[2]), row[3]
            self.watermarks.setdefault(key, self.watermark or 0)

    def restore(self, changes: list[tuple[Any, ...]]) -> None:
        """The copy is built anew of these changes, in their order; its connections are gone."""
        self.fence = self.beat_ms = self.watermark = None
        self.rows, self.aside, self.watermarks, self.history, self.log = {}, {}, {}, [], []
        self.applied = 0
        self.generation += 1
        for change in changes:
            self.apply(change)

    def write(self, *change: Any) -> None:
        if change[0] == "row":
            self.recorded(self, *change[1:4])
        self.apply(change)
        self.log.append(change)


class Aurora:
    """The global cluster, and its control plane in every region."""

    def __init__(self, world: Any, regions: tuple[str, str]) -> None:
        self._world = world
        self.clusters = {
            region: Cluster(region, region == regions[0], world.watch.recorded) for region in regions
        }
        self.writer = regions[0]
        self.moving_to: str | None = None
        self.planned = False

    def replicate(self, most: int) -> None:
        """Let the replicas apply up to so many changes."""
        source = self.clusters[self.writer]
        for cluster in self.clusters.values():
            if (
                not cluster.writer
                and cluster is not source
                and self._world.linked(source.region, cluster.region)
            ):
                for change in source.log[cluster.applied : cluster.applied + most]:
                    cluster.apply(change)
                    cluster.applied += 1
                self._world.watch.all_marked()

    def arrive(self) -> None:
        """Complete the promotion or the switchover that was asked for."""
        if self.moving_to and self.planned:
            self._switch(self.clusters[self.moving_to])
        if self.moving_to is None or not self.clusters[self.moving_to].up:
            return
        target = self.clusters[self.moving_to]
        if not target.writer:
            target.writer, target.log = True, []
            target.generation += 1
        self.writer, self.moving_to = target.region, None
        self.rejoin()

    def restore(self, changes: int) -> bool:
        """The global database comes out of a backup of its writer: both copies have its oldest changes."""
        if self.moving_to or not self.clusters[self.writer].writer:
            return False
        kept = self.clusters[self.writer].history[:changes]
        for cluster in self.clusters.values():
            cluster.writer = cluster.region == self.writer
            cluster.restore(kept)
        return True

    def _switch(self, target: Cluster) -> None:
        """All that the writer has, then the roles; or nothing at all when one of the two is lost by now."""
        source, self.moving_to = self.clusters[self.writer], None
        if not (target.up and source.up and self._world.linked(source.region, target.region)):
            return
        for change in source.log[target.applied :]:
            target.apply(change)
        source.writer, source.log, source.applied = False, [], 0
        target.writer, target.log = True, []
        source.generation += 1
        target.generation += 1
        self.writer = target.region

    def rejoin(self) -> None:
        """Whatever is reachable becomes a replica of the one writer; what it wrote alone is gone."""
        source = self.clusters[self.writer]
        for cluster in self.clusters.values():
            alone = cluster.writer and cluster is not source and self.moving_to is None
            if alone and source.writer and self._world.linked(source.region, cluster.region):
                cluster.writer = False
                cluster.restore(list(source.history))
                cluster.applied = len(source.log)


class ControlPlane:
    """boto3's RDS client in one region; a cluster's ARN is its region here."""

    def __init__(self, world: Any, region: str, *, caller: str | None = None) -> None:
        self._world, self._region, self._caller = world, region, caller or region

    def switchover_global_cluster(self, *, TargetDbClusterIdentifier: str, **_: object) -> None:  # noqa: N803
        """Without loss: the target has all that the old writer had, and the old writer follows it."""
        self._world.scheduler.point()
        aurora, fate = self._world.aurora, self._world.fate()
        self._refuse_when_throttled()
        reached = self._caller == self._region or self._world.linked(self._caller, self._region)
        if fate not in {"", "unanswered"} or not reached:
            raise ReadTimeoutError(endpoint_url="https://rds")
        target, source = aurora.clusters[TargetDbClusterIdentifier], aurora.clusters[aurora.writer]
        well = target.up and source.up and source.writer and not target.writer
        if aurora.moving_to or source is target or not well:
            raise ClientError(
                {"Error": {"Code": "InvalidGlobalClusterStateFault", "Message": ""}}, "Switchover"
            )
        aurora.moving_to, aurora.planned = target.region, True
        self._world.after(self._world.promotion_ms(), aurora.arrive)
        if fate:
            raise ReadTimeoutError(endpoint_url="https://rds")

    def failover_global_cluster(self, *, TargetDbClusterIdentifier: str, **_: object) -> None:  # noqa: N803
        self._world.scheduler.point()
        aurora, fate = self._world.aurora, self._world.fate()
        self._refuse_when_throttled()
        if fate not in {"", "unanswered"}:
            raise ReadTimeoutError(endpoint_url="https://rds")
        if aurora.moving_to or aurora.writer == TargetDbClusterIdentifier:
            raise ClientError(
                {"Error": {"Code": "InvalidGlobalClusterStateFault", "Message": ""}}, "Failover"
            )
        aurora.moving_to, aurora.planned = TargetDbClusterIdentifier, False
        self._world.after(self._world.promotion_ms(), aurora.arrive)
        if fate:
            raise ReadTimeoutError(endpoint_url="https://rds")

    def describe_global_clusters(self, **_: object) -> dict[str, Any]:
        self._world.scheduler.point()
        self._refuse_when_throttled()
        aurora = self._world.aurora
        members = [
            {"DBClusterArn": region, "IsWriter": region == aurora.writer} for region in aurora.clusters
        ]
        moving = {"FailoverState": {"ToDbClusterArn": aurora.moving_to}} if aurora.moving_to else {}
        return {"GlobalClusters": [{"GlobalClusterMembers": members, **moving}]}

    def _refuse_when_throttled(self) -> None:
        if self._region in self._world.throttled:
            raise ClientError({"Error": {"Code": "Throttling", "Message": "Rate exceeded"}}, "Rds")
