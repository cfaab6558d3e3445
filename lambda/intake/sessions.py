"""Sessions: small maps of text that both regions serve, whoever holds the lease."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from intake.errors import SessionsUnavailable
from intake.problems import unavailable
from runtime.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a client keeps under an id that only it knows."""

    session_id: str
    data: Mapping[str, str]
    expires_at: int
    """Seconds since 1970, UTC: the unit of DynamoDB's TTL."""


class Sessions:
    """The sessions table: global and eventually consistent.

    A region reads what it wrote itself at once, and what the other region wrote about a second later.
    Of two regions that write one session at the same time the later one wins, whole. Every method
    raises `SessionsUnavailable` when the table does not answer.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def put(self, session: Session) -> None:
        """Keep the session, in place of what its id held before."""
        with _answers("put"):
            self._client.put_item(
                TableName=self._table,
                Item={
                    "session_id": {"S": session.session_id},
                    "data": {"M": {name: {"S": value} for name, value in session.data.items()}},
                    "expires_at": {"N": str(session.expires_at)},
                },
            )

    def find(self, session_id: str, *, now_s: int) -> Session | None:
        """The session, unless it has expired: DynamoDB deletes such items days later.

        One that cannot be read is none: its client begins another.
        """
        with _answers("find"):
            found = self._client.get_item(
                TableName=self._table, Key={"session_id": {"S": session_id}}, ConsistentRead=True
            )
        item = found.get("Item")
        session = _session(session_id, item) if item else None
        return session if session and session.expires_at > now_s else None

    def delete(self, session_id: str) -> None:
        """Forget the session; one that is not there is forgotten already."""
        with _answers("delete"):
            self._client.delete_item(TableName=self._table, Key={"session_id": {"S": session_id}})


def _session(session_id: str, item: "Mapping[str, AttributeValueTypeDef]") -> Session | None:
    try:
        return Session(
            session_id=session_id,
            data={name: value["S"] for name, value in item["data"]["M"].items()},
            expires_at=int(item["expires_at"]["N"]),
        )
    except (KeyError, ValueError) as error:
        logger.error("a session cannot be read", extra={"error": type(error).__name__})
        return None


@contextmanager
def _answers(operation: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise SessionsUnavailable(f"sessions {operation}: {error}") from error


@contextmanager
def answering() -> Iterator[None]:
    """Refuse the request when the sessions do not answer within."""
    try:
        yield
    except SessionsUnavailable:
        raise unavailable("the sessions do not answer") from None
