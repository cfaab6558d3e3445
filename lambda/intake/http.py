"""Requests and answers, and the shapes that they have for API Gateway's HTTP API, payload format 2.0."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self

from intake.problems import RETRY_AFTER_S, Problem, Refused

Event = Mapping[str, Any]

FORWARDED_BY = "X-Forwarded-By"
"""Marks a request that another region passed on, and its answer; the value is that region.

Anybody may send it, and needs no secret: all it does is keep the request where it is.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; names of headers in lower case."""

    route: str
    request_id: str
    arrived_ms: int
    """Milliseconds since 1970, UTC."""
    headers: Mapping[str, str]
    path: Mapping[str, str]
    authorizer: Mapping[str, Any]
    """Whom the gateway identified, and how. No client can write it."""
    text: str
    is_base64: bool
    query: Mapping[str, str] = field(default_factory=dict)
    """Where routes take any."""

    @classmethod
    def from_event(cls, event: Event, *, arrived_ms: int) -> Self:
        """The request inside the event that the function is invoked with; what it may lack is empty."""
        return cls(
            route=event["routeKey"],
            request_id=event["requestContext"]["requestId"],
            arrived_ms=arrived_ms,
            headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
            path=event.get("pathParameters") or {},
            authorizer=event["requestContext"].get("authorizer") or {},
            text=event.get("body") or "",
            is_base64=event.get("isBase64Encoded") is True,
        )

    @property
    def wants_no_body(self) -> bool:
        """Whether only the head of the answer is asked for."""
        return self.route.startswith("HEAD ")

    @property
    def forwarded(self) -> bool:
        """Whether another region passed the request on, so that it must not travel again."""
        return FORWARDED_BY.lower() in self.headers

    @property
    def body(self) -> bytes:
        """The bytes the client sent.

        Raises:
            Refused: they cannot be restored.
        """
        try:
            if self.is_base64:
                return base64.b64decode(self.text, validate=True)
            return self.text.encode()
        except ValueError:
            raise Refused(Problem.MALFORMED, "The body is not text in UTF-8.") from None


_WITH_PROBLEM: Mapping[Problem, Mapping[str, str]] = {
    Problem.UNAVAILABLE: {"Retry-After": str(RETRY_AFTER_S)},
    Problem.UNIDENTIFIED: {"WWW-Authenticate": "Bearer"},  # RFC 9110: a 401 says how to prove who asks
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; `log` is what the log line adds about it, and holds no personal data."""

    status: HTTPStatus
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    log: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    @classmethod
    def of_refusal(cls, refused: Refused, request_id: str, *, system: str) -> Self:
        """The problem document that tells a client of that system why."""
        problem = refused.problem
        return cls(
            status=problem.status,
            content_type="application/problem+json",
            headers=_WITH_PROBLEM.get(problem, {}),
            log={"problem": problem.uri(system), "detail": refused.detail},
            body={
                "type": problem.uri(system),
                "title": problem.title,
                "status": problem.status,
                "detail": refused.detail,
                "instance": request_id,
                "errors": [{"field": wrong.field, "message": wrong.message} for wrong in refused.errors],
            },
        )

    @property
    def text(self) -> str:
        """Its body, as it travels."""
        return json.dumps(self.body) if self.body else ""

    def all_headers(self, *, request_id: str, region: str, epoch: int | None) -> dict[str, str]:
        """Its headers, and those of every answer: which request it is to, and who gives it."""
        return {
            "Content-Type": self.content_type,
            "Cache-Control": "no-store",
            "X-Request-Id": request_id,
            "X-Region": region,
            **({} if epoch is None else {"X-Epoch": str(epoch)}),
            **self.headers,
        }

    def to_event(self, *, request_id: str, region: str, epoch: int | None) -> dict[str, Any]:
        """What the function returns to API Gateway."""
        return {
            "statusCode": int(self.status),
            "headers": self.all_headers(request_id=request_id, region=region, epoch=epoch),
            "body": self.text,
            "isBase64Encoded": False,
        }


def with_heads(routes: Mapping[str, Callable[[Request], Answer]]) -> dict[str, Callable[[Request], Answer]]:
    """The routes, and HEAD wherever GET is answered."""
    reads = {route.removeprefix("GET "): to for route, to in routes.items() if route.startswith("GET ")}
    return {**routes, **{f"HEAD {path}": answer for path, answer in reads.items()}}
