"""What to do about an expectation that a drill missed, and which file to change. Pure."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    """A first step, and the file in which the change is made, from the root of the repository."""

    do: str
    file: str


_FLOW = "lambda/intake/request_flow.py"
_DECISION = "lambda/failover/decision.py"
_SCENARIOS = "gameday/targets/payments/scenarios.py"
_RECOVERY = "config/payments.toml"
ADVICE = {
    "epochs begun as planned": Advice(
        "See in timeline.json which move was refused or forced.", "lambda/failover/steps/hand_over.py"
    ),
    "epochs begun": Advice("See in timeline.json who took the lease, and by which rule.", _DECISION),
    "moves of the writer": Advice(
        "Follow the promotion in steps.jsonl: who asked, what was refused.",
        "lambda/failover/steps/promote.py",
    ),
    "moves of DNS": Advice(
        "Compare readiness and DNS in timeline.json: a health check that flaps moves the name.",
        "lib/network/failover_record.py",
    ),
    "requests without an acknowledgement": Advice(
        "Find their last attempts in operations.jsonl: what did the region answer?", _FLOW
    ),
    "longest stall": Advice(
        "Find the leg that took longest in steps.jsonl.", "lambda/failover/steps/drain.py"
    ),
    "steps that failed once and went on": Advice(
        "A step was not struck, or did not go on: see its errors in steps.jsonl.", "lib/failover/takeover.py"
    ),
    "promotion went on by": Advice(
        "The loss was judged by another rule than expected: see its figures in steps.jsonl.",
        "lambda/failover/loss.py",
    ),
    "refusals by the old holder": Advice(
        "The region that lost the lease answered otherwise: see operations.jsonl.", _FLOW
    ),
    "acknowledged requests that only the journal had": Advice(
        "Nothing was at stake: the standby had everything. Raise the load or the lag.", _SCENARIOS
    ),
    "failed attempts": Advice("Group the attempts of operations.jsonl by status and region.", _FLOW),
    "recovery time objective": Advice(
        "Compare the legs of the report with `dr budget`, and shorten the longest or change the objective.",
        _RECOVERY,
    ),
    "restored within": Advice("Compare the legs of the report with those of an earlier run.", _SCENARIOS),
    "writer promoted no sooner than": Advice(
        "The slow promotion was not played: see the faults in timeline.json.", _SCENARIOS
    ),
    "first acceptance within": Advice(
        "See in steps.jsonl what `accept` answered, and why.", "lambda/failover/steps/accept.py"
    ),
    "attempts accepted within": Advice(
        "Group the attempts of operations.jsonl by status: a limit of early acceptance may be reached.",
        _RECOVERY,
    ),
    "accepted requests settled within": Advice(
        "See in the reconciler's log how many it settled in each run.", "lambda/durable/backlog.py"
    ),
    "recovery point objective": Advice(
        "Take the oldest lost key of findings.json and follow it through the journal.",
        "lambda/durable/replay.py",
    ),
    "requests lost": Advice("Stop releases. Follow each key of findings.json.", "lambda/durable/replay.py"),
    "accepted requests lost": Advice(
        "Follow each key of findings.json: the reconciler did not settle it.", "lambda/durable/reconciler.py"
    ),
    "requests duplicated": Advice(
        "Stop releases. Compare the ids of each key in operations.jsonl and ledger.jsonl.",
        "lambda/durable/journal.py",
    ),
    "requests with another amount": Advice(
        "Stop releases. Compare ledger.jsonl with operations.jsonl.", "lambda/durable/ledger.py"
    ),
    "currencies out of balance": Advice(
        "Sum up the lost and doubled keys of findings.json.", "lambda/durable/ledger.py"
    ),
    "requests acknowledged while fenced": Advice(
        "Stop releases. Compare region and epoch of each answer with the leases in timeline.json.",
        "lambda/durable/lease_view.py",
    ),
    "times the old holder called itself ready": Advice(
        "See its readiness in timeline.json after the later epoch began.", "lambda/durable/lease_view.py"
    ),
    "failovers that left automation running": Advice(
        "A second failover could follow by itself: see the lease in timeline.json.",
        "lambda/failover/lease.py",
    ),
    "calls to the lost region": Advice(
        "Find principal and action in calls.jsonl, and take the call off the path.", "gates/recovery_path.py"
    ),
    "calls to a foreign control plane": Advice(
        "Find principal and action in calls.jsonl, and take the call off the path.", "gates/recovery_path.py"
    ),
    "changes in": Advice(
        "Plan the stack again and read what would change: Terraform and the system disagree.",
        "lib/systems/payments/regional.py",
    ),
    "objects whose history no order explains": Advice(
        "Stop releases. Read the window in the report, then operations.jsonl around it.", _FLOW
    ),
    "rules of the model that were broken": Advice(
        "Stop releases. Play the rule in the model before changing code.", "lambda/failover/lease.py"
    ),
    "dr ": Advice("An operator waited too long: see the command in summary.json.", "dr/racing.py"),
    "answers of dr that took the lost region for alive": Advice(
        "An operator would have been misled: see the command in summary.json.", "dr/racing.py"
    ),
}
"""By the beginning of an expectation's name."""


_ANY = Advice("Follow it through the report and the files beside it.", "docs/evidence.md")
"""Of an expectation that only one system has."""


def advice(name: str, noun: str = "payment") -> Advice:
    """For the expectation *name* of a system that calls a request *noun*; the longest beginning counts."""
    asked = re.sub(rf"\b{noun}(s?)\b", r"request\1", name)
    fitting = [begin for begin in ADVICE if asked.startswith(begin)]
    return ADVICE[max(fitting, key=len)] if fitting else _ANY
