"""The Automation document of the switchover drill, as a value: there and home again, or home at once.

Schema 0.3: https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
Every action calls its own region; only the script reaches the other one. The lease table is the same in
both, so waiting for the other region needs no call to it.
"""

from pathlib import Path
from typing import Any

from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site

Step = dict[str, Any]
SCRIPT = (Path(__file__).parent / "drill_script.py").read_text()
RUNTIME = "python3.11"
AROUND_THE_PROMOTION_S = 300
"""What the other steps of a takeover may need besides."""
SCRIPT_LIMIT_S = 300
CHECK_LIMIT_S = 60
ROLLBACK = "step:whereIsTheLease"


def switchover_drill(site: Site[TwoRegionSettings], role_arn: str) -> dict[str, Any]:
    """Brings the system to the region of *site* and, later or after a failure, home again."""
    return {
        "schemaVersion": "0.3",
        "description": f"Drill: {site.settings.REQUESTS} move to this region, are checked, and move home. "
        "Nothing is lost; each move costs callers some seconds of 503. See docs/drills.md",
        "assumeRole": role_arn,
        "parameters": parameters(site),
        "mainSteps": [*_before(site), *_there(site), *_rollback(site), *_home(site)],
        "outputs": ["verifyHere.compared", "verifyHere.replayed", "verifyHome.replayed"],
    }


def parameters(site: Site[TwoRegionSettings]) -> dict[str, Any]:
    """What a person types. Confirm has no default, so that nobody moves anything by a stray click."""
    environment, requests = site.settings.name("drill"), site.settings.REQUESTS
    return {
        "Confirm": {
            "type": "String",
            "description": f"Type {environment} to move the {requests} of this environment.",
            "allowedPattern": f"^{environment}$",
        },
        "Dwell": {
            "type": "String",
            "description": f"How long {requests} stay here, as ISO 8601 duration of 1 to 59 minutes.",
            "default": "PT5M",
            "allowedPattern": "^PT([1-9]|[1-5][0-9])M$",
        },
        "MostReplayed": {
            "type": "String",
            "description": f"How many {requests} the reconciliation may have had to replay. A planned move "
            "needs none, but for those that were only accepted (202) when it began.",
            "default": "0",
            "allowedPattern": "^[0-9]{1,6}$",
        },
    }


def _before(site: Site[TwoRegionSettings]) -> list[Step]:
    """Nothing has changed until these have passed."""
    alarm = {
        "Service": "cloudwatch",
        "Api": "DescribeAlarms",
        "AlarmNames": [site.name("region-impaired")],
        "AlarmTypes": ["CompositeAlarm"],
        "PropertySelector": "$.CompositeAlarms[0].StateValue",
        "DesiredValues": ["OK"],
    }
    return [
        _step("aws:assertAwsResourceProperty", "thisRegionIsWell", alarm, limit_s=CHECK_LIMIT_S),
        _lease_is(site, "theOtherRegionHolds", "holder", site.other.region.name),
        _lease_is(site, "theOtherRegionServes", "state", "ACTIVE"),
    ]


def _there(site: Site[TwoRegionSettings]) -> list[Step]:
    """From the start on, a failure looks where the lease is and goes home from there."""
    after: Step = {"onFailure": ROLLBACK, "isCritical": True}
    dwell = {"Duration": "{{ Dwell }}"}
    return [
        _begin(site, "moveHere", target=site),
        {**_takeover_ends(site, "awaitHere", "moveHere"), **after},
        {**_verify(site, "verifyHere", "moveHere", target=site), **after},
        {**_step("aws:sleep", "dwell", dwell), **after},
        {**_lease_is(site, "stillServes", "state", "ACTIVE"), **after},
    ]


def _rollback(site: Site[TwoRegionSettings]) -> list[Step]:
    where = [{"Name": name, "Selector": f"$.Item.{name}.S", "Type": "String"} for name in ("holder", "state")]
    here = {"Variable": "{{ whereIsTheLease.holder }}", "StringEquals": site.region.name}
    choices = {"Choices": [{**here, "NextStep": "moveHome"}], "Default": _at_home(site)}
    return [
        {**_step("aws:executeAwsApi", "whereIsTheLease", _get_lease(site)), "outputs": where},
        _step("aws:branch", "goHomeOnlyFromHere", choices),
    ]


