"""Services that refuse one call in so many because too many come: a quota of an account in a region."""

from localcloud.emulator.calls import Signature

REFUSED = 400
JSON_SERVICES = frozenset({"dynamodb", "events", "secretsmanager", "ssm", "states"})
"""Those whose errors are JSON, https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html"""
ANSWER = {"__type": "ThrottlingException", "message": "Rate exceeded"}


class Throttling:
    """Which calls are refused, whoever makes them: a quota counts everybody's. One event loop's."""

    def __init__(self) -> None:
        self._one_in: dict[tuple[str, str], int] = {}
        self._asked: dict[tuple[str, str], int] = {}

    def set(self, region: str, service: str, one_in: int) -> None:
        """Refuse one in *one_in* calls of *service* in *region* from now on; 0 ends it. Raises ValueError."""
        if one_in < 0:
            raise ValueError(f"one_in must be 0 or more, got {one_in}")
        if service not in JSON_SERVICES:
            raise ValueError(f"service must be one of {sorted(JSON_SERVICES)}, got {service}")
        self._one_in[region, service], self._asked[region, service] = one_in, 0

    def refuses(self, signature: Signature) -> bool:
        """Whether the call that is signed so must be refused; counts it."""
        quota = signature.region, signature.service
        one_in = self._one_in.get(quota, 0)
        if not one_in:
            return False
        self._asked[quota] += 1
        return self._asked[quota] % one_in == 0
