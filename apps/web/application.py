"""The routes of the application, over whatever they need."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Lifespan

from apps.serving.guard import Guard
from apps.serving.secret_users import SecretUsers, UsersUnavailable
from apps.web import canary_session, screens
from apps.web.board import Board
from apps.web.databases import Databases
from apps.web.files import MOST_BYTES, Files, FilesUnavailable
from apps.web.session_service import SessionsUnavailable
from apps.web.sessions import KeptSessions, Sessions
from apps.web.signing_in import SigningIn
from apps.web.stored_sessions import Store, StoredSessions
from apps.web.users import Users
from runtime.database import DatabaseUnavailable

MOST_BODY: Final = MOST_BYTES + 64 * 1024
"""A file, and the rest of its form."""
Handler = Callable[[Request, Exception], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the routes need."""

    databases: Databases
    files: Files
    users: SecretUsers[Users]
    version: str
    secure: bool
    sessions: Store | None = None
    """Keeps sessions; without it browsers keep them, signed."""


def application(parts: Parts, lifespan: Lifespan[Starlette] | None = None) -> ASGIApp:
    """The application; *lifespan* starts and ends what goes on beside requests."""
    sessions = _sessions(parts)
    board = Board(parts.databases, parts.files, sessions)
    signing_in = SigningIn(parts.users, sessions)

    async def live(_request: Request) -> Response:
        return JSONResponse({"live": True})

    async def ready(_request: Request) -> Response:
        able = parts.databases.readable
        seen = {one.source: one.seen for one in (parts.databases.writer, parts.databases.replica)}
        return JSONResponse({"ready": able, **seen}, 200 if able else 503)

    async def version(_request: Request) -> Response:
        return JSONResponse({"version": parts.version})

    routes = [
        Route("/", board.show),
        Route("/entries", board.as_json),
        Route("/entries", board.write, methods=["POST"]),
        Route("/files/{entry}", board.save),
        Route("/sign-in", signing_in.ask),
        Route("/sign-in", signing_in.enter, methods=["POST"]),
        Route("/sign-out", signing_in.leave, methods=["POST"]),
        Route("/health/live", live),
        Route("/health/ready", ready),
        Route("/version", version),
        Mount("/static", StaticFiles(directory=Path(__file__).with_name("static"))),
        *(canary_session.routes(parts.sessions) if parts.sessions is not None else []),
    ]
    app = Starlette(routes=routes, exception_handlers=_handlers(), lifespan=lifespan)
    return Guard(app, most_body=MOST_BODY, secure=parts.secure)


def _sessions(parts: Parts) -> KeptSessions:
    if parts.sessions is None:
        return Sessions(parts.users, secure=parts.secure)
    return StoredSessions(parts.sessions, parts.users, secure=parts.secure)


def _handlers() -> Mapping[Any, Handler]:
    return {
        HTTPException: screens.refused,
        DatabaseUnavailable: screens.unavailable,
        FilesUnavailable: screens.unavailable,
        SessionsUnavailable: screens.unavailable,
        UsersUnavailable: screens.unavailable,
        Exception: screens.failed,
    }
