"""This region's order API as a takeover and its keeper ask it."""

import json

from failover.region_api import RegionAnswer, RegionApi

ORDER_TIMEOUT_S = 10.0


def synthetic(system: str, epoch: int) -> tuple[dict[str, object], str]:
    """An order in ISO 4217's code for tests, and the key that makes it one order an epoch."""
    order: dict[str, object] = {
        "side": "buy",
        "symbol": "SYNTHETIC",
        "quantity": 1,
        "limit_minor": 1,
        "currency": "XTS",
        "time_in_force": "day",
    }
    return order, f"synthetic-{system}-{epoch}"


class OrderApi(RegionApi):
    """The order API of this region."""

    def prove(self, *, system: str, epoch: int) -> RegionAnswer:
        """Place the synthetic order of this epoch. A halt of order entry does not stop it.

        Raises:
            ApiUnavailable: it did not answer; the order may have been placed.
        """
        order, key = synthetic(system, epoch)
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        body = json.dumps(order).encode()
        return self.send("POST", "/synthetic-orders", ORDER_TIMEOUT_S, body=body, headers=headers, sign=False)
