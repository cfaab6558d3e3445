"""The region gate: an ASGI application in front of the emulator.

The port says where a request comes *from*, its SigV4 scope which region and service it goes *to*.
What a fault forbids never reaches the emulator, and what a fault overtakes is never answered.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

from localcloud.emulator import asgi, calls, guard, sabotage, throttling
from localcloud.emulator.asgi import App, Exchange, Head, Receive, Scope, Send
from localcloud.emulator.calls import Call, CallLog, Signature
from localcloud.emulator.config import Door, EmulatorConfig
from localcloud.emulator.control import Control
from localcloud.emulator.regions import OPERATOR, RegionStates
from localcloud.emulator.repetitions import Repetitions

FORBIDDEN = 403
NOT_FOUND = 404
NO_QUORUM = 500
UNAVAILABLE = 503
INTEGRATION_TIMEOUT_S = 30.0
"""API Gateway gives up on a function after this time.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""
HANG_UP_WITHIN_S = 5.0
SWALLOWED_S = 120.0
"""Longer than anybody waits for a region that swallows packets; then the connection is reset."""

Note = Callable[[int | None], None]


class Directory(Protocol):
    """What the gate must know from inside the emulator."""

    def role_of(self, access_key: str) -> str | None:
        """The role of the session that *access_key* was issued for; None for an unknown key."""

    def http_api(self, region: str, named: str | None) -> str | None:
        """Id of the region's HTTP API: the *named* one, else the only one; None without such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Guards, routes, cuts and logs every request."""

    app: App
    config: EmulatorConfig
    regions: RegionStates
    directory: Directory
    log: CallLog
    control: Control
    hang_up: Callable[[Scope], None]
    """Resets the connection that a request came through."""
    clock: Callable[[], float] = time.time
    repetitions: Repetitions = field(default_factory=Repetitions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(Exchange(scope, receive, send, Head.of(scope)))
        else:
            await send({"type": "websocket.close"})

    async def _serve(self, exchange: Exchange) -> None:
        head = exchange.head
        door = self.config.doors[head.port]
        if reason := guard.refusal(head.headers, front_door=door.front_of is not None):
            await exchange.answer(FORBIDDEN, {"message": reason})
        elif door.front_of:
            await self._serve_public(exchange, door.place, door.front_of)
        elif head.path.startswith("/_gate/"):
            body, _ = await exchange.body()
            await exchange.answer(*await self.control.handle(door, head, body))
        elif signature := self._trusted_signature(head):
            await self._serve_aws(exchange, signature, door)
        else:
            await exchange.answer(FORBIDDEN, {"message": "the key is none of this run's"})

    def _trusted_signature(self, head: Head) -> Signature | None:
        signature = calls.signature_of(head.headers, head.query)
        if signature is None:
            return None
        ours = signature.access_key == self.config.access_key_id
        return signature if ours or self.directory.role_of(signature.access_key) else None

    async def _serve_public(self, exchange: Exchange, origin: str, region: str) -> None:
        named = guard.api_named_by(exchange.head.headers.get("host", ""))
        api = self.directory.http_api(region, named)
        if api is None:
            await exchange.answer(NOT_FOUND, {"message": "Not Found"})
            return
        if self.control.flapping.fails(region, exchange.head.headers.get("user-agent", "")):
            await exchange.answer(UNAVAILABLE, {"message": "Service Unavailable"})
            return
        if self.regions.state(region) == "stopped":
            # waits here and not in a thread, of which the other region would run out
            await asyncio.sleep(INTEGRATION_TIMEOUT_S)
            await exchange.answer(UNAVAILABLE, {"message": "Service Unavailable"})
            return
        # a path of its own, because the emulator answers /health and others itself
        inner = exchange.at(f"/_aws/execute-api/{api}/$default")
        await self._forward(inner, origin, region, note=lambda _: None)

    async def _serve_aws(self, exchange: Exchange, signature: Signature, door: Door) -> None:
        head, body = exchange.head, b""
        if calls.is_form(head.headers) or signature.service == "dynamodb":
            body, exchange = await exchange.body()
        call = Call(
            at=self.clock(),
            origin=door.place,
            to_region=self.regions.site_of(signature.target),
            service=signature.service,
            action=calls.action_of(head.method, head.path, head.headers, body),
            principal=self.directory.role_of(signature.access_key),
        )
        if self._lacks_quorum(door, signature, body):
            self.log.record(call, NO_QUORUM, cut=True)
            content = {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"}
            await exchange.answer(NO_QUORUM, content)
            return
        if self.control.sabotage.refuses(call):
            self.log.record(call, sabotage.REFUSED)
            await exchange.answer_as(*sabotage.refusal(call.service))
            return
        reachable = self.regions.connected(door.place, signature.target)
        if reachable and self.control.throttling.refuses(signature):
            self.log.record(call, throttling.REFUSED)
            await exchange.answer_as(*throttling.answer(signature.service))
            return

        def note(status: int | None) -> None:
            self.log.record(call, status, cut=status is None)

        if door.place == OPERATOR:
            if again := self.repetitions.answer_to(head):
                note(again[0]["status"])
                for message in again:
                    await exchange.send(message)
                return
            exchange = replace(exchange, send=self.repetitions.keeping(head, exchange.send))
        await self._forward(exchange, door.place, signature.target, note)

    def _lacks_quorum(self, door: Door, signature: Signature, body: bytes) -> bool:
        return (
            signature.service == "dynamodb"
            and not self.regions.healthy
            and self.regions.connected(door.place, signature.region)
            and not self.regions.has_quorum(signature.region)
            and not self.config.strong_tables.isdisjoint(calls.tables_of(body))
        )

    async def _forward(self, exchange: Exchange, origin: str, target: str, note: Note) -> None:
        """Let the emulator answer unless the way is cut before or meanwhile.

        *note* gets the status before the client sees it, or None when there is no answer.
        """
        noted = False

        def note_once(status: int | None) -> None:
            nonlocal noted
            if not noted:
                note(status)
            noted = True

        async def send(message: asgi.Message) -> None:
            if message["type"] == "http.response.start":
                self._must_be_connected(origin, target)
                note_once(message["status"])
            await exchange.send(message)

        try:
            self._must_be_connected(origin, target)
            await self.app(exchange.scope, exchange.receive, send)
        except _CutError:
            note_once(None)
            await self._leave_unanswered(exchange, target)
        finally:
            note_once(None)  # the client left before there was an answer

    async def _leave_unanswered(self, exchange: Exchange, target: str) -> None:
        """Say nothing until the client leaves where *target* swallows packets; else reset its connection."""
        if self.regions.silent(target):
            with suppress(TimeoutError):
                async with asyncio.timeout(SWALLOWED_S):
                    await asgi.wait_until_gone(exchange.receive)
                    return
        self.hang_up(exchange.scope)
        async with asyncio.timeout(HANG_UP_WITHIN_S):
            await asgi.wait_until_gone(exchange.receive)

    def _must_be_connected(self, origin: str, target: str) -> None:
        if not self.regions.connected(origin, target):
            raise _CutError


class _CutError(Exception):
    """The way between caller and service is cut."""
