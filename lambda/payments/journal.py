"""The journal: a strongly consistent table that knows every payment before the ledger does.

An entry that was accepted here is in two regions. Whatever happens to the ledger's region
afterwards, the reconciler of the next holder finds the entry and records it under its own key.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from payments.errors import JournalUnavailable
from payments.request import PaymentRequest

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

Item = dict[str, Any]


class EntryState(StrEnum):
    """How far a journalled payment is known to have come."""

    INTENT = "INTENT"
    SETTLED = "SETTLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One payment under its idempotency key. Only `state` ever changes."""

    idempotency_key: str
    payment_id: str
    request_hash: str
    request: PaymentRequest
    epoch: int
    """Epoch of the lease under which the entry was accepted."""
    region: str
    state: EntryState
    accepted_at_ms: int
    """Milliseconds since 1970, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentPage:
    """Some entries that are still intents, out of a part of the journal."""

    entries: list[JournalEntry]
    last: str | None
    """The key to go on after; None at the end of the journal."""
    read: int
    """How many entries were looked at."""


class Journal:
    """The journal table.

    Every method raises `JournalUnavailable` when the table does not answer.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def accept(self, entry: JournalEntry) -> JournalEntry:
        """Keep `entry`, unless its key is taken; returns the entry that the table holds now.

        The refused write itself returns the older entry: no second read, and no moment between.
        """
        with _answers("accept"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=_to_item(entry),
                    ConditionExpression="attribute_not_exists(idempotency_key)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self._client.exceptions.ConditionalCheckFailedException as taken:
                return _from_item(cast("Item", taken.response)["Item"])
        return entry

    def settle(self, idempotency_key: str) -> None:
        """Mark the entry as recorded in the ledger; doing so twice changes nothing."""
        with _answers("settle"):
            self._client.update_item(
                TableName=self._table,
                Key=_key(idempotency_key),
                UpdateExpression="SET #state = :settled",
                ConditionExpression="attribute_exists(idempotency_key)",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={":settled": {"S": EntryState.SETTLED}},
            )

    def find(self, idempotency_key: str) -> JournalEntry | None:
        """The entry under this key, read consistently."""
        with _answers("find"):
            found = self._client.get_item(
                TableName=self._table, Key=_key(idempotency_key), ConsistentRead=True
            )
        return _from_item(found["Item"]) if "Item" in found else None

    def stale_intents(self, accepted_before_ms: int, after: str | None) -> IntentPage:
        """The entries of the page behind the key `after` that should have been settled by now.

        Read consistently. The first page is the one after None.
        """
        start: Item = {"ExclusiveStartKey": _key(after)} if after else {}
        with _answers("stale intents"):
            found = self._client.scan(
                TableName=self._table,
                ConsistentRead=True,
                FilterExpression="#state = :intent AND accepted_at_ms < :before",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={
                    ":intent": {"S": EntryState.INTENT},
                    ":before": {"N": str(accepted_before_ms)},
                },
                **start,
            )
        last = found.get("LastEvaluatedKey")
        return IntentPage(
            entries=[_from_item(item) for item in found["Items"]],
            last=last["idempotency_key"]["S"] if last else None,
            read=found["ScannedCount"],
        )

    def entries(self) -> Iterator[JournalEntry]:
        """Every entry in no order, read consistently page by page."""
        pages = self._client.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        with _answers("entries"):
            for page in pages:
                yield from map(_from_item, page["Items"])


@contextmanager
def _answers(operation: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise JournalUnavailable(f"journal {operation}: {error}") from error


def _key(idempotency_key: str) -> "dict[str, AttributeValueTypeDef]":
    return {"idempotency_key": {"S": idempotency_key}}


def _to_item(entry: JournalEntry) -> Item:
    return {
        "idempotency_key": {"S": entry.idempotency_key},
        "payment_id": {"S": entry.payment_id},
        "request_hash": {"S": entry.request_hash},
        "request": {"S": entry.request.canonical()},
        "epoch": {"N": str(entry.epoch)},
        "region": {"S": entry.region},
        "state": {"S": entry.state},
        "accepted_at_ms": {"N": str(entry.accepted_at_ms)},
    }


def _from_item(item: Item) -> JournalEntry:
    return JournalEntry(
        idempotency_key=item["idempotency_key"]["S"],
        payment_id=item["payment_id"]["S"],
        request_hash=item["request_hash"]["S"],
        request=PaymentRequest(**json.loads(item["request"]["S"])),
        epoch=int(item["epoch"]["N"]),
        region=item["region"]["S"],
        state=EntryState(item["state"]["S"]),
        accepted_at_ms=int(item["accepted_at_ms"]["N"]),
    )
