"""A running drill for tests: the sound drill of the builders, cut at a moment after its fault."""

from types import SimpleNamespace

from gameday.observe.history import History
from gameday.plan.scenario import Follow, Scenario
from gameday.report.live.look import View
from gameday.targets.payments.scenarios import SCENARIOS
from tests.unit.gameday.builders import EAST, FAULT, LOST, PAID, WEST, history


def view(*, after_s: float, moves: bool = True) -> View:
    """What is seen so long after the fault; negative: before it."""
    now, whole = FAULT.at + after_s, history()
    s1 = SCENARIOS["S1" if moves else "S3"]
    known = [one for one in [*PAID, LOST] if one.started <= now]
    return View(
        scenario=Scenario(
            code=s1.code, title=s1.title, steps=s1.steps, expect=s1.expect, follow=Follow(good_s=10)
        ),
        history=History(
            leases=[one for one in whole.leases if one.at <= now],
            writers=[one for one in whole.writers if one.at <= now],
            readiness=[one for one in whole.readiness if one.at <= now],
            dns=[one for one in whole.dns if one.at <= now],
        ),
        load=SimpleNamespace(operations=known, pending=3),
        marks=list(FAULT.marks) if after_s >= 0 else [],
        primary=EAST,
        other=WEST,
    )
