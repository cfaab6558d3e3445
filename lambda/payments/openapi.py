"""The OpenAPI document of the payment API, made of the schemas that requests are validated with."""

from functools import cache
from http import HTTPStatus
from typing import Any

from intake.documents import KEY_FORMS, MAX_BODY_BYTES, Schema
from intake.http import FORWARDED_BY
from intake.problems import RETRY_AFTER_S, Problem
from intake.text import name_pattern
from payments.schemas import NAME, PAYMENT, SESSION, SESSION_ID, UUID
from payments.validation import NAMES

_REF = "#/components/schemas/"
_SERVED_BY: Schema = {
    "X-Request-Id": {"description": "Quote it when you ask about a request.", "required": True},
    "X-Region": {"description": "The region that answered.", "required": True},
    "X-Epoch": {"description": "The epoch of the lease it answered under, when it knows one."},
    FORWARDED_BY: {"description": "The region that passed the request on, when one did."},
}
_LOCATION: Schema = {"Location": {"description": "Where the payment can be read.", "required": True}}
_RETRY: Schema = {
    "Retry-After": {
        "description": f"Seconds to wait before the request is repeated unchanged: {RETRY_AFTER_S}.",
        "required": True,
        "schema": {"type": "integer", "format": "int32"},
    }
}
_LIMITS = {Problem.TOO_LARGE: f": {MAX_BODY_BYTES} bytes at most"}
_BODY = (
    *(Problem.MALFORMED, Problem.INVALID, Problem.TOO_LARGE),
    *(Problem.NOT_JSON, Problem.NOT_UTF8, Problem.ENCODED),
)
_ANYWHERE = (
    "Served by either region. A region reads its own writes at once and the other's about a second later; "
    "of two concurrent writes the later one wins."
)


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def _ref(name: str) -> Schema:
    return {"$ref": _REF + name}


def _published(schema: Any) -> Any:
    """A schema of requests in the words that makers of clients understand; it means the same."""
    if not isinstance(schema, dict):
        return schema
    found = {name: _published(value) for name, value in schema.items()}
    match found.pop("patternProperties", None):
        case dict(named):
            [(pattern, value)] = named.items()
            found |= {"propertyNames": {"pattern": pattern}, "additionalProperties": value}
    return found


def _schemas() -> Schema:
    payment = _published(PAYMENT)
    name = {**payment["properties"][NAMES[0]], "pattern": name_pattern()}
    name["description"] = (
        "At least one letter, number, sign or symbol that can be seen. Kept and compared as it was sent: "
        "the composed and the decomposed form of a name are two names."
    )
    payment["properties"] |= dict.fromkeys(NAMES, _ref("Name"))
    currency = {"type": "string", **payment["properties"]["currency"]}
    payment["properties"]["currency"] = _ref("Currency")
    session = _published(SESSION)
    data = session["properties"]["data"]
    session["properties"]["data"] = _ref("SessionData")
    identity = {
        "payment_id": {"type": "string", "pattern": UUID},
        "status": {
            "type": "string",
            "enum": ["settled", "accepted"],
            "description": "Accepted: it is in both regions and will be settled.",
        },
    }
    return {
        "Name": name,
        "Currency": currency,
        "NewPayment": payment,
        "Payment": _object(identity | payment["properties"]),
        "SessionData": data,
        "NewSession": session,
        "Session": _object(
            {
                "session_id": {"type": "string", "pattern": SESSION_ID},
                "data": _ref("SessionData"),
                "expires_at": {
                    "type": "integer",
                    "format": "int64",
                    "description": "Seconds since 1970, UTC.",
                },
            }
        ),
        "Live": _object({"region": {"type": "string"}}),
        "Routable": _object({"region": {"type": "string"}, "routable": {"type": "boolean"}}),
        "Ready": _object(
            {"region": {"type": "string"}, "ready": {"type": "boolean"}, "reason": {"type": "string"}}
        ),
        "Problem": _object(
            {
                "type": {"type": "string", "enum": sorted(problem.uri(NAME) for problem in Problem)},
                "title": {"type": "string"},
                "status": {"type": "integer", "format": "int32"},
                "detail": {"type": "string"},
                "instance": {"type": "string", "description": "The request id, as in X-Request-Id."},
                "errors": {"type": "array", "items": _ref("FieldError")},
            }
        ),
        "FieldError": _object({"field": {"type": "string"}, "message": {"type": "string"}}),
        "GatewayMessage": {
            "type": "object",
            "required": ["message"],
            "properties": {"message": {"type": "string"}},
        },
    }


