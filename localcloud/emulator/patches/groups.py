"""Auto Scaling groups: what is given is kept and told, and their members are the fleet's."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

from collections.abc import Callable
from typing import Any

from ministack.services import autoscaling, ec2

from localcloud.emulator.patches.instances import template_of
from localcloud.emulator.patches.wrapping import UpstreamChangedError, Wrapper, wrap_entry

Parameters = dict[str, Any]
Record = dict[str, Any]
Answer = Any
KEPT = (
    "CapacityRebalance",
    "DefaultInstanceWarmup",
    "DesiredCapacityType",
    "MaxInstanceLifetime",
    "ServiceLinkedRoleARN",
    "Context",
)
DISTRIBUTION = {
    "OnDemandAllocationStrategy": "prioritized",
    "OnDemandBaseCapacity": "0",
    "OnDemandPercentageAboveBaseCapacity": "100",
    "SpotAllocationStrategy": "lowest-price",
}


def keep_groups(wake: Callable[[], None]) -> None:
    """Keep and tell all of a group, and leave its instances to the fleet.

    Upstream invents instances that are in service at once, and forgets the template of an update, mixed
    instances policies, target groups, zones, warm-up, hooks that come with the group, and what else is in
    KEPT. *wake* is called when something of a group changed.
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
    """
    if not hasattr(autoscaling, "_reconcile_instances"):
        raise UpstreamChangedError("autoscaling has no _reconcile_instances")
    autoscaling._reconcile_instances = lambda _group: None

    def create(original: Wrapper, params: Parameters) -> Answer:
        answer = original(params)
        if answer[0] == 200:  # noqa: PLR2004 - OK
            _keep(params, new=True)
            wake()
        return answer

    def update(original: Wrapper, params: Parameters) -> Answer:
        answer = original(params)
        _keep(params, new=False)
        wake()
        return answer

    def changed(original: Wrapper, params: Parameters) -> Answer:
        answer = original(params)
        wake()
        return answer

    def delete(original: Wrapper, params: Parameters) -> Answer:
        group = _group(params)
        if group and group["Instances"] and autoscaling._p(params, "ForceDelete") != "true":
            message = "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group."  # noqa: E501 - AWS's words
            return autoscaling._error("ResourceInUse", message)
        return changed(original, params)

    table = autoscaling._ACTION_MAP
    wrap_entry(table, "CreateAutoScalingGroup", create)
    wrap_entry(table, "UpdateAutoScalingGroup", update)
    wrap_entry(table, "DeleteAutoScalingGroup", delete)
    wrap_entry(table, "SetDesiredCapacity", changed)
    table["DescribeAutoScalingGroups"] = _describe


def _keep(params: Parameters, *, new: bool) -> None:
    group = _group(params)
    if group is None:
        return
    members = autoscaling._parse_member_list

    def ask(key: str) -> str:
        return str(autoscaling._p(params, key))

    group |= {key: ask(key) for key in KEPT if ask(key)}
    if (identifier := ask("LaunchTemplate.LaunchTemplateId")) or ask("LaunchTemplate.LaunchTemplateName"):
        named = ask("LaunchTemplate.LaunchTemplateName")
        group["LaunchTemplate"] = _named(identifier, named, ask("LaunchTemplate.Version"))
        group.pop("MixedInstancesPolicy", None)
    if mixed := autoscaling._parse_nested(params, "MixedInstancesPolicy"):
        group["MixedInstancesPolicy"] = _mixed(mixed)
        group["LaunchTemplate"] = {}
    if policies := members(params, "TerminationPolicies"):
        group["TerminationPolicies"] = policies
    if protect := ask("NewInstancesProtectedFromScaleIn"):
        group["NewInstancesProtectedFromScaleIn"] = protect == "true"
    if maintenance := autoscaling._parse_nested(params, "InstanceMaintenancePolicy"):
        group["InstanceMaintenancePolicy"] = maintenance
    zones = sorted({ec2._subnets[each]["AvailabilityZone"] for each in _subnets(group)})
    group["AvailabilityZones"] = zones or members(params, "AvailabilityZones") or group["AvailabilityZones"]
    if new:
        group["HealthCheckGracePeriod"] = int(ask("HealthCheckGracePeriod") or 0)  # the API's default is none
        group["TargetGroupARNs"] = members(params, "TargetGroupARNs")
        for hook in autoscaling._parse_nested(params, "LifecycleHookSpecificationList") or []:
            name = hook["LifecycleHookName"]
            record = autoscaling._hook_record(group["AutoScalingGroupName"], name, hook)
            autoscaling._hooks[f"{group['AutoScalingGroupName']}/{name}"] = record


def _subnets(group: Record) -> list[str]:
    return [each for each in group["VPCZoneIdentifier"].split(",") if each in ec2._subnets]


def _named(identifier: str, name: str, version: str) -> Record:
    """A launch template's specification as it is told: with both id and name."""
    template = template_of(identifier, name) or {}
    return {
        "LaunchTemplateId": template.get("LaunchTemplateId", identifier),
        "LaunchTemplateName": template.get("LaunchTemplateName", name),
        "Version": version or "$Default",
    }


def _mixed(policy: Record) -> Record:
    given = policy["LaunchTemplate"]["LaunchTemplateSpecification"]
    found = _named(*(given.get(key, "") for key in ("LaunchTemplateId", "LaunchTemplateName", "Version")))
    template = {**policy["LaunchTemplate"], "LaunchTemplateSpecification": found}
    distribution = {**DISTRIBUTION, **policy.get("InstancesDistribution", {})}
    if distribution["SpotAllocationStrategy"] == "lowest-price":
        distribution.setdefault("SpotInstancePools", "2")
    return {"LaunchTemplate": template, "InstancesDistribution": distribution}


def _describe(params: Parameters) -> Answer:
    names = autoscaling._parse_member_list(params, "AutoScalingGroupNames")
    shown = [_shown(group) for name, group in autoscaling._asgs.items() if not names or name in names]
    inner = f"<AutoScalingGroups>{autoscaling._member_xml(shown)}</AutoScalingGroups>"
    result = f"<DescribeAutoScalingGroupsResult>{inner}</DescribeAutoScalingGroupsResult>"
    return autoscaling._xml(200, "DescribeAutoScalingGroupsResponse", result)


_INTERNAL = frozenset({"InstanceRefreshes", "Activities", "Context", "LaunchConfigurationName", "Status"})


def _shown(group: Record) -> Record:
    shown = {
        key: value
        for key, value in group.items()
        if key not in _INTERNAL and not key.startswith("_") and value not in ("", {})
    }
    shown["Instances"] = [
        {key: value for key, value in each.items() if value not in ("", {})} for each in group["Instances"]
    ]
    return shown


def _group(params: Parameters) -> Record | None:
    found: Record | None = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
    return found
