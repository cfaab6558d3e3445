"""The little of ASGI that the gate needs: types, a request's head, its body, an answer."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, replace
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Head:
    """The decoded head of an HTTP request; header names are lower case."""

    port: int
    method: str
    path: str
    query: str
    headers: dict[str, str]

    @classmethod
    def of(cls, scope: Scope) -> "Head":
        """The head of the request in *scope*."""
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        query = scope["query_string"].decode("latin-1")
        return cls(scope["server"][1], scope["method"], scope["path"], query, headers)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request and the way to answer it."""

    scope: Scope
    receive: Receive
    send: Send
    head: Head

    def at(self, prefix: str) -> "Exchange":
        """The same request with *prefix* before its path."""
        path, raw = prefix + self.scope["path"], prefix.encode() + self.scope["raw_path"]
        return replace(self, scope={**self.scope, "path": path, "raw_path": raw})

    async def body(self) -> "tuple[bytes, Exchange]":
        """The whole body, and an exchange in which it can be read once more."""
        body = await read_body(self.receive)
        return body, replace(self, receive=_replay(body, self.receive))

    async def answer(self, status: int, content: object) -> None:
        """Send *content* as JSON."""
        await self.answer_as("application/json", status, json.dumps(content))

    async def answer_as(self, kind: str, status: int, content: str) -> None:
        """Send *content* as it is, with the content type *kind*."""
        headers = [(b"content-type", kind.encode())]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": content.encode()})


async def read_body(receive: Receive) -> bytes:
    """The whole body; what arrived before the client left if it left early."""
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A receive channel that gives *body* first and then whatever *receive* gives."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed


async def wait_until_gone(receive: Receive) -> None:
    """Return when the client's connection is closed."""
    while (await receive())["type"] != "http.disconnect":
        pass
