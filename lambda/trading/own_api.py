"""This region's order API as a takeover and its keeper ask it."""

from failover.region_api import RegionAnswer, RegionApi
from trading import synthetic

ORDER_TIMEOUT_S = 10.0


class OrderApi(RegionApi):
    """The order API of this region."""

    def prove(self, *, system: str, epoch: int) -> RegionAnswer:
        """Place the synthetic order of this epoch. A halt of order entry does not stop it.

        Raises:
            ApiUnavailable: it did not answer; the order may have been placed.
        """
        headers = {"Content-Type": "application/json", "Idempotency-Key": synthetic.key(system, epoch)}
        body = synthetic.ORDER.canonical().encode()
        return self.send("POST", "/synthetic-orders", ORDER_TIMEOUT_S, body=body, headers=headers, sign=False)