def _home(site: Site[TwoRegionSettings]) -> list[Step]:
    limit_s = site.settings.limits.transition_s + AROUND_THE_PROMOTION_S
    there = site.other
    return [
        _begin(site, "moveHome", target=there),
        _lease_is(site, "awaitHome", "holder", there.region.name, wait_s=limit_s),
        _lease_is(site, "awaitHomeServes", "state", "ACTIVE", wait_s=limit_s),
        _verify(site, "verifyHome", "moveHome", target=there),
        {**_lease_is(site, _at_home(site), "holder", there.region.name), "isEnd": True},
    ]


def _at_home(site: Site[TwoRegionSettings]) -> str:
    """The name of the step that ends a drill well."""
    return f"{site.settings.REQUESTS}AreHome"


def _step(action: str, name: str, inputs: dict[str, Any], *, limit_s: int | None = None) -> Step:
    limit = {"timeoutSeconds": limit_s} if limit_s else {}
    return {"name": name, "action": action, **limit, "inputs": inputs}


def _get_lease(site: Site[TwoRegionSettings]) -> dict[str, Any]:
    return {
        "Service": "dynamodb",
        "Api": "GetItem",
        "TableName": site.name("lease"),
        "Key": {"system": {"S": site.settings.system}},
        "ConsistentRead": True,
    }


def _lease_is(
    site: Site[TwoRegionSettings], name: str, attribute: str, value: str, *, wait_s: int | None = None
) -> Step:
    wanted = {"PropertySelector": f"$.Item.{attribute}.S", "DesiredValues": [value]}
    action = "waitFor" if wait_s else "assert"
    inputs = {**_get_lease(site), **wanted}
    return _step(f"aws:{action}AwsResourceProperty", name, inputs, limit_s=wait_s or CHECK_LIMIT_S)


def _takeover_ends(site: Site[TwoRegionSettings], name: str, begun: str) -> Step:
    inputs = {
        "Service": "stepfunctions",
        "Api": "DescribeExecution",
        "executionArn": f"{{{{ {begun}.execution }}}}",
        "PropertySelector": "$.status",
        "DesiredValues": ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"],
    }
    limit_s = site.settings.limits.transition_s + AROUND_THE_PROMOTION_S
    return _step("aws:waitForAwsResourceProperty", name, inputs, limit_s=limit_s)


def _begin(site: Site[TwoRegionSettings], name: str, *, target: Site[TwoRegionSettings]) -> Step:
    inputs = _script(site, target, "begin", {})
    return {**_scripted(name, inputs), "outputs": _outputs("execution")}


def _verify(site: Site[TwoRegionSettings], name: str, begun: str, *, target: Site[TwoRegionSettings]) -> Step:
    given = {"execution": f"{{{{ {begun}.execution }}}}", "most_replayed": "{{ MostReplayed }}"}
    inputs = _script(site, target, "verify", given)
    return {**_scripted(name, inputs), "outputs": _outputs("epoch", "writer", "compared", "replayed")}


def _script(
    site: Site[TwoRegionSettings], target: Site[TwoRegionSettings], handler: str, given: dict[str, str]
) -> dict[str, Any]:
    payload = {
        "system": site.settings.system,
        "here": site.region.name,
        "target": target.region.name,
        "table": site.name("lease"),
        "global_cluster": site.name("ledger"),
        "machine": target.arn("states", f"stateMachine:{site.name('failover')}"),
        **given,
    }
    return {"Runtime": RUNTIME, "Handler": handler, "InputPayload": payload, "Script": SCRIPT}


def _scripted(name: str, inputs: dict[str, Any]) -> Step:
    return _step("aws:executeScript", name, inputs, limit_s=SCRIPT_LIMIT_S)


def _outputs(*names: str) -> list[dict[str, str]]:
    return [{"Name": name, "Selector": f"$.Payload.{name}", "Type": "String"} for name in names]
