"""The end of every fault, and the holder that is found then."""

import asyncio

import pytest

from failover.lease import LeaseState
from gameday.errors import FaultRefused, NotSteady
from gameday.targets.two_regions import healing
from tests.unit.gameday.builders import WEST
from tests.unit.gameday.clouds import control, lease_item, stubbed

HELD = lease_item()


async def test_healing_ends_every_fault_and_lets_automation_run_again(world):
    world, stub = stubbed(world, "dynamodb")
    asked = {
        "TableName": "lease",
        "Key": {"system": {"S": "payments"}},
        "UpdateExpression": "SET automation = :running",
        "ConditionExpression": "attribute_exists(holder)",
        "ExpressionAttributeValues": {":running": {"S": "RUNNING"}},
    }
    stub.add_response("update_item", {}, asked)
    async with control(world, 200) as (world, orders):
        await asyncio.to_thread(healing.heal, world)
    assert orders == [("/heal", {}, "secret")]


async def test_what_cannot_be_healed_is_told(world):
    world, stub = stubbed(world, "dynamodb")
    stub.add_client_error("update_item", "ConditionalCheckFailedException")
    async with control(world, 200) as (world, _):
        with pytest.raises(FaultRefused, match="automation could not be resumed"):
            await asyncio.to_thread(healing.heal, world)


async def test_the_holder_is_found_from_whichever_region_still_answers(world):
    dead, dying = stubbed(world, "dynamodb")
    alive, stub = stubbed(world, "dynamodb")
    dying.add_client_error("get_item", "InternalServerError")
    stub.add_response("get_item", {"Item": HELD})
    assert await asyncio.to_thread(healing.holder, dead, alive) == WEST


async def test_a_lease_that_nobody_holds_is_not_waited_for_for_ever(world, monkeypatch):
    monkeypatch.setattr(healing, "_LEASE_WITHIN_S", 0.2)
    monkeypatch.setattr(healing, "_AGAIN_S", 0.05)
    world, stub = stubbed(world, "dynamodb")
    for _ in range(9):
        stub.add_response("get_item", {"Item": lease_item(state=LeaseState.TAKING)})
    with pytest.raises(NotSteady, match="us-west-2 holds it, TAKING"):
        await asyncio.to_thread(healing.holder, world)
    with pytest.raises(NotSteady, match="no region holds an active lease"):
        await asyncio.to_thread(healing.holder, world)
