"""What AWS said when it refused a call, and what to do about it. Pure."""

import re
from datetime import UTC, datetime

from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    LoginError,
    MetadataRetrievalError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    RefreshWithMFAUnsupportedError,
    SSOError,
    TokenRetrievalError,
)

from dr.reasons.kinds import Kind, Reason

LOCAL = 'for the local cloud: eval "$(.venv/bin/python -m localcloud env)"'

NOT_LOGGED_IN = (
    CredentialRetrievalError,
    LoginError,
    MetadataRetrievalError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    RefreshWithMFAUnsupportedError,
    SSOError,
    TokenRetrievalError,
)
CODES = {
    Kind.SESSION_EXPIRED: {"ExpiredToken", "ExpiredTokenException"},
    Kind.CLOCK_SKEW: {"RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture"},
    Kind.NOT_ACCEPTED: {
        "403",  # what the local cloud says to the keys of a run before
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "NotSignedUp",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    },
    Kind.ACCESS_DENIED: {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "NotAuthorized",
        "UnauthorizedAccess",
        "UnauthorizedOperation",
    },
    Kind.THROTTLED: {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
    },
}
"""https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and botocore's list of throttling."""
BY_CODE = {code: kind for kind, codes in CODES.items() for code in codes}
CLOCK = re.compile(r"signature (expired|not yet current)|request time .*(skew|too large)", re.IGNORECASE)
STAMP = re.compile(r"\b(\d{8}T\d{6}Z)\b")
SERVER_ERRORS = 500


def error_code(error: BaseException | None) -> str:
    """AWS's name of the error, or nothing."""
    return str(error.response["Error"].get("Code", "")) if isinstance(error, ClientError) else ""


def logged_out(error: BaseException) -> Reason:
    """There are no credentials that could be refused."""
    return Reason(Kind.NO_CREDENTIALS, f"no AWS credentials: {error}; log in, or {LOCAL}")


def answered(error: ClientError) -> Reason:
    """Why AWS refused, by its code and its words."""
    code, message = error_code(error), str(error.response["Error"].get("Message", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    kind = Kind.CLOCK_SKEW if CLOCK.search(message) else BY_CODE.get(code, Kind.OTHER)
    if kind is Kind.OTHER and "NotFound" in code:
        kind = Kind.NOT_FOUND
    if kind is Kind.OTHER and (
        status >= SERVER_ERRORS or code.startswith(("Internal", "ServiceUnavailable"))
    ):
        kind = Kind.SERVER_ERROR
    said = f"{code}: {message}" if message else code
    return Reason(kind, _ANSWERED.get(kind, "AWS answered {said}").format(said=said, off=_off(message)))


_ANSWERED = {
    Kind.SESSION_EXPIRED: "the AWS session has expired ({said}): log in again",
    Kind.NOT_ACCEPTED: "these AWS credentials are not accepted ({said}): log in again, or " + LOCAL,
    Kind.CLOCK_SKEW: "the clock of this machine is wrong{off}, and AWS refuses what it signs ({said}): "
    "set it by a time server; the credentials are not the reason",
    Kind.ACCESS_DENIED: "access denied ({said}): the credentials are known and lack this permission",
    Kind.THROTTLED: "AWS throttles the calls ({said}): wait a little, then type it again",
    Kind.NOT_FOUND: "AWS knows no such thing ({said})",
    Kind.SERVER_ERROR: "AWS failed to answer ({said}): see the AWS Health Dashboard",
}


def _off(message: str) -> str:
    """By how much, when the message has both times."""
    times = [datetime.strptime(each, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) for each in STAMP.findall(message)]
    if len(times) < 2:  # noqa: PLR2004 - the signature's and the server's
        return ""
    return f" by about {abs((times[0] - times[1]).total_seconds()) / 60:.0f} min"
