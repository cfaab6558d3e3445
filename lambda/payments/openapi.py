"""The OpenAPI document of the payment API, made of the schemas that requests are validated with."""

from http import HTTPStatus
from typing import Any

from payments.http import FORWARDED_BY
from payments.problems import Problem
from payments.schemas import IDEMPOTENCY_KEY, PAYMENT, SESSION, SESSION_ID, UUID, Schema

_PROBLEM: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "title", "status", "detail", "instance", "errors"],
    "properties": {
        "type": {"enum": sorted(problem.type for problem in Problem)},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The request id, as in X-Request-Id."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


_PAID = _object(
    {"payment_id": {"type": "string", "pattern": UUID}, "status": {"enum": ["settled", "accepted"]}}
    | PAYMENT["properties"]
)
_KEPT = _object(
    {
        "session_id": {"type": "string", "pattern": SESSION_ID},
        "data": SESSION["properties"]["data"],
        "expires_at": {"type": "integer", "description": "Seconds since 1970, UTC."},
    }
)
_LIVE = _object({"region": {"type": "string"}})
_READY = _object({"region": {"type": "string"}, "ready": {"type": "boolean"}, "reason": {"type": "string"}})

_HEADERS: Schema = {
    "X-Request-Id": {"description": "Quote it when you ask about a request.", "required": True},
    "X-Region": {"description": "The region that answered.", "required": True},
    "X-Epoch": {"description": "The epoch of the lease it answered under, when it knows one."},
    FORWARDED_BY: {"description": "The region that passed the request on, when one did."},
}


def _answer(description: str, schema: Schema | None, media: str = "application/json") -> Schema:
    headers = {name: {**header, "schema": {"type": "string"}} for name, header in _HEADERS.items()}
    content = {} if schema is None else {"content": {media: {"schema": schema}}}
    return {"description": description, "headers": headers, **content}


def _problems(*problems: Problem) -> dict[str, Schema]:
    by_status: dict[str, list[str]] = {}
    for problem in (*problems, Problem.INTERNAL):
        by_status.setdefault(str(int(problem.status)), []).append(problem.title)
    return {
        status: _answer(". Or: ".join(titles) + ".", _PROBLEM, "application/problem+json")
        for status, titles in by_status.items()
    }


def _parameter(place: str, name: str, pattern: str, description: str) -> Schema:
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": place, "required": True, "description": description, "schema": schema}


def _body(schema: Schema) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _operation(summary: str, answers: dict[str, Schema], **more: Any) -> Schema:
    return {"summary": summary, "responses": answers, **more}


_KEY = _parameter(
    "header", "Idempotency-Key", IDEMPOTENCY_KEY, "One for each payment: the same key never pays twice."
)
_BODY = (Problem.MALFORMED, Problem.INVALID, Problem.TOO_LARGE, Problem.NOT_JSON)
_PAYMENT_ID = _parameter("path", "payment_id", UUID, "A UUID.")
_SESSION_ID = _parameter("path", "session_id", SESSION_ID, "Who knows it has the session.")
_ANYWHERE = (
    "Served by either region. A region reads its own writes at once and the other's about a second later; "
    "of two concurrent writes the later one wins."
)

DOCUMENT: Schema = {
    "openapi": "3.1.0",
    "info": {
        "title": "Payments",
        "version": "1.0.0",
        "description": "Either region answers. A region that may not acknowledge passes the request on, "
        "once, or answers 503 with Retry-After: then repeat it unchanged, under its key.",
    },
    "paths": {
        "/payments": {
            "post": _operation(
                "Pay",
                {
                    "201": _answer("Settled. Repeating the request gets the same answer.", _PAID),
                    "202": _answer("Accepted: it is in both regions and will be settled.", _PAID),
                    **_problems(*_BODY, Problem.KEY_REUSED, Problem.UNAVAILABLE),
                },
                parameters=[_KEY],
                requestBody=_body(PAYMENT),
            )
        },
        "/payments/{payment_id}": {
            "parameters": [_PAYMENT_ID],
            "get": _operation(
                "Find a payment that is settled",
                {
                    "200": _answer("The payment.", _PAID),
                    **_problems(Problem.INVALID, Problem.NOT_FOUND, Problem.UNAVAILABLE),
                },
                description="A region answers from its own copy, which may be seconds behind; that a payment "
                "does not exist is only said by the region that takes payments.",
            ),
        },
        "/sessions/{session_id}": {
            "parameters": [_SESSION_ID],
            "put": _operation(
                "Keep a session",
                {"200": _answer("As it is kept now.", _KEPT), **_problems(*_BODY, Problem.UNAVAILABLE)},
                description=_ANYWHERE,
                requestBody=_body(SESSION),
            ),
            "get": _operation(
                "Read a session",
                {
                    "200": _answer("The session.", _KEPT),
                    **_problems(Problem.INVALID, Problem.NOT_FOUND, Problem.UNAVAILABLE),
                },
                description=_ANYWHERE,
            ),
            "delete": _operation(
                "Forget a session",
                {
                    str(int(HTTPStatus.NO_CONTENT)): _answer("It is forgotten.", None),
                    **_problems(Problem.INVALID, Problem.UNAVAILABLE),
                },
                description=_ANYWHERE,
            ),
        },
        "/health/live": {
            "get": _operation(
                "Whether this region answers", {"200": _answer("It does.", _LIVE), **_problems()}
            )
        },
        "/health/ready": {
            "get": _operation(
                "Whether this region takes payments",
                {
                    "200": _answer("It does.", _READY),
                    "503": _answer("It does not; the reason is a stable code.", _READY),
                    **_problems(),
                },
            )
        },
        "/openapi.json": {
            "get": _operation("This document", {"200": _answer("It.", {"type": "object"}), **_problems()})
        },
    },
}
"""OpenAPI 3.1, as JSON."""
