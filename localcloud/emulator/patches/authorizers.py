"""Who may call an HTTP API: owners of access tokens, and roles that sign."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import asyncio
import json
import re
import ssl
import time
import urllib.request
from collections.abc import Mapping
from typing import Any

from ministack import app
from ministack.core import iam_evaluator, sigv4
from ministack.core.responses import get_region
from ministack.services import apigateway

from localcloud.emulator import tokens
from localcloud.emulator.patches.wrapping import Wrapper, wrap

FETCH_S = 3.0
_OF_LAMBDA_AUTHORIZERS = {
    "authorizerCredentialsArn",
    "authorizerPayloadFormatVersion",
    "authorizerResultTtlInSeconds",
    "authorizerUri",
    "enableSimpleResponses",
}
_FRONT = re.compile(r"/_aws/execute-api/[^/]+/\$default(?=/)")
"""What the gate puts before a path: clients sign the path without it."""
Answer = tuple[int, dict[str, str], bytes]


def verify_access_tokens(issuer_ca: str) -> None:
    """Judge access tokens as API Gateway does, see `localcloud.emulator.tokens`.

    Upstream refuses every token unless `cryptography` is installed, takes any `alg`, lets a token without
    `exp` live for ever, trusts only issuers that this machine trusts, and remembers their keys for both
    regions at once, so that a region which never met a token would know the keys of an issuer that is lost.
    *issuer_ca* signed the issuer's certificate; without one the authorities of this machine count.
    """
    trusted = ssl.create_default_context(cadata=issuer_ca) if issuer_ca else ssl.create_default_context()
    keys = tokens.Keys(lambda url: _fetch(url, trusted), time.time)

    async def validate(
        _: Wrapper,
        route: Mapping[str, Any],
        authorizer: Mapping[str, Any],
        headers: Mapping[str, str],
        *__: Any,
    ) -> tuple[dict[str, Any] | None, list[str] | None, Answer | None]:
        settings, region = authorizer["jwtConfiguration"], get_region()
        issuer = settings["issuer"]
        try:
            claims = await asyncio.to_thread(
                tokens.judge,
                headers.get("authorization", ""),
                issuer=issuer,
                audience=settings["audience"],
                keys=lambda: keys.of(region, issuer),
                now=time.time(),
            )
            return claims, tokens.must_allow(claims, route.get("authorizationScopes") or []), None
        except tokens.Refused as refused:
            return None, None, _refusal(refused)

    wrap(apigateway, "_validate_jwt_authorizer", validate)


def keep_what_a_jwt_authorizer_has() -> None:
    """Answer for a JWT authorizer with what one has, and not with what a Lambda authorizer has besides.

    Upstream gives every authorizer a payload format and a lifetime of results: Terraform would take them out
    again in every plan.
    """

    def create(original: Wrapper, api_id: str, request: dict[str, Any]) -> Answer:
        status, headers, body = original(api_id, request)
        made = json.loads(body)
        if made.get("authorizerType") != "JWT":
            return status, headers, body
        kept = {name: value for name, value in made.items() if name not in _OF_LAMBDA_AUTHORIZERS}
        apigateway._authorizers[api_id][made["authorizerId"]] = kept
        return status, headers, json.dumps(kept).encode()

    wrap(apigateway, "_create_authorizer", create)


def verify_signatures() -> None:
    """Let an IAM route in only who signed this very request with a key of this run, for the API's region.

    Upstream checks the path as it arrives, which is not the one that was signed, and takes the name of the
    operator's key for a signature. What a role may invoke it enforces itself.
    """

    def pin(original: Wrapper, method: str, raw_path: str, *rest: Any, **options: Any) -> None:
        original(method, _FRONT.sub("", raw_path), *rest, **options)

    wrap(iam_evaluator, "pin_signed_request", pin)
    app.pin_signed_request = iam_evaluator.pin_signed_request

    async def execute(
        original: Wrapper, api_id: str, stage: str, path: str, method: str, *request: Any, **options: Any
    ) -> Answer:
        headers, body, query = request[:3]
        route = apigateway._match_route(api_id, method, path)
        if route and route.get("authorizationType") == "AWS_IAM":
            given = {name.lower(): value for name, value in headers.items()}
            if not _is_signed(method, path, given, body, query or {}):
                return _answer(403, "Forbidden")
        answer: Answer = await original(api_id, stage, path, method, *request, **options)
        return answer

    wrap(apigateway, "_handle_execute_in_scope", execute)


def _is_signed(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
) -> bool:
    if not headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
        return False
    signature = sigv4.parse_header_signature(headers)
    if isinstance(signature, tuple) or sigv4.request_time_failure(signature):
        return False
    if (signature.service, signature.region) != ("execute-api", get_region()):
        return False
    # Without them somebody else's request to another API could be sent again here.
    if not {"host", "x-amz-date"} <= set(signature.signed_headers.split(";")):
        return False
    token = headers.get("x-amz-security-token", "")
    known = iam_evaluator.resolve_credential(signature.access_key_id, None, token)
    if isinstance(known, iam_evaluator.CredentialResolutionError):
        return False
    secret = known.secret_access_key
    return not sigv4.header_signature_failure(signature, secret, method, path, query, headers, body)


def _fetch(url: str, trusted: ssl.SSLContext) -> Mapping[str, Any]:
    if not url.startswith("https://"):
        raise ValueError(f"{url} is not https")
    with urllib.request.urlopen(url, timeout=FETCH_S, context=trusted) as answer:
        found: Mapping[str, Any] = json.load(answer)
    return found


def _refusal(refused: tokens.Refused) -> Answer:
    message, error = {401: ("Unauthorized", "invalid_token")}.get(
        refused.status, ("Forbidden", "insufficient_scope")
    )
    status, headers, body = _answer(refused.status, message)
    challenge = f'Bearer error="{error}" error_description="{refused}"'
    return status, headers | {"www-authenticate": challenge.encode("ascii", "replace").decode()}, body


def _answer(status: int, message: str) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps({"message": message}).encode()
