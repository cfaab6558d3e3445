"""Reads payments' entries from the journal, with nothing shared with the system under test."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

from gameday.errors import LedgerUnread
from gameday.load.records import JournalEntry

_AT_ONCE = 100
"""Keys of one BatchGetItem; DynamoDB takes no more."""
_TRIES = 10
"""How often DynamoDB may put off the same keys."""


@dataclass(frozen=True, slots=True)
class JournalReader:
    """The journal's table as one region has it."""

    dynamodb: DynamoDBClient
    table: str

    def entries(self, keys: Iterable[str]) -> Sequence[JournalEntry]:
        """The entries of the payments with these idempotency keys. Raises LedgerUnread."""
        waiting = iter(keys)
        found: list[JournalEntry] = []
        while batch := list(islice(waiting, _AT_ONCE)):
            found += self._batch(batch)
        return found

    def _batch(self, keys: Sequence[str]) -> Iterable[JournalEntry]:
        wanted: list[Mapping[str, Any]] = [{"idempotency_key": {"S": key}} for key in keys]
        for _ in range(_TRIES):
            try:
                answer = self.dynamodb.batch_get_item(
                    RequestItems={self.table: {"Keys": wanted, "ConsistentRead": True}}
                )
            except (BotoCoreError, ClientError) as error:
                raise LedgerUnread(f"the journal could not be read: {error}") from error
            yield from map(_entry, answer["Responses"].get(self.table, []))
            if not answer["UnprocessedKeys"]:
                return
            wanted = [*answer["UnprocessedKeys"][self.table]["Keys"]]
        raise LedgerUnread("the journal could not be read: DynamoDB puts off the same keys again and again")


def _entry(item: Mapping[str, AttributeValueTypeDef]) -> JournalEntry:
    return JournalEntry(
        idempotency_key=item["idempotency_key"]["S"],
        entry_id=item["entry_id"]["S"],
        epoch=int(item["epoch"]["N"]),
        state=item["state"]["S"],
    )
