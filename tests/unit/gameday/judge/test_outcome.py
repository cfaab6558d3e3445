"""What time alone can make a run miss, and what no slow machine excuses."""

import pytest

from gameday.judge.ledger_check import check
from gameday.judge.summary import Check
from gameday.judge.tenure import tenures
from gameday.judge.verdict import counted, only_slow, rpo_s
from tests.unit.gameday.builders import FAULT, attempt, failed, history, operation, row

SETTLED, SILENT = operation(990.0), operation(1010.0, failed(1010.0))
ACCEPTED = operation(1050.0, attempt(1050.0, status=202))


def one(name, *, met):
    return Check(name=name, limit=0, measured=0, met=met)


@pytest.mark.parametrize(
    ("in_time", "kept", "expected"),
    [(False, True, True), (False, False, False), (True, False, False), (True, True, False)],
)
def test_a_run_is_only_slow_when_it_missed_time_and_nothing_else(in_time, kept, expected):
    checks = [one("restored within, s", met=in_time), one("payments lost", met=kept)]
    assert only_slow(checks) is expected


def test_every_payment_is_acknowledged_accepted_or_unanswered():
    operations = [SETTLED, SETTLED, ACCEPTED, SILENT]
    found = check(operations, [], [], tenures(history().leases), FAULT)
    told = counted(operations, found)
    assert (told.attempted, told.acknowledged, told.accepted, told.unanswered) == (4, 2, 1, 1)


@pytest.mark.parametrize(("kept", "seconds"), [([], 9.95), ([SETTLED], 0.0)])
def test_the_loss_goes_back_to_the_oldest_lost_acknowledgement(kept, seconds):
    found = check([SETTLED], [row(payment) for payment in kept], [], tenures(history().leases), FAULT)
    assert rpo_s(found, FAULT) == seconds
