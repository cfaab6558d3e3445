"""What the fleet reads of the emulator in one call, and what it tells it.

The fleet is what runs instances and keeps groups: localcloud/fleet. There is one snapshot and five orders:

GET  /_gate/fleet           -> {"instances", "groups", "containers": [...], "alarms": {region: [names]},
                                "names": {private name: [addresses]}}
POST /_gate/fleet/container {"id", "signal"}  -> its processes get it; how many there were
POST /_gate/fleet/group     {"region", "name", "members", "desired", "refresh", "template", ...}
POST /_gate/fleet/instance  {"region", "id", "state" | "impaired"}
POST /_gate/fleet/session   {"region", "profile", "instance"}  -> keys of the profile's role
POST /_gate/fleet/full      {"zones": [...]}  -> launches are refused there; "*" is everywhere
"""
# ruff: noqa: SLF001 - reads and writes what upstream keeps to itself

import signal
import time
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, request_scope
from ministack.services import autoscaling, ec2, ecs, eventbridge, iam

from localcloud.emulator import fleet_view
from localcloud.emulator.patches import instances, refreshes, sessions

Record = dict[str, Any]
STATES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}


class UnknownOrderError(ValueError):
    """The desk knows no such order."""


def answer(path: list[str], account: str, order: Mapping[str, Any]) -> Record:
    """The snapshot, or what came of the order that *path* names.

    Raises UnknownOrderError, and KeyError for half an order.
    """
    if not path:
        return fleet_view.snapshot()
    name = path[0]
    known: dict[str, Callable[[Mapping[str, Any]], Record]] = {
        "group": _tell_group,
        "instance": _tell_instance,
        "session": _session,
        "full": _refuse,
        "container": _signal,
    }
    if name not in known:
        raise UnknownOrderError(f"{name} is none of {', '.join(known)}")
    with request_scope(account, order.get("region", "us-east-1")):
        return known[name](order)


def _tell_group(told: Mapping[str, Any]) -> Record:
    """Take over what the fleet made of a group; what was answered by hooks meanwhile stays."""
    group = autoscaling._asgs.get(told["name"])
    if group is None:
        return {"known": False}
    group["Instances"] = told["members"]
    if told.get("desired") is not None:
        group["DesiredCapacity"] = told["desired"]
    if told.get("template"):
        refreshes.current_template(group)["Version"] = told["template"]["version"]
    group["Activities"] = [*told.get("activities", []), *group.get("Activities", [])][:100]
    shown = told.get("refresh") or {}
    for record in group.get("InstanceRefreshes", []):
        if record["InstanceRefreshId"] == shown.get("InstanceRefreshId"):
            record.update(shown)
    for event in told.get("events", []):
        eventbridge._put_events({"Entries": [event]}, allow_aws_source=True)
    return {"known": True}


def _tell_instance(told: Mapping[str, Any]) -> Record:
    record = ec2._instances[told["id"]]
    if "state" in told:
        record["State"] = {"Code": STATES[told["state"]], "Name": told["state"]}
        if told["state"] == "terminated":
            record["_terminated_at"] = time.time()
    if "impaired" in told:
        record["_impaired"] = bool(told["impaired"])
    return {"state": record["State"]["Name"]}


def _session(asked: Mapping[str, Any]) -> Record:
    """A session of the role of an instance profile, as the metadata service hands it out.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
    """
    profile = iam._lookup_instance_profile(arn=asked["profile"])
    roles = (profile or {}).get("Roles") or []
    if not roles:
        raise KeyError(f"{asked['profile']} has no role")
    role = roles[0] if isinstance(roles[0], str) else roles[0]["RoleName"]
    return sessions.begin(role, asked["instance"], get_account_id())


def _signal(order: Mapping[str, Any]) -> Record:
    """Do to a container what a drill wants: KILL, STOP or CONT."""
    container = ecs._docker.get(order["id"])
    if order["signal"] == "KILL":
        return {"processes": container.kill()}
    container.signal(signal.Signals[f"SIG{order['signal']}"])
    return {"processes": 1}


def _refuse(told: Mapping[str, Any]) -> Record:
    instances.full_zones.clear()
    instances.full_zones.update(told["zones"])
    return {"zones": sorted(instances.full_zones)}
