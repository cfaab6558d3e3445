"""Between two scenarios: every fault ends, and an operator acknowledges that the lease has moved."""

import asyncio
import time

from botocore.exceptions import BotoCoreError, ClientError

from gameday.errors import FaultRefused, NotSteady, ObservationFailed
from gameday.targets.control import HEAL, order
from gameday.targets.two_regions.world import LocalWorld

_LEASE_WITHIN_S = 30.0
_AGAIN_S = 1.0


def heal(world: LocalWorld) -> None:
    """Heal the cloud and let automation run again. It does not matter from where *world* looks.

    Raises FaultRefused when a part does not come back: then only a new cloud helps.
    """
    order(world.deployed.state, HEAL)
    try:
        world.dynamodb.update_item(
            TableName=world.deployed.outputs.lease_table,
            Key={"system": {"S": world.system}},
            UpdateExpression="SET automation = :running",
            ConditionExpression="attribute_exists(holder)",
            ExpressionAttributeValues={":running": {"S": "RUNNING"}},
        )
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"automation could not be resumed: {error}") from error


def holder(*views: LocalWorld) -> str:
    """The region that holds an active lease, as seen from whichever of *views* answers.

    Raises NotSteady when none holds one in time.
    """
    deadline, why = time.monotonic() + _LEASE_WITHIN_S, ""
    while time.monotonic() < deadline:
        for view in views:
            try:
                seen = asyncio.run(view.lease())
            except ObservationFailed as error:
                why = str(error)
                continue
            if seen.active and seen.expires_at > time.time():
                return seen.holder
            why = f"{seen.holder} holds it, {seen.state}, for {seen.expires_at - time.time():.0f} s"
        time.sleep(_AGAIN_S)
    raise NotSteady(f"no region holds an active lease after {_LEASE_WITHIN_S:.0f} s: {why}")
