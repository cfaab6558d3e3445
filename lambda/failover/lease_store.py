"""One item of DynamoDB that many may change: every write conditional, every outcome read back."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from failover.lease import Lease
from failover.lease_item import from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class LeaseError(RuntimeError):
    """What can go wrong with the lease.

    LeaseError
    +-- LeaseUnknown   the table does not answer, or holds something that is no lease
    +-- LeaseLost      the lease is not what the write was based on: read it again
    """


class LeaseUnknown(LeaseError):
    """The state of the lease cannot be told. Never a reason to act."""


class LeaseLost(LeaseError):
    """Another region, or another step, changed the lease first."""


Reached = Callable[[Lease], bool]


class LeaseStore:
    """The item of one system's lease, and the way every write of it goes.

    A write names what it is based on and fails with LeaseLost when that is no longer true. A write
    whose answer was lost, or that a retry of the client repeated, is settled by reading back: success
    means that the wanted state was seen.
    """

    def __init__(self, client: "DynamoDBClient", table: str, system: str) -> None:
        self._client = client
        self._table = table
        self._system = system

    def read(self) -> Lease | None:
        """The lease, strongly consistent, or None before the first one.

        Raises:
            LeaseUnknown: the table cannot be read.
        """
        try:
            answer = self._client.get_item(
                TableName=self._table, Key={"system": {"S": self._system}}, ConsistentRead=True
            )
        except (BotoCoreError, ClientError) as error:
            raise LeaseUnknown(f"cannot read the lease: {error}") from error
        item = answer.get("Item")
        return _lease(item) if item else None

    def _insert(self, lease: Lease, *, reached: Reached) -> Lease:
        """Write the lease unless there is one."""
        return self._settle(
            lambda: self._client.put_item(
                TableName=self._table,
                Item=to_item(lease),
                ConditionExpression="attribute_not_exists(#system)",
                ExpressionAttributeNames={"#system": "system"},
            ),
            reached=reached,
        )

    def _change(
        self,
        seen: Lease,
        wanted: Lease,
        *,
        new: tuple[str, ...],
        given: tuple[str, ...],
        reached: Reached,
        extra: str = "",
    ) -> Lease:
        """Set the attributes *new* to what is *wanted*, if those in *given* are still what was *seen*."""
        before, after = to_item(seen), to_item(wanted)
        condition = [f"#{key} = :given_{key}" for key in given] + ([extra] if extra else [])
        return self._settle(
            lambda: self._client.update_item(
                TableName=self._table,
                Key={"system": {"S": self._system}},
                UpdateExpression="SET " + ", ".join(f"#{key} = :new_{key}" for key in new),
                ConditionExpression=" AND ".join(condition),
                ExpressionAttributeNames={f"#{key}": key for key in {*new, *given}},
                ExpressionAttributeValues={
                    **{f":new_{key}": after[key] for key in new},
                    **{f":given_{key}": before[key] for key in given},
                },
            ),
            reached=reached,
        )

    def _settle(self, write: Callable[[], object], *, reached: Reached) -> Lease:
        """Write, then read back. The read decides, because a refusal may be the echo of our own write."""
        failure: Exception | None = None
        try:
            write()
        except (BotoCoreError, ClientError) as error:
            failure = error
        found = self.read()
        if found is not None and reached(found):
            return found
        if failure is None or _refused(failure):
            raise LeaseLost(f"the lease is now {found}") from failure
        raise LeaseUnknown(f"the write did not arrive: {failure}") from failure


def _refused(error: Exception) -> bool:
    return (
        isinstance(error, ClientError)
        and error.response["Error"]["Code"] == "ConditionalCheckFailedException"
    )


def _lease(item: Mapping[str, Any]) -> Lease:
    try:
        return from_item(item)
    except (KeyError, ValueError) as error:
        raise LeaseUnknown(f"the lease table holds no valid lease: {error!r}") from error
