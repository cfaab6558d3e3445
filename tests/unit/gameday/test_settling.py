"""After the load what was accepted is looked for in the ledger, until it is there or its time is over."""

import pytest

from gameday.drill import _settled_rows
from tests.unit.gameday import simulated
from tests.unit.gameday.builders import WEST, attempt, operation, row

pytestmark = pytest.mark.simulated
ACCEPTED = operation(1050.0, attempt(1050.0, status=202))


class Ledger:
    """It has the accepted request from the look number *after* on."""

    def __init__(self, after: int) -> None:
        self.looks, self.after = 0, after

    async def rows(self, run, region):
        assert (run, region) == ("S22-x", WEST)
        self.looks += 1
        return [row(ACCEPTED)] if self.looks > self.after else []


def looked(ledger: Ledger, within_s: float):
    return simulated.run(_settled_rows(ledger, WEST, "S22-x", [ACCEPTED, operation(1051.0)], within_s))


def test_what_was_accepted_is_waited_for_and_the_time_is_told():
    rows, at = looked(late := Ledger(after=2), within_s=10.0)
    assert (late.looks, [one.idempotency_key for one in rows]) == (3, [ACCEPTED.key])
    assert at is not None


def test_what_does_not_come_in_time_has_no_time():
    never = Ledger(after=100)
    assert looked(never, within_s=3.0) == ([], None)
    assert 3 <= never.looks <= 5
