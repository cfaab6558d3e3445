"""Answers that people see, from the templates."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from runtime.logs import logger

RETRY_AFTER_S = 5

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined
)


def screen(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page; 503 also says when to come back."""
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status == 503 else {}  # noqa: PLR2004
    return HTMLResponse(_templates.get_template(template).render(values), status, headers)


async def refused(_request: Request, error: Exception) -> Response:
    """What was asked for cannot be done, and why."""
    status, why = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "")
    return screen("message.html", status, title="This does not work", message=why)


async def unavailable(_request: Request, error: Exception) -> Response:
    """Something that this needs is away."""
    logger.warning("unavailable", extra={"reason": str(error)})
    return screen(
        "message.html",
        503,
        title="Not now",
        message="This is not possible at the moment. Try again in a moment.",
    )


async def failed(_request: Request, _error: Exception) -> Response:
    """A mistake of ours; the server logs it."""
    return screen("message.html", 500, title="Our mistake", message="Something went wrong here.")
