"""The event that API Gateway's HTTP API sends a function, payload format 2.0: for tests, bench and contract.

Names of headers are in lower case and values of one name are joined by commas, cookies come apart, path
parameters are decoded. A body of a textual media type is sent as text, any other in base64; bytes of a text
that are no UTF-8 are lost on the way: U+FFFD stands for them.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

_TEXT = re.compile(r"text/|application/(json|javascript|xml)|[^;]*\+(json|xml)", re.IGNORECASE)
_API = "0123456789"
_HOST = f"{_API}.execute-api.localhost"


def event(
    route: str,
    *,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    body: bytes | None = None,
    path: Mapping[str, str] | None = None,
    authorizer: Mapping[str, Any] | None = None,
    request_id: str = "request-1",
) -> dict[str, Any]:
    """The event of a request that matched *route*, "GET /payments/{payment_id}".

    Args:
        route: the key of the route.
        headers: as the client sent them, in any case; a name may come more than once.
        body: the bytes that the client sent.
        path: the parameters of the path, decoded.
        authorizer: whom the gateway identified, where the route asks.
        request_id: the gateway's name for the request.
    """
    method, _, template = route.partition(" ")
    sent = _joined(headers.items() if isinstance(headers, Mapping) else headers)
    cookies = [each.strip() for each in sent.pop("cookie", "").split(";") if each.strip()]
    raw_path = re.sub(r"{(\w+)}", lambda found: quote((path or {}).get(found[1], ""), safe=""), template)
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": raw_path,
        "rawQueryString": "",
        **({"cookies": cookies} if cookies else {}),
        "headers": sent,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": _API,
            **({"authorizer": dict(authorizer)} if authorizer else {}),
            "domainName": _HOST,
            "domainPrefix": _API,
            "http": {
                "method": method,
                "path": raw_path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": sent.get("user-agent", ""),
            },
            "requestId": request_id,
            "routeKey": route,
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000,
        },
        **({"pathParameters": dict(path)} if path else {}),
        **_body(body, sent.get("content-type", "")),
    }


def _joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    values: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in headers:
        values[name.lower()].append(value)
    return {name: ",".join(found) for name, found in values.items()}


def _body(body: bytes | None, content_type: str) -> dict[str, Any]:
    if not body:
        return {"isBase64Encoded": False}
    if _TEXT.match(content_type):
        return {"body": body.decode("utf-8", "replace"), "isBase64Encoded": False}
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
