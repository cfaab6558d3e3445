"""Services and tasks of ECS, and the registries in which they are found."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import json
from collections.abc import Callable
from typing import Any

from ministack.services import ecs, servicediscovery

from localcloud.emulator.config import EmulatorConfig
from localcloud.emulator.containers import tasks
from localcloud.emulator.containers.client import DockerClient
from localcloud.emulator.containers.images import stand_in_for_docker
from localcloud.emulator.containers.watch import TaskWatch
from localcloud.emulator.patches.wrapping import Wrapper, wrap, wrap_entry

Content = dict[str, Any]
REBALANCING = "availabilityZoneRebalancing"


def run_as_processes(config: EmulatorConfig, wake: Callable[[], None]) -> DockerClient:
    """Run containers as processes; upstream's scheduler asks Docker, and without it only says that they run.

    A task counts for a deployment once its container's check and its target's have passed, and not after a
    second as upstream has it; one that fails them later is replaced. *wake* is called when one came or went.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """
    stand_in_for_docker()
    endpoints = {region: f"http://127.0.0.1:{port}" for region, port in config.region_ports.items()}
    folder = config.calls_log.parent / "containers"
    client = DockerClient(folder, tasks.berths(endpoints, config.dns_port), wake)
    client.prepare()
    ecs._docker = client
    count_as_well = ecs._record_service_task_healthy

    def settled(key: str, task: Content) -> None:
        count_as_well(key, task)
        cluster = key.partition("/")[0]
        ecs._refresh_service_state(cluster, task["group"])
        ecs._reconcile_service_tasks(cluster, key)
        ecs._complete_service_deployment(cluster, key)

    ecs._record_service_task_healthy = lambda _key, _task: None
    TaskWatch(client, settled).start()
    return client


def forget_failed_deployments() -> None:
    """Leave a failed deployment out once another one has completed and no task of it is left.

    Upstream tells of it for ever, so that whoever waits for a service with one deployment waits for ever.
    """

    def complete(original: Wrapper, cluster: str, key: str, *rest: Any, **options: Any) -> None:
        original(cluster, key, *rest, **options)
        service = ecs._services.get(key)
        primary = ecs._primary_deployment(service) if service else None
        if service and primary and primary["rolloutState"] == "COMPLETED":
            living = {
                one.get("_deployment_id") for one in ecs._tasks.values() if one["lastStatus"] in tasks.LIVE
            }
            service["deployments"] = [
                one for one in service["deployments"] if one is primary or one["id"] in living
            ]

    wrap(ecs, "_complete_service_deployment", complete)


def tell_rebalancing() -> None:
    """Tell whether a service spreads its tasks over zones again; upstream forgets it.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """

    def keep(original: Wrapper, asked: Content) -> Any:
        status, headers, body = original(asked)
        shown = json.loads(body).get("service")
        if shown is None:
            return status, headers, body
        key = f"{shown['clusterArn'].rpartition('/')[2]}/{shown['serviceName']}"
        service = ecs._services[key]
        service[REBALANCING] = asked.get(REBALANCING, service.get(REBALANCING, "DISABLED"))
        shown[REBALANCING] = service[REBALANCING]
        return status, headers, json.dumps({"service": shown}).encode()

    wrap_entry(ecs._ACTION_MAP, "CreateService", keep)
    wrap_entry(ecs._ACTION_MAP, "UpdateService", keep)


def take_the_namespace_of_dns() -> None:
    """Take the namespace of a registry from its DNS settings, where the provider says it; upstream does not.

    https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html
    """

    def create(original: Wrapper, asked: Content) -> Any:
        named = asked.get("NamespaceId") or (asked.get("DnsConfig") or {}).get("NamespaceId")
        return original({**asked, "NamespaceId": named})

    wrap(servicediscovery, "_create_service", create)
