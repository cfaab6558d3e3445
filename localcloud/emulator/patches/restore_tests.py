"""Restore testing plans of AWS Backup: kept and told, never carried out."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid
from ministack.services import backup

from localcloud.emulator.patches.wrapping import Wrapper, wrap

Answer = tuple[int, dict[str, str], bytes]
Record = dict[str, Any]

_plans = AccountRegionScopedDict()
_selections = AccountRegionScopedDict()
PLAN_DEFAULTS = {"ScheduleExpressionTimezone": "Etc/UTC", "StartWindowHours": 24}
POINT_DEFAULTS = {"ExcludeVaults": [], "SelectionWindowDays": 30}
SELECTION_DEFAULTS = {"RestoreMetadataOverrides": {}, "ValidationWindowHours": 0}


def keep_restore_tests() -> None:
    """Keep restore testing plans with their selections and tags; upstream only says that there are none."""

    async def handle(original: Wrapper, method: str, path: str, *rest: Any) -> Answer:
        root, *names = path.strip("/").split("/")
        # plans, plans/<plan>, plans/<plan>/selections, plans/<plan>/selections/<selection>
        handler = HANDLERS.get((method, len(names)))
        if root == "restore-testing" and handler:
            return handler(rest[1], *names[1::2])
        answer: Answer = await original(method, path, *rest)
        return answer

    def tags(original: Wrapper, arn: str) -> Any:
        found = [plan for plan in _plans.values() if plan["RestoreTestingPlanArn"] == arn]
        return found[0]["Tags"] if found else original(arn)

    wrap(backup, "handle_request", handle)
    wrap(backup, "_resolve_resource", tags)


def _missing(what: str) -> Answer:
    answer: Answer = backup._not_found(f"Restore testing {what} not found.")
    return answer


def _ok(content: Record, status: int = 200) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(content).encode()


def _create_plan(body: bytes) -> Answer:
    request = json.loads(body)
    given = request["RestoreTestingPlan"]
    name = given["RestoreTestingPlanName"]
    arn = f"arn:aws:backup:{get_region()}:{get_account_id()}:restore-testing-plan:{name}-{new_uuid()}"
    _plans[name] = {
        **PLAN_DEFAULTS,
        **given,
        "RecoveryPointSelection": {**POINT_DEFAULTS, **given["RecoveryPointSelection"]},
        "RestoreTestingPlanArn": arn,
        "CreationTime": backup._epoch(),
        "Tags": request.get("Tags") or {},
    }
    return _ok(_plans[name], 201)


def _update_plan(body: bytes, name: str) -> Answer:
    if name not in _plans:
        return _missing(f"plan '{name}'")
    _plans[name].update(json.loads(body)["RestoreTestingPlan"])
    return _ok(_plans[name])


def _get_plan(_: bytes, name: str) -> Answer:
    found = _plans.get(name)
    return _ok({"RestoreTestingPlan": found}) if found else _missing(f"plan '{name}'")


def _delete_plan(_: bytes, name: str) -> Answer:
    return _ok({}, 204) if _plans.pop(name, None) else _missing(f"plan '{name}'")


def _create_selection(body: bytes, plan: str) -> Answer:
    if plan not in _plans:
        return _missing(f"plan '{plan}'")
    given = json.loads(body)["RestoreTestingSelection"]
    key = f"{plan}/{given['RestoreTestingSelectionName']}"
    _selections[key] = {
        **SELECTION_DEFAULTS,
        **given,
        "RestoreTestingPlanName": plan,
        "RestoreTestingPlanArn": _plans[plan]["RestoreTestingPlanArn"],
        "CreationTime": backup._epoch(),
    }
    return _ok(_selections[key], 201)


def _list_selections(_: bytes, plan: str) -> Answer:
    if plan not in _plans:
        return _missing(f"plan '{plan}'")
    found = [one for one in _selections.values() if one["RestoreTestingPlanName"] == plan]
    return _ok({"RestoreTestingSelections": found})


def _update_selection(body: bytes, plan: str, name: str) -> Answer:
    if f"{plan}/{name}" not in _selections:
        return _missing(f"selection '{name}'")
    _selections[f"{plan}/{name}"].update(json.loads(body)["RestoreTestingSelection"])
    return _ok(_selections[f"{plan}/{name}"])


def _get_selection(_: bytes, plan: str, name: str) -> Answer:
    found = _selections.get(f"{plan}/{name}")
    return _ok({"RestoreTestingSelection": found}) if found else _missing(f"selection '{name}'")


def _delete_selection(_: bytes, plan: str, name: str) -> Answer:
    found = _selections.pop(f"{plan}/{name}", None)
    return _ok({}, 204) if found else _missing(f"selection '{name}'")


HANDLERS: dict[tuple[str, int], Callable[..., Answer]] = {
    ("PUT", 1): _create_plan,
    ("GET", 2): _get_plan,
    ("PUT", 2): _update_plan,
    ("DELETE", 2): _delete_plan,
    ("GET", 3): _list_selections,
    ("PUT", 3): _create_selection,
    ("GET", 4): _get_selection,
    ("PUT", 4): _update_selection,
    ("DELETE", 4): _delete_selection,
}
