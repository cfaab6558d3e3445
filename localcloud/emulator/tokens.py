"""Access tokens as a JWT authorizer of API Gateway judges them; the workflow of AWS's guide, step by step.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

KEPT_S = 2 * 3600.0
"""API Gateway "can cache the public key for two hours". Nothing says that it asks again before that."""
_DIGESTS = {
    "RS256": (hashlib.sha256, "3031300d060960864801650304020105000420"),
    "RS384": (hashlib.sha384, "3041300d060960864801650304020205000430"),
    "RS512": (hashlib.sha512, "3051300d060960864801650304020305000440"),
}
"""No others: "only RSA-based algorithms are supported". With each the DER before its digest (RFC 8017)."""
_PART = re.compile(r"[A-Za-z0-9_-]*")
_BEARER = re.compile(r"(?:bearer\s+)?(\S+)", re.IGNORECASE)

Document = Mapping[str, Any]
Fetch = Callable[[str], Document]
"""Gets a JSON document; raises OSError or ValueError when there is none."""


class Refused(Exception):
    """The gateway does not let the request pass; 401, or 403 for a good token that lacks the scope."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(slots=True)
class Keys:
    """The issuers' keys that each region's gateway remembers: what one has fetched the other one has not."""

    fetch: Fetch
    clock: Callable[[], float]
    _kept: dict[tuple[str, str], tuple[float, Document]] = field(default_factory=dict)

    def of(self, region: str, issuer: str) -> Document:
        """The issuer's keys by `kid`. Raises Refused when they are not remembered and cannot be fetched."""
        until, kept = self._kept.get((region, issuer), (0.0, {}))
        if self.clock() < until:
            return kept
        try:
            found = self.fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            listed = self.fetch(found["jwks_uri"])["keys"]
            keys = {key["kid"]: key for key in listed if key.get("kty") == "RSA"}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Refused(401, f"the issuer's keys cannot be had: {error!r}") from error
        self._kept[region, issuer] = (self.clock() + KEPT_S, keys)
        return keys


def judge(
    header: str, *, issuer: str, audience: Collection[str], keys: Callable[[], Document], now: float
) -> dict[str, Any]:
    """The claims of the token in an Authorization header. Raises Refused."""
    bearer = _BEARER.fullmatch(header.strip())
    parts = bearer[1].split(".") if bearer else []
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):  # noqa: PLR2004 - RFC 7515, 3.1
        raise Refused(401, "no token")
    head, claims = _object(parts[0]), _object(parts[1])
    digest = _DIGESTS.get(str(head.get("alg")))
    if digest is None:
        raise Refused(401, f"algorithm {head.get('alg')}")
    key = keys().get(str(head.get("kid")))
    if key is None:
        raise Refused(401, f"no key {head.get('kid')}")
    if not _signed(f"{parts[0]}.{parts[1]}".encode(), _bytes(parts[2]), key, *digest):
        raise Refused(401, "signature")
    _must_count(claims, issuer=issuer, audience=audience, now=now)
    return claims


def must_allow(claims: Document, scopes: Collection[str]) -> list[str]:
    """The token's scopes. Raises Refused unless one of the route's is among them."""
    has = [name for claim in ("scope", "scp") for name in _listed(claims.get(claim))]
    if scopes and not set(scopes) & set(has):
        raise Refused(403, "insufficient_scope")
    return has


def _must_count(claims: Document, *, issuer: str, audience: Collection[str], now: float) -> None:
    if claims.get("iss") != issuer:
        raise Refused(401, "issuer")
    # client_id is evaluated only where there is no aud.
    named = claims["aud"] if "aud" in claims else claims.get("client_id")
    if not any(one in audience for one in (named if isinstance(named, list) else [named])):
        raise Refused(401, "audience")
    times = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    if "exp" not in times or not all(type(at) in (int, float) for at in times.values()):
        raise Refused(401, "times")
    # So asked, a number that is none (NaN is JSON to Python) is no time either.
    if not (times["exp"] > now and all(times.get(name, 0) <= now for name in ("nbf", "iat"))):
        raise Refused(401, "expired, or not valid yet")


def _signed(text: bytes, signature: bytes, key: Document, digest: Any, prefix: str) -> bool:
    """Whether the signature is the key's: RSASSA-PKCS1-v1_5, RFC 8017, section 8.2.2."""
    try:
        modulus, exponent = (int.from_bytes(_bytes(key[name]), "big") for name in ("n", "e"))
    except (KeyError, TypeError) as error:
        raise Refused(401, "key") from error
    size = (modulus.bit_length() + 7) // 8
    told = bytes.fromhex(prefix) + digest(text).digest()
    if len(signature) != size or size < len(told) + 11:
        return False
    expected = b"\x00\x01" + b"\xff" * (size - len(told) - 3) + b"\x00" + told
    found = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big")
    return hmac.compare_digest(found, expected)


def _listed(claim: object) -> list[str]:
    names = claim.split() if isinstance(claim, str) else claim
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(part))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused(401, "no JSON")
    return found


def _bytes(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise Refused(401, "no base64url") from error
