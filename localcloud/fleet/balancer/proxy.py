"""The reverse proxy: one request of a client, from its headers to the line in the access log."""

import asyncio
import time
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp import web

from localcloud.fleet.balancer import answering, refusals, stickiness
from localcloud.fleet.balancer.answering import Answer, ClientLeft
from localcloud.fleet.balancer.exchange import ProxiedExchange, new_root, request_of
from localcloud.fleet.balancer.headers import answered, to_target, trace_id
from localcloud.fleet.balancer.matching import rule_for
from localcloud.fleet.balancer.model import Listener, LoadBalancer, TargetGroup, TargetId
from localcloud.fleet.balancer.request import Headers
from localcloud.fleet.balancer.rules import Forward
from localcloud.fleet.balancer.state import BalancerState
from localcloud.fleet.balancer.upstream import Broken, Unconnected, Upstream, UpstreamError

WHOLE_BYTES = 64 * 1024
"""An answer of at most this size is read whole before its first byte is sent on."""


@dataclass(slots=True, kw_only=True)
class Proxy:
    """Serves the requests of all listeners."""

    state: BalancerState
    upstream: Upstream
    _opened: WeakKeyDictionary[asyncio.BaseTransport, float] = field(default_factory=WeakKeyDictionary)

    async def serve(self, balancer: LoadBalancer, listener: Listener, raw: web.BaseRequest) -> Answer:
        """Answer one request, count it and log it."""
        exchange = ProxiedExchange(
            balancer=balancer,
            listener=listener,
            raw=raw,
            request=request_of(raw),
            began=time.time(),
            connected_s=self._connected_s(raw),
        )
        answer: Answer | None = None
        try:
            answer = await self._answer(exchange)
        except ClientLeft:
            raise ConnectionResetError("the client left") from None
        except UpstreamError as error:  # too late for an error page: what was sent must not pass for whole
            answer = exchange.begun
            if raw.transport:
                raw.transport.abort()
            raise ConnectionResetError("the target broke off") from error
        finally:
            self._account(exchange, answer)
        return answer

    async def _answer(self, exchange: ProxiedExchange) -> Answer:
        if status := refusals.refusal(exchange.request):
            return await self._own(exchange, *answering.error(exchange.listener, status))
        rule = exchange.rule = rule_for(exchange.listener, exchange.request)
        if not isinstance(rule.action, Forward):
            made = answering.done(exchange.listener, rule.action, exchange.request)
            exchange.redirected_to = made[0].headers.get("Location", exchange.redirected_to)
            return await self._own(exchange, *made)
        try:
            return await self._forward(exchange, rule.action)
        except UpstreamError as error:
            if exchange.begun:
                raise
            exchange.unconnected = isinstance(error, Unconnected)
            return await self._own(exchange, *answering.error(exchange.listener, error.status))

    async def _forward(self, exchange: ProxiedExchange, action: Forward) -> Answer:
        cookies = exchange.request.cookies
        arn = self.state.spread.group(action, cookies)
        group = self.state.configuration.groups.get(arn or "")
        at = asyncio.get_running_loop().time()
        target = self.state.choose(group, cookies, at) if group else None
        if group is None or target is None:
            raise UpstreamError(refusals.NO_TARGET, "no target is registered")
        exchange.group, exchange.target = group, target
        try:
            async with asyncio.timeout(None) as limit:
                with self.state.under_way(group.arn, target, limit):
                    return await self._ask(exchange, action, group, target)
        except TimeoutError:
            raise UpstreamError(refusals.BAD_GATEWAY, "the target's deregistration is over") from None

    async def _ask(
        self, exchange: ProxiedExchange, action: Forward, group: TargetGroup, target: TargetId
    ) -> Answer:
        endpoint, began = self.state.endpoint(target), time.perf_counter()
        exchange.trace = trace_id(exchange.request.value("x-amzn-trace-id"), new_root())
        exchange.zone = endpoint.zone
        try:
            async with self.upstream.asked(
                endpoint,
                protocol=group.protocol,
                method=exchange.request.method,
                target=exchange.request.target,
                headers=to_target(exchange.balancer, exchange.listener, exchange.request, exchange.trace),
                body=exchange.body() if exchange.raw.body_exists else None,
                idle_s=exchange.balancer.idle_s,
            ) as theirs:
                exchange.target_status, exchange.target_s = theirs.status, time.perf_counter() - began
                cookies = stickiness.cookies(self.state.spread, exchange.listener, action, group, target)
                return await _passed_on(exchange, theirs, cookies)
        except Broken:
            if exchange.slow:
                raise UpstreamError(refusals.TIMED_OUT, "the client stopped sending") from None
            if not self.state.endpoint(target).dark:
                raise
        # The machine is gone, so nobody hung up: the balancer waits for it as long as it waits for anybody.
        await asyncio.sleep(max(0.0, exchange.balancer.idle_s - (time.perf_counter() - began)))
        raise UpstreamError(refusals.SILENT_TARGET, "the target is gone")

    async def _own(self, exchange: ProxiedExchange, answer: Answer, data: bytes) -> Answer:
        exchange.target_status = exchange.target_s = None
        if exchange.raw.body_exists and not exchange.raw.content.is_eof():
            answer.force_close()
        exchange.end_in_time(answer)
        await answer.begin(exchange.raw)
        await answer.end(b"" if exchange.request.method == "HEAD" else data)
        return answer

    def _connected_s(self, raw: web.BaseRequest) -> float:
        now = asyncio.get_running_loop().time()
        return now - self._opened.setdefault(raw.transport, now) if raw.transport else 0.0

    def _account(self, exchange: ProxiedExchange, answer: Answer | None) -> None:
        status = answer.status if answer else refusals.LEFT
        served = exchange.served(status)
        self.state.tallies[exchange.balancer.arn].add(served, exchange.balancer, exchange.group)
        if exchange.balancer.logs.bucket:
            sent = answer.body_length if answer else 0
            self.state.lines[exchange.balancer.arn].append(exchange.logged(status, sent))


async def _passed_on(exchange: ProxiedExchange, theirs: aiohttp.ClientResponse, cookies: Headers) -> Answer:
    given = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in theirs.raw_headers]
    headers = [*answered(exchange.listener, given), *cookies]
    answer = Answer(theirs.status, headers, theirs.reason)
    exchange.end_in_time(answer)
    if (theirs.content_length or 0) <= WHOLE_BYTES and (theirs.content_length is not None):
        data = await theirs.read()
        await answer.begin(exchange.raw)
        await answer.end(data)
        return answer
    exchange.begun = answer
    await answer.begin(exchange.raw)
    async for data in theirs.content.iter_any():
        await answer.add(data)
    await answer.end()
    return answer
