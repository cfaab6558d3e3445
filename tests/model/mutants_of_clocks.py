"""Seeded bugs of what the protocol does about wrong clocks, see tests/model/mutants.py.

The stories of test_incidents.py turn red with each of them; the schedules of a profile find the first.
"""

import pytest

from failover import decision
from failover.decision import Policy
from failover.lease import Lease

Patch = pytest.MonkeyPatch


def every_expiry_believed(patch: Patch) -> None:
    patch.setattr(Lease, "believed", lambda _self, *, now_ms, ttl_ms, skew_ms: True)


def taken_by_the_clock_alone(patch: Patch) -> None:
    patch.setattr(Policy, "silence_ms", -1)


def a_limit_begins_when_a_clock_says_so(patch: Patch) -> None:
    """A drain that a fast clock dated into the future lasts until that moment."""
    patch.setattr(decision, "abs", lambda age_ms: age_ms, raising=False)


def nobody_knows_how_fast_a_clock_was(patch: Patch) -> None:
    patch.setattr(Lease, "acknowledged_until_ms", 0)


def only_the_own_lease_tells_how_fast_a_clock_was(patch: Patch) -> None:
    patch.setattr(Lease, "acknowledged_until_ms", property(lambda self: self.expires_at_ms))
