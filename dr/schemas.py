"""The documents of `--json`: one JSON Schema a command, which `dr schema` prints."""

from collections.abc import Mapping
from typing import Any

from dr.envelope import VERSION
from dr.exits import Exit

Schema = dict[str, Any]
DRAFT = "http://json-schema.org/draft-07/schema#"

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _map(**properties: Schema) -> Schema:
    """What is named is there; more may come without a new version."""
    return {"type": "object", "properties": properties, "required": list(properties)}


ANY_MAP: Schema = {"type": "object"}
FINDING = _map(code=TEXT, verdict={"enum": ["pass", "fail", "unknown"]}, asks=TEXT, fix=TEXT)
FINDINGS = _list(FINDING)
ANSWER: Schema = {"enum": ["yes", "no", "unreachable"]}
VIEW = _map(region=TEXT, live=ANSWER, ready=ANSWER, why=_or_null(TEXT))
LEASE = _map(
    system=TEXT,
    epoch=COUNT,
    holder=TEXT,
    state={"enum": ["TAKING", "ACTIVE", "DRAINING"]},
    expires_at_ms=COUNT,
    expires_in_s=NUMBER,
    automation={"enum": ["RUNNING", "PAUSED"]},
)
TOPOLOGY: Mapping[str, Schema] = {
    "regions": _list(VIEW),
    "lease": _or_null(LEASE),
    "lease_read_in": _or_null(TEXT),
    "clock_off_s": _or_null(NUMBER),
    "unknown": _list(TEXT),
}
MOVE: Mapping[str, Schema] = {"execution": TEXT, **TOPOLOGY}
AUTOMATION: Mapping[str, Schema] = {
    "automation": {"enum": ["RUNNING", "PAUSED"]},
    "epoch": COUNT,
    "holder": TEXT,
    "acknowledged_epoch": COUNT,
}
HALT: Mapping[str, Schema] = {"halted": FLAG, "reason": _or_null(TEXT)}
CONTENT: Mapping[str, Mapping[str, Schema]] = {
    "status": TOPOLOGY,
    "check": {"findings": FINDINGS, "unknown": _list(TEXT)},
    "plan": {
        "target": TEXT,
        "steps": _list(_map(name=TEXT, does=TEXT)),
        "requests": ANY_MAP,
        "approvals": TEXT,
        "findings": FINDINGS,
        "unknown": _list(TEXT),
    },
    "reconcile": {"region": TEXT, "counted": ANY_MAP, "recorded": _or_null(ANY_MAP)},
    "failover": MOVE,
    "switchover": MOVE,
    "failback": MOVE,
    "retry": MOVE,
    "reset-lease": MOVE,
    "abort": {"holder": TEXT, "epoch": COUNT, "state": TEXT},
    "approve": {
        "approved": FLAG,
        "digest": TEXT,
        "approver": TEXT,
        "arn": TEXT,
        "epoch": COUNT,
        "region": TEXT,
        "figures": ANY_MAP,
    },
    "pause": AUTOMATION,
    "resume": AUTOMATION,
    "halt": HALT,
    "resume-trading": HALT,
    "trail": {"pages": ANY_MAP, "wrong": ANY_MAP, "late": ANY_MAP, "unread": ANY_MAP},
    "ack": {**AUTOMATION, "acknowledged_before": FLAG},
    "budget": {"system": TEXT, "objectives": _list(ANY_MAP), "warnings": _list(TEXT)},
    "doctor": {"account": TEXT, "environment": TEXT, "checks": _list(ANY_MAP)},
    "guard": {"refused": FLAG, "stateful": COUNT, "refusals": _list(ANY_MAP)},
    "quiet": {"quiet": FLAG, "why": _or_null(TEXT)},
    "rewind": {},
    "promote-replica": {
        "replica": TEXT,
        "writer_name": TEXT,
        "lag_s": _or_null(NUMBER),
        "loss_entries": _or_null(COUNT),
    },
    "token": {"token": TEXT, "expires_at": NUMBER},
    "drill": {"result": {"enum": ["passed", "failed"]}, "evidence": TEXT, "head": TEXT, "phases": ANY_MAP},
    "outputs": {"outputs": COUNT, "file": TEXT},
    "events replay": {"name": TEXT, "state": TEXT, "reached": _or_null(TEXT)},
    "evidence verify": {"folder": TEXT, "problems": _list(TEXT)},
}
"""What each command tells beside the head of the document."""
OPTIONAL: Mapping[str, Schema] = {
    "dry_run": {"const": True},
    "question": TEXT,
    "target": TEXT,
    "would_wait_s": NUMBER,
    "findings": FINDINGS,
    "clone": ANY_MAP,
    "clones": ANY_MAP,
    "removed": TEXT,
    "host": TEXT,
    "at": TEXT,
}
"""What some outcomes have: a dry run, a refusal, a look of --watch, one of a command's several acts."""
HEAD: Mapping[str, Schema] = {
    "outcome": {"enum": [each.outcome for each in Exit]},
    "exit_code": {"enum": [int(each) for each in Exit]},
    "error": _or_null(_map(kind=TEXT, message=TEXT)),
}


def schema(command: str) -> Schema:
    """The schema of what `dr` *command* prints with --json, whatever comes of it. Raises KeyError."""
    content = CONTENT[command]
    name = f"dr/{command.replace(' ', '/')}/{VERSION}"
    ended_otherwise = [
        {"properties": {"error": ANY_MAP}},
        {"required": ["dry_run"]},
    ]
    return {
        "$schema": DRAFT,
        "title": f"dr {command} --json",
        "type": "object",
        "properties": {"schema": {"const": name}, **HEAD, **OPTIONAL, **content},
        "required": ["schema", *HEAD],
        "anyOf": [{"required": list(content)}, *ended_otherwise],
    }
