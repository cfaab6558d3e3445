"""EC2 instances."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import re
from collections.abc import Callable
from typing import Any

from ministack.services import ec2

from localcloud.emulator.patches.instance_views import (
    METADATA_DEFAULTS,
    Answer,
    Parameters,
    answered,
    metadata,
)
from localcloud.emulator.patches.wrapping import Wrapper, wrap_entry

full_zones: set[str] = set()
"""Zones in which there is no capacity; "*" stands for all."""


def launch_as_asked(wake: Callable[[], None]) -> None:
    """Launch from a template's version, into the subnet's zone, with the metadata options and disk asked for.

    Upstream ignores LaunchTemplate, puts all into zone a and forgets metadata options, the root volume's
    encryption and size, and the market. A launch can be refused for want of capacity. *wake* is called after
    each.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
    """

    def run(original: Wrapper, params: Parameters) -> Answer:
        found = _template(params)
        if isinstance(found, tuple):
            return found
        params = _from_template(params, found)
        zone = _zone(ec2._p(params, "SubnetId"))
        if zone in full_zones or "*" in full_zones:
            message = f"We currently do not have sufficient capacity in the Availability Zone {zone}."
            return answered(ec2._error("InsufficientInstanceCapacity", message, 500))
        before = set(ec2._instances)
        status, headers, body = original(params)
        made = [ec2._instances[each] for each in set(ec2._instances) - before]
        for instance in made:
            _complete(instance, params, zone, found)
            body = body.replace(*(text.encode() for text in _shown_anew(instance, body.decode())))
        if made:
            wake()
        return status, headers, body

    wrap_entry(ec2._ACTION_MAP, "RunInstances", run)


def version_of(template: dict[str, Any], asked: str) -> dict[str, Any] | None:
    """The version of a launch template that a number, $Default or $Latest names."""
    number = {"$Latest": template["LatestVersionNumber"], "$Default": template["DefaultVersionNumber"]}
    wanted = str(number.get(asked or "$Default", asked))
    found = (each for each in template["Versions"] if str(each["VersionNumber"]) == wanted)
    return next(found, None)


def template_of(identifier: str, name: str) -> dict[str, Any] | None:
    """The launch template with this id or, without one, this name."""
    known = ec2._launch_templates
    if identifier:
        found: dict[str, Any] | None = known.get(identifier)
        return found
    return next((each for each in known.values() if each["LaunchTemplateName"] == name), None)


def _template(params: Parameters) -> dict[str, Any] | Answer:
    """The version that is asked for, an empty one when none is, or the error."""
    identifier, name = (ec2._p(params, f"LaunchTemplate.LaunchTemplate{key}") for key in ("Id", "Name"))
    if not (identifier or name):
        return {}
    template = template_of(identifier, name)
    if template is None:
        message = f"The specified launch template, {identifier or name}, does not exist."
        return answered(ec2._error("InvalidLaunchTemplateId.NotFound", message, 400))
    asked = ec2._p(params, "LaunchTemplate.Version")
    version = version_of(template, asked)
    if version is None:
        message = f"Could not find the specified version {asked} for the launch template"
        return answered(ec2._error("InvalidLaunchTemplateId.VersionNotFound", message, 400))
    return version


def _from_template(params: Parameters, version: dict[str, Any]) -> Parameters:
    """*params* with what the template says where they say nothing."""
    data = version.get("LaunchTemplateData", {})
    more = {key: data[key] for key in ("ImageId", "InstanceType", "UserData", "KeyName") if data.get(key)}
    profile = data.get("IamInstanceProfile", {})
    more |= {f"IamInstanceProfile.{key}": value for key, value in profile.items()}
    groups = data.get("SecurityGroupIds") or [
        g for ni in data.get("NetworkInterfaces", []) for g in ni.get("Groups", [])
    ]
    more |= {f"SecurityGroupId.{place}": group for place, group in enumerate(groups, 1)}
    more |= {f"MetadataOptions.{key}": str(value) for key, value in data.get("MetadataOptions", {}).items()}
    for place, device in enumerate(data.get("BlockDeviceMappings", []), 1):
        more |= {
            f"BlockDeviceMapping.{place}.Ebs.{key}": str(value)
            for key, value in device.get("Ebs", {}).items()
        }
    if data.get("InstanceInitiatedShutdownBehavior"):
        more["InstanceInitiatedShutdownBehavior"] = data["InstanceInitiatedShutdownBehavior"]
    return {**more, **{key: value for key, value in params.items() if value != ""}}


def _complete(instance: dict[str, Any], params: Parameters, zone: str, version: dict[str, Any]) -> None:
    name = instance["InstanceId"]
    instance["Placement"]["AvailabilityZone"] = zone
    instance["_metadata"] = metadata(params, "MetadataOptions.", METADATA_DEFAULTS)
    instance["_shutdown"] = ec2._p(params, "InstanceInitiatedShutdownBehavior") or "stop"
    instance["_spot"] = ec2._p(params, "InstanceMarketOptions.MarketType") == "spot"
    instance["_template"] = {
        key: version[key] for key in ("LaunchTemplateId", "VersionNumber") if key in version
    }
    volume = ec2._volumes[instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]]
    volume["AvailabilityZone"] = zone
    root = {
        key: ec2._p(params, f"BlockDeviceMapping.1.Ebs.{key}")
        for key in ("Encrypted", "VolumeSize", "VolumeType")
    }
    volume["Encrypted"] = root["Encrypted"].lower() == "true"
    volume["Size"] = int(root["VolumeSize"] or volume["Size"])
    volume["VolumeType"] = root["VolumeType"] or volume["VolumeType"]
    tags = {each["Key"]: each["Value"] for each in _template_tags(version)}
    tags |= {each["Key"]: each["Value"] for each in ec2._tags.get(name, [])}
    if instance["_template"]:
        tags["aws:ec2launchtemplate:id"] = version["LaunchTemplateId"]
        tags["aws:ec2launchtemplate:version"] = str(version["VersionNumber"])
    if tags:
        ec2._tags[name] = [{"Key": key, "Value": value} for key, value in tags.items()]


def _template_tags(version: dict[str, Any]) -> list[dict[str, str]]:
    specified = version.get("LaunchTemplateData", {}).get("TagSpecifications", [])
    return [tag for each in specified if each["ResourceType"] == "instance" for tag in each["Tags"]]


def _zone(subnet: str) -> str:
    known = ec2._subnets.get(subnet or ec2._DEFAULT_SUBNET_ID)
    return str(known["AvailabilityZone"]) if known else f"{ec2.get_region()}a"


def _shown_anew(instance: dict[str, Any], text: str) -> tuple[str, str]:
    """What RunInstances shows of *instance*, and what it shall show, now that it is complete."""
    found = re.search(
        rf"<item>\s*<instanceId>{instance['InstanceId']}<.*?</amiLaunchIndex>\s*</item>", text, re.S
    )
    return (found[0], ec2._instance_xml(instance)) if found else ("", "")
