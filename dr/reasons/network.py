"""What the network did to a call that nobody answered. Pure."""

import socket
import ssl

from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import NameResolutionError

from dr.reasons.kinds import Kind, Reason

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


def unanswered(error: BaseException) -> Reason | None:
    """Why there is no answer; None when the network is not the reason."""
    said = (str(error).splitlines() or [type(error).__name__])[0]
    found = ((kind, says) for known, kind, says in _NETWORK if isinstance(error, known))
    kind, says = next(found, (None, ""))
    return Reason(kind, says.format(said=said)) if kind else None
