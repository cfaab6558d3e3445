"""What drills order of the fleet, as POST /faults/{name} with a JSON object.

instance-kill     {"instance"}              it loses its power; EC2 says so at once
application-kill  {"instance", "for_good"}  all but its first process die, for good or until the unit starts
instance-stop     {"instance"}              its processes stand still
instance-slow     {"instance", "share"}     they run for this share of the time; 1 ends it
instance-disk     {"instance"}              they write to no file any more (Linux)
instance-clock    {"instance", "seconds"}   Python's wall clock is fast
zone-kill         {"zone"}                  its instances lose their power unsaid, its tasks end; no launches
zone-cut          {"zone"}                  nobody reaches its instances
launches-refused  {"zones"}                 no capacity there; ["*"] is everywhere, [] ends it
task-kill         {"task"}                  a container's processes die; ECS sees that it ended
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from localcloud.fleet.fleet import Fleet

Order = Mapping[str, Any]


async def begin(fleet: Fleet, name: str, order: Order) -> None:
    """Begin the fault *name*. Raises KeyError for half an order, ValueError for one that makes no sense."""
    await FLEET_FAULTS[name](fleet, order)
    fleet.wake_if_awake()


async def _kill_zone(fleet: Fleet, order: Order) -> None:
    await fleet.faults.kill_zone(order["zone"])
    await fleet.refuse_launches(sorted({*fleet.full, order["zone"]}))
    for task in fleet.tasks.in_zone(order["zone"]):
        await _kill_task(fleet, {"task": task})


async def _slow_down(fleet: Fleet, order: Order) -> None:
    fleet.faults.slow_down(order["instance"], float(order["share"]))


async def _set_clock(fleet: Fleet, order: Order) -> None:
    fleet.faults.set_clock(order["instance"], float(order["seconds"]))


async def _kill_task(fleet: Fleet, order: Order) -> None:
    container = fleet.tasks.container_of(order["task"])
    region = str(order["task"]).split(":")[3]
    await asyncio.to_thread(fleet.desk.tell, "container", region=region, id=container, signal="KILL")


FLEET_FAULTS: dict[str, Callable[[Fleet, Order], Awaitable[object]]] = {
    "instance-kill": lambda fleet, order: fleet.faults.kill(order["instance"]),
    "application-kill": lambda fleet, order: fleet.faults.kill_application(
        order["instance"], for_good=bool(order["for_good"])
    ),
    "instance-stop": lambda fleet, order: fleet.faults.freeze(order["instance"]),
    "instance-slow": _slow_down,
    "instance-disk": lambda fleet, order: fleet.faults.fill_disk(order["instance"]),
    "instance-clock": _set_clock,
    "zone-kill": _kill_zone,
    "zone-cut": lambda fleet, order: fleet.faults.cut_zone(order["zone"]),
    "task-kill": _kill_task,
    "launches-refused": lambda fleet, order: fleet.refuse_launches(list(order["zones"])),
}
