"""Kinds of failure, for machines and for what may be done next. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong, for machines: `error.kind` of `--json`."""

    CONFIGURATION = "configuration"
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
    {
        Kind.CONFIGURATION,
        Kind.NO_CREDENTIALS,
        Kind.SESSION_EXPIRED,
        Kind.NOT_ACCEPTED,
        Kind.CLOCK_SKEW,
    }
)
CANNOT_TELL = frozenset({Kind.TIMEOUT, Kind.CLOSED, Kind.SERVER_ERROR, Kind.NOT_UNDERSTOOD})
"""What was asked for may have been done all the same."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence, and its kind."""

    kind: Kind
    says: str
