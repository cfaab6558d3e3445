"""Data that contradicts itself holds a takeover, and halts new requests before anybody is served."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from failover.ports import RecoveryUnavailable, Validated
from failover.steps import perform
from failover.steps.errors import Held, NotYet

from .west import TAKEN, TAKEOVER


class Demands(SimpleNamespace):
    """A system's validation that finds what it is told to find."""

    def examine(self, *, epoch, until_ms):
        self.asked = (epoch, until_ms)
        return Validated(compared=3, accounts=2, contradictions=self.found)

    def halt(self, reason):
        self.halted.append(reason)


@pytest.fixture
def demands(west):
    west.fence = TAKEOVER.epoch
    return Demands(found=(), halted=[])


def test_data_that_is_whole_is_told_and_nothing_is_halted(context, demands):
    facts = perform("reconcile", TAKEOVER, replace(context, validation=demands))
    assert (facts["validated"], facts["accounts"], facts["contradictions"]) == (3, 2, 0)
    assert demands.halted == []
    assert demands.asked == (TAKEOVER.epoch, TAKEN.acknowledged_until_ms)


def test_a_contradiction_halts_new_requests_and_holds_the_takeover(context, demands, logged):
    demands.found = ("id-1 is not in the ledger", "the sums of 1 accounts differ")
    with pytest.raises(Held, match="2 contradictions in the data, the first one: id-1 is not in the ledger"):
        perform("reconcile", TAKEOVER, replace(context, validation=demands))
    assert demands.halted == [f"2 contradictions were found by takeover {TAKEOVER.name}"]
    ((_, _, told),) = [line for line in logged if line[1] == "the data contradicts itself"]
    assert told["found"] == demands.found


def test_a_takeover_that_a_person_starts_again_goes_on_and_requests_stay_halted(context, demands, put):
    demands.found = ("id-1 is not in the ledger",)
    again = replace(TAKEOVER, attempt=2)
    put(replace(TAKEN, attempt=2))
    facts = perform("reconcile", again, replace(context, validation=demands))
    assert (facts["contradictions"], len(demands.halted)) == (1, 1)


def test_a_halt_that_nobody_can_confirm_is_tried_again(context, demands):
    def silent(reason):
        raise RecoveryUnavailable(reason)

    demands.found, demands.halt = ("id-1 is not in the ledger",), silent
    with pytest.raises(NotYet):
        perform("reconcile", TAKEOVER, replace(context, validation=demands))
