"""Services that refuse one call in so many because too many come: a quota of an account in a region."""

import json

from localcloud.emulator.calls import Signature

REFUSED = 400
JSON_SERVICES = frozenset({"dynamodb", "events", "secretsmanager", "ssm", "states"})
"""Those whose errors are JSON, https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html"""
QUERY_SERVICES = frozenset({"rds"})
"""Those whose errors are XML, https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html"""
JSON_ANSWER = {"__type": "ThrottlingException", "message": "Rate exceeded"}
XML_ANSWER = (
    "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>"
)


def answer(service: str) -> tuple[str, int, str]:
    """Content type, status and body of a refusal in the protocol of *service*."""
    if service in QUERY_SERVICES:
        return "text/xml", REFUSED, XML_ANSWER
    return "application/x-amz-json-1.0", REFUSED, json.dumps(JSON_ANSWER)


class Throttling:
    """Which calls are refused, whoever makes them: a quota counts everybody's. One event loop's."""

    def __init__(self) -> None:
        self._one_in: dict[tuple[str, str], int] = {}
        self._asked: dict[tuple[str, str], int] = {}

    def set(self, region: str, service: str, one_in: int) -> None:
        """Refuse one in *one_in* calls of *service* in *region* from now on; 0 ends it. Raises ValueError."""
        if one_in < 0:
            raise ValueError(f"one_in must be 0 or more, got {one_in}")
        if service not in (known := JSON_SERVICES | QUERY_SERVICES):
            raise ValueError(f"service must be one of {sorted(known)}, got {service}")
        self._one_in[region, service], self._asked[region, service] = one_in, 0

    def refuses(self, signature: Signature) -> bool:
        """Whether the call that is signed so must be refused; counts it."""
        quota = signature.region, signature.service
        one_in = self._one_in.get(quota, 0)
        if not one_in:
            return False
        self._asked[quota] += 1
        return self._asked[quota] % one_in == 0
