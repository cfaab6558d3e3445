"""A plan as `terraform show -json` prints it: who is changed, how, from what to what."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Values = Mapping[str, Any]


class PlanError(ValueError):
    """The file is no complete plan; the message names the file and the fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a plan does to one resource. A value that is only known after apply stands in *unknown*."""

    address: str
    type: str
    actions: frozenset[str]
    before: Values
    after: Values
    unknown: Values


def read_plan(path: Path) -> list[Change]:
    """Every managed change of the plan in *path*. Raises PlanError when it is none, or an incomplete one."""
    advice = "write it with: terraform show -json PLANFILE"
    try:
        document = json.loads(path.read_text())
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise PlanError(f"{path}: cannot be read as JSON ({error}); {advice}") from error
    if not isinstance(document, dict) or "planned_values" not in document:
        raise PlanError(f"{path}: is JSON but no plan; {advice}")
    if document.get("errored"):
        raise PlanError(f"{path}: the plan ended with an error, so what it would do is unknown; plan again")
    if document.get("complete") is False:
        raise PlanError(f"{path}: is a part of a plan; plan again without -target, and nothing deferred")
    try:
        return [
            _change(one)
            for one in document.get("resource_changes", [])
            if one.get("mode", "managed") == "managed"
        ]
    except (AttributeError, KeyError, TypeError) as error:
        raise PlanError(f"{path}: has a change that no Terraform writes ({error!r}); {advice}") from error


def _change(document: Values) -> Change:
    change = document["change"]
    unknown = change.get("after_unknown")
    return Change(
        address=document["address"],
        type=document["type"],
        actions=frozenset(change["actions"]),
        before=dict(change.get("before") or {}),
        after=dict(change.get("after") or {}),
        unknown=unknown if isinstance(unknown, dict) else {},
    )
