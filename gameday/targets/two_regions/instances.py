"""An instance of a region loses its power."""

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from gameday.errors import FaultRefused
from gameday.plan.faults import Order, Place, Places
from gameday.targets.control import order
from localcloud.core.state import CloudState


@dataclass(frozen=True, slots=True)
class KillInstance:
    """The first running instance of the region, by its id, loses its power, and EC2 says so."""

    place: Place

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        return f"an instance of {places[self.place]} loses its power"

    def kill(self, state: CloudState, places: Places) -> str:
        """Do it; the instance's id. Raises FaultRefused where none runs."""
        region = places[self.place]
        running = _running(state, region)
        if not running:
            raise FaultRefused(f"no instance runs in {region}")
        order(state, Order(path="/faults/instance-kill", body={"instance": running[0]}))
        return running[0]


def _running(state: CloudState, region: str) -> list[str]:
    ec2: Any = boto3.client(
        "ec2",
        region_name=region,
        endpoint_url=state.operator_endpoint,
        aws_access_key_id=state.access_key_id,
        aws_secret_access_key=state.secret_access_key,
    )
    try:
        found = ec2.describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["running"]}])
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"the instances of {region} are not known: {error}") from error
    return sorted(one["InstanceId"] for group in found["Reservations"] for one in group["Instances"])
