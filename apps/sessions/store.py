"""Sessions in a table of DynamoDB, which removes them some time after they ended."""

import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runtime.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

LIFETIME_S = 8 * 60 * 60
"""From the last write. Nobody stays signed in for longer than that anyway."""
NOBODY = "-"
"""The key of no session: who asks for it learns whether the table answers."""

Document = dict[str, Any]


class StoreUnavailable(RuntimeError):
    """DynamoDB cannot be reached, or refused. Whether a write was done is then unknown."""


class SessionTable:
    """The table *name*; all tasks see the same."""

    def __init__(self, client: "DynamoDBClient", name: str, now_s: Callable[[], float] = time.time) -> None:
        self._client = client
        self._name = name
        self._now_s = now_s

    def get(self, session: str) -> Document | None:
        """What the session holds; None for one that never was, or that ended.

        DynamoDB may show an item for days after its time.
        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html

        Raises:
            StoreUnavailable: the table does not answer.
        """
        try:
            answer = self._client.get_item(
                TableName=self._name, Key={"session": {"S": session}}, ConsistentRead=True
            )
        except (BotoCoreError, ClientError) as error:
            raise StoreUnavailable(f"cannot read a session: {error}") from error
        item = answer.get("Item")
        return self._held(item) if item else None

    def _held(self, item: "Mapping[str, AttributeValueTypeDef]") -> Document | None:
        """One that cannot be read is none: whoever asks begins another."""
        try:
            found: Document = json.loads(item["holds"]["S"])
            ended = int(item["expires_at"]["N"]) <= self._now_s()
        except (KeyError, ValueError, RecursionError) as error:
            logger.error("a session cannot be read", extra={"error": type(error).__name__})
            return None
        return None if ended else found

    def put(self, session: str, holds: Document) -> None:
        """Let the session hold this and nothing else, until it ends anew.

        Raises:
            StoreUnavailable: whether it was written is unknown; to write it again is safe.
        """
        item = {
            "session": {"S": session},
            "holds": {"S": json.dumps(holds)},
            "expires_at": {"N": str(int(self._now_s()) + LIFETIME_S)},
        }
        try:
            self._client.put_item(TableName=self._name, Item=item)
        except (BotoCoreError, ClientError) as error:
            raise StoreUnavailable(f"cannot write a session: {error}") from error

    def delete(self, session: str) -> None:
        """End the session, also one that never was.

        Raises:
            StoreUnavailable: whether it ended is unknown; to end it again is safe.
        """
        try:
            self._client.delete_item(TableName=self._name, Key={"session": {"S": session}})
        except (BotoCoreError, ClientError) as error:
            raise StoreUnavailable(f"cannot end a session: {error}") from error

    def answers(self) -> bool:
        """Whether it can be read now."""
        try:
            self.get(NOBODY)
        except StoreUnavailable:
            return False
        return True
