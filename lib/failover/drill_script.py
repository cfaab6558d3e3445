"""The script inside the Automation document of the switchover drill. Systems Manager runs this text.

It holds only what a document cannot say by itself: the next epoch, a call to the other region's state
machine, and figures out of an execution's history. It imports nothing of ours; a test compares what it
starts with what `dr switchover` starts.
"""

import json
import time
from typing import Any

import boto3

MOST_ATTEMPTS = 50
ENDS_WITHIN_S = 120
POLL_S = 3
RUNNING = ("RUNNING", "PENDING_REDRIVE")


def begin(events: dict[str, Any], _context: object) -> dict[str, str]:
    """Start the takeover that moves the system to *target*; one that runs already is joined."""
    lease = _lease(events)
    holder, state, epoch = lease["holder"]["S"], lease["state"]["S"], int(lease["epoch"]["N"]) + 1
    if state != "ACTIVE" or holder == events["target"]:
        raise RuntimeError(f"{holder} holds the lease and is {state}: nothing to switch; see dr status")
    client = boto3.client("stepfunctions", region_name=events["target"])
    takeover = {
        "system": events["system"],
        "epoch": epoch,
        "region": events["target"],
        "kind": "switchover",
        "from": holder,
    }
    for attempt in range(1, MOST_ATTEMPTS + 1):
        again = f"-{attempt}" if attempt > 1 else ""
        try:
            started = client.start_execution(
                stateMachineArn=events["machine"],
                name=f"{events['system']}-{epoch}-switchover{again}",
                input=json.dumps({**takeover, "attempt": attempt}, sort_keys=True),
            )
        except client.exceptions.ExecutionAlreadyExists:
            continue  # this one was tried and undone
        return {"execution": started["executionArn"]}
    raise RuntimeError(f"the switchover to {events['target']} was tried {MOST_ATTEMPTS} times")


def verify(events: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lease, writer and reconciliation after a takeover. Raises when one of them is not as it must be."""
    steps = boto3.client("stepfunctions", region_name=events["target"])
    status = _end(steps, events["execution"])
    lease, writer = _lease(events), _writer(events)
    figures = _figures(steps, events["execution"])
    found = {
        "execution": (status, "SUCCEEDED"),
        "holder": (lease["holder"]["S"], events["target"]),
        "state": (lease["state"]["S"], "ACTIVE"),
        "writer": (writer, events["target"]),
        "figures": (bool(figures), True),
        "replayed": (figures.get("replayed", 0) <= int(events["most_replayed"]), True),
    }
    wrong = [f"{what} is {is_}, not {wanted}" for what, (is_, wanted) in found.items() if is_ != wanted]
    if wrong:
        raise RuntimeError(f"{'; '.join(wrong)}; reconciliation: {json.dumps(figures)}")
    return {"epoch": lease["epoch"]["N"], "writer": writer, **figures}


def _lease(events: dict[str, Any]) -> dict[str, Any]:
    """As this region's replica has it: the table is strongly consistent."""
    client = boto3.client("dynamodb", region_name=events["here"])
    key = {"system": {"S": events["system"]}}
    item: dict[str, Any] = client.get_item(TableName=events["table"], Key=key, ConsistentRead=True)["Item"]
    return item


def _end(steps: Any, execution: str) -> str:
    """The status of an execution that is about to end."""
    for _ in range(ENDS_WITHIN_S // POLL_S):
        status: str = steps.describe_execution(executionArn=execution)["status"]
        if status not in RUNNING:
            return status
        time.sleep(POLL_S)
    return "RUNNING"


def _writer(events: dict[str, Any]) -> str:
    """The region of the global database's writer; where it moves, none."""
    client = boto3.client("rds", region_name=events["here"])
    name = events["global_cluster"]
    (found,) = client.describe_global_clusters(GlobalClusterIdentifier=name)["GlobalClusters"]
    writers = [one["DBClusterArn"].split(":")[3] for one in found["GlobalClusterMembers"] if one["IsWriter"]]
    return " ".join(writers) or "nowhere"


def _figures(steps: Any, execution: str) -> dict[str, int]:
    """What the step `reconcile` counted: entries since the watermark, and those its ledger lacked."""
    pages = steps.get_paginator("get_execution_history").paginate(executionArn=execution)
    for page in pages:
        for event in page["events"]:
            output = json.loads(event.get("taskSucceededEventDetails", {}).get("output") or "{}")
            payload = output.get("Payload") or {}
            if "replayed" in payload:
                return {"compared": payload["compared"], "replayed": payload["replayed"]}
    return {}
