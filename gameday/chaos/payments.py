"""Load of an experiment, and what its clients know afterwards."""

import asyncio
from dataclasses import dataclass

from gameday.load.arrivals import Load, LoadPlan
from gameday.observe.target import World

_DRAIN_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What became of the payments of one load."""

    run: str
    attempted: int
    keys: list[str]
    """Keys of the payments whose clients know that they are settled."""

    @property
    def acknowledged(self) -> int:
        """How many these are."""
        return len(self.keys)

    def describe(self) -> dict[str, object]:
        """The counts."""
        return {"run": self.run, "attempted": self.attempted, "settled": self.acknowledged}


async def pay(world: World, *, run: str, seconds: float, rate: float) -> Paid:
    """Let payments arrive for *seconds*, and give the last ones a minute for their answer."""
    plan = LoadPlan(rate=rate, ramp_s=0.1, populations=4)
    load = Load(
        run=run,
        api_name=world.api_name,
        endpoints=world.endpoints,
        resolver=world.resolver,
        plan=plan,
        requests=world.requests,
        credentials=world.credentials,
    )
    async with load.arriving():
        await asyncio.sleep(seconds)
        await load.drain(_DRAIN_S)
    keys = [operation.key for operation in load.operations if operation.acknowledgements]
    return Paid(run=run, attempted=len(load.operations), keys=keys)
