"""The drills of the web application, as the runner wants them."""

from gameday.targets.visited import VisitedWorld
from gameday.targets.webapp.home import lead_home
from gameday.targets.webapp.scenarios import SCENARIOS
from gameday.targets.webapp.world import WebWorld
from gameday.web_runner import Visited
from lib.settings.web import ACTIONS
from lib.systems.load import load_any
from lib.systems.webapp.settings import WebappSettings


def waits(world: VisitedWorld, time_scale: float) -> dict[str, float]:
    """What is configured to make everybody wait, in seconds."""
    settings = _settings()
    dns = settings.dns
    return {
        "balancer leaves a target": world.leaves_after_s / time_scale,
        "Route 53 leaves the balancer": dns.health_check_interval_s * dns.health_check_threshold / time_scale,
        "resolvers keep an answer": 60.0,
        "grace of a new instance": settings.instances.grace_s,
        "warm-up": settings.instances.warm_up_s,
    }


def _world() -> WebWorld:
    settings = _settings()
    return WebWorld.deployed(
        settings.public_name,
        region=settings.here.name,
        other=settings.there.name,
        actions_table=settings.name(ACTIONS),
    )


def _settings() -> WebappSettings:
    settings = load_any()
    if not isinstance(settings, WebappSettings):
        raise TypeError(f"{settings.system} is not the web application")
    return settings


VISITED = Visited("webapp", SCENARIOS, _world, waits, lambda: lead_home(_world()))
"""The writer is the first database again, once all is mended."""
