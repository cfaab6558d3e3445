"""The lease in DynamoDB: a strongly consistent global table, every write conditional."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from failover.lease import Automation, Lease, LeaseState

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


class LeaseTable:
    """The lease of one system.

    Every write names what it is based on and fails with LeaseLost when that is no longer true. A write
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

    def create(self, *, holder: str, now_ms: int, ttl_ms: int) -> Lease:
        """Write the first lease of the system, unless there is one."""
        first = Lease.first(self._system, holder=holder, now_ms=now_ms, ttl_ms=ttl_ms)
        return self._settle(
            lambda: self._client.put_item(
                TableName=self._table,
                Item=_item(first),
                ConditionExpression="attribute_not_exists(#system)",
                ExpressionAttributeNames={"#system": "system"},
            ),
            reached=lambda found: (found.epoch, found.holder) == (first.epoch, first.holder),
        )

    def renew(self, lease: Lease, *, expires_at_ms: int) -> Lease:
        """Move the expiry, in the same epoch and for the same holder. It never moves backwards.

        An expired lease may be renewed: the epoch proves that nobody took over, and a challenger's write
        names the expiry it saw, so of the two writes only one succeeds.
        """
        return self._update(
            {"expires_at_ms": {"N": str(expires_at_ms)}},
            given=_same_holder(lease),
            extra="expires_at_ms <= :new_expires_at_ms",
            reached=lambda found: (
                (found.epoch, found.holder) == (lease.epoch, lease.holder)
                and found.expires_at_ms >= expires_at_ms
            ),
        )

    def take_over(self, seen: Lease, *, by: str, now_ms: int, ttl_ms: int) -> Lease:
        """Begin the next epoch in another region.

        Epoch, expiry and automation must still be what was seen: a renewal or a pause that came in
        between wins.
        """
        successor = seen.taken_over(by=by, now_ms=now_ms, ttl_ms=ttl_ms)
        item = _item(seen)
        given = {key: item[key] for key in ("epoch", "expires_at_ms", "automation")}
        return self._update(
            {key: value for key, value in _item(successor).items() if key != "system"},
            given=given,
            reached=lambda found: (
                (found.epoch, found.holder, found.previous_holder)
                == (successor.epoch, successor.holder, successor.previous_holder)
            ),
        )

    def activate(self, lease: Lease, *, now_ms: int) -> Lease:
        """Let the holder acknowledge: TAKING becomes ACTIVE, once; running it again changes nothing."""
        return self._update(
            {"state": {"S": LeaseState.ACTIVE}, "changed_at_ms": {"N": str(now_ms)}},
            given={**_same_holder(lease), "state": {"S": LeaseState.TAKING}},
            reached=lambda found: (
                (found.epoch, found.holder, found.state) == (lease.epoch, lease.holder, LeaseState.ACTIVE)
            ),
        )

    def _update(
        self,
        new: Mapping[str, Any],
        *,
        given: Mapping[str, Any],
        reached: Callable[[Lease], bool],
        extra: str = "",
    ) -> Lease:
        condition = [f"#{key} = :given_{key}" for key in given] + ([extra] if extra else [])
        return self._settle(
            lambda: self._client.update_item(
                TableName=self._table,
                Key={"system": {"S": self._system}},
                UpdateExpression="SET " + ", ".join(f"#{key} = :new_{key}" for key in new),
                ConditionExpression=" AND ".join(condition),
                ExpressionAttributeNames={f"#{key}": key for key in {*new, *given}},
                ExpressionAttributeValues={
                    **{f":new_{key}": value for key, value in new.items()},
                    **{f":given_{key}": value for key, value in given.items()},
                },
            ),
            reached=reached,
        )

    def _settle(self, write: Callable[[], object], *, reached: Callable[[Lease], bool]) -> Lease:
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


def _same_holder(lease: Lease) -> dict[str, Any]:
    item = _item(lease)
    return {"epoch": item["epoch"], "holder": item["holder"]}


def _refused(error: Exception) -> bool:
    return (
        isinstance(error, ClientError)
        and error.response["Error"]["Code"] == "ConditionalCheckFailedException"
    )


def _item(lease: Lease) -> dict[str, Any]:
    item = {
        "system": {"S": lease.system},
        "epoch": {"N": str(lease.epoch)},
        "holder": {"S": lease.holder},
        "state": {"S": str(lease.state)},
        "expires_at_ms": {"N": str(lease.expires_at_ms)},
        "automation": {"S": str(lease.automation)},
        "changed_at_ms": {"N": str(lease.changed_at_ms)},
    }
    if lease.previous_holder is not None:
        item["previous_holder"] = {"S": lease.previous_holder}
    return item


def _lease(item: Mapping[str, Any]) -> Lease:
    try:
        return Lease(
            system=item["system"]["S"],
            epoch=int(item["epoch"]["N"]),
            holder=item["holder"]["S"],
            state=LeaseState(item["state"]["S"]),
            expires_at_ms=int(item["expires_at_ms"]["N"]),
            automation=Automation(item["automation"]["S"]),
            changed_at_ms=int(item["changed_at_ms"]["N"]),
            previous_holder=item["previous_holder"]["S"] if "previous_holder" in item else None,
        )
    except (KeyError, ValueError) as error:
        raise LeaseUnknown(f"the lease table holds no valid lease: {error!r}") from error
