"""The table of approvals: what a takeover asks for, and who said yes to it.

Its key is who wrote the item, and IAM lets a principal write only under its own id. The request is written
under a name that is no id, by the takeover's function, which may write nothing else here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from failover.loss import Approval, digest
from runtime.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REQUEST = "request"
"""AWS's ids of principals are upper case, so nobody has this one."""
Item = dict[str, Any]
T = TypeVar("T")


class ApprovalsUnavailable(RuntimeError):
    """The table does not answer, or does not hold what was just written to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequest:
    """What the takeover that waits asks for."""

    text: str
    """The canonical document."""
    asked_at_ms: int

    @property
    def digest(self) -> str:
        """What an approval of it is bound to."""
        return digest(self.text)


class Approvals:
    """The table in one region. Every method raises ApprovalsUnavailable when it does not answer."""

    def __init__(self, client: "DynamoDBClient", table: Callable[[], str]) -> None:
        self._client = client
        self._table = table

    def ask(self, text: str, *, now_ms: int) -> ApprovalRequest:
        """Let this document be what is asked for. Asking for the same again changes nothing."""
        known = self.request()
        if known and known.text == text:
            return known
        wanted = ApprovalRequest(text=text, asked_at_ms=now_ms)
        item = {"approver": {"S": REQUEST}, "text": {"S": text}, "at_ms": {"N": str(now_ms)}}
        _answer(lambda: self._client.put_item(TableName=self._table(), Item=item))
        if self.request() != wanted:
            raise ApprovalsUnavailable("the request is not what was written")
        return wanted

    def request(self) -> ApprovalRequest | None:
        """What was asked for last. A request that this code cannot read counts as none: it is asked again."""
        item = self._get(REQUEST)
        return _read(item, _request) if item else None

    def approve(self, approval: Approval) -> None:
        """Write it under the approver's own id, and read it back. It replaces this approver's last one."""
        item = _to_item(approval)
        _answer(lambda: self._client.put_item(TableName=self._table(), Item=item))
        found = self._get(approval.approver)
        if found is None or _from_item(found) != approval:
            raise ApprovalsUnavailable("the approval is not what was written")

    def all(self) -> list[Approval]:
        """Every approver's last approval, of whatever. One that this code cannot read counts as none."""
        pages = self._client.get_paginator("scan").paginate
        items = _answer(
            lambda: [
                item
                for page in pages(TableName=self._table(), ConsistentRead=True)
                for item in page["Items"]
                if item["approver"]["S"] != REQUEST
            ]
        )
        return [approval for approval in (_read(item, _from_item) for item in items) if approval]

    def _get(self, key: str) -> Item | None:
        found = _answer(
            lambda: self._client.get_item(
                TableName=self._table(), Key={"approver": {"S": key}}, ConsistentRead=True
            )
        )
        item: Item | None = found.get("Item")
        return item


def _answer(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except (BotoCoreError, ClientError) as error:
        raise ApprovalsUnavailable(f"approvals: {error}") from error


def _to_item(approval: Approval) -> Item:
    return {
        "approver": {"S": approval.approver},
        "digest": {"S": approval.digest},
        "at_ms": {"N": str(approval.approved_at_ms)},
        "arn": {"S": approval.arn},
    }


def _read(item: Item, of: Callable[[Item], T]) -> T | None:
    try:
        return of(item)
    except (KeyError, TypeError, ValueError):
        logger.error("an approval cannot be read", extra={"approver": item["approver"]["S"]})
        return None


def _request(item: Item) -> ApprovalRequest:
    return ApprovalRequest(text=item["text"]["S"], asked_at_ms=int(item["at_ms"]["N"]))


def _from_item(item: Item) -> Approval:
    return Approval(
        approver=item["approver"]["S"],
        digest=item["digest"]["S"],
        approved_at_ms=int(item["at_ms"]["N"]),
        arn=item["arn"]["S"],
    )
