"""The drills of the single-region system, as the runner wants them."""

from gameday.targets.single_region.scenarios import FAILOVER_S, SCENARIOS
from gameday.targets.single_region.world import TaskWorld
from gameday.targets.visited import VisitedWorld
from gameday.web_runner import Visited
from lib.systems.load import load_any
from lib.systems.single_region.settings import SingleRegionSettings


def waits(world: VisitedWorld, time_scale: float) -> dict[str, float]:
    """What is configured to make everybody wait, in seconds."""
    settings = _settings()
    return {
        "balancer leaves a target": world.leaves_after_s / time_scale,
        "grace of a new task": settings.containers.web.grace_s,
        "Aurora lets the reader write": FAILOVER_S,
    }


def _settings() -> SingleRegionSettings:
    settings = load_any()
    if not isinstance(settings, SingleRegionSettings):
        raise TypeError(f"{settings.system} is not the single-region system")
    return settings


VISITED = Visited("single-region", SCENARIOS, lambda: TaskWorld.deployed(_settings()), waits)
