"""The one session that may be written without a cookie: the canary's, which holds nothing of anybody.

Health checks see neither the service of sessions nor its table.
A canary that writes here and reads back does.
"""

import json

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from apps.web.stored_sessions import Store

NAME = "canary"
MOST_CHARACTERS = 64


def routes(store: Store) -> list[Route]:
    """Its routes."""

    def read(_request: Request) -> Response:
        found = store.get(NAME)
        if found is None:
            raise HTTPException(404, "The canary was never here.")
        return JSONResponse(found)

    async def write(request: Request) -> Response:
        holds = {"canary": _mark(await request.body())}
        await run_in_threadpool(store.put, NAME, holds)
        return JSONResponse(holds)

    return [Route(f"/sessions/{NAME}", read), Route(f"/sessions/{NAME}", write, methods=["PUT"])]


def _mark(body: bytes) -> str:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    mark = found.get("canary") if isinstance(found, dict) else None
    if not isinstance(mark, str) or len(mark) > MOST_CHARACTERS:
        raise HTTPException(400, f"The canary leaves a text of at most {MOST_CHARACTERS} characters.")
    return mark
