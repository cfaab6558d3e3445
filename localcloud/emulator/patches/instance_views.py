"""What EC2 tells of instances: metadata options, attributes, status checks, and that they changed."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import re
from collections.abc import Callable
from typing import Any

from ministack.services import ec2

from localcloud.emulator.patches.wrapping import Wrapper, wrap, wrap_entry

Parameters = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
METADATA = (
    "HttpTokens",
    "HttpEndpoint",
    "HttpPutResponseHopLimit",
    "HttpProtocolIpv6",
    "InstanceMetadataTags",
)
METADATA_DEFAULTS = {
    "HttpTokens": "optional",
    "HttpEndpoint": "enabled",
    "HttpPutResponseHopLimit": "1",
    "HttpProtocolIpv6": "disabled",
    "InstanceMetadataTags": "disabled",
}


def follow_state_changes(wake: Callable[[], None]) -> None:
    """Call *wake* when instances are started, stopped, rebooted or terminated, and count their boots."""

    def changed(original: Wrapper, params: Parameters) -> Answer:
        answer = original(params)
        wake()
        return answered(answer)

    def booted(original: Wrapper, params: Parameters) -> Answer:
        answer = original(params)
        for name in ec2._parse_member_list(params, "InstanceId"):
            if name in ec2._instances:
                ec2._instances[name]["_boots"] = ec2._instances[name].get("_boots", 1) + 1
        wake()
        return answered(answer)

    for action in ("StopInstances", "TerminateInstances"):
        wrap_entry(ec2._ACTION_MAP, action, changed)
    for action in ("StartInstances", "RebootInstances"):
        wrap_entry(ec2._ACTION_MAP, action, booted)


def tell_all_of_instances() -> None:
    """Tell user data, shutdown behaviour, metadata options and failed status checks; upstream tells none.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceAttribute.html
    """

    def attribute(original: Wrapper, params: Parameters) -> Answer:
        instance = ec2._instances.get(ec2._p(params, "InstanceId"))
        told = {"userData": "UserData", "instanceInitiatedShutdownBehavior": "_shutdown"}
        key = told.get(asked := ec2._p(params, "Attribute"))
        if instance is None or not (key and instance.get(key)):
            return answered(original(params))
        value = f"<{asked}><value>{ec2._esc(instance[key])}</value></{asked}>"
        name = f"<instanceId>{instance['InstanceId']}</instanceId>"
        return answered(ec2._xml(200, "DescribeInstanceAttributeResponse", name + value))

    def status(original: Wrapper, params: Parameters) -> Answer:
        code, headers, body = original(params)
        text = body.decode()
        for name, instance in ec2._instances.items():
            if instance.get("_impaired"):
                text = re.sub(
                    rf"<item>\s*<instanceId>{name}<.*?</instanceStatus>", _impaired, text, flags=re.S
                )
        return code, headers, text.encode()

    def modify(params: Parameters) -> Answer:
        instance = ec2._instances[ec2._p(params, "InstanceId")]
        instance["_metadata"] = metadata(params, "", instance.get("_metadata", {}))
        shown = f"<instanceId>{instance['InstanceId']}</instanceId><instanceMetadataOptions>"
        shown += f"{_metadata_xml(instance)}</instanceMetadataOptions>"
        return answered(ec2._xml(200, "ModifyInstanceMetadataOptionsResponse", shown))

    wrap_entry(ec2._ACTION_MAP, "DescribeInstanceAttribute", attribute)
    wrap_entry(ec2._ACTION_MAP, "DescribeInstanceStatus", status)
    ec2._ACTION_MAP["ModifyInstanceMetadataOptions"] = modify
    wrap(ec2, "_instance_xml", _instance_xml)


def metadata(params: Parameters, prefix: str, before: dict[str, str]) -> dict[str, str]:
    """The metadata options in *params*, those of *before* where they say nothing."""
    return {**before, **{key: value for key in METADATA if (value := ec2._p(params, prefix + key))}}


def _metadata_xml(instance: dict[str, Any]) -> str:
    shown = {
        "state": "applied",
        **{key[0].lower() + key[1:]: value for key, value in instance["_metadata"].items()},
    }
    return "".join(f"<{key}>{value}</{key}>" for key, value in shown.items())


def _instance_xml(original: Wrapper, instance: dict[str, Any]) -> str:
    text: str = original(instance)
    if "_metadata" in instance:
        shown = f"<metadataOptions>{_metadata_xml(instance)}</metadataOptions>"
        shown += "<instanceLifecycle>spot</instanceLifecycle>" if instance["_spot"] else ""
        text = text.replace("</instanceId>", f"</instanceId>{shown}", 1)
    return text


def _impaired(found: re.Match[str]) -> str:
    instance, separator, checks = found[0].partition("<instanceStatus>")
    checks = checks.replace("<status>ok<", "<status>impaired<").replace("<status>passed<", "<status>failed<")
    return instance + separator + checks


def answered(answer: Any) -> Answer:
    """*answer* of a handler without types."""
    given: Answer = answer
    return given
