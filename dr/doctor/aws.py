"""How the doctor asks AWS: reading calls only. Each has an answer, None for what is absent, or a reason."""

from collections.abc import Callable
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from dr.calls import refusal
from dr.reasons.kinds import Kind
from dr.reasons.why import reason

CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3, "mode": "standard"})
ABSENT = frozenset(
    {
        "404",
        "GlobalClusterNotFoundFault",
        "ImageNotFoundException",
        "NoSuchBucket",
        "NoSuchEntity",
        "NoSuchKey",
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchResourceException",
        "ParameterNotFound",
        "RepositoryNotFoundException",
        "ResourceNotFoundException",
    }
)
"""What services call a thing that does not exist."""

Answer = dict[str, Any]


class Unanswered(Exception):
    """AWS did not say; the message tells why and what was asked."""

    def __init__(self, message: str, *, kind: Kind = Kind.OTHER) -> None:
        super().__init__(message)
        self.kind = kind

    fix = "give these credentials the rights of docs/deployment.md, or see why AWS does not answer"


class Aws(Protocol):
    """One question to one service in one region."""

    def __call__(self, service: str, region: str, operation: str, **asked: Any) -> Answer | None:
        """What *operation* answers, all pages of it; None for a thing that does not exist.

        Raises Unanswered when nobody may or can say, NoAccess without credentials that AWS accepts.
        """


class Account:
    """AWS through the credentials of the environment."""

    def __init__(self, make: Callable[..., Any] = boto3.client) -> None:
        self._make = make

    def __call__(self, service: str, region: str, operation: str, **asked: Any) -> Answer | None:
        """See `Aws`."""
        try:
            client = self._make(service, region_name=region, config=CONFIG)
            if not client.can_paginate(operation):
                return dict(getattr(client, operation)(**asked))
            return dict(client.get_paginator(operation).paginate(**asked).build_full_result())
        except (BotoCoreError, ClientError, ResponseParserError, ValueError) as error:
            if no_access := refusal(error):
                raise no_access from error
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
            if code in ABSENT:
                return None
            why = reason(error)
            raise Unanswered(
                f"{service} {operation} in {region}: {code or why.says}", kind=why.kind
            ) from error


def must(answer: Answer | None) -> Answer:
    """*answer*, of an operation that always has one. Raises Unanswered without."""
    if answer is None:
        raise Unanswered("AWS says that there is no such thing to ask about")
    return answer
