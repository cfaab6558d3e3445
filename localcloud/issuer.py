"""The organisation's identity provider, in small: it gives its clients access tokens that live for minutes.

OpenID Connect discovery, keys as JWKS, and OAuth's client credentials grant, over TLS on loopback.
"""

import base64
import hmac
import json
import secrets
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import BasicAuth, web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from localcloud.core.tls import ServerCertificate

LIFETIME_S = 900
"""Longer than a drill: a client that has a token needs its issuer only for the next one."""


@dataclass(slots=True, kw_only=True)
class Issuer:
    """One issuer of tokens. `start` and `stop` may follow each other: a drill takes it down."""

    port: int
    certificate: ServerCertificate
    audience: str
    scopes: frozenset[str]
    clients: Mapping[str, str]
    """Secrets by client id. The subject of a token is its client."""
    _key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    _kid: str = field(default_factory=lambda: secrets.token_hex(8))
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """What tokens name as their `iss`."""
        return f"https://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Answer, unless it does already."""
        if self._runner is not None:
            return
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discover)
        app.router.add_get("/keys", self._publish)
        app.router.add_post("/token", self._grant)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate.chain, self.certificate.key)
        await web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=context).start()

    async def stop(self) -> None:
        """Answer nobody any more."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def mint(self, subject: str, scopes: frozenset[str], *, now: float | None = None) -> str:
        """An access token."""
        at = int(time.time() if now is None else now)
        header = {"alg": "RS256", "typ": "at+jwt", "kid": self._kid}
        claims = {
            "iss": self.url,
            "sub": subject,
            "client_id": subject,
            "aud": self.audience,
            "scope": " ".join(sorted(scopes)),
            "iat": at,
            "exp": at + LIFETIME_S,
            "jti": secrets.token_hex(8),
        }
        signed = b".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
        signature = self._key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return b".".join([signed, encoded(signature)]).decode()

    async def _discover(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint": f"{self.url}/token",
                "grant_types_supported": ["client_credentials"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": sorted(self.scopes),
            }
        )

    def keys(self) -> dict[str, Any]:
        """Its public keys: RFC 7517."""
        numbers = self._key.public_key().public_numbers()
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self._kid}
        return {"keys": [key | {"n": _number(numbers.n), "e": _number(numbers.e)}]}

    async def _publish(self, _: web.Request) -> web.Response:
        return web.json_response(self.keys())

    async def _grant(self, request: web.Request) -> web.Response:
        """RFC 6749, section 4.4."""
        client = self._authenticated(request.headers.get("Authorization", ""))
        if client is None:
            return web.json_response({"error": "invalid_client"}, status=401)
        form: Mapping[str, Any] = await request.post()
        if form.get("grant_type") != "client_credentials":
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        scopes = frozenset(str(form.get("scope", "")).split()) or self.scopes
        if not scopes <= self.scopes:
            return web.json_response({"error": "invalid_scope"}, status=400)
        return web.json_response(
            {
                "access_token": self.mint(client, scopes),
                "token_type": "Bearer",
                "expires_in": LIFETIME_S,
                "scope": " ".join(sorted(scopes)),
            }
        )

    def _authenticated(self, header: str) -> str | None:
        try:
            given = BasicAuth.decode(header)
        except ValueError:
            return None
        client, secret = unquote(given.login), unquote(given.password)  # RFC 6749, section 2.3.1
        known = self.clients.get(client)
        return client if known and hmac.compare_digest(known.encode(), secret.encode()) else None


def encoded(raw: bytes) -> bytes:
    """Base64url without padding, as JOSE writes it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _number(value: int) -> str:
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big")).decode()
