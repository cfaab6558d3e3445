"""What stands around the code of a region: its threads, parameters, bus and open connection."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

from botocore.exceptions import ConnectTimeoutError

from durable.entry import JournalEntry
from durable.errors import JournalUnavailable
from durable.ledger import Ledger
from failover.ports import EventsUnavailable
from payments.book import BOOK
from runtime.database import DatabaseUnavailable
from tests.model.database import Connection, Database

POLICY = {
    "journal_trusted": True,
    "requests": 0,
    "lag_ms": 0,
    "money": {},
    "valid_ms": 900_000,
    "sessions_are_people": False,
}
T = TypeVar("T")


class OneAfterTheOther(Executor):
    """A pool without threads, for what asks the simulated parts."""

    def map(self, call: Callable[..., object], *given: Iterable[object], **_: object) -> Iterator[object]:
        return map(call, *given)


class InOneThread:
    """The observer's pool, without its threads: sensors one after the other, or one that hangs."""

    def __init__(self, world: Any) -> None:
        self._world = world

    def submit(self, sensor: Callable[..., object], *given: object) -> "Future[object]":
        reading: Future[object] = Future()
        if self._world.fate() == "late":
            return reading
        try:
            reading.set_result(sensor(*given))
        except Exception as error:  # noqa: BLE001 - as an executor does
            reading.set_exception(error)
        return reading


class Parameters:
    """SSM, which is regional and does not fail here: its failures only hold a takeover back."""

    def __init__(self, region: str) -> None:
        self._values = {
            "db/cluster": region,
            "db/global-cluster": "global",
            "approvals/policy": json.dumps(POLICY),
            "events/bus": "events",
            "failover/state-machine": f"arn:aws:states:{region}:1:stateMachine:failover",
        }

    def get(self, name: str) -> str:
        return self._values[name]


class Early:
    """What counts requests that are accepted early: it does so without a limit, or does not answer."""

    def __init__(self, world: Any) -> None:
        self._world = world

    def admit(self, entry: JournalEntry) -> None:
        world = self._world
        world.scheduler.point()
        world.count["early"] += 1
        if not world.quorum(entry.region) or world.fate():
            raise JournalUnavailable("early acceptance: no answer")


class Signs:
    """The client that reaches the keepers' signs of life. Nothing depends on when exactly one is written."""

    def __init__(self, world: Any, region: str) -> None:
        self._world, self._region = world, region

    def put_item(self, *, Item: dict[str, Any], **_: object) -> None:  # noqa: N803 - boto3's
        self._items()[Item["system"]["S"]] = Item

    def get_item(self, *, Key: dict[str, Any], **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's
        item = self._items().get(Key["system"]["S"])
        return {"Item": item} if item else {}

    def _items(self) -> dict[str, dict[str, Any]]:
        if not self._world.quorum(self._region):
            raise ConnectTimeoutError(endpoint_url="dynamodb")
        found: dict[str, dict[str, Any]] = self._world.signs
        return found


class SilentBus:
    """EventBridge, which never answers here: no takeover may need it."""

    def put_events(self, **_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="events")


class NobodyListens:
    """`failover.ports.Events` without a bus."""

    def publish(self, _events: Sequence[object]) -> list[str]:
        raise EventsUnavailable("there is no bus")


class LedgerConnection:
    """`use` as the real one has it: one connection a process, opened again once when it broke."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None

    def use(self, work: Callable[[Ledger], T]) -> T:
        reused = self._connection is not None
        try:
            return self._attempt(work)
        except DatabaseUnavailable:
            if not reused:
                raise
        return self._attempt(work)

    def _attempt(self, work: Callable[[Ledger], T]) -> T:
        connection = self._connection or self._database.connect()
        self._connection = None
        found = work(Ledger(connection, BOOK))
        self._connection = connection
        return found
