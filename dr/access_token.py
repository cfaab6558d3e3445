"""Access tokens of the API, as its clients get them: OAuth's client credentials grant (RFC 6749, 4.4)."""

import base64
import json
import os
import ssl
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from dr.errors import DrError
from lib.settings.authorization import Authorization

TIMEOUT_S = 3.0
ISSUER_CA = "TOKEN_ISSUER_CA"
"""Names the file with the issuer's authority, where the machine does not trust it: on the local cloud."""


class NoToken(DrError):
    """The issuer gave none, or cannot be reached; the message never holds the secret."""

    kind = "no_token"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token, and the Unix time at which it ends."""

    value: str
    expires_at: float

    @property
    def header(self) -> dict[str, str]:
        """What a request carries."""
        return {"Authorization": f"Bearer {self.value}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client that the issuer knows by its secret."""

    issuer: str
    client_id: str
    secret: str
    scopes: Sequence[str]
    ca_file: str | None = None
    """The authority of the issuer's certificate; None: those that this machine trusts."""

    @classmethod
    def of(
        cls, asked: Authorization, *, secret: str, issuer: str = "", ca_file: str | None = None
    ) -> "Client":
        """The system's own client, which may do what any client may. Raises NoToken where there is none."""
        if not asked.client_id or not asked.issuer:
            raise NoToken("the settings name no client of our own: api.authorization.client_id")
        return cls(
            issuer=issuer or asked.issuer,
            client_id=asked.client_id,
            secret=secret,
            scopes=[scope for scope in (asked.pay_scope, asked.read_scope) if scope],
            ca_file=ca_file,
        )

    def token(self) -> AccessToken:
        """A new token. Raises NoToken."""
        context = ssl.create_default_context(cafile=self.ca_file)
        try:
            found = self._ask(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration", context)
            form = {"grant_type": "client_credentials", "scope": " ".join(self.scopes)}
            granted = self._ask(
                _https(found["token_endpoint"]), context, urllib.parse.urlencode(form).encode()
            )
            return AccessToken(str(granted["access_token"]), time.time() + float(granted["expires_in"]))
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
            raise NoToken(
                f"{self.issuer} gives {self.client_id} no token: {type(error).__name__}: {error}"
            ) from error

    def _ask(self, url: str, context: ssl.SSLContext, form: bytes | None = None) -> Mapping[str, Any]:
        request = urllib.request.Request(_https(url), data=form)
        if form is not None:
            known = ":".join(urllib.parse.quote(part, safe="") for part in (self.client_id, self.secret))
            request.add_header("Authorization", f"Basic {base64.b64encode(known.encode()).decode()}")
        with urllib.request.urlopen(request, timeout=TIMEOUT_S, context=context) as answer:
            found: Mapping[str, Any] = json.load(answer)
        return found


def ca_file() -> str | None:
    """The file that TOKEN_ISSUER_CA names."""
    return os.environ.get(ISSUER_CA) or None


def _https(url: str) -> str:
    if not url.startswith("https://"):
        raise ValueError(f"{url} is not https")
    return url
