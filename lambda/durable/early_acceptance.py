"""How much may be accepted while the database of the holder is still being promoted.

What is accepted then is safe in the journal of two regions, but no ledger has taken it yet. So it is limited,
in requests and in money. It is counted before it is journalled, in a few items beside the lease, each with
its part of the limit: together they never exceed it, and one that is used up refuses while others accept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self
from zlib import crc32

from botocore.exceptions import BotoCoreError, ClientError

from durable.entry import JournalEntry
from durable.errors import JournalUnavailable
from runtime.environment import Environment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

SHARDS = 8
"""Items that count: one item takes a thousand writes a second."""


class LimitReached(Exception):
    """As much is accepted as may be before the writer is there, or the request is of a kind that waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyLimits:
    """What may be accepted in one epoch before its writer is there."""

    requests: int = 0
    """None at all when 0: then a takeover opens no region early."""
    money: Mapping[str, int] = field(default_factory=dict)
    """Minor units; a currency that is not named is not accepted early."""

    @classmethod
    def parse(cls, text: str) -> "EarlyLimits":
        """From the environment of a process, such as `100:EUR=1000000`; nothing is accepted if it is empty.

        Raises ValueError if it is none.
        """
        requests, *amounts = (text or "0").split(":")
        money = dict(amount.split("=") for amount in amounts)
        return cls(requests=int(requests), money={name: int(most) for name, most in money.items()})


class Early(Protocol):
    """What a request asks before it is accepted early."""

    def admit(self, entry: JournalEntry) -> None:
        """Count the entry in its epoch. Raises LimitReached, and JournalUnavailable when it is not known."""


class EarlyAcceptance:
    """Counts in items beside the lease.

    A write whose answer was lost, and a request that comes again, count twice: the limits are never exceeded.

    Args:
        client: of the region.
        table: of the lease.
        system: whose lease it is.
        limits: shared by all items.
    """

    def __init__(
        self, client: "DynamoDBClient", table: str, *, system: str, limits: EarlyLimits, shards: int = SHARDS
    ) -> None:
        self._client = client
        self._table = table
        self._system = system
        self._limits = limits
        self._shards = shards

    @classmethod
    def of(cls, environment: Environment, client: "DynamoDBClient") -> Self:
        """What this process was told."""
        limits = EarlyLimits.parse(environment.early_acceptance)
        return cls(client, environment.lease_table, system=environment.system, limits=limits)

    def admit(self, entry: JournalEntry) -> None:
        """Count the entry in its epoch, unless that would exceed its item's part of a limit."""
        amounts = {"requests": 1, **entry.request.stake()}
        parts = {"requests": self._limits.requests, **self._limits.money}
        left = {name: parts.get(name, 0) // self._shards - amount for name, amount in amounts.items()}
        if min(left.values()) < 0:
            raise LimitReached(f"more than may be accepted early: {', '.join(amounts)}")
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"system": {"S": self._key(entry)}},
                UpdateExpression="ADD " + ", ".join(f"#{name} :{name}" for name in amounts),
                ConditionExpression=" AND ".join(
                    f"(attribute_not_exists(#{name}) OR #{name} <= :left_{name})" for name in amounts
                ),
                ExpressionAttributeNames={f"#{name}": name for name in amounts},
                ExpressionAttributeValues=_numbers(amounts)
                | _numbers({f"left_{name}": most for name, most in left.items()}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            raise LimitReached(f"accepted as much as may be: {', '.join(amounts)}") from None
        except (BotoCoreError, ClientError) as error:
            raise JournalUnavailable(f"early acceptance: {error}") from error

    def _key(self, entry: JournalEntry) -> str:
        shard = crc32(entry.idempotency_key.encode()) % self._shards
        return f"{self._system}#early#{entry.epoch}#{shard}"


def _numbers(values: Mapping[str, int]) -> "dict[str, AttributeValueTypeDef]":
    return {f":{name}": {"N": str(value)} for name, value in values.items()}
