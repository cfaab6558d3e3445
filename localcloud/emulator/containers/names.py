"""What is found by a private name: the tasks that ECS enters into registries of Cloud Map, with their health.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
"""
# ruff: noqa: SLF001 - reads and writes what upstream keeps to itself

from collections.abc import Iterable
from typing import Any

from ministack.services import servicediscovery

from localcloud.emulator.containers.container import Container
from localcloud.emulator.containers.tasks import scope_of, service_of, task_of

HEALTHY, UNHEALTHY = "HEALTHY", "UNHEALTHY"


def follow(living: Iterable[Container]) -> None:
    """Let every registry that a service names hold the running tasks of that service and no others."""
    wanted: dict[str, tuple[str, dict[str, tuple[Container, str]]]] = {}
    for container in living:
        with scope_of(container.task):
            task = task_of(container.task)
            if task is None or task["lastStatus"] != "RUNNING":
                continue
            name = container.task.rpartition("/")[2]
            for registry in (service_of(task) or {}).get("serviceRegistries", []):
                known = wanted.setdefault(registry["registryArn"], (container.task, {}))[1]
                known[name] = (container, task["healthStatus"])
    for arn, (task_arn, entered) in wanted.items():
        with scope_of(task_arn):
            _enter(arn.rpartition("/")[2], entered)
    _leave({arn.rpartition("/")[2]: set(entered) for arn, (_, entered) in wanted.items()})


def _enter(registry: str, entered: dict[str, tuple[Container, str]]) -> None:
    if registry not in servicediscovery._services:
        return
    for name, (container, health) in entered.items():
        if name not in servicediscovery._instances.get(registry, {}):
            attributes = {
                "AWS_INSTANCE_IPV4": container.address,
                "AVAILABILITY_ZONE": container.zone,
                "ECS_TASK_DEFINITION_FAMILY": container.definition,
            }
            order = {"ServiceId": registry, "InstanceId": name, "Attributes": attributes}
            servicediscovery._register_instance(order)
        # without a check of its own a container counts as healthy
        status = UNHEALTHY if health == UNHEALTHY else HEALTHY
        servicediscovery._instance_health_status[registry][name] = status


def _leave(wanted: dict[str, set[str]]) -> None:
    for (account, region, registry), instances in list(servicediscovery._instances.all_items()):
        for name, one in list(instances.items()):
            if "ECS_TASK_DEFINITION_FAMILY" in one["Attributes"] and name not in wanted.get(registry, set()):
                with scope_of(f"arn:aws:servicediscovery:{region}:{account}:"):
                    servicediscovery._deregister_instance({"ServiceId": registry, "InstanceId": name})


def found() -> dict[str, list[str]]:
    """By name the addresses of those that are well; of all, where none is, as Cloud Map answers."""
    names: dict[str, list[str]] = {}
    for (account, region, registry), service in list(servicediscovery._services.all_items()):
        with scope_of(f"arn:aws:servicediscovery:{region}:{account}:"):
            namespace: dict[str, Any] = servicediscovery._namespaces.get(service["NamespaceId"]) or {}
            health = servicediscovery._instance_health_status.get(registry, {})
            entered = servicediscovery._instances.get(registry, {})
        all_ = {name: one["Attributes"].get("AWS_INSTANCE_IPV4") for name, one in entered.items()}
        well = [address for name, address in all_.items() if health.get(name) == HEALTHY and address]
        answered = well or [address for address in all_.values() if address]
        names[f"{service['Name']}.{namespace.get('Name', '')}"] = sorted(answered)
    return names
