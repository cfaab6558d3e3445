"""This region's own API, asked over HTTP the way a client asks it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit
from uuid import UUID

from botocore.exceptions import BotoCoreError

from runtime.logs import logger
from runtime.parameters import Parameters, ParameterUnavailable
from runtime.signing import signed

LIVE_TIMEOUT_S = 2.0
PAYMENT_TIMEOUT_S = 10.0
NO_PAYMENT = f"/payments/{UUID(int=0)}"


def _encoded(document: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


_HEAD, _CLAIMS = _encoded({"alg": "RS256", "kid": "nobody"}), _encoded({"sub": "nobody"})
FORGED = {"Authorization": f"Bearer {_HEAD}.{_CLAIMS}.AAAA"}
"""Well formed, and signed by nobody."""


class ApiUnavailable(RuntimeError):
    """The API did not answer at all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and headers (names in lower case) of an answer."""

    status: int
    headers: Mapping[str, str]


class RegionApi:
    """The API that `{prefix}/api/endpoint` names."""

    def __init__(self, parameters: Parameters, *, region: str) -> None:
        self._parameters = parameters
        self._region = region

    def live(self) -> bool:
        """Whether /health/live answers 200 within two seconds.

        Raises:
            ApiUnavailable: it did not answer.
        """
        return self._send("GET", "/health/live", LIVE_TIMEOUT_S).status == HTTPStatus.OK

    def ready(self) -> bool:
        """Whether /health/ready answers 200: it takes payments.

        Raises:
            ApiUnavailable: it did not answer.
        """
        return self._send("GET", "/health/ready", LIVE_TIMEOUT_S).status == HTTPStatus.OK

    def pay(self, payment: Mapping[str, object], *, idempotency_key: str) -> Answer:
        """Make a synthetic payment, signed with the own role: no issuer of tokens has a part in a takeover.

        Raises:
            ApiUnavailable: it did not answer; the payment may have been made.
        """
        headers = {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}
        body = json.dumps(payment).encode()
        return self._send("POST", "/synthetic-payments", PAYMENT_TIMEOUT_S, body=body, headers=headers)

    def meet_a_token(self) -> None:
        """Show this region's gateway a token that it must refuse, so that it fetches the issuer's keys now.

        A gateway asks the issuer when it judges a signature, whatever the token is worth, and remembers the
        keys. Where no client's token arrives it would ask first after a failover, and perhaps in vain.
        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
        """
        try:
            answer = self._send("GET", NO_PAYMENT, LIVE_TIMEOUT_S, headers=FORGED, sign=False)
        except ApiUnavailable as error:
            logger.warning("the gateway met no token", extra={"reason": str(error)})
            return
        if answer.status != HTTPStatus.UNAUTHORIZED:
            logger.error("the gateway takes forged tokens", extra={"status": answer.status})

    def _send(
        self,
        method: str,
        path: str,
        timeout_s: float,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        sign: bool = True,
    ) -> Answer:
        try:
            endpoint = self._parameters.get("api/endpoint")
            if headers and sign:
                headers = signed(method, endpoint + path, body, headers, region=self._region)
            url = urlsplit(endpoint)
            # Not urllib.request: a proxy from the environment or a redirect would answer for the API.
            scheme = HTTPSConnection if url.scheme == "https" else HTTPConnection
            connection = scheme(url.netloc, timeout=timeout_s)
            try:
                connection.request(method, url.path + path, body or None, headers or {})
                response = connection.getresponse()
                response.read()
            finally:
                connection.close()
        except (BotoCoreError, OSError, HTTPException, ParameterUnavailable) as error:
            raise ApiUnavailable(f"{method} {path}: {error!r}") from error
        return Answer(response.status, {key.lower(): value for key, value in response.getheaders()})
