"""What was done to what: the table that lets one action a resource through in ten minutes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from remediation.rules import Decision, Rule

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

RESOURCE_MS = 10 * 60 * 1000
"""At most one action a resource in this time."""
SYSTEM_MS = 60 * 1000
"""At most one action in all: the next one should see what this one did."""
LATELY_MS = 60 * 60 * 1000
SYSTEM = "*"
_CANCELLED = "TransactionCanceledException"
_REFUSED = "ConditionalCheckFailed"


class RecordUnknown(RuntimeError):
    """The table did not say. Nothing may be done."""


class Record:
    """The table; its key is `resource`, a text."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def claim(self, decision: Decision, *, alarm: str, at_ms: int) -> bool:
        """Whether this action is the one of its time. Of any number of equal events one gets True.

        Claimed before it is done: an action that was begun and not finished is not begun again at once.

        Raises:
            RecordUnknown: it may or may not be claimed.
        """
        return self._write(
            [
                self._put(decision.resource, decision, alarm, at_ms, RESOURCE_MS),
                self._put(SYSTEM, decision, alarm, at_ms, SYSTEM_MS),
            ]
        )

    def claim_page(self, decision: Decision, *, alarm: str, at_ms: int) -> bool:
        """Whether a person is to be called by this rule for this alarm: once in ten minutes.

        Raises:
            RecordUnknown: it may or may not be claimed.
        """
        key = f"page {decision.rule} {alarm}"
        return self._write([self._put(key, decision, alarm, at_ms, RESOURCE_MS)])

    def ended(self, resource: str, outcome: str) -> None:
        """Write down how the action ended.

        Raises:
            RecordUnknown: it may or may not be written.
        """
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"resource": {"S": resource}},
                UpdateExpression="set outcome = :outcome",
                ExpressionAttributeValues={":outcome": {"S": outcome}},
            )
        except (BotoCoreError, ClientError) as error:
            raise RecordUnknown(f"cannot write down how it ended: {error}") from error

    def lately(self, resources: tuple[str, ...], *, at_ms: int) -> tuple[tuple[str, Rule], ...]:
        """What was done to these within the last hour.

        Raises:
            RecordUnknown: it cannot be read, or is of newer code.
        """
        found = []
        for resource in resources:
            try:
                item = self._client.get_item(
                    TableName=self._table, Key={"resource": {"S": resource}}, ConsistentRead=True
                ).get("Item")
            except (BotoCoreError, ClientError) as error:
                raise RecordUnknown(f"cannot read what was done: {error}") from error
            if item and (rule := _rule(item, at_ms)):
                found.append((resource, rule))
        return tuple(found)

    def _put(
        self, key: str, decision: Decision, alarm: str, at_ms: int, window_ms: int
    ) -> "TransactWriteItemTypeDef":
        return {
            "Put": {
                "TableName": self._table,
                "Item": {
                    "resource": {"S": key},
                    "at_ms": {"N": str(at_ms)},
                    "rule": {"S": decision.rule},
                    "action": {"S": decision.action},
                    "reason": {"S": decision.reason},
                    "alarm": {"S": alarm},
                    "outcome": {"S": "begun"},
                    "expires_at": {"N": str((at_ms + 24 * LATELY_MS) // 1000)},
                },
                # A claim of a far future is a wrong clock's: it would hold until that moment.
                "ConditionExpression": "attribute_not_exists(at_ms) or not at_ms between :free and :ahead",
                "ExpressionAttributeValues": {
                    ":free": {"N": str(at_ms - window_ms + 1)},
                    ":ahead": {"N": str(at_ms + window_ms)},
                },
            }
        }

    def _write(self, items: "list[TransactWriteItemTypeDef]") -> bool:
        try:
            self._client.transact_write_items(TransactItems=items)
        except ClientError as error:
            if error.response["Error"]["Code"] == _CANCELLED and _refused(error):
                return False
            raise RecordUnknown(f"cannot claim: {error}") from error
        except BotoCoreError as error:
            raise RecordUnknown(f"cannot claim: {error}") from error
        return True


def _rule(item: "Mapping[str, AttributeValueTypeDef]", at_ms: int) -> Rule | None:
    """By which rule it was done, if that was less than an hour away: a wrong clock may have told a future."""
    try:
        return Rule(item["rule"]["S"]) if abs(at_ms - int(item["at_ms"]["N"])) < LATELY_MS else None
    except (KeyError, ValueError) as error:
        raise RecordUnknown(f"cannot understand what was done: {type(error).__name__}") from None


def _refused(error: ClientError) -> bool:
    """Whether a condition failed; a conflict of two writers says nothing, and is an unknown outcome."""
    reasons = error.response.get("CancellationReasons", [])
    return any(reason.get("Code") == _REFUSED for reason in reasons)
