"""Who must approve what `dr` is about to start, in words."""

from dataclasses import replace

from dr.plans import approvers
from dr.rules import Purpose

from .world import HEALTHY, LOSS, WEST, with_target


def test_a_planned_move_needs_nobody():
    assert "nobody must approve" in approvers(Purpose.SWITCHOVER, HEALTHY, WEST)


def test_within_the_budget_nobody_and_over_it_two_must_approve():
    assert approvers(Purpose.FAILOVER, HEALTHY, WEST) == (
        "nobody must approve: L20_journal_complete, 0 requests are replayed, none is lost"
    )
    over = with_target(loss=LOSS | {"done": False, "rule": "L50_over_budget", "reason": "9 payments"})
    assert (
        approvers(Purpose.FAILOVER, over, WEST) == "two principals must approve: L50_over_budget, 9 payments"
    )


def test_an_unknown_loss_is_over_the_budget():
    unknown = (with_target(loss=None), replace(HEALTHY, inspections={WEST: None}))
    for situation in unknown:
        assert "two principals must approve unless" in approvers(Purpose.FAILOVER, situation, WEST)
