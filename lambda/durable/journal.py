"""The journal: strongly consistent tables that know every request before the ledger does.

An entry that was accepted here is in two regions. Whatever happens to the ledger's region
afterwards, the reconciler of the next holder finds the entry and records it under its own key.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Self, cast

from durable.arrivals import AHEAD, FAR, Arrivals, answering
from durable.book import Book
from durable.entry import EntryState, Identity, Item, JournalEntry, Kept, from_item, kept, to_item
from durable.errors import JournalUnavailable
from runtime.clock import now_ms
from runtime.environment import Environment
from runtime.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, KeysAndAttributesTypeDef

AT_ONCE = 100
"""Keys of one BatchGetItem; DynamoDB takes no more."""
TRIES = 5
PAUSE_S = 0.05
"""Before the second try for keys that DynamoDB put off; doubled each time."""


class Journal:
    """The journal table, which claims a key for one request, and the arrivals.

    Every method raises `JournalUnavailable` when a table does not answer.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        arrivals: Arrivals,
        book: Book,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._arrivals = arrivals
        self._book = book
        self._sleep = sleep

    @classmethod
    def of(cls, environment: Environment, client: "DynamoDBClient", book: Book) -> Self:
        """The journal of the system that this function belongs to."""
        arrivals = Arrivals(client, environment.arrivals_table, now_ms, book)
        return cls(client, environment.journal_table, arrivals, book)

    def accept(self, entry: JournalEntry, *, until_ms: int) -> JournalEntry:
        """Keep `entry`, unless its key is taken; returns the entry that stands now, which has arrived now.

        An older entry arrives anew, a settled one too: it is acknowledged now, and whatever is acknowledged
        must be found by those who read only what came lately.

        Args:
            entry: the draft of an entry.
            until_ms: when the caller will no longer acknowledge. Later than that nothing arrives.
        """
        claim = self._claim(entry)
        self._arrivals.note(claim, since_ms=entry.accepted_at_ms, until_ms=until_ms)
        return claim

    def _claim(self, entry: JournalEntry) -> JournalEntry:
        # The refused write itself returns the older entry: no second read, and no moment between.
        with answering("accept"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item={**to_item(entry), "state": {"S": entry.state}},
                    ConditionExpression="attribute_not_exists(idempotency_key)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self._client.exceptions.ConditionalCheckFailedException as taken:
                return from_item(cast("Item", taken.response)["Item"], self._book)
        return entry

    def settle(self, entry: JournalEntry) -> None:
        """Mark the entry as recorded in the ledger; doing so twice changes nothing.

        An arrival whose key the journal does not know, or has for another request, is all that a restored
        journal left of it: it is in the ledger, no entry is made up, and it keeps nobody from going on.
        """
        with answering("settle"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(entry.idempotency_key),
                    UpdateExpression="SET #state = :settled",
                    ConditionExpression="#entry_id = :entry_id",
                    ExpressionAttributeNames={"#state": "state", "#entry_id": "entry_id"},
                    ExpressionAttributeValues={
                        ":settled": {"S": EntryState.SETTLED},
                        ":entry_id": {"S": entry.entry_id},
                    },
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                logger.error("an arrival without its entry")

    def find(self, idempotency_key: str) -> JournalEntry | None:
        """The entry under this key, read consistently. Raises EntryUnreadable too."""
        item = self._item(idempotency_key)
        return from_item(item, self._book) if item else None

    def look(self, idempotency_key: str) -> Kept | None:
        """What is under this key, read consistently, whether it can be understood or not."""
        item = self._item(idempotency_key)
        return kept(item, self._book) if item else None

    def has(self, idempotency_key: str, identity: Identity) -> bool:
        """Whether this very request is under the key."""
        kept_now = self.look(idempotency_key)
        return kept_now is not None and kept_now.identity == identity

    def _item(self, idempotency_key: str) -> Item | None:
        with answering("find"):
            found = self._client.get_item(
                TableName=self._table, Key=_key(idempotency_key), ConsistentRead=True
            )
        return cast("Item | None", found.get("Item"))

    def promise(self, entry: JournalEntry) -> None:
        """Let the entry be found by its entry id; its client is told the id only after this."""
        self._arrivals.promise(entry)

    def promised(self, entry_id: str) -> JournalEntry | None:
        """The entry that was promised under this entry id before it was settled, as it stands now."""
        told = self._arrivals.promised(entry_id)
        stands = self.find(told.idempotency_key) if told else None
        # A journal that was restored may not have it any more, or another request under its key.
        return stands if stands and stands.entry_id == entry_id else told

    def settled(self, keys: Sequence[str]) -> set[str]:
        """Those of the keys whose entries are settled, read consistently."""
        waiting = iter(dict.fromkeys(keys))
        found: set[str] = set()
        while batch := list(islice(waiting, AT_ONCE)):
            found.update(
                item["idempotency_key"]["S"]
                for item in self._items(batch)
                if item.get("state") == {"S": EntryState.SETTLED}
            )
        return found

    def came(self, entry: JournalEntry, *, settled_at_ms: int) -> bool:
        """Whether the arrivals have a request that a ledger recorded at that time, see `Arrivals.has`."""
        return self._arrivals.has(entry, settled_at_ms=settled_at_ms)

    def _items(self, keys: list[str]) -> Iterator[Item]:
        """Key, state and entry id of the entries; DynamoDB may answer in parts."""
        wanted: dict[str, KeysAndAttributesTypeDef] = {
            self._table: {
                "Keys": [_key(key) for key in keys],
                "ConsistentRead": True,
                "ProjectionExpression": "idempotency_key, entry_id, #state",
                "ExpressionAttributeNames": {"#state": "state"},
            }
        }
        for attempt in range(TRIES):
            if attempt:
                self._sleep(PAUSE_S * 2 ** (attempt - 1))
            with answering("states"):
                answer = self._client.batch_get_item(RequestItems=wanted)
            yield from answer["Responses"].get(self._table, [])
            wanted = cast("dict[str, KeysAndAttributesTypeDef]", answer["UnprocessedKeys"])
            if not wanted:
                return
        raise JournalUnavailable("journal states: put off again and again")

    def arrived(self, minute: int) -> Iterator[Kept]:
        """What came in this minute, see `Arrivals.of`."""
        return self._arrivals.of(minute)

    def count_arrived(self, minute: int) -> int:
        """How many requests came in this minute."""
        return self._arrivals.count(minute)

    def entries(self, since: int | None, *, until_ms: int = 0) -> Iterator[Kept]:
        """Every entry that came in the minute *since* or after it; all there are when it is None or far away.

        In no order, read consistently; from the arrivals a key may come more than once. Of all there are,
        those that a restored journal forgot come first. One may have been acknowledged whose key was
        claimed anew since: the ledger takes the first that it is given, and the other one is set aside.

        Args:
            since: a minute since 1970.
            until_ms: up to when something may have been acknowledged, see `Arrivals.last`.
        """
        last = self._arrivals.last(until_ms)
        if since is None or last - since > FAR + AHEAD:
            return chain(self._forgotten(), self._all())
        return self._arrivals.between(since, last)

    def forgot(self, since: int, *, until_ms: int) -> bool:
        """Whether something arrived in the minute *since* or after it that the journal does not know."""
        arrived = self._arrivals.between(since, self._arrivals.last(until_ms))
        return any(True for _ in self._unknown(arrived))

    def _all(self) -> Iterator[Kept]:
        pages = self._client.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        with answering("entries"):
            for page in pages:
                yield from (kept(item, self._book) for item in page["Items"])

    def _forgotten(self) -> Iterator[Kept]:
        """Whatever arrived and the journal does not know."""
        return self._unknown(self._arrivals.all())

    def _unknown(self, arrived: Iterator[Kept]) -> Iterator[Kept]:
        """Those of what arrived that are not in the journal, or are there as another request."""
        while batch := list(islice(arrived, AT_ONCE)):
            known = {
                (item["idempotency_key"]["S"], item["entry_id"]["S"])
                for item in self._items(list({entry.idempotency_key for entry in batch}))
                if "entry_id" in item
            }
            yield from (entry for entry in batch if _name(entry) not in known)


def _name(entry: Kept) -> tuple[str, str]:
    return entry.idempotency_key, entry.identity.entry_id if entry.identity else ""


def _key(idempotency_key: str) -> "dict[str, AttributeValueTypeDef]":
    return {"idempotency_key": {"S": idempotency_key}}
