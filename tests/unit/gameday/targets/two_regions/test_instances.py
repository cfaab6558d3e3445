"""Which instance loses its power, and what is said where there is none."""

import boto3
import pytest
from botocore.stub import Stubber

from gameday.errors import FaultRefused
from gameday.plan.faults import Place
from gameday.targets.two_regions.instances import KillInstance
from tests.unit import emulated
from tests.unit.gameday.builders import EAST
from tests.unit.gameday.clouds import control

KILL = KillInstance(Place.HOLDER)


@pytest.fixture
def ec2(monkeypatch):
    client = emulated.own_client("ec2", EAST)
    monkeypatch.setattr(boto3, "client", lambda service, **_: client)
    with Stubber(client) as stub:
        yield stub


def told(*ids: str) -> dict:
    return {"Reservations": [{"Instances": [{"InstanceId": one}]} for one in ids]}


async def test_the_first_running_instance_of_the_region_loses_its_power(world, ec2):
    running = {"Filters": [{"Name": "instance-state-name", "Values": ["running"]}]}
    ec2.add_response("describe_instances", told("i-0b", "i-0a"), running)
    async with control(world, 200) as (controlled, orders):
        assert await controlled.apply(KILL) == "i-0a"
    assert [(path, body) for path, body, _ in orders] == [("/faults/instance-kill", {"instance": "i-0a"})]
    assert KILL.describe(world.places) == f"an instance of {EAST} loses its power"


def test_where_none_runs_or_nobody_knows_there_is_no_drill(world, ec2):
    ec2.add_response("describe_instances", told())
    ec2.add_client_error("describe_instances", "UnauthorizedOperation")
    with pytest.raises(FaultRefused, match=f"no instance runs in {EAST}"):
        KILL.kill(world.deployed.state, world.places)
    with pytest.raises(FaultRefused, match=f"the instances of {EAST} are not known: .*UnauthorizedOperation"):
        KILL.kill(world.deployed.state, world.places)
