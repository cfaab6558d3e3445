"""The record of a drill that went as it should: one instance was lost, and another one came."""

from dataclasses import replace

from gameday.load.visits import Entry, Visit
from gameday.observe.history import Fault, Mark
from gameday.observe.host_load import HostLoad
from gameday.observe.web import WebLook, WebRecord

FAULT = 1000.0
BEFORE = WebLook(
    at=990.0,
    desired=3,
    in_service=("i-1", "i-2", "i-3"),
    healthy=("i-1", "i-2", "i-3"),
    template="1",
    refresh="",
    ringing=(),
    version="web-1",
    leads_to="web.us-east-1.elb.amazonaws.com",
)
LESS = replace(BEFORE, at=1001.0, in_service=("i-2", "i-3"), healthy=("i-2", "i-3"))
AGAIN = replace(
    BEFORE,
    at=1030.0,
    in_service=("i-2", "i-3", "i-4"),
    healthy=("i-2", "i-3", "i-4"),
    ringing=("x-slow-dev",),
)


def visit(started: float, **told: object) -> Visit:
    given = {"due": started, "started": started, "ended": started + 0.01, "status": 200} | told
    return Visit(**given)


def visits() -> list[Visit]:
    """Twenty a second for half a minute around the fault; every tenth one writes."""
    made = [visit(985.0 + number / 20) for number in range(900)]
    return [
        replace(one, write=True, status=303, entry=number, text=f"entry {number}")
        if number % 10 == 0
        else one
        for number, one in enumerate(made)
    ]


def entries(since: int = 0) -> frozenset[Entry]:
    """The entries that the visits wrote, from one on."""
    return frozenset((number, f"entry {number}") for number in range(since, 900, 10))


def record(**changes: object) -> WebRecord:
    mark = Mark(at=FAULT, done_at=FAULT + 0.1, what="instance i-1 killed")
    fault = Fault(
        at=FAULT, done_at=FAULT + 0.1, region="us-east-1", survivor="us-east-1", other="", marks=(mark,)
    )
    whole = WebRecord(
        run="W-1-test",
        fault=fault,
        visits=visits(),
        looks=[BEFORE, LESS, AGAIN],
        missed=0,
        entries=entries(),
        actions=(),
        host=HostLoad(per_core=0.5, steal=0.0),
        steady_since=988.0,
        until=1030.0,
        ended=True,
    )
    return replace(whole, **changes)
