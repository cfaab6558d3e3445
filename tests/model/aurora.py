"""The global database: two clusters, replication that lags, promotion, and a writer that comes back.

The statements are the real ledger's; what they mean is interpreted here. A cluster that was promoted
against is told only when it is reachable: until then it goes on as a writer of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError
from pg8000.exceptions import DatabaseError, InterfaceError

from runtime.database import DatabaseUnavailable


@dataclass
class Cluster:
    """One region's cluster. `log` is what a replica of it still has to apply."""

    region: str
    writer: bool
    up: bool = True
    fence: int | None = None
    beat_ms: int | None = None
    mark: int | None = None
    rows: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Idempotency key to payment id and epoch."""
    marks: dict[str, int] = field(default_factory=dict)
    """Idempotency key to the mark that was there before its row: a copy may end between the two."""
    log: list[tuple[Any, ...]] = field(default_factory=list)
    applied: int = 0
    generation: int = 0
    """Connections of an older one are broken."""

    def apply(self, change: tuple[Any, ...]) -> None:
        kind, *values = change
        if kind == "fence":
            [self.fence] = values
        elif kind == "beat":
            [self.beat_ms] = values
        elif kind == "mark":
            [self.mark] = values
        else:
            key, payment_id, epoch = values
            self.rows[key] = (payment_id, epoch)
            self.marks.setdefault(key, self.mark or 0)

    def write(self, *change: Any) -> None:
        self.apply(change)
        self.log.append(change)


class Aurora:
    """The global cluster, and its control plane in every region."""

    def __init__(self, world: Any, regions: tuple[str, str]) -> None:
        self._world = world
        self.clusters = {region: Cluster(region, writer=region == regions[0]) for region in regions}
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
                cluster.writer, cluster.log = False, []
                cluster.rows, cluster.fence = dict(source.rows), source.fence
                cluster.marks = dict(source.marks)
                cluster.beat_ms, cluster.mark = source.beat_ms, source.mark
                cluster.applied = len(source.log)
                cluster.generation += 1


class ControlPlane:
    """boto3's RDS client in one region; a cluster's ARN is its region here."""

    def __init__(self, world: Any, region: str, *, caller: str | None = None) -> None:
        self._world, self._region, self._caller = world, region, caller or region

    def switchover_global_cluster(self, *, TargetDbClusterIdentifier: str, **_: object) -> None:  # noqa: N803
        """Without loss: the target has all that the old writer had, and the old writer follows it."""
        self._world.scheduler.point()
        aurora, fate = self._world.aurora, self._world.fate()
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
        aurora = self._world.aurora
        members = [
            {"DBClusterArn": region, "IsWriter": region == aurora.writer} for region in aurora.clusters
        ]
        moving = {"FailoverState": {"ToDbClusterArn": aurora.moving_to}} if aurora.moving_to else {}
        return {"GlobalClusters": [{"GlobalClusterMembers": members, **moving}]}


class Database:
    """The cluster of one region as the code under test sees it."""

    def __init__(self, world: Any, region: str) -> None:
        self._world, self._cluster = world, world.aurora.clusters[region]

    def connect(self) -> "Connection":
        self._world.scheduler.point()
        if not self._cluster.up:
            raise DatabaseUnavailable("refused")
        return Connection(self._world, self._cluster)

    @contextmanager
    def session(self) -> Iterator["Connection"]:
        yield self.connect()

    def writable(self) -> bool:
        self._world.scheduler.point()
        if not self._cluster.up or self._world.fate():
            raise DatabaseUnavailable("refused")
        return self._cluster.writer


class Connection:
    """pg8000's connection: the ledger's own SQL, recognized by what it says."""

    def __init__(self, world: Any, cluster: Cluster) -> None:
        self._world, self._cluster, self._generation = world, cluster, cluster.generation

    def run(self, sql: str, **given: Any) -> list[list[Any]]:
        world, cluster = self._world, self._cluster
        world.scheduler.point()
        if not cluster.up or cluster.generation != self._generation:
            raise InterfaceError("connection lost")
        fate = world.fate()
        if fate == "late":
            world.late.append(lambda: self._late(sql, given))
        elif fate == "unanswered":
            self._execute(sql, given)
        if fate and fate != "repeated":
            raise InterfaceError("no answer")
        return self._execute(sql, given)

    def prepare(self, sql: str) -> Any:
        return SimpleNamespace(run=partial(self.run, sql))

    def _late(self, sql: str, given: dict[str, Any]) -> None:
        if self._cluster.up and self._cluster.generation == self._generation:
            self._execute(sql, given)

    def _execute(self, sql: str, given: dict[str, Any]) -> list[list[Any]]:
        found = self._read(sql, given)
        if found is not None:
            return found
        if not self._cluster.writer:
            raise DatabaseError({"C": "25006"})
        return self._write(sql, given)

    def _read(self, sql: str, given: dict[str, Any]) -> list[list[Any]] | None:
        """What a replica answers too; None for everything else."""
        cluster = self._cluster
        if "any(:keys)" in sql:
            return [[key] for key in given["keys"] if key in cluster.rows]
        if sql.strip() == "select epoch from ledger.fence":
            return [[cluster.fence]] if cluster.fence is not None else []
        if "select at_ms" in sql:
            return [[cluster.beat_ms]] if cluster.beat_ms is not None else []
        if "select minute" in sql:
            return [[cluster.mark]] if cluster.mark is not None else []
        if "order by settled_at" in sql:
            return [[key] for key in list(cluster.rows)[-given["most"] :]]
        return None

    def _write(self, sql: str, given: dict[str, Any]) -> list[list[Any]]:
        if "insert into ledger.payments" in sql:
            return self._record(sql, given)
        if "insert into ledger.heartbeat" in sql:
            return self._beat(given["epoch"], given["now_ms"])
        if "insert into ledger.mark" in sql:
            return self._advance_mark(given["epoch"], given["minute"])
        if "insert into ledger.fence" in sql:
            return self._raise_fence(given["epoch"])
        if "select epoch from ledger.fence where" in sql:
            return [[1]] if self._cluster.fence == given["epoch"] else []
        return []  # the schema

    def _record(self, sql: str, given: dict[str, Any]) -> list[list[Any]]:
        cluster, key = self._cluster, given["idempotency_key"]
        checked = "where epoch = :epoch" in sql
        if cluster.fence is None or (checked and cluster.fence != given["epoch"]):
            return [[0, 0]]
        if key in cluster.rows:
            return [[1, 0]]
        self._world.watch.recorded(cluster, key, given["payment_id"], given["epoch"])
        cluster.write("row", key, given["payment_id"], given["epoch"])
        return [[1, 1]]

    def _beat(self, epoch: int, now_ms: int) -> list[list[Any]]:
        if self._cluster.fence != epoch:
            return []
        self._cluster.write("beat", max(now_ms, self._cluster.beat_ms or 0))
        return [[self._cluster.beat_ms]]

    def _advance_mark(self, epoch: int, minute: int) -> list[list[Any]]:
        if self._cluster.fence != epoch:
            return []
        self._world.count["mark moved" if self._cluster.mark else "mark set"] += 1
        self._cluster.write("mark", max(minute, self._cluster.mark or 0))
        self._world.watch.all_marked()
        return [[self._cluster.mark]]

    def _raise_fence(self, epoch: int) -> list[list[Any]]:
        if self._cluster.fence is not None and self._cluster.fence > epoch:
            return []
        self._cluster.write("fence", epoch)
        return [[epoch]]
