"""Balancers and targets for people and for JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from localcloud.fleet.balancer.health import Target
from localcloud.fleet.balancer.model import LoadBalancer, TargetGroup


def balancer_status(
    balancer: LoadBalancer,
    ports: Mapping[int, int],
    groups: Iterable[tuple[TargetGroup, Iterable[tuple[str, Target]]]],
) -> dict[str, Any]:
    """A balancer with the ports of this machine by its own, and its targets with their zones."""
    return {
        "name": balancer.name,
        "region": balancer.region,
        "dns_name": balancer.dns_name,
        "ports": dict(ports),
        "targets": [
            target_status(group, target) | {"zone": zone}
            for group, members in groups
            for zone, target in members
        ],
    }


def target_status(group: TargetGroup, target: Target) -> dict[str, Any]:
    """A target with its health as DescribeTargetHealth words it."""
    health = {"State": str(target.state)}
    if target.reason:
        health |= {"Reason": str(target.reason), "Description": target.words}
    return {"group": group.name, "id": target.id.id, "port": target.id.port, "health": health}