def _answer(
    description: str, schema: str | None, media: str = "application/json", headers: Schema | None = None
) -> Schema:
    served = {
        name: {"schema": {"type": "string"}, **header}
        for name, header in (_SERVED_BY | (headers or {})).items()
    }
    content = {} if schema is None else {"content": {media: {"schema": _ref(schema)}}}
    return {"description": description, "headers": served, **content}


def _problems(*problems: Problem) -> dict[str, Schema]:
    by_status: dict[str, list[str]] = {}
    for problem in (*problems, Problem.INTERNAL):
        by_status.setdefault(str(int(problem.status)), []).append(problem.title + _LIMITS.get(problem, ""))
    unavailable = str(int(Problem.UNAVAILABLE.status))
    return {
        status: _answer(
            ". Or: ".join(titles) + ".",
            "Problem",
            "application/problem+json",
            _RETRY if status == unavailable else None,
        )
        for status, titles in by_status.items()
    }


def _throttled() -> dict[str, Schema]:
    """What API Gateway answers itself, so without our headers and our problem document."""
    return {
        str(int(HTTPStatus.TOO_MANY_REQUESTS)): {
            "description": "More requests than the gateway lets through. Repeat it unchanged, later.",
            "content": {"application/json": {"schema": _ref("GatewayMessage")}},
        }
    }


def _identified() -> dict[str, Schema]:
    """What is answered where payers must say who they are; API Gateway answers most of it."""
    told, problem = {"schema": _ref("GatewayMessage")}, {"schema": _ref("Problem")}
    return {
        str(int(Problem.UNIDENTIFIED.status)): {
            "description": "The access token is missing, expired or of others, or does not say whose it is.",
            "content": {"application/json": told, "application/problem+json": problem},
        },
        str(int(HTTPStatus.FORBIDDEN)): {
            "description": "The access token lacks the scope.",
            "content": {"application/json": told},
        },
    }


def _parameter(place: str, name: str, pattern: str, description: str) -> Schema:
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": place, "required": True, "description": description, "schema": schema}


def _body(schema: str) -> Schema:
    return {
        "required": True,
        "description": f"At most {MAX_BODY_BYTES} bytes of JSON in UTF-8, with no Content-Encoding.",
        "content": {"application/json": {"schema": _ref(schema)}},
    }


def _operation(id_: str, summary: str, answers: dict[str, Schema], **more: Any) -> Schema:
    return {"operationId": id_, "summary": summary, "responses": answers | _throttled(), **more}


def _of_a_payer(id_: str, summary: str, answers: dict[str, Schema], **more: Any) -> Schema:
    return _operation(id_, summary, answers | _identified(), security=[{"accessToken": []}, {}], **more)


