"""The systems that people visit, as the runner of their drills wants them."""

from gameday.targets.single_region.actions import FAILOVER_S
from gameday.targets.single_region.scenarios import SCENARIOS as OF_SINGLE_REGION
from gameday.targets.single_region.world import TaskWorld
from gameday.targets.visited import Visited, VisitedWorld
from gameday.targets.webapp.home import lead_home
from gameday.targets.webapp.scenarios import SCENARIOS as OF_WEBAPP
from gameday.targets.webapp.world import WebWorld
from lib.settings.web import ACTIONS
from lib.systems.load import load_any
from lib.systems.single_region.metrics import SESSIONS, WEB
from lib.systems.single_region.settings import SingleRegionSettings
from lib.systems.webapp.settings import WebappSettings


def _webapp_settings() -> WebappSettings:
    settings = load_any()
    if not isinstance(settings, WebappSettings):
        raise TypeError(f"{settings.system} is not the web application")
    return settings


def _webapp() -> WebWorld:
    settings = _webapp_settings()
    return WebWorld.deployed(
        name=settings.public_name,
        region=settings.here.name,
        other=settings.there.name,
        actions_table=settings.name(ACTIONS),
    )


def _webapp_waits(world: VisitedWorld, time_scale: float) -> dict[str, float]:
    settings = _webapp_settings()
    dns = settings.dns
    return {
        "balancer leaves a target": world.leaves_after_s / time_scale,
        "Route 53 leaves the balancer": dns.health_check_interval_s * dns.health_check_threshold / time_scale,
        "resolvers keep an answer": 60.0,
        "grace of a new instance": settings.instances.grace_s,
        "warm-up": settings.instances.warm_up_s,
    }


def _single_region_settings() -> SingleRegionSettings:
    settings = load_any()
    if not isinstance(settings, SingleRegionSettings):
        raise TypeError(f"{settings.system} is not the single-region system")
    return settings


def _single_region() -> TaskWorld:
    settings = _single_region_settings()
    return TaskWorld.deployed(
        name=settings.public_name,
        region=settings.here.name,
        other=settings.here.name,
        service=settings.name(WEB),
        inner=settings.name(SESSIONS),
    )


def _single_region_waits(world: VisitedWorld, time_scale: float) -> dict[str, float]:
    return {
        "balancer leaves a target": world.leaves_after_s / time_scale,
        "grace of a new task": _single_region_settings().containers.web.grace_s,
        "Aurora lets the reader write": FAILOVER_S,
    }


WEBAPP = Visited("webapp", OF_WEBAPP, _webapp, _webapp_waits, lambda: lead_home(_webapp()))
"""The writer is the first database again, once all is mended."""
SINGLE_REGION = Visited("single-region", OF_SINGLE_REGION, _single_region, _single_region_waits)
"""Either instance of its database may write."""
