"""Two regions as the drill's document and script see them: a lease, two state machines, a global database."""

import json
from typing import Any

from botocore.exceptions import ClientError

EAST, WEST = "us-east-1", "us-west-2"
SYSTEM = "payments"


class ExecutionAlreadyExists(Exception):
    """What the client's exceptions offer."""


class World:
    """Takeovers happen at once. *wrong* names what does not go as it should."""

    def __init__(self) -> None:
        self.holder, self.state, self.epoch, self.writer = EAST, "ACTIVE", 7, EAST
        self.alarm, self.outcome, self.replayed = "OK", "SUCCEEDED", 0
        self.reconciled = True
        self.used: set[str] = set()
        self.started: list[dict[str, Any]] = []
        self.slept: list[float] = []

    def client(self, service: str, region_name: str = WEST) -> "Client":
        return Client(self, region_name)

    def move(self, order: dict[str, Any]) -> None:
        if self.outcome == "SUCCEEDED":
            self.holder = self.writer = order["region"]
            self.epoch, self.state = order["epoch"], "ACTIVE"


class Client:
    """boto3's clients of one region, all services in one."""

    class exceptions:  # noqa: N801 - as boto3 names it
        ExecutionAlreadyExists = ExecutionAlreadyExists

    def __init__(self, world: World, region: str) -> None:
        self.world, self.region = world, region

    def describe_alarms(self, **_: Any) -> Any:
        if self.world.alarm == "forbidden":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeAlarms")
        return {"CompositeAlarms": [{"StateValue": self.world.alarm}] if self.world.alarm else []}

    def get_item(self, **asked: Any) -> Any:
        assert asked["Key"] == {"system": {"S": SYSTEM}}
        world = self.world
        item = {"holder": {"S": world.holder}, "state": {"S": world.state}, "epoch": {"N": str(world.epoch)}}
        return {"Item": item}

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> Any:  # noqa: A002, N803
        assert stateMachineArn.split(":")[3] == self.region
        if name in self.world.used:
            raise ExecutionAlreadyExists(name)
        order = json.loads(input)
        self.world.started.append({"name": name, **order})
        self.world.move(order)
        return {"executionArn": f"{stateMachineArn.replace('stateMachine', 'execution')}:{name}"}

    def describe_execution(self, **_: Any) -> Any:
        return {"status": self.world.outcome}

    def get_paginator(self, name: str) -> "Client":
        assert name == "get_execution_history"
        return self

    def paginate(self, **_: Any) -> Any:
        figures = {"Payload": {"compared": 3, "replayed": self.world.replayed}}
        event = {"taskSucceededEventDetails": {"output": json.dumps(figures)}}
        return [{"events": [{"type": "ExecutionStarted"}, *([event] if self.world.reconciled else [])]}]

    def describe_global_clusters(self, **_: Any) -> Any:
        members = [
            {"DBClusterArn": f"arn:aws:rds:{one}:1:cluster:c", "IsWriter": one == self.world.writer}
            for one in (EAST, WEST)
        ]
        return {"GlobalClusters": [{"GlobalClusterMembers": members}]}
