"""What the stacks ask AWS for, and the actions that allow it and undo it."""

import json
import re

from gates.requests.types import CALLS
from lib.iam import policy
from tests.unit import emulated

ACCOUNT = "123456789012"
PREFIXES = {"apigatewayv2": "apigateway", "stepfunctions": "states"}
OTHERWISE = {
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
"""Operations whose action has another name."""
CONTAINERS = frozenset(
    f"aws_{name}"
    for name in (
        "appautoscaling_policy",
        "appautoscaling_target",
        "cloudtrail",
        "ecs_cluster",
        "ecs_cluster_capacity_providers",
        "ecs_service",
        "ecs_task_definition",
        "service_discovery_private_dns_namespace",
        "service_discovery_service",
        "synthetics_canary",
    )
)
"""Types that payments has none of, and that have a document of their own."""

UNMADE = {
    "AcceptVpcPeeringConnection": "DeleteVpcPeeringConnection",
    "AllocateAddress": "ReleaseAddress",
    "AssociateRouteTable": "DisassociateRouteTable",
    "AttachInternetGateway": "DetachInternetGateway",
    "AttachRolePolicy": "DetachRolePolicy",
    "AddPermission": "RemovePermission",
    "AuthorizeSecurityGroupEgress": "RevokeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress": "RevokeSecurityGroupIngress",
    "CreateVpcEndpoint": "DeleteVpcEndpoints",
    "CreatePrivateDnsNamespace": "DeleteNamespace",
    "CreateKey": "ScheduleKeyDeletion",
    "PutCompositeAlarm": "DeleteAlarms",
    "PutDashboard": "DeleteDashboards",
    "PutMetricAlarm": "DeleteAlarms",
    "PutPermission": "RemovePermission",
    "PutScalingPolicy": "DeleteScalingPolicy",
    "PutTargets": "RemoveTargets",
    "RegisterScalableTarget": "DeregisterScalableTarget",
    "RegisterTaskDefinition": "DeregisterTaskDefinition",
    "RequestCertificate": "DeleteCertificate",
    "StartConfigurationRecorder": "StopConfigurationRecorder",
    "Subscribe": "Unsubscribe",
}


def operations(types):
    return {(call.service, call.operation) for type_ in types for call in CALLS[type_]}


def shown(documents):
    return [one for document in documents.values() for one in json.loads(policy(document))["Statement"]]


def actions(found):
    return {name for one in found if one["Effect"] == "Allow" for name in one["Action"]}


def action(service, operation):
    prefix = PREFIXES.get(service, service)
    if prefix == "apigateway":
        model = emulated.model(service).operation_model(operation)
        return f"apigateway:{model.http['method']}"
    return OTHERWISE.get(f"{prefix}:{operation}", f"{prefix}:{operation}")


def types(stacks):
    return {type_ for stack in stacks.values() for type_ in stack.document["resource"]}


def taken_away(service, operation):
    """The action that undoes *operation*; None where nothing does."""
    wanted = UNMADE.get(operation, re.sub(r"^(Create|Put)", "Delete", operation))
    return action(service, wanted) if wanted in emulated.model(service).operation_names else None
