"""Networks, names, events and queues."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from gates.requests.model import shortened
from lib.settings import schedules

Sent = Mapping[str, Any]
ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:.+")
MOST_PATTERN = 2048
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"""
BLOCK = range(16, 29)
"""Prefixes of VPCs and subnets. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"""
LIMITS = {
    "DelaySeconds": range(901),
    "MessageRetentionPeriod": range(60, 1_209_601),
    "ReceiveMessageWaitTimeSeconds": range(21),
    "VisibilityTimeout": range(43_201),
}
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"""


def schedule(expression: Any, member: str) -> Iterator[str]:
    """What is wrong with a schedule expression."""
    if isinstance(expression, str):
        try:
            schedules.require(expression)
        except ValueError as error:
            yield f"{member} = {expression!r}: {error}"


def _rule(sent: Sent) -> Iterator[str]:
    pattern, expression = sent.get("EventPattern"), sent.get("ScheduleExpression")
    if pattern is None and expression is None:
        yield "a rule needs EventPattern or ScheduleExpression"
    if expression is not None and sent.get("EventBusName", "default") != "default":
        yield "ScheduleExpression: schedules run on the default bus only"
    yield from schedule(expression, "ScheduleExpression")
    if isinstance(pattern, str):
        yield from _pattern(pattern)


def _pattern(text: str) -> Iterator[str]:
    """Every leaf of a pattern is a list, and what it says of resources are whole ARNs."""
    if len(text) > MOST_PATTERN:
        yield f"EventPattern: {len(text)} characters, AWS takes {MOST_PATTERN}"
    pattern = json.loads(text)
    yield from (f"EventPattern.{path}: must be a list" for path in _no_lists(pattern, ""))
    for one in pattern.get("resources", ()):
        if isinstance(one, str) and not ARN.fullmatch(one):
            yield f"EventPattern.resources: {shortened(one)!r} is no ARN"


def _no_lists(pattern: Mapping[str, Any], path: str) -> Iterator[str]:
    for key, value in pattern.items():
        if isinstance(value, Mapping):
            yield from _no_lists(value, f"{path}.{key}".lstrip("."))
        elif not isinstance(value, list) or not value:
            yield f"{path}.{key}".lstrip(".")


def _queue(sent: Sent) -> Iterator[str]:
    for name, value in sent.get("Attributes", {}).items():
        if name in LIMITS and int(value) not in LIMITS[name]:
            yield f"Attributes.{name} = {value}: AWS takes {LIMITS[name].start} to {LIMITS[name].stop - 1}"


def _block(sent: Sent) -> Iterator[str]:
    if isinstance(text := sent.get("CidrBlock"), str):
        try:
            fits = ip_network(text).prefixlen in BLOCK
        except ValueError:
            fits = False
        if not fits:
            yield f"CidrBlock = {text}: AWS takes blocks from /16 to /28"


def _health_check(sent: Sent) -> Iterator[str]:
    config = sent["HealthCheckConfig"]
    if config.get("RequestInterval", 30) not in (10, 30):
        yield f"RequestInterval = {config['RequestInterval']}: Route 53 takes 10 or 30"
    if not str(config.get("ResourcePath", "/")).startswith("/"):
        yield f"ResourcePath = {config['ResourcePath']!r}: begins with /"


def _record(sent: Sent) -> Iterator[str]:
    for change in sent["ChangeBatch"]["Changes"]:
        record = change["ResourceRecordSet"]
        if bool(record.get("AliasTarget")) == bool(record.get("ResourceRecords")):
            yield f"{record['Name']}: either an alias, or records with a TTL"
        if record.get("ResourceRecords") and record.get("TTL") is None:
            yield f"{record['Name']}: records need a TTL"
        if record.get("Failover") and not record.get("SetIdentifier"):
            yield f"{record['Name']}: a failover record needs a set identifier"


RULES: Mapping[str, Callable[[Sent], Iterator[str]]] = {
    "events:PutRule": _rule,
    "sqs:CreateQueue": _queue,
    "ec2:CreateVpc": _block,
    "ec2:CreateSubnet": _block,
    "route53:CreateHealthCheck": _health_check,
    "route53:ChangeResourceRecordSets": _record,
}
