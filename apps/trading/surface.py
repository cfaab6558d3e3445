"""The routes of the order API over HTTP: every answer is one of `trading.api`, refusals of the server too."""

import base64
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from uuid import uuid4

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from apps.serving.guard import HEALTH, Guard
from apps.trading.clerks import Clerks
from intake.http import Answer, Request
from intake.problems import Problem, Refused
from runtime.clock import now_ms
from trading.schemas import NAME

MOST_BODY = 64 * 1024
"""Above it the connection ends; what is above the platform's own limit and below this gets a problem."""

Endpoint = Callable[[HttpRequest], Awaitable[Response]]


def surface(clerks: Clerks, *, secure: bool) -> ASGIApp:
    """The application, over clerks who answer one request at a time; *secure* where clients come over TLS."""
    # Questions after health wait for no clerk: a busy instance is not a sick one.
    limiter = CapacityLimiter(clerks.number)

    def endpoint(path: str) -> Endpoint:
        own = None if path.startswith(HEALTH) else limiter

        async def answer(http: HttpRequest) -> Response:
            request = _request(http, f"{http.method} {path}", await http.body())
            serve = clerks.health if own is None else clerks.serve
            found = await run_sync(partial(serve, request), limiter=own)
            return _response(clerks, request.request_id, found)

        return answer

    async def refused(_http: HttpRequest, error: Exception) -> Response:
        detail = "There is no such route." if isinstance(error, HTTPException) else "The request failed here."
        problem = Problem.NOT_FOUND if isinstance(error, HTTPException) else Problem.INTERNAL
        answer = Answer.of_refusal(Refused(problem, detail), request_id := str(uuid4()), system=NAME)
        return _response(clerks, request_id, answer)

    routes = [
        Route(path, endpoint(path), methods=methods) for path, methods in _methods(clerks.routes).items()
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: refused, Exception: refused})
    return Guard(app, most_body=MOST_BODY, secure=secure)


def _methods(routes: Iterable[str]) -> Mapping[str, list[str]]:
    """Which methods each path takes."""
    found: dict[str, list[str]] = {}
    for route in routes:
        method, path = route.split(" ")
        found.setdefault(path, []).append(method)
    return found


def _request(http: HttpRequest, route: str, body: bytes) -> Request:
    return Request(
        route=route,
        request_id=str(uuid4()),
        arrived_ms=now_ms(),
        headers=_joined(http.headers),
        path=http.path_params,
        query=_each(http.query_params.multi_items()),
        authorizer={},
        text=base64.b64encode(body).decode(),
        is_base64=True,
    )


def _joined(headers: Headers) -> Mapping[str, str]:
    """What came twice is one value with a comma, as RFC 9110 reads it: no key or type is one then."""
    return _each(headers.items())


def _each(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _response(clerks: Clerks, request_id: str, answer: Answer) -> Response:
    headers = answer.all_headers(request_id=request_id, region=clerks.region, epoch=clerks.epoch)
    return Response(answer.text, int(answer.status), headers)
