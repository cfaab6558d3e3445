"""The arrivals: the journal's entries again, by the minute in which they came.

The journal answers what is known about a key. The arrivals answer what came since a moment, in the time
that takes and not in the age of the system. Both tables are strongly consistent, and nothing is deleted.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Literal, TypedDict, cast
from zlib import crc32

from botocore.exceptions import BotoCoreError, ClientError

from durable.book import Book
from durable.entry import Item, JournalEntry, Kept, from_item, kept, to_item
from durable.errors import JournalUnavailable
from runtime.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryOutputTypeDef

MINUTE_MS = 60_000
SHARDS = 8
"""Partitions of a minute: one takes a thousand writes a second."""
AHEAD = 2
"""Minutes that are read beyond our clock, whatever else is known: that of another region may be faster."""
FAR = 240
"""Minutes. Each takes eight queries, empty or not: who is stopped after a minute cannot read more."""
SIDE_BY_SIDE: Callable[[], Executor] = partial(ThreadPoolExecutor, max_workers=SHARDS)
"""Reads the shards of a minute at the same time: clients may be waiting for a planned takeover."""


class _Select(TypedDict, total=False):
    Select: Literal["COUNT"]


def minute_of(at_ms: int) -> int:
    """The minute, counted since 1970, of a time in milliseconds."""
    return at_ms // MINUTE_MS


class Arrivals:
    """The arrivals table.

    Every method raises `JournalUnavailable` when the table does not answer.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        clock: Clock,
        book: Book,
        *,
        shards: int = SHARDS,
        readers: Callable[[], Executor] = SIDE_BY_SIDE,
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._book = book
        self._shards = shards
        self._readers = readers()

    def note(self, entry: JournalEntry, *, since_ms: int, until_ms: int) -> None:
        """Put `entry` into the present minute, unless that is before *since_ms* or after *until_ms*.

        Whoever acknowledges nothing after *until_ms* has therefore put it into a minute that was not over for
        long: see `durable.backlog.GRACE_MS`. A clock that shows less than when the request came was set
        back: the minute that it shows may be compared already, and nobody would look there again.
        """
        now_ms = self._clock()
        if now_ms > until_ms:
            raise JournalUnavailable("journal arrival: too late")
        if now_ms < since_ms:
            raise JournalUnavailable("journal arrival: the clock was set back")
        window = _window(minute_of(now_ms), self._shard(entry.idempotency_key))
        item = {**to_item(entry), "window": {"S": window}}
        with answering("arrival"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=item,
                    ConditionExpression="attribute_not_exists(idempotency_key)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self._client.exceptions.ConditionalCheckFailedException as taken:
                # Only a journal that was restored lets two requests arrive under one key. The first one may
                # be acknowledged, so it stays.
                if cast("Item", taken.response)["Item"].get("entry_id") != item["entry_id"]:
                    raise JournalUnavailable("journal arrival: another request came under this key") from None

    def _shard(self, idempotency_key: str) -> int:
        return crc32(idempotency_key.encode()) % self._shards

    def promise(self, entry: JournalEntry) -> None:
        """Let `entry` be found by its entry id, before anybody is told that it will be settled."""
        with answering("promise"):
            self._client.put_item(
                TableName=self._table,
                Item={**to_item(entry), "window": {"S": _promised(entry.entry_id)}},
            )

    def promised(self, entry_id: str) -> JournalEntry | None:
        """The entry that was promised to be settled under this entry id, read consistently."""
        with answering("promises"):
            found = self._client.query(
                TableName=self._table,
                ConsistentRead=True,
                KeyConditionExpression="#window = :window",
                ExpressionAttributeNames={"#window": "window"},
                ExpressionAttributeValues={":window": {"S": _promised(entry_id)}},
            )["Items"]
        return from_item(found[0], self._book) if found else None

    def of(self, minute: int) -> Iterator[Kept]:
        """What came in this minute, read consistently; a key that came twice may come twice."""
        for pages in self._windows(minute, {}):
            for page in pages:
                yield from (kept(item, self._book) for item in page["Items"])

    def has(self, entry: JournalEntry, *, settled_at_ms: int) -> bool:
        """Whether a request is here that a ledger recorded at *settled_at_ms*, read consistently.

        It came when it was accepted, or just before it was settled: a request that could not note it was
        repeated.
        """
        accepted, settled = minute_of(entry.accepted_at_ms), minute_of(settled_at_ms)
        return any(
            self._has(entry, minute)
            for minute in dict.fromkeys((accepted, settled, accepted + 1, settled - 1))
        )

    def _has(self, entry: JournalEntry, minute: int) -> bool:
        window = _window(minute, self._shard(entry.idempotency_key))
        with answering("arrivals"):
            found = self._client.get_item(
                TableName=self._table,
                Key={"window": {"S": window}, "idempotency_key": {"S": entry.idempotency_key}},
                ConsistentRead=True,
            )
        return found.get("Item", {}).get("entry_id") == {"S": entry.entry_id}

    def all(self) -> Iterator[Kept]:
        """Everything that ever came, read consistently, with the promises: a key comes more than once."""
        pages = self._client.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        with answering("arrivals"):
            for page in pages:
                yield from (kept(item, self._book) for item in page["Items"])

    def count(self, minute: int) -> int:
        """How many requests came in this minute."""
        return sum(page["Count"] for pages in self._windows(minute, {"Select": "COUNT"}) for page in pages)

    def _windows(self, minute: int, more: "_Select") -> "Iterator[list[QueryOutputTypeDef]]":
        """The pages of each shard of a minute."""

        def pages(shard: int) -> "list[QueryOutputTypeDef]":
            with answering("arrivals"):
                return list(
                    self._client.get_paginator("query").paginate(
                        TableName=self._table,
                        ConsistentRead=True,
                        KeyConditionExpression="#window = :window",
                        ExpressionAttributeNames={"#window": "window"},
                        ExpressionAttributeValues={":window": {"S": _window(minute, shard)}},
                        **more,
                    )
                )

        return self._readers.map(pages, range(self._shards))

    def last(self, until_ms: int) -> int:
        """The last minute in which something can have come.

        Args:
            until_ms: what no clock exceeded by which something was acknowledged, as far as the caller knows:
                a wrong clock may have been ahead by more than `AHEAD` minutes.
        """
        return max(minute_of(self._clock()) + AHEAD, minute_of(until_ms) + 1)

    def between(self, minute: int, last: int) -> Iterator[Kept]:
        """What came in these minutes and between them."""
        for each in range(minute, last + 1):
            yield from self.of(each)


@contextmanager
def answering(operation: str) -> Iterator[None]:
    """Makes an error of the client a `JournalUnavailable` that names the operation."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise JournalUnavailable(f"journal {operation}: {error}") from error


def _window(minute: int, shard: int) -> str:
    return f"{minute}#{shard}"


def _promised(entry_id: str) -> str:
    return f"entry#{entry_id}"
