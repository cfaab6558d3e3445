"""Seeded bugs of what the protocol does about wrong clocks, see tests/model/mutants.py.

The stories of test_incidents.py turn red with each of them; the schedules of a profile find the first.
"""

import pytest

from failover.decision import Policy
from failover.lease import Lease

Patch = pytest.MonkeyPatch


def every_expiry_believed(patch: Patch) -> None:
    patch.setattr(Lease, "believed", lambda _self, *, now_ms, ttl_ms, skew_ms: True)


def taken_by_the_clock_alone(patch: Patch) -> None:
    patch.setattr(Policy, "silence_ms", -1)
