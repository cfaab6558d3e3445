"""A region's public API as a client sees it."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException

from botocore.exceptions import BotoCoreError

from dr.calls import TIMEOUT_S, NoAccess, refusal
from runtime.signing import signed

PAYMENT_TIMEOUT_S = 30.0
"""As long as API Gateway waits for the function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What became of a synthetic payment."""

    key: str
    status: int | None
    """None when nothing answered: then the payment may have been made."""
    region: str | None
    """Who settled it."""
    seconds: float


def probe(endpoint: str, path: str) -> int | None:
    """Status of GET *endpoint* + *path*, or None when there is no answer within three seconds."""
    return _ask(urllib.request.Request(endpoint + path), TIMEOUT_S)[0]


def pay(endpoint: str, *, region: str, key: str) -> Paid:
    """Pay one unit of XTS, ISO 4217's code for tests, as whoever runs this: the region's role route takes it.

    Needs `execute-api:Invoke` on `POST /synthetic-payments`. Raises NoAccess without credentials.
    """
    payment = {
        "amount_minor": 1,
        "currency": "XTS",
        "debtor": "synthetic",
        "creditor": "synthetic",
        "reference": "dr drill",
    }
    url, body = f"{endpoint}/synthetic-payments", json.dumps(payment).encode()
    plain = {"Content-Type": "application/json", "Idempotency-Key": key}
    try:
        request = urllib.request.Request(url, body, signed("POST", url, body, plain, region=region))
    except BotoCoreError as error:
        raise NoAccess(refusal(error) or str(error)) from error
    began = time.monotonic()
    status, headers = _ask(request, PAYMENT_TIMEOUT_S)
    return Paid(
        key=key,
        status=status,
        region=headers.get("x-region"),
        seconds=round(time.monotonic() - began, 3),
    )


def _ask(request: urllib.request.Request, timeout_s: float) -> tuple[int | None, Mapping[str, str]]:
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            return int(answer.status), _lower(answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _lower(error.headers)
    except (OSError, HTTPException):
        return None, {}


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
