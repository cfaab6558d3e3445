"""Who may talk to the emulator at all. It runs code on request, so a web page must not reach it."""

import re
from collections.abc import Mapping

_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
_EXECUTE_API = re.compile(r"(?P<api>[a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com(:\d+)?")


def refusal(headers: Mapping[str, str], *, front_door: bool) -> str | None:
    """Why a request is refused before anything reads it, or None.

    Browsers send Origin with every cross-site request that could change something, and a DNS rebinding
    attack shows as a foreign Host; SDKs, Terraform and payment clients send neither.
    """
    if "origin" in headers:
        return "requests from web pages are refused"
    host = headers.get("host", "").lower()
    if _LOOPBACK.fullmatch(host) or (front_door and _EXECUTE_API.fullmatch(host)):
        return None
    return f"host {host!r} is not this machine"


def api_named_by(host: str) -> str | None:
    """The HTTP API that an execute-api host name addresses, or None for any other host."""
    found = _EXECUTE_API.fullmatch(host.lower())
    return found["api"] if found else None
