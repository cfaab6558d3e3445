"""What the harness reads of AWS, and what it orders."""

import json

import pytest

from failover.lease import Automation, Handover, Kind
from gameday.errors import FaultRefused, LedgerUnread, ObservationFailed
from gameday.observe.dr_answers import AskDr
from gameday.plan.faults import Cut, Kill, Place, Stop
from gameday.targets.operators import SWITCHOVER, Typed
from gameday.targets.pasted import Pasted
from gameday.targets.payments.system import PAYMENTS
from gameday.targets.two_regions import world as local
from gameday.targets.two_regions.world import LocalWorld
from lib.systems.load import load_settings
from tests.unit.gameday.builders import EAST, WEST
from tests.unit.gameday.clouds import control, lease_item, stubbed


def members(*writers: str) -> dict:
    return {
        "GlobalClusters": [
            {
                "GlobalClusterMembers": [
                    {"DBClusterArn": f"arn:aws:rds:{region}:0:cluster:x", "IsWriter": region in writers}
                    for region in (EAST, WEST)
                ]
            }
        ]
    }


def call_at(second: float) -> str:
    """A line of the log of AWS calls."""
    line = {"from": WEST, "to_region": WEST, "service": "s3", "action": "X", "principal": None, "status": 200}
    return json.dumps(line | {"at": second})


async def test_the_lease_is_read_strongly_consistent_from_the_survivor(world):
    world, stub = stubbed(world, "dynamodb")
    handover = Handover(to=EAST, kind=Kind.SWITCHOVER, attempt=1)
    item = lease_item(expires_at_ms=1_500_250, automation=Automation.PAUSED, handover=handover)
    asked = {"TableName": "lease", "Key": {"system": {"S": "payments"}}, "ConsistentRead": True}
    stub.add_response("get_item", {"Item": item}, asked)
    seen = await world.lease()
    assert (seen.epoch, seen.holder, seen.active, seen.expires_at) == (2, WEST, True, 1500.25)
    assert (seen.previous, seen.to) == (EAST, EAST)
    assert not seen.unlatched
    assert not seen.planned


@pytest.mark.parametrize(
    ("changed", "unlatched"),
    [
        ({}, True),
        ({"automation": Automation.PAUSED}, False),
        ({"kind": Kind.SWITCHOVER}, False),
        ({"previous_holder": None}, False),  # a bootstrap
    ],
)
async def test_automation_that_runs_on_after_a_failover_is_seen(world, changed, unlatched):
    world, stub = stubbed(world, "dynamodb")
    stub.add_response("get_item", {"Item": lease_item(**changed)})
    assert (await world.lease()).unlatched is unlatched


async def test_no_lease_and_no_answer_are_failed_observations(world):
    world, stub = stubbed(world, "dynamodb")
    stub.add_response("get_item", {})
    stub.add_client_error("get_item", "InternalServerError")
    with pytest.raises(ObservationFailed, match="there is no lease yet"):
        await world.lease()
    with pytest.raises(ObservationFailed, match="InternalServerError"):
        await world.lease()


async def test_the_writer_is_the_region_of_the_one_writing_member(world):
    world, stub = stubbed(world, "rds")
    stub.add_response("describe_global_clusters", members(WEST), {"GlobalClusterIdentifier": "payments-dev"})
    stub.add_response("describe_global_clusters", members(EAST, WEST))
    stub.add_client_error("describe_global_clusters", "GlobalClusterNotFoundFault")
    assert await world.writer() == WEST
    with pytest.raises(ObservationFailed, match="2 of 2 members are writers"):
        await world.writer()
    with pytest.raises(ObservationFailed, match="GlobalClusterNotFoundFault"):
        await world.writer()


async def test_a_cluster_that_was_detached_is_a_writer_of_its_own(world):
    world, stub = stubbed(world, "rds")
    left = members(EAST)
    left["GlobalClusters"][0]["GlobalClusterMembers"].pop()
    stub.add_response("describe_global_clusters", left)
    assert await world.writer() == WEST


