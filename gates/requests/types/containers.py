"""Requests for containers, how they scale and how they are found."""

import json
from collections.abc import Mapping

from gates.requests.filling import TAGS, Body, Call

DEPLOYMENT = {
    "alarms": "alarms",
    "deployment_circuit_breaker": "deployment_circuit_breaker",
    "deployment_maximum_percent": "maximum_percent",
    "deployment_minimum_healthy_percent": "minimum_healthy_percent",
}
"""Arguments that are one member for AWS."""


def _service(body: Body) -> Body:
    network = dict(body["network_configuration"])
    network["assign_public_ip"] = "ENABLED" if network["assign_public_ip"] else "DISABLED"
    rest = {key: value for key, value in body.items() if key not in DEPLOYMENT}
    return {
        **rest,
        "network_configuration": {"awsvpc_configuration": network},
        "deployment_configuration": {name: body[key] for key, name in DEPLOYMENT.items() if key in body},
    }


def _task(body: Body) -> Body:
    """The containers are written in AWS's own words."""
    return {**body, "container_definitions": json.loads(body["container_definitions"])}


CALLS: Mapping[str, tuple[Call, ...]] = {
    "aws_ecs_cluster": (
        Call("ecs", "CreateCluster", {"name": "clusterName", "setting": "settings"}, apart=TAGS),
    ),
    "aws_ecs_cluster_capacity_providers": (
        Call("ecs", "PutClusterCapacityProviders", {"cluster_name": "cluster"}),
    ),
    "aws_ecs_task_definition": (Call("ecs", "RegisterTaskDefinition", apart=TAGS, prepare=_task),),
    "aws_ecs_service": (
        Call(
            "ecs",
            "CreateService",
            {"name": "serviceName", "load_balancer": "loadBalancers"},
            apart=TAGS | {"wait_for_steady_state"},
            prepare=_service,
        ),
    ),
    "aws_appautoscaling_target": (Call("application-autoscaling", "RegisterScalableTarget", apart=TAGS),),
    "aws_appautoscaling_policy": (
        Call("application-autoscaling", "PutScalingPolicy", {"name": "PolicyName"}),
    ),
    "aws_service_discovery_private_dns_namespace": (
        Call("servicediscovery", "CreatePrivateDnsNamespace", apart=TAGS),
    ),
    "aws_service_discovery_service": (
        Call("servicediscovery", "CreateService", apart=TAGS | {"force_destroy"}),
    ),
}
