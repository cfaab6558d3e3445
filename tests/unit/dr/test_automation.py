"""Pause, resume and ack: whether the keeper may act."""

import json
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


def test_an_acknowledgement_is_safe_to_repeat_and_resumes_nothing_that_was_paused_since(cloud):
    put(cloud, replace(LEASE, kind=Kind.FAILOVER, automation=Automation.PAUSED))
    dr(cloud, "ack")
    again = dr(cloud, "ack")
    assert (again.exit_code, "epoch 3 is acknowledged already\n" in again.output) == (0, True)
    dr(cloud, "pause")
    assert "it is paused since: dr resume" in dr(cloud, "ack").output
    assert json.loads(dr(cloud, "ack", "--json").stdout)["acknowledged_before"] is True
    assert cloud.table.read().automation is Automation.PAUSED


def test_an_epoch_that_began_without_a_failover_has_nothing_to_acknowledge(cloud):
    assert "began without a failover" in refusal(dr(cloud, "ack"))


def test_machines_read_what_was_set(cloud):
    told = json.loads(dr(cloud, "pause", "--json").stdout)
    assert (told["schema"], told["outcome"], told["exit_code"]) == ("dr/pause/1", "done", 0)
    assert (told["automation"], told["epoch"], told["holder"]) == ("PAUSED", 3, LEASE.holder)
    assert json.loads(dr(cloud, "resume", "--json").stdout)["automation"] == "RUNNING"


def test_a_failover_that_has_not_ended_is_not_acknowledged(cloud):
    put(cloud, HELD)
    assert "has not ended" in refusal(dr(cloud, "ack"))
