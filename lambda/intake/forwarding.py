"""A request that another region must answer is passed on to it, once."""

from intake.errors import PeerUnavailable
from intake.http import FORWARDED_BY, Answer, Request
from intake.peer import Call, Peer
from intake.problems import HeldElsewhere
from runtime.clock import Clock
from runtime.logs import logger

LIMIT_MS = 9_000
"""When the client must have its answer, counted from its arrival; the function is stopped at ten seconds."""
LEAST_MS = 500
"""With less time left than this the client is sent away at once: it can try the other region itself."""

PASSED_ON = {
    name.lower(): name
    for name in ("Content-Type", "Location", "Retry-After", "X-Region", "X-Epoch", "X-Request-Id")
}
"""Headers of the holder that reach the client. X-Request-Id too: it is the one in the holder's logs, and in
the problem document, if it is one. The log line here knows both."""


class Forwarding:
    """Sends requests to the holder of the lease, and its answers back.

    The caller's access token travels along, and the holder's gateway verifies it anew: no region believes the
    other one who asks.

    Never in a loop: what carries the mark is not passed on again. The mark is no secret. A client that
    sends it only gets the 503 that it would get from a region that cannot forward.
    """

    def __init__(self, *, region: str, peer: Peer, clock: Clock) -> None:
        self._region = region
        self._peer = peer
        self._clock = clock

    def forward(self, request: Request, call: Call, elsewhere: HeldElsewhere) -> Answer:
        """The holder's answer, whatever it is.

        Raises:
            HeldElsewhere: as given, when the request came marked, too late, or the holder is silent. The
                client repeats it under its key, so what was done after all is not done twice.
        """
        # Never more than all of it: a clock that was set back since would make a client wait for nobody.
        left_ms = min(request.arrived_ms + LIMIT_MS - self._clock(), LIMIT_MS)
        if request.forwarded or left_ms < LEAST_MS:
            raise elsewhere
        marked = Call(
            method=call.method,
            path=call.path,
            body=call.body,
            headers={**call.headers, **_token(request), FORWARDED_BY: self._region},
        )
        try:
            answer = self._peer.send(elsewhere.holder, marked, within_s=left_ms / 1000)
        except PeerUnavailable as error:
            logger.warning(
                "not forwarded", extra={"correlation_id": request.request_id, "reason": str(error)}
            )
            raise elsewhere from error
        headers = {PASSED_ON[name]: value for name, value in answer.headers.items() if name in PASSED_ON}
        return Answer(
            status=answer.status,
            body=answer.body,
            headers={**headers, FORWARDED_BY: self._region},
            log={
                "forwarded_to": elsewhere.holder,
                "forwarded_request_id": answer.headers.get("x-request-id", ""),
            },
        )


def _token(request: Request) -> dict[str, str]:
    """The access token, if this region's gateway has verified it."""
    verified = "jwt" in request.authorizer and "authorization" in request.headers
    return {"Authorization": request.headers["authorization"]} if verified else {}
