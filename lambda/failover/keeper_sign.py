"""The sign of life of a region's keeper: a region without a keeper loses any lease that it is given."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from failover.lease_store import LeaseUnknown

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class KeeperSign:
    """An item of its own beside the lease, so that no renewal meets another region's write.

    Args:
        client: of the region.
        table: of the lease.
        system: whose lease it is.
        region: whose keeper it is.
        term_ms: of the lease. A keeper that was silent for so long would have lost it.
    """

    def __init__(
        self, client: "DynamoDBClient", table: str, *, system: str, region: str, term_ms: int
    ) -> None:
        self._client = client
        self._table = table
        self._key: dict[str, Any] = {"system": {"S": f"{system}#keeper#{region}"}}
        self._term_ms = term_ms

    def leave(self, now_ms: int) -> None:
        """Say that the keeper ticked. Raises LeaseUnknown when the table did not take it."""
        item = {**self._key, "ticked_at_ms": {"N": str(now_ms)}}
        try:
            self._client.put_item(TableName=self._table, Item=item)
        except (BotoCoreError, ClientError) as error:
            raise LeaseUnknown(f"the keeper's sign of life was not written: {error}") from error

    def is_fresh(self, now_ms: int) -> bool:
        """Whether the keeper ticked within the last term. Raises LeaseUnknown when the table does not say."""
        try:
            answer = self._client.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
            item = answer.get("Item")
            # A sign of the future was left by a clock that is wrong.
            return item is not None and abs(now_ms - int(item["ticked_at_ms"]["N"])) <= self._term_ms
        except (BotoCoreError, ClientError, KeyError, ValueError) as error:
            raise LeaseUnknown(f"the keeper's sign of life cannot be read: {error!r}") from error
