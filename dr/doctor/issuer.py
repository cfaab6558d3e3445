"""The issuer of access tokens: API Gateway takes its keys from where its discovery document says they are."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from typing import Any

from dr.doctor.aws import Unanswered
from dr.doctor.checks import Check, Patient, Scope
from lib.settings.authorization import Mode
from lib.systems.payments.settings import PaymentsSettings

WITHIN_S = 10.0
DOCUMENT = "/.well-known/openid-configuration"
"""https://openid.net/specs/openid-connect-discovery-1_0.html"""


def fetch(url: str) -> Any:
    """The JSON at *url*; nothing when the world has no such page or name. Raises Unanswered."""
    try:
        with urllib.request.urlopen(url, timeout=WITHIN_S) as answer:
            return json.load(answer)
    except (urllib.error.HTTPError, ValueError):
        return None
    except OSError as error:
        if isinstance(getattr(error, "reason", None), socket.gaierror):
            return None
        raise Unanswered(f"{url}: {error}") from error


def read(patient: Patient[PaymentsSettings]) -> Mapping[str, Any] | None:
    """The issuer's discovery document; None where the settings need none. Raises Unanswered."""
    api = patient.settings.api
    if api.authorization.mode is Mode.NONE:
        return None
    document = fetch(f"{api.authorization.issuer}{DOCUMENT}")
    return document if isinstance(document, dict) else {}


def judge(settings: PaymentsSettings, document: Mapping[str, Any] | None) -> Iterable[str]:
    """The document names the issuer exactly, and where its keys are."""
    if document is None:
        return
    issuer = settings.api.authorization.issuer
    if not document:
        yield f"{issuer}{DOCUMENT} is no JSON document, or the world does not know that name"
        return
    if document.get("issuer") != issuer:
        yield f"it says that it is {document.get('issuer')}, and api.authorization.issuer = {issuer}"
    if not str(document.get("jwks_uri", "")).startswith("https://"):
        yield "it does not say where its keys are: jwks_uri"


CHECKS = (
    Check(
        code="D64",
        asks="the issuer of access tokens publishes who it is and where its keys are",
        settings=("api.authorization.issuer", "api.authorization.mode"),
        fix="name an issuer that the world reaches, as its tokens spell it (or TOKEN_ISSUER)",
        read=read,
        judge=judge,
        scope=Scope.ACCOUNT,
        of=(PaymentsSettings,),
    ),
)
