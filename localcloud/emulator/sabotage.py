"""A fault that every step of a takeover meets once: its process dies, or its AWS calls are refused."""

import json
import threading
from enum import StrEnum

from localcloud.emulator import throttling
from localcloud.emulator.calls import Call

REFUSED = 400


class StepFault(StrEnum):
    """What happens to a step."""

    KILL = "kill"
    REFUSE = "refuse"


class Sabotage:
    """What is still to come to the steps of a region. Used by the event loop and by worker threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: dict[str, StepFault] = {}
        self._running: dict[str, str] = {}
        self._struck: set[tuple[str, ...]] = set()

    def arm(self, region: str, fault: StepFault | None) -> None:
        """Let every step in *region* meet this fault once from now on; None ends it."""
        with self._lock:
            self._struck = {struck for struck in self._struck if struck[0] != region}
            if fault is None:
                self._armed.pop(region, None)
            else:
                self._armed[region] = fault

    def begins(self, region: str, step: str) -> None:
        """A step begins in *region*; the state machine runs one at a time."""
        with self._lock:
            self._running[region] = step

    def ends(self, region: str, step: str) -> bool:
        """A step has done its work; returns whether its process dies before it can say so."""
        with self._lock:
            self._running.pop(region, None)
            return self._armed.get(region) is StepFault.KILL and self._first(region, step)

    def refuses(self, call: Call) -> bool:
        """Whether this call is refused: the first of its kind that the running step makes."""
        with self._lock:
            step = self._running.get(call.origin)
            by_step = step is not None and "steps" in (call.principal or "")
            if not by_step or self._armed.get(call.origin) is not StepFault.REFUSE:
                return False
            return self._first(call.origin, str(step), call.service, call.action)

    def _first(self, *what: str) -> bool:
        first = what not in self._struck
        self._struck.add(what)
        return first


def refusal(service: str) -> tuple[str, int, str]:
    """Content type, status and body of a refusal in the protocol of *service*.

    RDS throttles; the others deny, which no client of AWS's tries again by itself.
    """
    if service == "rds":
        return throttling.answer(service)
    denied = {"__type": "AccessDeniedException", "message": "refused once by a drill"}
    return "application/x-amz-json-1.0", REFUSED, json.dumps(denied)
