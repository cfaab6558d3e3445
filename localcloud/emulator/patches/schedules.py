"""Scheduled rules and schedules."""

from typing import Any

from ministack.core.responses import get_region
from ministack.services import eventbridge

from localcloud.emulator.patches.wrapping import Wrapper, wrap
from localcloud.emulator.regions import RegionStates


def pause_in_dead_regions(regions: RegionStates) -> None:
    """Deliver no event in a dead or stopped region; what was due then is lost, as a missed tick is in AWS.

    Upstream has one ticker for all regions; it sets the region before it delivers to a rule's or a
    schedule's target, both through this one call.
    """

    def unless_dead(original: Wrapper, *args: Any, **kwargs: Any) -> Any:
        return original(*args, **kwargs) if regions.runs(get_region()) else None

    wrap(eventbridge, "_invoke_target", unless_dead)
