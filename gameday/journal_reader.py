"""Reads a run's entries from the journal, with nothing shared with the system under test."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, ScanOutputTypeDef

from gameday.errors import LedgerUnread
from gameday.records import JournalEntry


@dataclass(frozen=True, slots=True)
class JournalReader:
    """The journal's table as one region has it."""

    dynamodb: DynamoDBClient
    table: str

    def entries(self, prefix: str) -> Sequence[JournalEntry]:
        """The entries whose idempotency key starts with *prefix*. Raises LedgerUnread."""
        try:
            return [_entry(item) for page in self._pages(prefix) for item in page["Items"]]
        except (BotoCoreError, ClientError) as error:
            raise LedgerUnread(f"the journal could not be read: {error}") from error

    def _pages(self, prefix: str) -> Iterable[ScanOutputTypeDef]:
        return self.dynamodb.get_paginator("scan").paginate(
            TableName=self.table,
            ConsistentRead=True,
            FilterExpression="begins_with(idempotency_key, :prefix)",
            ExpressionAttributeValues={":prefix": {"S": prefix}},
        )


def _entry(item: Mapping[str, AttributeValueTypeDef]) -> JournalEntry:
    return JournalEntry(
        idempotency_key=item["idempotency_key"]["S"],
        payment_id=item["payment_id"]["S"],
        epoch=int(item["epoch"]["N"]),
        state=item["state"]["S"],
    )
