"""The kill switch of order entry: one item that both regions read, so it is thrown everywhere at once.

It lies beside the lease, in the same strongly consistent table: a takeover changes nothing about it. Orders
that stand stay, and cancellations are taken.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from intake.problems import Problem, Refused, unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LONGEST_REASON = 200


class HaltUnknown(RuntimeError):
    """The table did not answer: nobody knows whether order entry is halted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """Order entry is halted."""

    reason: str
    """For clients to read."""
    by: str
    at_ms: int
    """Milliseconds since 1970, UTC."""


class HaltSwitch:
    """The switch of one system. Every method raises HaltUnknown when the table does not answer."""

    def __init__(self, client: "DynamoDBClient", table: str, system: str) -> None:
        self._client = client
        self._table = table
        self._key: Any = {"system": {"S": f"{system}#halt"}}

    def read(self) -> Halt | None:
        """What is decided now, read consistently; None: order entry is open."""
        try:
            found = self._client.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
        except (BotoCoreError, ClientError) as error:
            raise HaltUnknown(f"halt: {error}") from error
        item: Any = found.get("Item")
        if item is None:
            return None
        try:
            return Halt(reason=item["reason"]["S"], by=item["by"]["S"], at_ms=int(item["at_ms"]["N"]))
        except (KeyError, TypeError, ValueError) as error:
            raise HaltUnknown(f"halt: {type(error).__name__} in its item") from error

    def halt(self, halt: Halt) -> None:
        """Throw it. Orders that are under way may still be acknowledged, for some seconds."""
        item = {
            **self._key,
            "reason": {"S": halt.reason[:LONGEST_REASON]},
            "by": {"S": halt.by},
            "at_ms": {"N": str(halt.at_ms)},
        }
        try:
            self._client.put_item(TableName=self._table, Item=item)
        except (BotoCoreError, ClientError) as error:
            raise HaltUnknown(f"halt: {error}") from error

    def resume(self) -> None:
        """Let orders in again."""
        try:
            self._client.delete_item(TableName=self._table, Key=self._key)
        except (BotoCoreError, ClientError) as error:
            raise HaltUnknown(f"halt: {error}") from error

    def must_be_open(self) -> None:
        """Let a new order through.

        Raises:
            Refused: order entry is halted, or nobody knows whether it is.
        """
        try:
            halt = self.read()
        except HaltUnknown:
            raise unavailable("whether order entry is halted is not known") from None
        if halt is not None:
            detail = f"Order entry is halted: {halt.reason}. Orders can be cancelled."
            raise Refused(Problem.UNAVAILABLE, detail)
