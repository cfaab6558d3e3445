"""The checks of all targets: one task for each, as long as it is registered with a group that is used."""

import asyncio
import logging
from dataclasses import dataclass, field

from localcloud.fleet.balancer.checks import Checker
from localcloud.fleet.balancer.health import Outcome, observed
from localcloud.fleet.balancer.model import TargetId
from localcloud.fleet.balancer.state import BalancerState

_LOGGER = logging.getLogger("localcloud.fleet")
Key = tuple[str, TargetId]


@dataclass(slots=True, kw_only=True)
class Watch:
    """To be made in the event loop that uses it; *time_scale* divides intervals, not timeouts."""

    state: BalancerState
    time_scale: float = 1.0
    _checker: Checker = field(init=False)
    _checks: dict[Key, asyncio.Task[None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._checker = Checker(self.state.endpoint)

    async def close(self) -> None:
        """End all checks."""
        for task in self._checks.values():
            task.cancel()
        await asyncio.gather(*self._checks.values(), return_exceptions=True)
        await self._checker.close()

    def staff(self) -> None:
        """One task for every registered target of a group that is used."""
        wanted = {
            (arn, id_)
            for arn in self.state.configuration.used & self.state.targets.keys()
            for id_, target in self.state.targets[arn].items()
            if target.registered
        }
        for key in self._checks.keys() - wanted:
            self._checks.pop(key).cancel()
        for key in wanted - self._checks.keys():
            self._checks[key] = asyncio.create_task(self._follow(*key), name=f"check {key[1]}")

    async def _follow(self, arn: str, id_: TargetId) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began, check = loop.time(), self.state.configuration.groups[arn].check
            if check.enabled:
                self.note(arn, id_, await self._checker.ask(id_, check))
            await asyncio.sleep(began + check.interval_s / self.time_scale - loop.time())

    def note(self, arn: str, id_: TargetId, outcome: Outcome) -> None:
        """Let the outcome of a check count; one of a target that is gone meanwhile does not."""
        targets = self.state.targets.get(arn, {})
        if (before := targets.get(id_)) is None:
            return
        check = self.state.configuration.groups[arn].check
        others = [one for other, one in targets.items() if other != id_]
        after = targets[id_] = observed(
            before, outcome, check, at=asyncio.get_running_loop().time(), others=others
        )
        if after.state != before.state:
            _LOGGER.info("target %s: %s -> %s %s", id_, before.state, after.state, after.words)
