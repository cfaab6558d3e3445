"""Tasks as ECS knows them, and where each is put: the subnets of its service in turn."""
# ruff: noqa: SLF001 - reads and writes what upstream keeps to itself

import ipaddress
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import ec2, ecs

from localcloud.emulator.containers.client import STOP_S, Berth
from localcloud.emulator.patches import instances, sessions

Record = dict[str, Any]
LIVE = frozenset({"PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"})
FIRST_HOST = 16
"""Below it are the network itself and what AWS reserves in every subnet."""
_hosts: dict[str, Iterator[int]] = defaultdict(lambda: count(FIRST_HOST))


class NoCapacityError(Exception):
    """No zone of the service takes another task."""


def scope_of(arn: str) -> Any:
    """Everything that is asked within belongs to the account and region of *arn*."""
    _, _, _, region, account, *_ = arn.split(":")
    return request_scope(account, region)


def task_of(arn: str) -> Record | None:
    """The task; to be asked in its scope."""
    found: Record | None = ecs._tasks.get(arn)
    return found


def service_key(task: Mapping[str, Any]) -> str | None:
    """By which ECS finds the service that the task belongs to; None for a task of nobody."""
    kind, _, name = task.get("group", "").partition(":")
    cluster = task["clusterArn"].rpartition("/")[2]
    return f"{cluster}/{name}" if kind == "service" else None


def service_of(task: Mapping[str, Any]) -> Record | None:
    """The service that the task belongs to."""
    key = service_key(task)
    found: Record | None = ecs._services.get(key) if key else None
    return found


def definition_of(task: Mapping[str, Any], container: str) -> Record:
    """What the task's definition says of *container*."""
    whole = ecs._task_defs[ecs._resolve_td_key(task["taskDefinitionArn"])]
    found: Record = next(one for one in whole["containerDefinitions"] if one["name"] == container)
    return found


def berths(endpoints: Mapping[str, str], dns_port: int) -> Callable[[str, str], Berth]:
    """Puts containers by the ARN of their task and their name; *endpoints* of AWS's API are by region."""

    def berth(arn: str, name: str) -> Berth:
        task = task_of(arn)
        if task is None:
            raise KeyError(arn)
        _place(task)
        definition = definition_of(task, name)
        given = {
            **_role(task),
            "AWS_ENDPOINT_URL": endpoints[get_region()],
            "AWS_REGION": get_region(),
            "AWS_DEFAULT_REGION": get_region(),
            "AWS_EC2_METADATA_DISABLED": "true",
            **({"INSTANCE_DNS": str(dns_port)} if dns_port else {}),
        }
        return Berth(
            address=task["_address"],
            zone=task["availabilityZone"],
            ports=tuple(int(one["containerPort"]) for one in definition.get("portMappings", [])),
            stop_s=float(definition.get("stopTimeout", STOP_S)),
            given=given,
        )

    return berth


def _place(task: Record) -> None:
    """Into the subnet with the fewest tasks of its service among those whose zone has room."""
    if "_address" in task:
        return
    service = service_of(task)
    asked = (service or {}).get("networkConfiguration", {}).get("awsvpcConfiguration", {}).get("subnets")
    subnets = [ec2._subnets[each] for each in asked or [task.get("_subnet")] if each in ec2._subnets]
    full = instances.full_zones
    free = [one for one in subnets if not ({one["AvailabilityZone"], "*"} & full)]
    if not free:
        raise NoCapacityError(
            "Capacity is unavailable at this time. Please try again later or in a different AZ"
        )
    taken = Counter(one.get("_subnet") for one in _beside(task))
    chosen = min(free, key=lambda one: taken[one["SubnetId"]])
    block = ipaddress.ip_network(chosen["CidrBlock"])
    task["_subnet"], task["availabilityZone"] = chosen["SubnetId"], chosen["AvailabilityZone"]
    task["_address"] = str(block[next(_hosts[chosen["SubnetId"]]) % block.num_addresses])


def _beside(task: Record) -> list[Record]:
    """The other living tasks of its group that have their place."""
    return [
        one
        for one in list(ecs._tasks.values())
        if one is not task
        and one.get("group") == task.get("group")
        and one["lastStatus"] in LIVE
        and "_address" in one
    ]


def _role(task: Record) -> dict[str, str]:
    """A session of the task's role, as the credentials endpoint of ECS hands it out; none without a role."""
    definition = ecs._task_defs[ecs._resolve_td_key(task["taskDefinitionArn"])]
    role = definition.get("taskRoleArn")
    if not role:
        return {}
    keys = sessions.begin(role.rpartition("/")[2], task["taskArn"].rpartition("/")[2], get_account_id())
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }
