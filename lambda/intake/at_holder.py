"""The holder of the lease answers, wherever a request came in."""

from collections.abc import Callable
from http import HTTPStatus

from intake.forwarding import Forwarding
from intake.handover_wait import HandoverWait
from intake.http import Answer, Request
from intake.peer import Call
from intake.problems import HeldElsewhere
from intake.request_flow import RequestFlow


class AtHolder:
    """Answers here where this region holds the lease; else passes the request on, and waits for handovers."""

    def __init__(self, *, flow: RequestFlow, forwarding: Forwarding, handover_wait: HandoverWait) -> None:
        self._flow = flow
        self._forwarding = forwarding
        self._wait = handover_wait

    def answer(self, request: Request, call: Call, attempt: Callable[[], Answer]) -> Answer:
        """What *attempt* answers, or the holder to *call*. Both must be idempotent. Raises Refused."""
        return self._wait.through(request, lambda: self._once(request, call, attempt))

    def _once(self, request: Request, call: Call, attempt: Callable[[], Answer]) -> Answer:
        try:
            return attempt()
        except HeldElsewhere as elsewhere:
            answer = self._forwarding.forward(request, call, elsewhere)
            if answer.status is HTTPStatus.SERVICE_UNAVAILABLE:
                self._flow.must_still_be_held_by(elsewhere.holder)
            return answer
