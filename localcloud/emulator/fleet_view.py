"""All that the fleet needs to know of the emulator, in one document."""
# ruff: noqa: SLF001 - reads what upstream keeps to itself

import time
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import autoscaling, cloudwatch, ec2, ecs

from localcloud.emulator.containers import names
from localcloud.emulator.containers.container import Container
from localcloud.emulator.patches import alarm_clock, instances, refreshes

Record = dict[str, Any]


def snapshot() -> Record:
    """All that the fleet needs, of all regions."""
    found: Record = {"instances": [], "groups": [], "alarms": {}, "names": names.found()}
    found["containers"] = [] if ecs._docker is None else [_container(one) for one in ecs._docker.known()]
    for (account, region, _), record in list(ec2._instances.all_items()):
        with request_scope(account, region):
            found["instances"].append(_instance(region, record))
    for (account, region, _), group in list(autoscaling._asgs.all_items()):
        with request_scope(account, region):
            found["groups"].append(_group(region, group))
    for key, alarm in list(cloudwatch._alarms.all_items()):
        if alarm["StateValue"] == "ALARM":
            found["alarms"].setdefault(key[1], []).append(alarm["AlarmName"])
    return found


def _container(container: Container) -> Record:
    return {
        "id": container.id,
        "task": container.task,
        "definition": container.definition,
        "address": container.address,
        "zone": container.zone,
        "ports": list(container.ports.items()),
        "lives": container.lives,
        "leaving": container.leaving,
    }


def _instance(region: str, record: Record) -> Record:
    groups = [each["GroupId"] for each in record["SecurityGroups"]]
    return {
        "id": record["InstanceId"],
        "region": region,
        "zone": record["Placement"]["AvailabilityZone"],
        "state": record["State"]["Name"],
        "impaired": bool(record.get("_impaired")),
        "boots": record.get("_boots", 1),
        "user_data": record["UserData"],
        "profile": (record.get("IamInstanceProfile") or {}).get("Arn", ""),
        "image": record["ImageId"],
        "type": record["InstanceType"],
        "address": record["PrivateIpAddress"],
        "metadata": record.get("_metadata", {}),
        "tags": {each["Key"]: each["Value"] for each in ec2._tags.get(record["InstanceId"], [])},
        "ports": sorted({port for group in groups for port in _opened(group)}),
    }


def _opened(group: str) -> list[int]:
    """The single TCP ports that a security group opens."""
    rules = ec2._security_groups.get(group, {}).get("IpPermissions", [])
    return [
        int(each["FromPort"]) for each in rules if each.get("FromPort") and each["FromPort"] == each["ToPort"]
    ]


def _group(region: str, group: Record) -> Record:
    name = group["AutoScalingGroupName"]
    shown = {key: value for key, value in group.items() if key not in ("InstanceRefreshes", "Activities")}
    refresh = refreshes.active(group)
    return {
        "region": region,
        "group": shown,
        "template": _resolved(refreshes.current_template(group)),
        "hooks": [hook for hook in autoscaling._hooks.values() if hook["AutoScalingGroupName"] == name],
        "trackings": [_tracking(each) for each in autoscaling._policies.values() if _tracks(each, name)],
        "refresh": refresh and _refresh(refresh),
        "subnets": {
            ec2._subnets[each]["AvailabilityZone"]: each
            for each in group["VPCZoneIdentifier"].split(",")
            if each in ec2._subnets
        },
    }


def _refresh(refresh: Record) -> Record:
    return {
        **refresh,
        "_target": _resolved(refresh["_target"]),
        "_previous": _resolved(refresh["_previous"]),
    }


def _resolved(named: Record) -> Record:
    """A launch template's specification with the number that its version stands for."""
    template = instances.template_of(named.get("LaunchTemplateId", ""), named.get("LaunchTemplateName", ""))
    version = template and instances.version_of(template, named.get("Version", ""))
    return (
        {"id": template["LaunchTemplateId"], "version": str(version["VersionNumber"])}
        if template and version
        else {}
    )


def _tracks(policy: Record, group: str) -> bool:
    wanted = policy["AutoScalingGroupName"] == group and policy["PolicyType"] == "TargetTrackingScaling"
    return wanted and str(policy.get("Enabled", True)).lower() == "true"


def _tracking(policy: Record) -> Record:
    asked = policy["TargetTrackingConfiguration"]
    alarms = [cloudwatch._alarms.get(each["AlarmName"]) for each in policy.get("Alarms", [])]
    high, low = (
        [each for each in alarms if each and f"-Alarm{level}-" in each["AlarmName"]]
        for level in ("High", "Low")
    )
    values = alarm_clock.latest_values(high[0], time.time()) if high else []
    return {
        "name": policy["PolicyName"],
        "target": float(asked["TargetValue"]),
        "value": next((value for value in reversed(values) if value is not None), None),
        "high": any(each["StateValue"] == "ALARM" for each in high),
        "low": any(each["StateValue"] == "ALARM" for each in low),
        "scale_in": not asked.get("DisableScaleIn"),
    }
