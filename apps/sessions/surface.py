"""The routes of the service, which only other services of the network reach.

GET    /sessions/{session}  -> what it holds, a JSON object; 404 for none
PUT    /sessions/{session}  <- a JSON object; what it held before is gone
DELETE /sessions/{session}  -> 204, whether it was there or not
GET    /health/live, /health/ready, /version
"""

import json
import re

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from apps.serving.guard import Guard
from apps.sessions.store import Document, SessionTable, StoreUnavailable
from runtime.logs import logger

MOST_BYTES = 4096
"""Of one session: DynamoDB bills a write by the kilobyte."""
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


def surface(table: SessionTable, version: str) -> ASGIApp:
    """The service over *table*."""

    def read(request: Request) -> Response:
        found = table.get(_name(request))
        if found is None:
            raise HTTPException(404, "there is no such session")
        return JSONResponse(found)

    async def write(request: Request) -> Response:
        name, holds = _name(request), _object(await request.body())
        await run_in_threadpool(table.put, name, holds)
        return JSONResponse(holds)

    def end(request: Request) -> Response:
        table.delete(_name(request))
        return Response(status_code=204)

    async def live(_request: Request) -> Response:
        return JSONResponse({"live": True})

    def ready(_request: Request) -> Response:
        able = table.answers()
        return JSONResponse({"ready": able}, 200 if able else 503)

    async def told(_request: Request) -> Response:
        return JSONResponse({"version": version})

    routes = [
        Route("/sessions/{session}", read),
        Route("/sessions/{session}", write, methods=["PUT"]),
        Route("/sessions/{session}", end, methods=["DELETE"]),
        Route("/health/live", live),
        Route("/health/ready", ready),
        Route("/version", told),
    ]
    handlers = {HTTPException: _refused, StoreUnavailable: _unavailable}
    app = Starlette(routes=routes, exception_handlers=handlers)  # type: ignore[arg-type] # narrower than asked
    return Guard(app, most_body=MOST_BYTES, secure=False)


def _name(request: Request) -> str:
    name: str = request.path_params["session"]
    if not NAME.match(name):
        raise HTTPException(400, "a session is named by 1 to 64 of A-Z a-z 0-9 _ -")
    return name


def _object(body: bytes) -> Document:
    try:
        found = json.loads(body)
        # NaN, or half of a surrogate pair: it could be kept, and no answer could show it.
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise HTTPException(400, "a session holds a JSON object")
    return found


async def _refused(_request: Request, error: HTTPException) -> Response:
    return JSONResponse({"error": error.detail}, error.status_code)


async def _unavailable(_request: Request, error: StoreUnavailable) -> Response:
    logger.warning("unavailable", extra={"reason": str(error)})
    return JSONResponse({"error": "not now"}, 503, {"Retry-After": "1"})
