"""Pause, resume and ack: whether the keeper may act."""

from dataclasses import replace

from failover.lease import Automation, Kind

from .typed import dr, put, refusal
from .world import HELD, LEASE


def test_pause_and_resume(cloud):
    assert dr(cloud, "pause").output == "automation PAUSED in epoch 3\n"
    assert dr(cloud, "resume").output == "automation RUNNING in epoch 3\n"


def test_a_failover_is_acknowledged_and_not_just_resumed(cloud):
    put(cloud, replace(LEASE, kind=Kind.FAILOVER, automation=Automation.PAUSED))
    assert "dr ack" in refusal(dr(cloud, "resume"))
    dr(cloud, "ack")
    lease = cloud.table.read()
    assert (lease.automation, lease.acknowledged_epoch) == (Automation.RUNNING, 3)
    assert "nothing to acknowledge" in refusal(dr(cloud, "ack"))


def test_a_failover_that_has_not_ended_is_not_acknowledged(cloud):
    put(cloud, HELD)
    assert "has not ended" in refusal(dr(cloud, "ack"))
