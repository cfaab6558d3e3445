"""Why AWS or a region did not answer as it should, in words that say what to do. Pure.

Each kind reads differently, because each is mended elsewhere: in a policy, a clock, a resolver, a firewall.
"""

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
    SSOError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import NameResolutionError

LOCAL = 'for the local cloud: eval "$(.venv/bin/python -m localcloud env)"'


class Kind(StrEnum):
    """What is wrong, for machines: `error.kind` of `--json`."""

    NO_CREDENTIALS = "no_credentials"
    SESSION_EXPIRED = "session_expired"
    NOT_ACCEPTED = "credentials_not_accepted"
    CLOCK_SKEW = "clock_skew"
    ACCESS_DENIED = "access_denied"
    NOT_FOUND = "not_found"
    THROTTLED = "throttled"
    NO_DNS = "no_dns"
    TLS = "tls"
    PROXY = "proxy"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    CLOSED = "connection_closed"
    SERVER_ERROR = "server_error"
    NOT_UNDERSTOOD = "not_understood"
    OTHER = "aws_error"


NO_OTHER_REGION_HELPS = frozenset(
    {Kind.NO_CREDENTIALS, Kind.SESSION_EXPIRED, Kind.NOT_ACCEPTED, Kind.CLOCK_SKEW}
)
CANNOT_TELL = frozenset({Kind.TIMEOUT, Kind.CLOSED, Kind.SERVER_ERROR, Kind.NOT_UNDERSTOOD})
"""What was asked for may have been done all the same."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence, and its kind."""

    kind: Kind
    says: str


NOT_LOGGED_IN = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
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


def reason(error: BaseException) -> Reason:
    """Why a call failed, as far as the error or one of its causes tells."""
    for each in _chain(error):
        if found := _of(each):
            return found
    return Reason(Kind.OTHER, _text(error))


def aws_cause(error: BaseException) -> BaseException | None:
    """The error of AWS's library, or of the network, that *error* comes from; None without one."""
    known = (BotoCoreError, ClientError, ResponseParserError)
    return next((each for each in _chain(error) if isinstance(each, known)), None)


def error_code(error: BaseException | None) -> str:
    """AWS's name of the error, or nothing."""
    return str(error.response["Error"].get("Code", "")) if isinstance(error, ClientError) else ""


def _of(error: BaseException) -> Reason | None:
    if isinstance(error, NOT_LOGGED_IN):
        return Reason(Kind.NO_CREDENTIALS, f"no AWS credentials: {error}; log in, or {LOCAL}")
    if isinstance(error, ClientError):
        return _answered(error)
    return _unanswered(error)


def _answered(error: ClientError) -> Reason:
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


_NETWORK: tuple[tuple[tuple[type[BaseException], ...], Kind, str], ...] = (
    (
        (SSLError, ssl.SSLError),
        Kind.TLS,
        "TLS failed: {said}; see the certificate, what stands between, the clock",
    ),
    (
        (socket.gaierror, NameResolutionError),
        Kind.NO_DNS,
        "the name cannot be resolved: {said}; see the DNS here",
    ),
    ((ProxyConnectionError,), Kind.PROXY, "the proxy does not answer: {said}; see HTTPS_PROXY and NO_PROXY"),
    ((ConnectTimeoutError, ReadTimeoutError, TimeoutError), Kind.TIMEOUT, "no answer in time: {said}"),
    ((ConnectionRefusedError,), Kind.UNREACHABLE, "nobody listens there: {said}"),
    (
        (ConnectionClosedError, ConnectionResetError, BrokenPipeError),
        Kind.CLOSED,
        "the connection was closed before an answer: {said}",
    ),
    ((ResponseParserError,), Kind.NOT_UNDERSTOOD, "what answers is not AWS: {said}"),
)
"""What the network did, the special before the general."""


def _unanswered(error: BaseException) -> Reason | None:
    said = (str(error).splitlines() or [type(error).__name__])[0]
    found = ((kind, says) for known, kind, says in _NETWORK if isinstance(error, known))
    kind, says = next(found, (None, ""))
    return Reason(kind, says.format(said=said)) if kind else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what it wraps and what caused it."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop(0)
        if not isinstance(each, BaseException) or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        wrapped = each.kwargs.get("error") if isinstance(each, BotoCoreError) else None
        waiting += [wrapped, getattr(each, "reason", None), each.__cause__, each.__context__]


def _off(message: str) -> str:
    """By how much, when the message has both times."""
    times = [datetime.strptime(each, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) for each in STAMP.findall(message)]
    if len(times) < 2:  # noqa: PLR2004 - the signature's and the server's
        return ""
    return f" by about {abs((times[0] - times[1]).total_seconds()) / 60:.0f} min"


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
