"""One region's cluster behind a connection: the statements are the real ledger's, interpreted here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar

from pg8000.exceptions import DatabaseError, InterfaceError

from durable.arrivals import MINUTE_MS
from runtime.database import DatabaseUnavailable
from tests.model.aurora import Cluster

Found = TypeVar("Found")


class Database:
    """The cluster of one region as the code under test sees it."""

    def __init__(self, world: Any, region: str) -> None:
        self._world, self._cluster = world, world.aurora.clusters[region]

    def ask(self, work: Callable[[Cluster], Found]) -> Found:
        """What a transaction of a system without SQL finds. Raises DatabaseUnavailable."""
        try:
            return self.connect().ask(lambda: work(self._cluster))
        except InterfaceError as error:
            raise DatabaseUnavailable(str(error)) from error

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
        return self.ask(lambda: self._execute(sql, given))

    def ask(self, statement: Callable[[], Found]) -> Found:
        """What a statement finds, if it arrives, and its answer does."""
        world, cluster = self._world, self._cluster
        world.scheduler.point()
        if not cluster.up or cluster.generation != self._generation:
            raise InterfaceError("connection lost")
        fate = world.fate()
        if fate == "late":
            world.late.append(lambda: self._late(statement))
        elif fate == "unanswered":
            statement()
        if fate and fate != "repeated":
            raise InterfaceError("no answer")
        return statement()

    def prepare(self, sql: str) -> Any:
        return SimpleNamespace(run=partial(self.run, sql))

    def _late(self, statement: Callable[[], object]) -> None:
        if self._cluster.up and self._cluster.generation == self._generation:
            statement()

    def _execute(self, sql: str, given: dict[str, Any]) -> list[list[Any]]:
        found = self._read(sql, given)
        if found is not None:
            return found
        if not self._cluster.writer:
            raise DatabaseError({"C": "25006"})
        return self._write(sql, given)

    def _read(self, sql: str, given: dict[str, Any]) -> list[list[Any]] | None:
        """What a replica answers too; None for everything else."""
        if "create table" in sql:
            return None
        if sql.strip() == "select epoch from ledger.fence":
            return [[self._cluster.fence]] if self._cluster.fence is not None else []
        return next((answer(self._cluster, given) for what, answer in READS.items() if what in sql), None)

    def _write(self, sql: str, given: dict[str, Any]) -> list[list[Any]]:
        statements: dict[str, Callable[[], list[list[Any]]]] = {
            "insert into ledger.payments": lambda: self._record(sql, given),
            "insert into ledger.set_aside": lambda: self._set_aside(given),
            "delete from ledger.set_aside": lambda: self._take_off(given["epoch"], given["key"]),
            "insert into ledger.heartbeat": lambda: self._beat(given["epoch"], given["now_ms"]),
            "insert into ledger.watermark": lambda: self._advance_watermark(given["epoch"], given["minute"]),
            "delete from ledger.watermark": lambda: self._forget_watermark(given["epoch"], given["minute"]),
            "insert into ledger.fence": lambda: self._raise_fence(given["epoch"]),
            "select ledger.admit": lambda: [[self._cluster.fence == given["epoch"]]],
        }
        for said, run in statements.items():
            if said in sql and "create table" not in sql:
                return run()
        return []  # the schema

    def _record(self, sql: str, given: dict[str, Any]) -> list[list[Any]]:
        cluster, key = self._cluster, given["idempotency_key"]
        checked = "ledger.admit" in sql
        if cluster.fence is None or (checked and cluster.fence != given["epoch"]):
            return [[0, 0]]
        if key in cluster.rows:
            return [[1, 0]]
        cluster.write(
            "row", key, given["entry_id"], given["epoch"], given["request_hash"], self._world.now_ms
        )
        return [[1, 1]]

    def _set_aside(self, given: dict[str, Any]) -> list[list[Any]]:
        if self._cluster.fence != given["epoch"]:
            return []
        self._cluster.write("aside", given["key"], given["entry_id"], given["why"])
        return [[given["why"]]]

    def _take_off(self, epoch: int, key: str) -> list[list[Any]]:
        if self._cluster.fence == epoch:
            self._cluster.write("taken off", key)
        return []

    def _beat(self, epoch: int, now_ms: int) -> list[list[Any]]:
        if self._cluster.fence != epoch:
            return []
        self._cluster.write("beat", max(now_ms, self._cluster.beat_ms or 0))
        return [[self._cluster.beat_ms]]

    def _advance_watermark(self, epoch: int, minute: int) -> list[list[Any]]:
        if self._cluster.fence != epoch:
            return []
        self._world.count["watermark moved" if self._cluster.watermark else "watermark set"] += 1
        self._cluster.write("watermark", max(minute, self._cluster.watermark or 0))
        self._world.watch.all_marked()
        return [[self._cluster.watermark]]

    def _forget_watermark(self, epoch: int, after: int) -> list[list[Any]]:
        cluster = self._cluster
        if cluster.fence != epoch or cluster.watermark is None or cluster.watermark <= after:
            return []
        self._world.count["watermark forgotten"] += 1
        found = cluster.watermark
        cluster.write("watermark", None)
        return [[found]]

    def _raise_fence(self, epoch: int) -> list[list[Any]]:
        if self._cluster.fence is not None and self._cluster.fence > epoch:
            return []
        self._cluster.write("fence", epoch)
        return [[epoch]]


def _row(cluster: Cluster, key: str) -> list[Any]:
    entry_id, _epoch, request_hash = cluster.rows[key]
    return [key, entry_id, request_hash]


def _settled_in(cluster: Cluster, given: dict[str, Any], *, last: bool) -> list[list[Any]]:
    inside = [key for key, at_ms in cluster.settled_ms.items() if at_ms // MINUTE_MS == given["minute"]]
    chosen = inside[::-1][: given["most"]] if last else inside[: given["most"]]
    return [[*_row(cluster, key), cluster.settled_ms[key]] for key in chosen if key in cluster.rows]


def _same(cluster: Cluster, given: dict[str, Any]) -> list[list[Any]]:
    wanted = given["key"], given["entry_id"]
    return [
        _row(cluster, key) for key, row in cluster.rows.items() if key == wanted[0] or row[0] == wanted[1]
    ]


READS = {
    "any(:keys)": lambda cluster, given: [_row(cluster, key) for key in given["keys"] if key in cluster.rows],
    "where idempotency_key = :key or": _same,
    "60)\norder by settled_at desc": partial(_settled_in, last=True),
    "60)\norder by settled_at": partial(_settled_in, last=False),
    "order by settled_at": lambda cluster, given: [
        [*_row(cluster, key), cluster.settled_ms[key]] for key in list(cluster.rows)[::-1][: given["most"]]
    ],
    "from ledger.outbox where event_id": lambda _, given: [[one] for one in given["ids"]],
    "filter (where parked_at is null)": lambda *_: [[None, 0]],
    "filter (where parked_at is not null)": lambda _cluster, _: [[None, 0]],
    "from ledger.set_aside order": lambda cluster, given: [
        [*name, why] for name, why in list(cluster.aside.items())[: given["most"]]
    ],
    "from ledger.announced": lambda *_: [],
    "select at_ms from": lambda cluster, _: [[cluster.beat_ms]] if cluster.beat_ms is not None else [],
    "select minute from": lambda cluster, _: [[cluster.watermark]] if cluster.watermark is not None else [],
}
"""By what a statement says."""
