"""Lines and names of access logs.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from localcloud.fleet.balancer.headers import USUAL_PORTS
from localcloud.fleet.balancer.model import Listener, LoadBalancer
from localcloud.fleet.balancer.request import Request
from localcloud.fleet.balancer.rules import Action, Forward, Redirect

ABSENT = "-"
NOT_SENT = -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request; moments in seconds since the epoch, durations in seconds, -1 where there was none."""

    request: Request
    began: float
    ended: float
    status: int
    target: str = ABSENT
    target_status: int | None = None
    request_s: float = NOT_SENT
    target_s: float = NOT_SENT
    response_s: float = NOT_SENT
    received: int = 0
    sent: int = 0
    tls: tuple[str, str] = (ABSENT, ABSENT)
    """Cipher and protocol."""
    server_name: str = ABSENT
    certificate: str = ABSENT
    group: str = ABSENT
    trace: str = ABSENT
    priority: int = -1
    action: Action | None = None
    redirected_to: str = ABSENT


def line(entry: Entry, balancer: LoadBalancer, listener: Listener) -> str:
    """The entry in the documented order of fields, without a newline."""
    request = entry.request
    scheme = listener.protocol.lower()
    host = request.host or balancer.dns_name
    port = listener.port or USUAL_PORTS[listener.protocol]
    url = f"{request.method} {scheme}://{host}:{port}{request.target} {request.version}"
    target_status = ABSENT if entry.target_status is None else str(entry.target_status)
    fields = [
        scheme,
        _moment(entry.ended),
        balancer.dimension,
        f"{request.client}:{request.client_port}",
        entry.target,
        *(_seconds(each) for each in (entry.request_s, entry.target_s, entry.response_s)),
        str(entry.status),
        target_status,
        str(entry.received),
        str(entry.sent),
        _quoted(url),
        _quoted(request.value("user-agent") or ABSENT),
        *entry.tls,
        entry.group,
        _quoted(entry.trace),
        _quoted(entry.server_name),
        _quoted(entry.certificate),
        str(entry.priority),
        _moment(entry.began),
        _quoted(_done(entry.action)),
        _quoted(entry.redirected_to),
        _quoted(ABSENT),
        _quoted(entry.target),
        _quoted(target_status),
        _quoted(ABSENT),
        _quoted(ABSENT),
        ABSENT,
    ]
    return " ".join(fields)


def key(balancer: LoadBalancer, account: str, *, until: float, unique: str) -> str:
    """The object's key for the lines until *until*."""
    end = datetime.fromtimestamp(until, UTC)
    prefix = f"{balancer.logs.prefix.strip('/')}/" if balancer.logs.prefix else ""
    name = balancer.dimension.replace("/", ".")
    return (
        f"{prefix}AWSLogs/{account}/elasticloadbalancing/{balancer.region}/{end:%Y/%m/%d}/"
        f"{account}_elasticloadbalancing_{balancer.region}_{name}_{end:%Y%m%dT%H%MZ}_127.0.0.1_{unique}.log.gz"
    )


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _seconds(duration: float) -> str:
    return "-1" if duration < 0 else f"{duration:.3f}"


def _quoted(text: str) -> str:
    """In quotes; what could end them or the line is escaped, as AWS does."""
    if text.isprintable() and '"' not in text:
        return f'"{text}"'
    plain = "".join(char if char.isprintable() and char != '"' else f"\\x{ord(char):02X}" for char in text)
    return f'"{plain}"'


def _done(action: Action | None) -> str:
    match action:
        case None:
            return ABSENT
        case Forward():
            return "forward"
        case Redirect():
            return "redirect"
        case _:
            return "fixed-response"
