"""What the emulator and EC2 are told of a group, in AWS's words."""

import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from localcloud.fleet.groups.actions import Ask, Launch
from localcloud.fleet.groups.facts import Facts, Group, Member, Transition
from localcloud.fleet.groups.refresh_facts import Refresh

Told = dict[str, Any]


def members(facts: Facts) -> list[Told]:
    """The instances as DescribeAutoScalingGroups shows them."""
    return [_member(each) for each in facts.members]


def _member(member: Member) -> Told:
    template = {"LaunchTemplateId": member.template.id, "Version": member.template.version}
    return {
        "InstanceId": member.id,
        "InstanceType": member.template.instance_type,
        "AvailabilityZone": member.zone,
        "LifecycleState": str(member.lifecycle),
        "HealthStatus": "Healthy" if member.healthy else "Unhealthy",
        "ProtectedFromScaleIn": member.protected,
        "LaunchTemplate": template,
    }


def refresh(found: Refresh | None) -> Told | None:
    """The refresh as DescribeInstanceRefreshes shows it."""
    if found is None:
        return None
    ended = {"EndTime": moment(found.ended_at)} if found.ended_at is not None else {}
    return {
        "InstanceRefreshId": found.id,
        "Status": str(found.status),
        "StatusReason": found.reason,
        "PercentageComplete": found.percentage,
        "InstancesToUpdate": found.left,
        **ended,
    }


def launch_request(group: Group, action: Launch, subnet: str, tags: Iterable[Told]) -> Told:
    """What RunInstances is asked for."""
    template = action.template
    shown = [{"Key": tag["Key"], "Value": tag["Value"]} for tag in tags if tag.get("PropagateAtLaunch")]
    own = {"Key": "aws:autoscaling:groupName", "Value": group.name}
    asked: Told = {
        "MinCount": 1,
        "MaxCount": 1,
        "LaunchTemplate": {"LaunchTemplateId": template.id, "Version": template.version},
        "TagSpecifications": [{"ResourceType": "instance", "Tags": [*shown, own]}],
    }
    if subnet:
        asked["SubnetId"] = subnet
    if template.instance_type:
        asked["InstanceType"] = template.instance_type
    if template.spot:
        asked["InstanceMarketOptions"] = {"MarketType": "spot"}
    return asked


def activity(group: str, what: str, cause: str, now: float, failure: str) -> Told:
    """A scaling activity as DescribeScalingActivities shows it."""
    return {
        "ActivityId": str(uuid.uuid4()),
        "AutoScalingGroupName": group,
        "Description": what,
        "Cause": f"At {moment(now)} {cause}.",
        "StartTime": moment(now),
        "EndTime": moment(now),
        "StatusCode": "Failed" if failure else "Successful",
        **({"StatusMessage": failure} if failure else {}),
        "Progress": 100,
    }


def hook_event(group: str, action: Ask) -> Told:
    """The event of an instance that waits for a lifecycle hook.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html
    """
    launching = action.hook.transition is Transition.LAUNCHING
    more = {
        "LifecycleActionToken": f"{uuid.uuid4()}/{action.member}",
        "LifecycleHookName": action.hook.name,
        "LifecycleTransition": str(action.hook.transition),
        "Origin": "EC2" if launching else "AutoScalingGroup",
        "Destination": "AutoScalingGroup" if launching else "EC2",
    }
    kind = "launch" if launching else "terminate"
    return event(f"EC2 Instance-{kind} Lifecycle Action", group, action.member, more)


def event(kind: str, group: str, member: str, more: Told | None = None) -> Told:
    """An event of the group's on the default bus."""
    return {
        "Source": "aws.autoscaling",
        "DetailType": kind,
        "Detail": json.dumps({"AutoScalingGroupName": group, "EC2InstanceId": member, **(more or {})}),
    }


def moment(at: float) -> str:
    """*at*, seconds since the epoch, as AWS writes moments."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
