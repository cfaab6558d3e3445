"""Alarms of CloudWatch that take a deployment of ECS back.

An alarm that rings before the end of a deployment's bake time ends the deployment, and the version that
completed last serves again. Alarms are ignored for a deployment that begins while one of them rings.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html

AWS computes the bake time from the alarms and does not say how. Here it is as long as the longest evaluation
of any of them and one period more, because the data of a period are seen in the next one. The first
deployment of a service does not bake here: there is nothing to go back to.
"""
# ruff: noqa: SLF001 - reads and writes what upstream keeps to itself

import json
import logging
from collections.abc import Iterable
from typing import Any

from ministack.core.responses import new_uuid, request_scope
from ministack.services import cloudwatch, ecs

from localcloud.emulator.patches.wrapping import Wrapper, wrap_entry

Record = dict[str, Any]
WATCH, BAKES_UNTIL, GOOD = "_alarms", "_bakes_until", "_last_completed"
WATCHED, BAKING, OVER = "watched", "baking", "over"
COMPLETED, IN_PROGRESS = "COMPLETED", "IN_PROGRESS"
log = logging.getLogger("localcloud.containers")


def follow(now: float) -> None:
    """Look at the deployment of each service once; take back those that an alarm has ended."""
    for (account, region, key), service in list(ecs._services.all_items()):
        primary = ecs._primary_deployment(service)
        if primary and service["status"] == "ACTIVE":
            with request_scope(account, region):
                _judge(key, service, primary, now)


def show_bake_time() -> None:
    """Let a deployment that bakes be in progress for whoever asks; upstream knows no bake time."""

    def describe(original: Wrapper, asked: Record) -> Any:
        status, headers, body = original(asked)
        told = json.loads(body)
        baking = {
            one["id"]
            for service in ecs._services.values()
            for one in service["deployments"]
            if one.get(WATCH) in (WATCHED, BAKING)
        }
        for service in told.get("services", []):
            for deployment in service["deployments"]:
                if deployment["id"] in baking:
                    deployment["rolloutState"] = IN_PROGRESS
        return status, headers, json.dumps(told).encode()

    wrap_entry(ecs._ACTION_MAP, "DescribeServices", describe)


def bake_s(alarms: Iterable[Record]) -> float:
    """How long alarms are watched once only tasks of the new version are left."""
    return max(((one["EvaluationPeriods"] + 1) * float(one.get("Period") or 60) for one in alarms), default=0)


def _judge(key: str, service: Record, primary: Record, now: float) -> None:
    asked = (service.get("deploymentConfiguration") or {}).get("alarms") or {}
    alarms = [cloudwatch._alarms[name] for name in asked.get("alarmNames", []) if name in cloudwatch._alarms]
    rings = any(one["StateValue"] == "ALARM" for one in alarms)
    if WATCH not in primary:
        begins = primary["rolloutState"] == IN_PROGRESS and asked.get("enable")
        primary[WATCH] = WATCHED if begins and not rings else OVER
    completed = primary["rolloutState"] == COMPLETED
    if primary[WATCH] == WATCHED and completed:
        primary[WATCH], primary[BAKES_UNTIL] = BAKING, now + bake_s(alarms)
    if primary[WATCH] != OVER and rings:
        _take_back(key, service, primary, rollback=bool(asked.get("rollback")))
    elif completed and now >= primary.get(BAKES_UNTIL, 0):
        primary[WATCH], service[GOOD] = OVER, primary["taskDefinition"]


def _take_back(key: str, service: Record, failed: Record, *, rollback: bool) -> None:
    """Fail the deployment. The version before serves again, on its own tasks as far as they still run."""
    log.warning("%s: an alarm ends deployment %s", key, failed["id"])
    failed.update({WATCH: OVER, "rolloutState": "FAILED", "desiredCount": 0, "updatedAt": ecs._iso()})
    failed["rolloutStateReason"] = "ECS deployment failed: alarm detected."
    _tell(service, "deployment failed: alarm detected.")
    before = service.get(GOOD)
    if not (rollback and before):
        return
    failed["status"] = "ACTIVE"
    known = (one for one in service["deployments"] if one is not failed and one["taskDefinition"] == before)
    again = next((one for one in known if one["rolloutState"] == COMPLETED), None)
    if again is None:
        again = ecs._make_deployment(before, service["desiredCount"])
        again["launchType"] = service.get("launchType")
        again["capacityProviderStrategy"] = service.get("capacityProviderStrategy")
        service["deployments"].insert(0, again)
    again.update({WATCH: OVER, "status": "PRIMARY", "rolloutState": IN_PROGRESS})
    again.update(
        desiredCount=service["desiredCount"], rolloutStateReason="ECS deployment rollback in progress."
    )
    service["taskDefinition"] = before
    _tell(service, "rolling back to the last completed deployment.")
    cluster = key.partition("/")[0]
    ecs._reconcile_service_tasks(cluster, key)
    ecs._complete_service_deployment(cluster, key)


def _tell(service: Record, what: str) -> None:
    message = f"(service {service['serviceName']}) {what}"
    service["events"].insert(0, {"id": new_uuid(), "createdAt": ecs._iso(), "message": message})
