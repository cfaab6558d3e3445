"""What is said to members of Auto Scaling groups, and what became of them."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import time
from collections.abc import Callable
from typing import Any

from ministack.services import autoscaling

Parameters = dict[str, Any]
Record = dict[str, Any]
Answer = Any


def listen_to_members(wake: Callable[[], None]) -> None:
    """Keep results and heartbeats of hooks, health that is told and terminations; upstream hears nothing.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CompleteLifecycleAction.html
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetInstanceHealth.html
    """

    def hearing(act: Callable[[Parameters], Answer]) -> Callable[[Parameters], Answer]:
        def heard(params: Parameters) -> Answer:
            answer = act(params)
            wake()
            return answer

        return heard

    for action, act in _HEARD.items():
        autoscaling._ACTION_MAP[action] = hearing(act)
    autoscaling._ACTION_MAP["DescribeScalingActivities"] = _activities


def name_policies_and_hooks() -> None:
    """Answer for the policies and hooks whose names are asked for; upstream answers for all of the group.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribePolicies.html
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeLifecycleHooks.html
    """

    def describe(params: Parameters) -> Answer:
        group = autoscaling._p(params, "AutoScalingGroupName")
        names = autoscaling._parse_member_list(params, "PolicyNames")
        shown = [
            {"Enabled": True, "StepAdjustments": [], "Alarms": [], **policy}
            for policy in autoscaling._policies.values()
            if (not group or policy["AutoScalingGroupName"] == group)
            and (not names or policy["PolicyName"] in names or policy["PolicyARN"] in names)
        ]
        inner = f"<ScalingPolicies>{autoscaling._member_xml(shown)}</ScalingPolicies>"
        result = f"<DescribePoliciesResult>{inner}</DescribePoliciesResult>"
        return autoscaling._xml(200, "DescribePoliciesResponse", result)

    def hooks(params: Parameters) -> Answer:
        group = autoscaling._p(params, "AutoScalingGroupName")
        names = autoscaling._parse_member_list(params, "LifecycleHookNames")
        shown = [
            {key: value for key, value in hook.items() if value != ""}
            for hook in autoscaling._hooks.values()
            if hook["AutoScalingGroupName"] == group and (not names or hook["LifecycleHookName"] in names)
        ]
        inner = f"<LifecycleHooks>{autoscaling._member_xml(shown)}</LifecycleHooks>"
        result = f"<DescribeLifecycleHooksResult>{inner}</DescribeLifecycleHooksResult>"
        return autoscaling._xml(200, "DescribeLifecycleHooksResponse", result)

    autoscaling._ACTION_MAP["DescribePolicies"] = describe
    autoscaling._ACTION_MAP["DescribeLifecycleHooks"] = hooks


def track_requests() -> None:
    """Give a policy on ALBRequestCountPerTarget its alarms; upstream knows those on CPU and network only.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredefinedMetricSpecification.html
    """
    known = autoscaling._tracking_metric

    def metric(tracking: Record, group: str) -> Record | None:
        asked = tracking.get("PredefinedMetricSpecification") or {}
        if asked.get("PredefinedMetricType") != "ALBRequestCountPerTarget":
            found: Record | None = known(tracking, group)
            return found
        balancer, marker, target = asked["ResourceLabel"].partition("/targetgroup/")
        return {
            "Namespace": "AWS/ApplicationELB",
            "MetricName": "RequestCountPerTarget",
            "Statistic": "Sum",
            "Dimensions": [
                {"Name": "LoadBalancer", "Value": balancer},
                {"Name": "TargetGroup", "Value": marker[1:] + target},
            ],
        }

    autoscaling._tracking_metric = metric


def _member(params: Parameters) -> tuple[Record, Record] | None:
    """The group that the instance in *params* belongs to, and its record there."""
    name = autoscaling._p(params, "InstanceId")
    return next(
        (
            (group, member)
            for group in autoscaling._asgs.values()
            for member in group["Instances"]
            if member["InstanceId"] == name
        ),
        None,
    )


def _complete(params: Parameters) -> Answer:
    result = autoscaling._p(params, "LifecycleActionResult")
    if result not in ("CONTINUE", "ABANDON"):
        return autoscaling._error("ValidationError", f"The result {result!r} is neither CONTINUE nor ABANDON")
    return _note_hook(params, "CompleteLifecycleAction", "_hook_results", result)


def _heartbeat(params: Parameters) -> Answer:
    return _note_hook(params, "RecordLifecycleActionHeartbeat", "_heartbeats", time.time())


def _note_hook(params: Parameters, action: str, kept: str, value: object) -> Answer:
    """Only for an instance that waits for this hook; it is named by the instance or by its token."""
    group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
    hook, token = (autoscaling._p(params, key) for key in ("LifecycleHookName", "LifecycleActionToken"))
    name = autoscaling._p(params, "InstanceId") or token.rpartition("/")[2]
    waiting = [each for each in (group or {}).get("Instances", []) if each["InstanceId"] == name]
    if group is None or not (waiting and waiting[0]["LifecycleState"].endswith(":Wait")):
        message = f"No active Lifecycle Action found with instance ID {name}"
        return autoscaling._error("ValidationError", message)
    group.setdefault(kept, {})[f"{name}/{hook}"] = value
    return autoscaling._xml(200, f"{action}Response", f"<{action}Result/>")


def _set_health(params: Parameters) -> Answer:
    found = _member(params)
    if found is None:
        return autoscaling._error("ValidationError", "Instance Id not found - No managed instance found")
    group, member = found
    if autoscaling._p(params, "HealthStatus") == "Unhealthy":
        respects = autoscaling._p(params, "ShouldRespectGracePeriod") != "false"
        group.setdefault("_told_unhealthy" if respects else "_condemned", []).append(member["InstanceId"])
    return autoscaling._xml(200, "SetInstanceHealthResponse", "<SetInstanceHealthResult/>")


def _terminate(params: Parameters) -> Answer:
    found = _member(params)
    if found is None:
        return autoscaling._error("ValidationError", "Instance Id not found - No managed instance found")
    group, member = found
    group.setdefault("_condemned", []).append(member["InstanceId"])
    if autoscaling._p(params, "ShouldDecrementDesiredCapacity") == "true":
        group["DesiredCapacity"] = max(group["MinSize"], group["DesiredCapacity"] - 1)
    activity = (
        f"<Activity><AutoScalingGroupName>{group['AutoScalingGroupName']}</AutoScalingGroupName></Activity>"
    )
    name = "TerminateInstanceInAutoScalingGroup"
    return autoscaling._xml(200, f"{name}Response", f"<{name}Result>{activity}</{name}Result>")


def _protect(params: Parameters) -> Answer:
    group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
    if group is None:
        return autoscaling._error("ValidationError", "AutoScalingGroup name not found - null")
    wanted = autoscaling._p(params, "ProtectedFromScaleIn") == "true"
    group.setdefault("_protected", {}).update(
        dict.fromkeys(autoscaling._parse_member_list(params, "InstanceIds"), wanted)
    )
    return autoscaling._xml(200, "SetInstanceProtectionResponse", "<SetInstanceProtectionResult/>")


def _activities(params: Parameters) -> Answer:
    name = autoscaling._p(params, "AutoScalingGroupName")
    shown = [
        activity
        for group in autoscaling._asgs.values()
        if not name or group["AutoScalingGroupName"] == name
        for activity in group.get("Activities", [])
    ]
    inner = f"<Activities>{autoscaling._member_xml(shown)}</Activities>"
    result = f"<DescribeScalingActivitiesResult>{inner}</DescribeScalingActivitiesResult>"
    return autoscaling._xml(200, "DescribeScalingActivitiesResponse", result)


_HEARD: dict[str, Callable[[Parameters], Answer]] = {
    "CompleteLifecycleAction": _complete,
    "RecordLifecycleActionHeartbeat": _heartbeat,
    "SetInstanceHealth": _set_health,
    "TerminateInstanceInAutoScalingGroup": _terminate,
    "SetInstanceProtection": _protect,
}
