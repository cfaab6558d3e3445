"""Reads what the emulator tells of a group into the values that decisions are made of."""

from collections.abc import Iterable, Mapping
from typing import Any

from localcloud.fleet.groups.facts import Group, Hook, Mixed, Template, Transition
from localcloud.fleet.groups.refresh_facts import Preferences, Refresh
from localcloud.fleet.groups.seen import Ec2, Tracking
from localcloud.fleet.instances.record import Instance

Told = Mapping[str, Any]
WHOLE = 100
_STATES = {"shutting-down": Ec2.TERMINATED, "stopping": Ec2.STOPPED}


def read_group(told: Told) -> Group:
    """The group in a snapshot."""
    group = told["group"]
    return Group(
        name=group["AutoScalingGroupName"],
        template=read_template(told["template"]),
        minimum=group["MinSize"],
        maximum=group["MaxSize"],
        desired=group["DesiredCapacity"],
        zones=tuple(group["AvailabilityZones"]),
        elb_health="ELB" in group["HealthCheckType"],
        grace_s=float(group["HealthCheckGracePeriod"]),
        warmup_s=_optional(group.get("DefaultInstanceWarmup")),
        target_groups=tuple(group.get("TargetGroupARNs", [])),
        hooks=tuple(map(_hook, told["hooks"])),
        suspended=frozenset(each["ProcessName"] for each in group.get("SuspendedProcesses", [])),
        policies=tuple(group["TerminationPolicies"]),
        protect_new=bool(group["NewInstancesProtectedFromScaleIn"]),
        mixed=_mixed(group.get("MixedInstancesPolicy")),
    )


def read_template(told: Told) -> Template:
    """A launch template with its version's number."""
    return Template(told.get("id", ""), told.get("version", ""))


def read_trackings(told: Told) -> tuple[Tracking, ...]:
    """The target tracking policies of a group."""
    return tuple(Tracking(**each) for each in told["trackings"])


def read_ec2(instances: Iterable[Instance]) -> dict[str, Ec2]:
    """What EC2 says, by instance."""
    return {each.id: _state(each) for each in instances}


def read_refresh(told: Told, started_at: float) -> Refresh:
    """A refresh that was just asked for."""
    return Refresh(
        id=told["InstanceRefreshId"],
        target=read_template(told["_target"]),
        previous=read_template(told["_previous"]),
        started_at=started_at,
        preferences=_preferences(told.get("Preferences", {}), told.get("_maintenance", {})),
    )


def by_hook(told: Told) -> dict[tuple[str, str], Any]:
    """By instance and hook instead of one text of both."""
    return {(key.partition("/")[0], key.partition("/")[2]): value for key, value in told.items()}


def _preferences(told: Told, maintenance: Told) -> Preferences:
    low = told.get("MinHealthyPercentage") or maintenance.get("MinHealthyPercentage") or 90
    high = told.get("MaxHealthyPercentage") or maintenance.get("MaxHealthyPercentage") or WHOLE
    return Preferences(
        min_healthy=int(low),
        max_healthy=int(high),
        warmup_s=_optional(told.get("InstanceWarmup")),
        checkpoints=tuple(map(int, told.get("CheckpointPercentages", []))),
        checkpoint_delay_s=float(told.get("CheckpointDelay") or 3600),
        skip_matching=told.get("SkipMatching") == "true",
        auto_rollback=told.get("AutoRollback") == "true",
        alarms=frozenset((told.get("AlarmSpecification") or {}).get("Alarms", [])),
        bake_s=float(told.get("BakeTime") or 0),
    )


def _hook(told: Told) -> Hook:
    return Hook(
        told["LifecycleHookName"],
        Transition(told["LifecycleTransition"]),
        float(told["HeartbeatTimeout"]),
        told["DefaultResult"],
    )


def _mixed(told: Told | None) -> Mixed | None:
    if not told:
        return None
    distribution = told["InstancesDistribution"]
    overrides = told["LaunchTemplate"].get("Overrides") or []
    return Mixed(
        types=tuple(each["InstanceType"] for each in overrides if each.get("InstanceType")),
        on_demand_base=int(distribution["OnDemandBaseCapacity"]),
        on_demand_above_base=int(distribution["OnDemandPercentageAboveBaseCapacity"]),
    )


def _state(instance: Instance) -> Ec2:
    if instance.state == "running" and instance.impaired:
        return Ec2.IMPAIRED
    return _STATES.get(instance.state) or Ec2(instance.state)


def _optional(value: object) -> float | None:
    # -1 is how the API takes a value back
    return None if value in (None, "", -1, "-1") else float(str(value))
