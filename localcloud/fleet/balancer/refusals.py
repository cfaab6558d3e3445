"""Requests that a balancer answers itself, before any rule, and the words of its own errors.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

from http import HTTPStatus

from localcloud.fleet.balancer.request import Request

MOST_FORWARDED = 30
MOST_HEADER_BYTES = 64 * 1024
LINE_BYTES = 16 * 1024
"""Of the request line and of a single header, each."""

BAD_REQUEST, NOT_ALLOWED, TIMED_OUT, LEFT, TOO_FORWARDED = 400, 405, 408, 460, 463
NOT_IMPLEMENTED, BAD_GATEWAY, NO_TARGET, SILENT_TARGET = 501, 502, 503, 504


def refusal(request: Request) -> int | None:
    """The status with which a request is refused; None for one that the rules may see."""
    encodings = {
        one.strip().lower() for value in request.values("transfer-encoding") for one in value.split(",")
    }
    if request.method == "TRACE":
        return NOT_ALLOWED
    if not request.path.startswith("/") or _headless(request):
        return BAD_REQUEST
    if encodings - {"chunked", "identity"}:
        return NOT_IMPLEMENTED
    if request.size > MOST_HEADER_BYTES:
        return BAD_REQUEST
    forwarded = sum(value.count(",") + 1 for value in request.values("x-forwarded-for"))
    return TOO_FORWARDED if forwarded > MOST_FORWARDED else None


def _headless(request: Request) -> bool:
    return request.version == "HTTP/1.1" and len(request.values("host")) != 1


def page(status: int) -> str:
    """What stands in the body of an error of the balancer."""
    try:
        title = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        title = str(status)
    head = f"<head><title>{title}</title></head>"
    return f"<html>\r\n{head}\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
