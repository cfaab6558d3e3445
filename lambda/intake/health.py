"""The routes of a region's health: what a load balancer, Route 53 and a takeover ask."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from intake.http import Answer, Request
from intake.readiness import Readiness


class Health:
    """Answers for one region; nothing is written."""

    def __init__(self, *, region: str, readiness: Readiness) -> None:
        self._region = region
        self._readiness = readiness
        self.routes: Mapping[str, Callable[[Request], Answer]] = {
            "GET /health/live": self.live,
            "GET /health/routable": self._routable,
            "GET /health/ready": self._ready,
        }

    def live(self, _request: Request) -> Answer:
        """That the process answers, whatever it could do."""
        return Answer(status=HTTPStatus.OK, body={"region": self._region})

    def _routable(self, _request: Request) -> Answer:
        routable = self._readiness.routable()
        return Answer(
            status=HTTPStatus.OK if routable else HTTPStatus.SERVICE_UNAVAILABLE,
            body={"region": self._region, "routable": routable},
        )

    def _ready(self, _request: Request) -> Answer:
        serving_status = self._readiness.check()
        ready = serving_status.takes_requests
        return Answer(
            status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE,
            body={"region": self._region, "ready": ready, "reason": serving_status},
            log={"reason": serving_status},
        )
