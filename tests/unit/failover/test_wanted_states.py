"""An order names the state that is wanted: given again, it changes nothing."""

from dataclasses import replace

import pytest

from failover.lease import Automation

from .scene import LEASE


@pytest.mark.parametrize("wanted", Automation)
@pytest.mark.parametrize("before", Automation)
def test_automation_is_what_was_asked_for_whatever_it_was(leases, put, before, wanted):
    seen = put(replace(LEASE, automation=before)) or replace(LEASE, automation=before)
    for _ in range(2):
        seen = leases.automate(seen, wanted, acknowledged_epoch=seen.acknowledged_epoch)
        assert seen.automation is wanted
