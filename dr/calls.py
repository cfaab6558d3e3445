"""How `dr` calls AWS: impatiently, in one region, with errors that an operator can act on."""

from collections.abc import Callable
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

TIMEOUT_S = 3.0
FUNCTION_S = 30.0
"""A function that starts cold and counts every payment takes longer than an API."""
IMPATIENT = Config(connect_timeout=TIMEOUT_S, read_timeout=TIMEOUT_S, retries={"total_max_attempts": 1})
PATIENT = IMPATIENT.merge(Config(read_timeout=FUNCTION_S))

T = TypeVar("T")

NOT_LOGGED_IN = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
NOT_ACCEPTED = frozenset(
    {
        "403",  # what the local cloud says to the keys of a run before
        "AuthFailure",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""https://docs.aws.amazon.com/awssupport/latest/APIReference/CommonErrors.html"""
LOCAL = 'for the local cloud: eval "$(.venv/bin/python -m localcloud env)"'


class AwsUnavailable(RuntimeError):
    """A region does not answer, or its function failed."""


class NoAccess(RuntimeError):
    """AWS would answer, but not to these credentials or about this environment: no other region helps."""


def client(service: str, region: str, config: Config = IMPATIENT) -> Any:
    """A client of one region's service. Raises NoAccess."""
    try:
        return boto3.client(service, region_name=region, config=config)  # type: ignore[call-overload]
    except NOT_LOGGED_IN as error:
        raise NoAccess(refusal(error)) from error


def ask(region: str, call: Callable[[], T]) -> T:
    """What *call* returns. Raises NoAccess, AwsUnavailable."""
    try:
        return call()
    except (BotoCoreError, ClientError, ResponseParserError) as error:
        if why := refusal(error):
            raise NoAccess(why) from error
        raise AwsUnavailable(f"{region} does not answer: {error}") from error


def refusal(error: BaseException | None) -> str | None:
    """What is wrong with the credentials, in a sentence; None when the error says nothing about them."""
    if isinstance(error, NOT_LOGGED_IN):
        return f"no AWS credentials: {error}; log in, or {LOCAL}"
    code = error_code(error)
    if code in EXPIRED:
        return f"the AWS session has expired ({code}): log in again"
    if code in NOT_ACCEPTED:
        return f"these AWS credentials are not accepted ({code}): log in again, or {LOCAL}"
    return None


def error_code(error: BaseException | None) -> str:
    """AWS's name of the error, or nothing."""
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