async def test_a_ledger_that_cannot_be_read_gives_no_verdict(world):
    with pytest.raises(LedgerUnread, match="the ledger on port 1 could not be read: EndpointConnectionError"):
        await world.rows("run", WEST)


def test_calls_are_those_between_two_times_without_a_half_written_line(world):
    lines = [call_at(second) for second in (9.0, 10.0, 20.0, 21.0)]
    world.deployed.state.calls_log.write_text("\n".join([*lines, '{"at": 1']))
    assert [call.at for call in world.calls(10.0, 20.0)] == [10.0, 20.0]


@pytest.mark.parametrize("ending", ["\n", '\n{"at": 1'])
def test_calls_that_were_logged_before_the_drill_are_not_read_again(world, ending):
    log = world.deployed.state.calls_log
    log.write_text(call_at(15.0) + ending)
    later = LocalWorld.of(world.deployed, load_settings({}), PAYMENTS)
    with log.open("a") as lines:
        lines.write(("" if ending == "\n" else "5}\n") + call_at(16.0) + "\n")
    assert [call.at for call in later.calls(0.0, 20.0)] == [16.0]


async def test_an_action_is_ordered_with_the_token_of_the_run_in_the_names_of_its_regions(world):
    async with control(world, 200) as (broken, orders):
        await broken.apply(Cut(Place.HOLDER, Place.OTHER))
        await broken.apply(Kill(Place.CONTROL_PLANES))
    assert orders == [
        ("/links", {"a": EAST, "b": WEST, "cut": True}, "secret"),
        ("/places/global/kill", {}, "secret"),
    ]


async def test_the_steps_of_every_region_that_is_asked_are_told(world, monkeypatch):
    monkeypatch.setattr(local, "steps_since", lambda machine, since: [(machine.meta.region_name, since)])
    assert await world.steps(7.0, [WEST, EAST]) == [(WEST, 7.0), (EAST, 7.0)]


async def test_what_operators_were_told_is_what_came_of_the_deed(world, monkeypatch):
    monkeypatch.setattr(
        Typed, "type", lambda action, state, places: f"{action.words} in {places[Place.OTHER]}"
    )
    assert await world.apply(SWITCHOVER) == f"{SWITCHOVER.words} in {WEST}"


async def test_what_dr_answered_and_what_a_pasted_runbook_did_come_back(world, monkeypatch):
    monkeypatch.setattr(AskDr, "ask", lambda action, state, places: (action.words, places[Place.OTHER]))
    monkeypatch.setattr(Pasted, "paste", lambda action, state, places, suffix: f"{action.page} on {suffix}")
    assert await world.apply(AskDr(("status",))) == (("status",), WEST)
    assert await world.apply(Pasted("x.md", (1,), Place.OTHER)) == "x.md on dev"


async def test_an_action_that_nobody_can_do_is_refused(world):
    class Pray:
        def describe(self, places):
            return "a prayer"

    with pytest.raises(FaultRefused, match="nobody here can do this: a prayer"):
        await world.apply(Pray())


async def test_a_refused_action_says_what_the_cloud_said(world):
    async with control(world, 400) as (broken, _):
        with pytest.raises(FaultRefused, match=r"/places/us-east-1/stop was refused: .*it is not there"):
            await broken.apply(Stop(Place.HOLDER))
    with pytest.raises(FaultRefused, match="refused"):
        await world.apply(Stop(Place.HOLDER))


def test_the_other_way_round_the_west_holds_and_the_east_is_asked(world):
    turned = LocalWorld.of(world.deployed, load_settings({}), PAYMENTS, holder=WEST)
    assert (turned.primary, turned.survivor) == (WEST, EAST)
    assert turned.places[Place.HOLDER] == WEST
    assert turned.dynamodb.meta.region_name == EAST
