"""The ports of listeners: sockets on loopback, TLS with the listener's certificates."""

import asyncio
import logging
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from localcloud.core.ports import free_port
from localcloud.core.tls import Authority
from localcloud.fleet.balancer.model import BalancerConfiguration, Certificate, Listener, LoadBalancer
from localcloud.fleet.balancer.refusals import LINE_BYTES
from localcloud.fleet.ports import LOOPBACK

Serve = Callable[[LoadBalancer, Listener, web.BaseRequest], Awaitable[web.StreamResponse]]
MOST_HEADERS = 1000
_QUIET = logging.getLogger("localcloud.fleet.http")


@dataclass(slots=True)
class OpenListener:
    """One listener that is open."""

    balancer: LoadBalancer
    listener: Listener
    port: int
    server: asyncio.Server
    http: web.Server

    async def close(self) -> None:
        """Refuse new connections and end those there are."""
        self.server.close()
        await self.http.shutdown(0.0)


@dataclass(slots=True, kw_only=True)
class Doors:
    """All listeners of all balancers; each keeps its port of this machine for as long as it lives."""

    serve: Serve
    authority: Authority
    _open: dict[str, OpenListener] = field(default_factory=dict)
    _ports: dict[str, int] = field(default_factory=dict)

    async def configure(self, configuration: BalancerConfiguration) -> None:
        """Open what is new, close what is gone, and serve by the new rules where only those changed."""
        wanted = {
            listener.arn: (balancer, listener)
            for balancer in configuration.balancers
            for listener in balancer.listeners
        }
        for arn in [arn for arn, door in self._open.items() if self._changed(door, wanted.get(arn))]:
            await self._open.pop(arn).close()
        for arn, (balancer, listener) in wanted.items():
            if arn in self._open:
                self._open[arn].balancer, self._open[arn].listener = balancer, listener
            else:
                self._open[arn] = await self._opened(balancer, listener, configuration.certificates)

    async def close(self) -> None:
        """Close all."""
        await self.configure(BalancerConfiguration())

    @property
    def ports(self) -> dict[str, dict[int, int]]:
        """By DNS name of the balancer and port of the listener: the port of 127.0.0.1."""
        found: dict[str, dict[int, int]] = {}
        for door in list(self._open.values()):
            found.setdefault(door.balancer.dns_name, {})[door.listener.port] = door.port
        return found

    @property
    def secure(self) -> dict[str, frozenset[int]]:
        """By DNS name of the balancer: the ports of its listeners that speak TLS."""
        found: dict[str, frozenset[int]] = {}
        for door in list(self._open.values()):
            if door.listener.secure:
                found[door.balancer.dns_name] = found.get(door.balancer.dns_name, frozenset()) | {
                    door.listener.port
                }
        return found

    @staticmethod
    def _changed(door: OpenListener, wanted: tuple[LoadBalancer, Listener] | None) -> bool:
        """Whether a door must be opened anew; rules and targets are looked up for each request."""
        if wanted is None:
            return True
        balancer, listener = wanted
        return (
            door.balancer.idle_s,
            door.listener.protocol,
            door.listener.certificates,
            door.listener.policy,
        ) != (
            balancer.idle_s,
            listener.protocol,
            listener.certificates,
            listener.policy,
        )

    async def _opened(
        self, balancer: LoadBalancer, listener: Listener, certificates: Mapping[str, Certificate]
    ) -> OpenListener:
        port = self._ports.setdefault(listener.arn, free_port())
        context = tls_context(listener, certificates, self.authority) if listener.secure else None

        async def handle(raw: web.BaseRequest) -> web.StreamResponse:
            door = self._open[listener.arn]
            return await self.serve(door.balancer, door.listener, raw)

        http = web.Server(
            handle,
            handler_cancellation=True,
            keepalive_timeout=balancer.idle_s,
            max_line_size=LINE_BYTES,
            max_field_size=LINE_BYTES,
            max_headers=MOST_HEADERS,
            auto_decompress=False,
            lingering_time=0.0,
            logger=_QUIET,
            access_log=None,
        )
        loop = asyncio.get_running_loop()
        server = await loop.create_server(http, LOOPBACK, port, ssl=context, backlog=512)
        return OpenListener(balancer, listener, port, server, http)


def tls_context(
    listener: Listener, certificates: Mapping[str, Certificate], authority: Authority
) -> ssl.SSLContext:
    """The server's side of TLS: the first certificate by default, others by the name that is asked for."""
    made = [
        _context(listener, certificates[arn], authority)
        for arn in listener.certificates
        if arn in certificates
    ]
    by_name = {
        name: context
        for context, arn in reversed(list(zip(made, listener.certificates, strict=False)))
        for name in certificates[arn].names
    }
    default = made[0] if made else _context(listener, Certificate(("localhost",)), authority)

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        asked = (name or "").lower()
        wildcard = "*." + asked.partition(".")[2]
        connection.context = by_name.get(asked) or by_name.get(wildcard) or default

    default.sni_callback = choose
    return default


def _context(listener: Listener, certificate: Certificate, authority: Authority) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = minimum_version(listener.policy)
    context.set_alpn_protocols(["http/1.1"])
    if certificate.key:
        with tempfile.TemporaryDirectory() as folder:  # the library reads files only
            chain, key = Path(folder, "chain"), Path(folder, "key")
            chain.write_text(certificate.chain)
            key.touch(mode=0o600)
            key.write_text(certificate.key)
            context.load_cert_chain(chain, key)
    else:
        authority.leaf(dict.fromkeys(certificate.names)).configure_cert(context)
    return context


def minimum_version(policy: str) -> ssl.TLSVersion:
    """The oldest version that a security policy takes; this machine's library has none before 1.2.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    """
    only_new = "TLS13-1-3" in policy
    return ssl.TLSVersion.TLSv1_3 if only_new else ssl.TLSVersion.TLSv1_2
