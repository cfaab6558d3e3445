"""One request of one health checker."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from localcloud.route53.records import EndpointCheck
from localcloud.route53.rules import CONNECT_TIMEOUT_S, RESPONSE_TIMEOUT_S, passes

_UNVALIDATED = ssl.create_default_context()
_UNVALIDATED.check_hostname = False
_UNVALIDATED.verify_mode = ssl.CERT_NONE


class Place(NamedTuple):
    """Where a name and port are served on this machine."""

    host: str
    port: int
    secure: bool = False


Locate = Callable[[str, int], Place]
"""Where a public name is served at a port; LookupError if it is not."""


@dataclass(frozen=True, slots=True)
class Result:
    """Whether a probe passed, and why in the words of a status report."""

    passed: bool
    reason: str


async def probe(check: EndpointCheck, locate: Locate) -> Result:
    """Asks the endpoint once; whatever goes wrong on the way is a failed probe."""
    try:
        place = locate(check.fqdn, check.port)
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(place.host, place.port, **_tls(check, place))
    except LookupError:
        return Result(passed=False, reason="DNS resolution failed")
    except TimeoutError:
        return Result(passed=False, reason=f"no connection within {CONNECT_TIMEOUT_S:g} s")
    except OSError as error:
        return Result(passed=False, reason=f"no connection: {error}")
    try:
        async with asyncio.timeout(RESPONSE_TIMEOUT_S):
            writer.write(_request(check))
            status = _status(await reader.readline())
    except TimeoutError:
        return Result(passed=False, reason=f"no response within {RESPONSE_TIMEOUT_S:g} s")
    except (OSError, ValueError) as error:
        return Result(passed=False, reason=f"no HTTP response: {error}")
    finally:
        writer.close()
    return Result(passed=passes(status), reason=f"HTTP status code {status}")


def _tls(check: EndpointCheck, place: Place) -> dict[str, Any]:
    """What TLS asks for; Route 53 validates no certificates.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
    """
    return {"ssl": _UNVALIDATED, "server_hostname": check.fqdn} if place.secure else {}


def _request(check: EndpointCheck) -> bytes:
    lines = (
        f"GET {check.path} HTTP/1.1",
        f"Host: {check.host_header}",
        "User-Agent: Amazon-Route53-Health-Check-Service (local data plane)",
        "Accept: */*",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _status(line: bytes) -> int:
    """The code of a status line.

    Raises:
        ValueError: The line is not one of HTTP/1.
    """
    version, _, rest = line.partition(b" ")
    if not version.startswith(b"HTTP/1."):
        raise ValueError(f"status line {line[:40]!r}")
    return int(rest[:3])
