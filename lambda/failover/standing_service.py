"""What serves when it is up already: instances behind a balancer, of which a takeover launches none."""

from failover.ports import Api
from failover.region_api import ApiUnavailable
from runtime.logs import logger


class StandingService:
    """A `failover.ports.Service` that starts nothing, and is asked whether it lives."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def warm(self, *, calls: int, hold_ms: int) -> frozenset[str]:  # noqa: ARG002 - nothing is to be held
        """One name, for all that stand behind the API, if it answers; else none."""
        try:
            return frozenset({"standing"}) if self._api.live() else frozenset()
        except ApiUnavailable as error:
            logger.warning("what serves does not answer", extra={"reason": str(error)})
            return frozenset()