def _payments() -> Schema:
    key = _parameter(
        "header",
        "Idempotency-Key",
        f"^({KEY_FORMS.pattern.replace('?P<inside>', '')})$",
        "One for each payment: the same key never pays twice. In quotes, as a structured field, or without.",
    )
    return {
        "/payments": {
            "post": _of_a_payer(
                "pay",
                "Pay",
                {
                    "201": _answer(
                        "Settled. Repeating the request gets the same answer.", "Payment", headers=_LOCATION
                    ),
                    "202": _answer(
                        "Accepted: it is in both regions and will be settled.", "Payment", headers=_LOCATION
                    ),
                    **_problems(*_BODY, Problem.KEY_REUSED, Problem.UNAVAILABLE),
                },
                parameters=[key],
                requestBody=_body("NewPayment"),
            )
        },
        "/payments/{payment_id}": {
            "parameters": [_parameter("path", "payment_id", UUID, "A UUID.")],
            "get": _of_a_payer(
                "findPayment",
                "Find a payment",
                {
                    "200": _answer("The payment, accepted or settled.", "Payment"),
                    **_problems(Problem.INVALID, Problem.NOT_FOUND, Problem.UNAVAILABLE),
                },
                description="A region answers from its own copy of the ledger, which may be seconds behind, "
                "and from the journal. That a payment does not exist is only said by the region that takes "
                "payments.",
            ),
        },
    }


def _sessions() -> Schema:
    return {
        "/sessions/{session_id}": {
            "parameters": [_parameter("path", "session_id", SESSION_ID, "Who knows it has the session.")],
            "put": _of_a_payer(
                "keepSession",
                "Keep a session",
                {"200": _answer("As it is kept now.", "Session"), **_problems(*_BODY, Problem.UNAVAILABLE)},
                description=_ANYWHERE,
                requestBody=_body("NewSession"),
            ),
            "get": _of_a_payer(
                "readSession",
                "Read a session",
                {
                    "200": _answer("The session.", "Session"),
                    **_problems(Problem.INVALID, Problem.NOT_FOUND, Problem.UNAVAILABLE),
                },
                description=_ANYWHERE,
            ),
            "delete": _of_a_payer(
                "forgetSession",
                "Forget a session",
                {
                    str(int(HTTPStatus.NO_CONTENT)): _answer("It is forgotten.", None),
                    **_problems(Problem.INVALID, Problem.UNAVAILABLE),
                },
                description=_ANYWHERE,
            ),
        },
    }


def _health() -> Schema:
    live = {"200": _answer("It does.", "Live")}
    routable = {
        "200": _answer("It does.", "Routable"),
        "503": _answer("It does not: it cannot read the lease.", "Routable"),
    }
    ready = {
        "200": _answer("It does.", "Ready"),
        "503": _answer("It does not; the reason is a stable code.", "Ready"),
    }
    return {
        "/health/live": _probe("Live", "Whether this region answers", live | _problems()),
        "/health/routable": _probe(
            "Routable",
            "Whether this region knows who takes payments, and can take a request or pass it on",
            routable | _problems(),
        ),
        "/health/ready": _probe("Ready", "Whether this region takes payments", ready | _problems()),
    }


def _probe(id_: str, summary: str, answers: dict[str, Schema]) -> Schema:
    return {"get": _operation(f"is{id_}", summary, answers)}


def _with_head(path: Schema) -> Schema:
    """The path; what is answered to GET is answered to HEAD the same way, without a body."""
    if "get" not in path:
        return path
    asked = path["get"]
    id_ = asked["operationId"].removeprefix("is")
    heads = {status: {**answer, "content": {}} for status, answer in asked["responses"].items()}
    told = {"operationId": f"head{id_[0].upper()}{id_[1:]}", "summary": f"{asked['summary']}, without a body"}
    return {**path, "head": {**asked, **told, "responses": heads}}


@cache
def document() -> Schema:
    """OpenAPI 3.1, as JSON. Made when it is asked for, because nothing else needs it."""
    description = _operation("describe", "This document", {"200": _answer("It.", None), **_problems()})
    description["responses"]["200"]["content"] = {"application/json": {"schema": {"type": "object"}}}
    paths = {**_payments(), **_sessions(), **_health(), "/openapi.json": {"get": description}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Payments",
            "version": "1.0.0",
            "description": "Either region answers. A region that may not acknowledge passes the request on, "
            "once, or answers 503 with Retry-After: then repeat it unchanged, under its key.",
        },
        "paths": {path: _with_head(operations) for path, operations in paths.items()},
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "accessToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "Where the deployment asks who pays: a payer sees its own only.",
                }
            },
        },
    }
