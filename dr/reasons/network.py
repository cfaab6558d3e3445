"""What the network did to a call that nobody answered. Pure."""

import errno
import socket
import ssl
from http.client import HTTPException, IncompleteRead

from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    IncompleteReadError,
    ProxyConnectionError,
    ReadTimeoutError,
    ResponseStreamingError,
    SSLError,
)
from botocore.parsers import ResponseParserError
from urllib3 import exceptions as urllib3

from dr.reasons.kinds import Kind, Reason

_NETWORK: tuple[tuple[tuple[type[BaseException], ...], Kind, str], ...] = (
    (
        (SSLError, ssl.SSLError, urllib3.SSLError),
        Kind.TLS,
        "TLS failed: {said}; see the certificate, what stands between, the clock",
    ),
    (
        (socket.gaierror, urllib3.NameResolutionError),
        Kind.NO_DNS,
        "the name cannot be resolved: {said}; see the DNS here",
    ),
    ((ProxyConnectionError,), Kind.PROXY, "the proxy does not answer: {said}; see HTTPS_PROXY and NO_PROXY"),
    (
        (ConnectTimeoutError, ReadTimeoutError, TimeoutError),
        Kind.TIMEOUT,
        "no answer in time: {said}",
    ),
    ((ConnectionRefusedError,), Kind.UNREACHABLE, "nobody listens there: {said}"),
    (
        (
            ConnectionClosedError,
            ConnectionError,
            IncompleteRead,
            IncompleteReadError,
            ResponseStreamingError,
            urllib3.ProtocolError,
        ),
        Kind.CLOSED,
        "the connection was closed before an answer: {said}",
    ),
    ((HTTPException, ResponseParserError), Kind.NOT_UNDERSTOOD, "what answers is not AWS: {said}"),
)
"""What the network did, the special before the general."""
_NO_WAY = {errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENETUNREACH, errno.EADDRNOTAVAIL}


def unanswered(error: BaseException) -> Reason | None:
    """Why there is no answer; None when the network is not the reason."""
    said = (str(error).splitlines() or [type(error).__name__])[0]
    if isinstance(error, OSError) and error.errno in _NO_WAY:
        return Reason(Kind.UNREACHABLE, f"no way leads there: {said}; see the network here")
    found = ((kind, says) for known, kind, says in _NETWORK if isinstance(error, known))
    kind, says = next(found, (None, ""))
    return Reason(kind, says.format(said=said)) if kind else None
