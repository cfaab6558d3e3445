"""This region's payment API as a takeover and its keeper ask it."""

import base64
import json
from collections.abc import Mapping
from http import HTTPStatus
from uuid import UUID

from failover.region_api import LIVE_TIMEOUT_S, ApiUnavailable, RegionAnswer, RegionApi
from runtime.logs import logger

PAYMENT_TIMEOUT_S = 10.0
NO_PAYMENT = f"/payments/{UUID(int=0)}"


def _encoded(document: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


_HEAD, _CLAIMS = _encoded({"alg": "RS256", "kid": "nobody"}), _encoded({"sub": "nobody"})
FORGED = {"Authorization": f"Bearer {_HEAD}.{_CLAIMS}.AAAA"}
"""Well formed, and signed by nobody."""


def synthetic(system: str, epoch: int) -> tuple[dict[str, object], str]:
    """One unit of XTS, ISO 4217's code for tests, and the key that makes it one payment an epoch."""
    payment: dict[str, object] = {
        "amount_minor": 1,
        "currency": "XTS",
        "debtor": "synthetic",
        "creditor": "synthetic",
        "reference": f"epoch {epoch}",
    }
    return payment, f"synthetic-{system}-{epoch}"


class OwnApi(RegionApi):
    """The payment API of this region."""

    def prove(self, *, system: str, epoch: int) -> RegionAnswer:
        """Make the synthetic payment of this epoch.

        Raises:
            ApiUnavailable: it did not answer; the payment may have been made.
        """
        payment, key = synthetic(system, epoch)
        return self.pay(payment, idempotency_key=key)

    def pay(self, payment: Mapping[str, object], *, idempotency_key: str) -> RegionAnswer:
        """Make a synthetic payment, signed with the own role: no issuer of tokens has a part in a takeover.

        Raises:
            ApiUnavailable: it did not answer; the payment may have been made.
        """
        headers = {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}
        body = json.dumps(payment).encode()
        return self.send("POST", "/synthetic-payments", PAYMENT_TIMEOUT_S, body=body, headers=headers)

    def meet_a_token(self) -> None:
        """Show this region's gateway a token that it must refuse, so that it fetches the issuer's keys now.

        A gateway asks the issuer when it judges a signature, whatever the token is worth, and remembers the
        keys. Where no client's token arrives it would ask first after a failover, and perhaps in vain.
        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
        """
        try:
            answer = self.send("GET", NO_PAYMENT, LIVE_TIMEOUT_S, headers=FORGED, sign=False)
        except ApiUnavailable as error:
            logger.warning("the gateway met no token", extra={"reason": str(error)})
            return
        if answer.status != HTTPStatus.UNAUTHORIZED:
            logger.error("the gateway takes forged tokens", extra={"status": answer.status})
