"""What the stacks ask AWS for, and the actions that allow it and undo it."""

import json
import re

from gates.requests.types import CALLS, WITHOUT_REQUEST
from lib.iam import policy
from tests.unit import emulated

ACCOUNT = "123456789012"
PREFIXES = {"apigatewayv2": "apigateway", "elbv2": "elasticloadbalancing", "stepfunctions": "states"}
OTHERWISE = {
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
"""Operations whose action has another name."""

UNMADE = {
    "AcceptVpcPeeringConnection": "DeleteVpcPeeringConnection",
    "AddPermission": "RemovePermission",
    "AddRoleToInstanceProfile": "RemoveRoleFromInstanceProfile",
    "AllocateAddress": "ReleaseAddress",
    "AssociateRouteTable": "DisassociateRouteTable",
    "AssociateWebACL": "DisassociateWebACL",
    "AttachInternetGateway": "DetachInternetGateway",
    "AttachRolePolicy": "DetachRolePolicy",
    "AuthorizeSecurityGroupEgress": "RevokeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress": "RevokeSecurityGroupIngress",
    "CreateDBInstanceReadReplica": "DeleteDBInstance",
    "CreateKey": "ScheduleKeyDeletion",
    "CreatePrivateDnsNamespace": "DeleteNamespace",
    "CreateVpcEndpoint": "DeleteVpcEndpoints",
    "EnableMetricsCollection": "DisableMetricsCollection",
    "PutBucketLifecycleConfiguration": "DeleteBucketLifecycle",
    "PutObjectLockConfiguration": "PutObjectLockConfiguration",
    "PutCompositeAlarm": "DeleteAlarms",
    "PutDashboard": "DeleteDashboards",
    "PutMetricAlarm": "DeleteAlarms",
    "PutPermission": "RemovePermission",
    "PutTargets": "RemoveTargets",
    "RegisterScalableTarget": "DeregisterScalableTarget",
    "RegisterTaskDefinition": "DeregisterTaskDefinition",
    "RequestCertificate": "DeleteCertificate",
    "StartConfigurationRecorder": "StopConfigurationRecorder",
    "Subscribe": "Unsubscribe",
}
UNMADE_OF = {
    ("application-autoscaling", "PutScalingPolicy"): "DeleteScalingPolicy",
    ("autoscaling", "PutScalingPolicy"): "DeletePolicy",
}


def operations(types):
    return {
        (call.service, call.operation) for type_ in types - WITHOUT_REQUEST.keys() for call in CALLS[type_]
    }


def shown(documents):
    return [one for document in documents.values() for one in json.loads(policy(document))["Statement"]]


def actions(found):
    return {name for one in found if one["Effect"] == "Allow" for name in one["Action"]}


def having(found, name):
    """The statements that allow the action *name*."""
    return [one for one in found if one["Effect"] == "Allow" and name in one["Action"]]


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
    usual = UNMADE.get(operation, re.sub(r"^(Create|Put)", "Delete", operation))
    wanted = UNMADE_OF.get((service, operation), usual)
    return action(service, wanted) if wanted in emulated.model(service).operation_names else None
