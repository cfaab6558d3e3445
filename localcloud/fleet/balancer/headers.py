"""What a balancer does to the headers of requests and answers, and the URL of a redirect.

forwarded: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
redirect: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
"""

import re
from collections.abc import Iterable

from localcloud.fleet.balancer.model import Listener, LoadBalancer
from localcloud.fleet.balancer.request import Headers, Request, host_and_port
from localcloud.fleet.balancer.rules import Redirect

VALID_NAME = re.compile(r"[-A-Za-z0-9]+")
"""Others are dropped where the balancer drops invalid header fields."""
USUAL_PORTS = {"HTTP": 80, "HTTPS": 443}
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
_SET_HERE = frozenset(
    {"expect", "host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-port", "x-amzn-trace-id"}
)


def to_target(balancer: LoadBalancer, listener: Listener, request: Request, trace: str) -> Headers:
    """The headers that the target gets (forwarded); *trace* is the whole X-Amzn-Trace-Id."""
    kept = [
        (name, value)
        for name, value in end_to_end(request.headers)
        if name.lower() not in _SET_HERE
        and not (balancer.drop_invalid_headers and not VALID_NAME.fullmatch(name))
    ]
    added = [
        ("X-Forwarded-Proto", listener.protocol.lower()),
        ("X-Forwarded-Port", str(listener.port)),
        ("X-Amzn-Trace-Id", trace),
    ]
    if forwarded := _forwarded_for(balancer.forwarded_for, request):
        added.insert(0, ("X-Forwarded-For", forwarded))
    return (("Host", _host(balancer, listener, request)), *kept, *added)


def end_to_end(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers that a proxy passes on: not those of the connection, nor what Connection names."""
    listed = list(headers)
    named = {
        each.strip().lower()
        for key, value in listed
        if key.lower() == "connection"
        for each in value.split(",")
    }
    return [(key, value) for key, value in listed if key.lower() not in HOP_BY_HOP | named]


def _forwarded_for(mode: str, request: Request) -> str:
    before = ", ".join(request.values("x-forwarded-for"))
    if mode == "remove":
        return ""
    if mode == "preserve":
        return before
    return f"{before}, {request.client}" if before else request.client


def _host(balancer: LoadBalancer, listener: Listener, request: Request) -> str:
    """The client's port is dropped on port 80 and 443, and elsewhere becomes the listener's."""
    given = request.value("host")
    if balancer.preserve_host:
        return given
    name, _ = host_and_port(given)
    return name if listener.port in USUAL_PORTS.values() else f"{name}:{listener.port}"


def trace_id(given: str, root: str) -> str:
    """The X-Amzn-Trace-Id for the target: *root* is a new id, which becomes Self where there is a Root.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
    """
    fields = [field.strip() for field in given.split(";") if field.strip()]
    if any(field.startswith("Self=") for field in fields):
        return ";".join(f"Self={root}" if field.startswith("Self=") else field for field in fields)
    if any(field.startswith("Root=") for field in fields):
        return ";".join([f"Self={root}", *fields])
    return ";".join([f"Root={root}", *fields])


def location(redirect: Redirect, listener: Listener, request: Request) -> str:
    """The URL of a redirect (redirect); a port that is usual for the protocol is not named."""
    values = {
        "protocol": listener.protocol.lower(),
        "host": request.host,
        "port": str(listener.port),
        "path": request.path.removeprefix("/"),
        "query": request.query,
    }

    def filled(text: str) -> str:
        return re.sub(r"#\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)

    protocol, port = filled(redirect.protocol).lower(), filled(redirect.port)
    usual = USUAL_PORTS.get(protocol.upper())
    where = filled(redirect.host) + ("" if port == str(usual) else f":{port}")
    query = filled(redirect.query)
    return f"{protocol}://{where}{filled(redirect.path)}" + (f"?{query}" if query else "")


def answered(listener: Listener, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The target's headers as the client gets them; those that the listener sets replace the target's.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html
    """
    replaced = {name.lower() for name, _ in listener.answers}
    kept = [(name, value) for name, value in end_to_end(headers) if name.lower() not in replaced]
    return [*kept, *listener.answers]
