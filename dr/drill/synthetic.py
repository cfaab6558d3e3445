"""The request by which a drill sees that a region really serves, where a system has one for that."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from dr.front_door import Answered, post


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A route of the region's own API, and what is asked there: it moves nobody's money."""

    path: str
    content: Mapping[str, object]

    def send(self, endpoint: str, *, region: str) -> Answered:
        """Send it under a new key. Raises NoAccess without credentials."""
        return post(endpoint + self.path, self.content, region=region, key=f"drill-{uuid.uuid4()}")


OF: Mapping[str, Synthetic] = {
    "payments": Synthetic(
        "/synthetic-payments",
        {
            "amount_minor": 1,
            "currency": "XTS",  # ISO 4217's code for tests
            "debtor": "synthetic",
            "creditor": "synthetic",
            "reference": "dr drill",
        },
    )
}
"""By system. One without is verified by its readiness alone, and the evidence says so."""
