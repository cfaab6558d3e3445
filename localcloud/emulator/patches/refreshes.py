"""Instance refreshes of Auto Scaling groups."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

from collections.abc import Callable
from typing import Any

from ministack.core.responses import new_uuid, now_iso
from ministack.services import autoscaling

Parameters = dict[str, Any]
Record = dict[str, Any]
Answer = Any
ENDED = frozenset({"Successful", "Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"})
_SHOWN = (
    "InstanceRefreshId",
    "AutoScalingGroupName",
    "Status",
    "StatusReason",
    "StartTime",
    "EndTime",
    "PercentageComplete",
    "InstancesToUpdate",
    "Preferences",
    "DesiredConfiguration",
)


def leave_refreshes_to_the_fleet(wake: Callable[[], None]) -> None:
    """Keep what a refresh is asked to do, and let the fleet do it; upstream calls each successful at once.

    What the group has *when the refresh starts* is what a rollback returns to. Rollback needs a desired
    configuration whose version is a number.
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StartInstanceRefresh.html
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html
    """
    calls: dict[str, Callable[[Parameters, Record], Answer]] = {
        "StartInstanceRefresh": _start,
        "DescribeInstanceRefreshes": _describe,
        "CancelInstanceRefresh": lambda _, group: _end("Cancel", "_cancelled", group),
        "RollbackInstanceRefresh": lambda _, group: _end("Rollback", "_rolled_back", group),
    }

    def acting(act: Callable[[Parameters, Record], Answer]) -> Callable[[Parameters], Answer]:
        def acted(params: Parameters) -> Answer:
            group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
            if group is None:
                return autoscaling._error("ValidationError", "AutoScalingGroup name not found - null")
            answer = act(params, group)
            wake()
            return answer

        return acted

    autoscaling._ACTION_MAP |= {action: acting(act) for action, act in calls.items()}


def active(group: Record) -> Record | None:
    """The refresh of *group* that is not over."""
    found = (each for each in group.get("InstanceRefreshes", []) if each["Status"] not in ENDED)
    return next(found, None)


def current_template(group: Record) -> Record:
    """The launch template that *group* launches from."""
    mixed = group.get("MixedInstancesPolicy")
    found: Record = (
        mixed["LaunchTemplate"]["LaunchTemplateSpecification"] if mixed else group["LaunchTemplate"]
    )
    return found


def _start(params: Parameters, group: Record) -> Answer:
    if active(group):
        message = (
            "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh."
        )
        return autoscaling._error("InstanceRefreshInProgress", message)
    wanted = autoscaling._parse_nested(params, "DesiredConfiguration") or {}
    preferences = autoscaling._parse_nested(params, "Preferences") or {}
    if refusal := _refusal(preferences, _asked_template(wanted)):
        return autoscaling._error("ValidationError", refusal)
    refresh = {
        "InstanceRefreshId": new_uuid(),
        "AutoScalingGroupName": group["AutoScalingGroupName"],
        "Status": "Pending",
        "StartTime": now_iso(),
        "PercentageComplete": 0,
        "InstancesToUpdate": len(group["Instances"]),
        "Preferences": preferences,
        "DesiredConfiguration": wanted,
        "_target": {**current_template(group), **_asked_template(wanted)},
        "_previous": dict(current_template(group)),
    }
    group.setdefault("InstanceRefreshes", []).insert(0, refresh)
    return _named("StartInstanceRefresh", refresh)


def _asked_template(wanted: Record) -> Record:
    mixed = wanted.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    found: Record = wanted.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification") or {}
    return found


def _refusal(preferences: Record, asked: Record) -> str:
    if preferences.get("AutoRollback") != "true":
        return ""
    if not asked:
        return "AutoRollback requires a desired configuration"
    if not str(asked.get("Version", "")).isdigit():
        return "AutoRollback needs a numbered version of the launch template, neither $Latest nor $Default"
    return ""


def _describe(params: Parameters, group: Record) -> Answer:
    asked = autoscaling._parse_member_list(params, "InstanceRefreshIds")
    shown = [
        {key: each[key] for key in _SHOWN if each.get(key) not in (None, {}, "")}
        for each in group.get("InstanceRefreshes", [])
        if not asked or each["InstanceRefreshId"] in asked
    ]
    inner = f"<InstanceRefreshes>{autoscaling._member_xml(shown)}</InstanceRefreshes>"
    result = f"<DescribeInstanceRefreshesResult>{inner}</DescribeInstanceRefreshesResult>"
    return autoscaling._xml(200, "DescribeInstanceRefreshesResponse", result)


def _end(how: str, mark: str, group: Record) -> Answer:
    refresh = active(group)
    if refresh is None:
        message = "No in progress or pending Instance Refresh found for Auto Scaling group"
        return autoscaling._error("ActiveInstanceRefreshNotFound", message)
    if how == "Rollback" and not _asked_template(refresh["DesiredConfiguration"]):
        return autoscaling._error("IrreversibleInstanceRefresh", "It has no desired configuration")
    refresh[mark] = True
    if how == "Cancel":
        refresh["Status"] = "Cancelling"
    return _named(f"{how}InstanceRefresh", refresh)


def _named(action: str, refresh: Record) -> Answer:
    inner = f"<InstanceRefreshId>{refresh['InstanceRefreshId']}</InstanceRefreshId>"
    return autoscaling._xml(200, f"{action}Response", f"<{action}Result>{inner}</{action}Result>")
