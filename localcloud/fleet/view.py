"""Instances and groups as `status` shows them."""

from collections.abc import Mapping
from typing import Any

from localcloud.fleet.groups.facts import Lifecycle
from localcloud.fleet.groups.keeper import GroupKeeper
from localcloud.fleet.instances.host import Running


def view(running: Mapping[str, Running], keepers: Mapping[tuple[str, str], GroupKeeper]) -> dict[str, Any]:
    """Every instance that has a machine, and every group."""
    members = {
        member.id: str(member.lifecycle)
        for keeper in keepers.values()
        for member in (keeper.facts.members if keeper.facts else ())
    }
    return {
        "instances": {
            name: {
                "zone": here.machine.instance.zone,
                "group": here.machine.instance.group,
                "lifecycle": members.get(name, str(Lifecycle.IN_SERVICE)),
                "runs": here.machine.pid is not None,
                "ports": dict(here.ports),
            }
            for name, here in running.items()
        },
        "groups": {name: _group(keeper) for (_, name), keeper in keepers.items()},
    }


def _group(keeper: GroupKeeper) -> dict[str, Any]:
    facts = keeper.facts
    if facts is None:
        return {}
    refresh = facts.refresh
    return {
        "desired": facts.group.desired,
        "in_service": sum(member.serves for member in facts.members),
        "template": facts.group.template.version,
        "refresh": {"status": str(refresh.status), "percentage": refresh.percentage} if refresh else None,
    }
