"""Requests against what AWS states in prose only: texts by the rules of `config/facts/limits.toml`, and tags.

What needs more than one text stands in `gates/requests/rules`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gates.findings import Finding
from gates.requests.model import shortened
from gates.requests.rules import RULES
from gates.requests.terraform import Resource
from lib.limits import Limit, limit

TEXTS: Mapping[str, str] = {
    "ssm:CreateDocument:Content": "ssm_document_content",
    "ssm:CreateDocument:Name": "ssm_document",
    "ssm:PutParameter:Name": "ssm_parameter",
    "ssm:PutParameter:Value": "ssm_parameter_value",
    "cloudwatch:PutCompositeAlarm:AlarmName": "cloudwatch_alarm",
    "cloudwatch:PutDashboard:DashboardName": "cloudwatch_dashboard",
    "cloudwatch:PutMetricAlarm:AlarmName": "cloudwatch_alarm",
    "dynamodb:CreateTable:TableName": "dynamodb_table",
    "ec2:AuthorizeSecurityGroupEgress:IpPermissions.IpRanges.Description": "ec2_description",
    "ec2:AuthorizeSecurityGroupEgress:IpPermissions.UserIdGroupPairs.Description": "ec2_description",
    "ec2:AuthorizeSecurityGroupIngress:IpPermissions.IpRanges.Description": "ec2_description",
    "ec2:AuthorizeSecurityGroupIngress:IpPermissions.UserIdGroupPairs.Description": "ec2_description",
    "ec2:CreateSecurityGroup:Description": "ec2_description",
    "ec2:CreateSecurityGroup:GroupName": "ec2_group_name",
    "events:CreateArchive:ArchiveName": "event_archive",
    "events:CreateEventBus:Name": "event_bus",
    "iam:CreatePolicy:Description": "iam_description",
    "iam:CreatePolicy:PolicyName": "iam_policy_name",
    "iam:CreateRole:RoleName": "iam_name",
    "iam:PutRolePolicy:PolicyName": "iam_policy_name",
    "kms:CreateAlias:AliasName": "kms_alias",
    "kms:CreateKey:Policy": "kms_policy",
    "lambda:CreateFunction:FunctionName": "lambda_function",
    "logs:PutMetricFilter:metricTransformations.metricNamespace": "cloudwatch_namespace",
    "rds:CreateDBCluster:DBClusterIdentifier": "rds_identifier",
    "rds:CreateDBCluster:DatabaseName": "rds_database",
    "rds:CreateDBCluster:MasterUsername": "rds_username",
    "rds:CreateDBCluster:MasterUserPassword": "rds_password",
    "rds:CreateDBClusterParameterGroup:DBClusterParameterGroupName": "rds_group",
    "rds:CreateDBInstance:DBInstanceIdentifier": "rds_identifier",
    "rds:CreateDBInstance:DBName": "rds_database",
    "rds:CreateDBInstance:MasterUserPassword": "rds_password",
    "rds:CreateDBInstance:MasterUsername": "rds_username",
    "rds:CreateDBInstanceReadReplica:DBInstanceIdentifier": "rds_identifier",
    "rds:CreateDBParameterGroup:DBParameterGroupName": "rds_group",
    "rds:DeleteDBInstance:FinalDBSnapshotIdentifier": "rds_snapshot",
    "rds:CreateDBSubnetGroup:DBSubnetGroupName": "rds_group",
    "rds:CreateGlobalCluster:GlobalClusterIdentifier": "rds_identifier",
    "rds:DeleteDBCluster:FinalDBSnapshotIdentifier": "rds_snapshot",
    "route53:ChangeResourceRecordSets:ChangeBatch.Changes.ResourceRecordSet.Name": "dns_name",
    "route53:CreateHostedZone:Name": "dns_name",
    "s3:CreateBucket:Bucket": "s3_bucket",
    "acm:RequestCertificate:DomainName": "acm_name",
    "apigatewayv2:CreateDomainName:DomainName": "dns_name",
    "sns:CreateTopic:Name": "sns_topic",
    "sns:Subscribe:Endpoint": "email",
    "sqs:CreateQueue:QueueName": "sqs_queue",
    "stepfunctions:CreateStateMachine:definition": "states_definition",
    "stepfunctions:CreateStateMachine:name": "states_name",
    "xray:CreateGroup:GroupName": "xray_name",
    "xray:CreateSamplingRule:SamplingRule.RuleName": "xray_name",
}
"""Which rule a member of a request obeys; members of lists stand without an index."""
MOST_TAGS = 50
INDEX = re.compile(r"\[\d+\]")


def complaints(service: str, operation: str, sent: Mapping[str, Any]) -> Iterator[str]:
    """What AWS refuses in a request although its model allows it."""
    for path, text in _texts(sent, ""):
        name = TEXTS.get(f"{service}:{operation}:{INDEX.sub('', path)}")
        if name and not (rule := limit(name)).accepts(text):
            yield _refusal(path, text, rule)
    if special := RULES.get(f"{service}:{operation}"):
        yield from special(sent)


def _refusal(path: str, text: str, rule: Limit) -> str:
    return f"{path} = {shortened(text)!r}: AWS takes {rule.says}"


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield path, value
        case Mapping():
            for key, one in value.items():
                yield from _texts(one, f"{path}.{key}".lstrip("."))
        case list():
            for index, one in enumerate(value):
                yield from _texts(one, f"{path}[{index}]")


def tags(resource: Resource, defaults: Mapping[str, Any]) -> Iterator[Finding]:
    """What AWS refuses of a resource's tags, which join those of its provider."""
    own = resource.body.get("tags")
    if not isinstance(own, Mapping):
        return
    every = {**defaults, **own}
    if len(every) > MOST_TAGS:
        yield Finding("tags", resource.where, f"{len(every)} tags, AWS takes {MOST_TAGS}")
    for key, value in every.items():
        for text, rule in ((key, limit("tag_key")), (value, limit("tag_value"))):
            if isinstance(text, str) and not rule.accepts(text):
                yield Finding("tags", resource.where, _refusal(f"tags.{key}", text, rule))
